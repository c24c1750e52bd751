// src/ and policies/ → dist/: the judge as one CommonJS file that starts fast, the tools, the library and its types.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compileLauncher, installLauncher } from "./launcher.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Made apart and put in place whole: a shell that starts meanwhile finds the old one or the new one.
const dist = join(root, "dist.new");
process.chdir(root);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

/** What is read only where a policy file exists stays out of the judge. In a snapshot there is no `require` of files. */
const policyFilesApart = {
  name: "policy-files-apart",
  setup(build) {
    build.onResolve({ filter: /\/policy-files\.ts$/ }, ({ path }) => ({ path, namespace: "apart" }));
    build.onLoad({ filter: /.*/, namespace: "apart" }, () => ({
      contents: `
        const { createRequire } = process.getBuiltinModule("node:module");
        module.exports = createRequire(require("node:path").resolve(process.argv[1]))("./policy-files.cjs");`,
      loader: "js",
    }));
  },
};

/**
 * Each family of utilities is evaluated when one of its names is first met: most commands need two of thirty, and
 * what is evaluated when the snapshot is made costs time at each start.
 */
const utilitiesOnDemand = {
  name: "utilities-on-demand",
  setup(build) {
    build.onLoad({ filter: /\/src\/utilities\/index\.ts$/ }, async ({ path }) => {
      const families = [...readFileSync(path, "utf8").matchAll(/^import \{ utilities as \w+ \} from "(.*)";$/gm)].map(([, file]) => file);
      return { contents: await onDemand(families, dirname(path)), resolveDir: dirname(path), loader: "js" };
    });
  },
};

async function onDemand(files, directory) {
  const entry = files.map((file, index) => `export { utilities as family${index} } from "${file}";`).join("\n");
  const module = await bundledModule({ contents: entry, resolveDir: directory, loader: "ts" });
  const families = files.map((file, index) => `...family(() => require("${file}").utilities, ${JSON.stringify(module[`family${index}`].map(outline))})`);
  return `
    const family = (load, outlines) => outlines.map(([names, facts, functions], index) => {
      const utility = { names: names.split(" "), get grammar() { return load()[index].grammar; }, ...facts };
      for (const key of functions) utility[key] = (...given) => load()[index][key](...given);
      return utility;
    });
    export const builtIn = [${families.join(",")}];`;
}

/** What a utility is known by before its family is evaluated: names, plain facts, and which functions it has. */
function outline({ names, grammar, ...rest }) {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const functions = given.filter(([, value]) => typeof value === "function").map(([key]) => key);
  const facts = given.filter(([, value]) => typeof value !== "function");
  const object = facts.find(([, value]) => typeof value === "object");
  if (object !== undefined) throw new Error(`\`${names[0]}\` has an object as \`${object[0]}\`, which utilities-on-demand does not pass on`);
  return [names.join(" "), Object.fromEntries(facts), functions];
}

// What is bundled from CommonJS packages requires Node's own modules.
const createRequire = 'import { createRequire as autobotRequire } from "node:module"; const require = autobotRequire(import.meta.url);';

const shared = {
  alias: { "#built-in-policies": join(dist, "built-in.json"), "#blind-spots": join(dist, "blind-spots.json") },
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
};

writeBlindSpots();
writeBuiltInPolicies(await bundledModule("src/shell/policy-files.ts"));
await Promise.all([
  build({
    ...shared,
    entryPoints: { judge: "src/judge.ts" },
    outdir: dist,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    minify: true,
    // Where it matters, src/shell/kubeconfig.ts does without.
    logOverride: { "empty-import-meta": "silent" },
    plugins: [policyFilesApart, utilitiesOnDemand],
  }),
  build({ ...shared, entryPoints: { "policy-files": "src/shell/policy-files.ts" }, outdir: dist, outExtension: { ".js": ".cjs" }, format: "cjs", minify: true }),
  // The tools in few files, because finding packages takes as long as loading them; the library with its packages outside.
  build({
    ...shared,
    entryPoints: { main: "src/main.ts" },
    outdir: dist,
    format: "esm",
    splitting: true,
    minify: true,
    banner: { js: createRequire },
    plugins: [utilitiesOnDemand],
  }),
  // What makes terminals stays a package: its native module is found beside it.
  build({ ...shared, entryPoints: { terminal: "src/terminal.ts" }, outdir: dist, format: "esm", packages: "external", minify: true }),
  build({ ...shared, entryPoints: { index: "src/index.ts" }, outdir: dist, format: "esm", splitting: true, packages: "external" }),
]);
// After the judge: the launcher takes no older one.
writePrefilter(await bundledModule({ contents: 'export * from "./src/prefilter.ts"; export { builtInEngine } from "./src/shell/engine.ts";', resolveDir: root, loader: "ts" }));
compileLauncher(dist);
const { manualPage } = await bundledModule("src/usage.ts");
rmSync(join(dist, ".build"), { recursive: true });
mkdirSync(join(dist, "man"), { recursive: true });
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync(join(dist, "man", "autobotctl.1"), manualPage(version));
execFileSync(process.execPath, ["--no-warnings", "--snapshot-blob", join(dist, "judge.blob"), "--build-snapshot", join(dist, "judge.cjs")], { stdio: "inherit" });
// In a checkout the node that built it is the one that judges; neither file is packed.
writeFileSync(join(dist, "node-path"), `${process.execPath}\n`);
rmSync("dist.old", { recursive: true, force: true });
if (existsSync("dist")) renameSync("dist", "dist.old");
renameSync(dist, "dist");
installLauncher(root);
rmSync("dist.old", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });

/** Node 20 runs no TypeScript. `entry`: a file's name, or what esbuild takes as standard input. */
async function bundledModule(entry) {
  const outfile = join(dist, ".build", `${Math.random().toString(36).slice(2)}.mjs`);
  const input = typeof entry === "string" ? { entryPoints: [entry] } : { stdin: entry };
  await build({ ...shared, ...input, outfile, format: "esm", packages: "external" });
  return import(pathToFileURL(outfile).href);
}

function writeBuiltInPolicies({ readPolicyFile, showIssues }) {
  const files = readdirSync("policies")
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  const policies = files.map((name) => {
    const result = readPolicyFile(join("policies", name));
    if ("issues" in result) throw new Error(showIssues(result.issues));
    return { file: `policies/${name}`, policy: result.policy };
  });
  writeFileSync(join(dist, "built-in.json"), JSON.stringify(policies));
}

/** SECURITY.md's table of ways around, for `autobotctl doctor`. */
function writeBlindSpots() {
  const [, section = ""] = /^## Ways around it that we know\n(.*?)^## /ms.exec(readFileSync("SECURITY.md", "utf8")) ?? [];
  const [, , ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
  const plain = (cell) =>
    cell
      .trim()
      .replaceAll("`", "")
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  const spots = rows.map((row) => row.split(/(?<!\\)\|/).map(plain)).map(([, way, why, helps]) => ({ way, why, helps: helps === "as above" ? "" : helps }));
  if (spots.length === 0) throw new Error("SECURITY.md has no table of ways around");
  writeFileSync(join(dist, "blind-spots.json"), JSON.stringify(spots));
}

/** Nothing where the policies ask for more than it can tell. */
function writePrefilter({ prefilterOf, showPrefilter, builtInEngine }) {
  const prefilter = prefilterOf(builtInEngine());
  if (prefilter !== undefined) writeFileSync(join(dist, "prefilter"), showPrefilter(prefilter));
}
