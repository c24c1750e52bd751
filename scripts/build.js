// src/ and policies/ → dist/: the judge as one CommonJS file that starts fast, the tools, the library and its types.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, transform } from "esbuild";
import { compileLauncher, installLauncher } from "./launcher.js";
import { familiesOf, onDemand } from "./on-demand.js";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Made apart and put in place whole: a shell that starts meanwhile finds the old one or the new one.
const dist = join(root, "dist.new");
process.chdir(root);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);

/** What is read only where a policy file exists is a bundle of its own among the judge's pieces. */
const policyFilesApart = (digest) => ({
  name: "policy-files-apart",
  setup(build) {
    build.onResolve({ filter: /\/policy-files\.ts$/ }, ({ path }) => ({ path, namespace: "apart" }));
    build.onLoad({ filter: /.*/, namespace: "apart" }, () => ({ contents: `piece("policy-files", "${digest}")(module, require, piece);`, loader: "js" }));
  },
});

/** Node's, as the launcher starts the judge. */
const judgeOptions = /^autobot_judge_options=\((.*)\)$/m.exec(readFileSync("libexec/node.bash", "utf8"))[1].split(" ");

// What is bundled from CommonJS packages requires Node's own modules.
const createRequire = 'import { createRequire as autobotRequire } from "node:module"; const require = autobotRequire(import.meta.url);';

const shared = {
  alias: {
    "#built-in-policies": join(dist, "built-in.json"),
    "#blind-spots": join(dist, "blind-spots.json"),
    // What it gives by default requires its own files in a way that no bundle can follow.
    "jsonc-parser": "jsonc-parser/lib/esm/main.js",
  },
  bundle: true,
  platform: "node",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
  jsx: "automatic",
  // The screens' libraries as they are in use, without what helps to develop them.
  external: ["react-devtools-core"],
  define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
};

/** One string to parse is sooner there than an object with hundreds, each of which V8 looks up. */
const dataAsText = {
  name: "data-as-text",
  setup(build) {
    build.onLoad({ filter: /\.json$/ }, ({ path }) => {
      // Rules' examples are for those who check policies: no judgement reads them, and they are a third of it.
      const all = JSON.parse(readFileSync(path, "utf8"), (key, value) => (key === "examples" ? undefined : value));
      // Of package.json only the version is asked for.
      const data = path.endsWith("/package.json") ? { version: all.version } : all;
      return { contents: `export default /* @__PURE__ */ JSON.parse(${JSON.stringify(JSON.stringify(data))});`, loader: "js" };
    });
  },
};

/** What many commands do not need, by the occasion that asks for it. Each is read and compiled then. */
const pieces = {
  ...familiesOf("src/utilities/index.ts"),
  refusal: ["src/report/agent-refusal.ts", "src/report/wording.ts", "src/policy/advice.ts", "src/policy/command.ts", "src/policy/nearest.ts", "src/run/repeats.ts"],
  "persons-refusal": ["src/report/refusal.ts"],
  explanation: ["src/policy/near-miss.ts", "src/utilities/option-meaning.ts"],
  hook: ["src/agent/hook.ts"],
  route: ["src/run/route.ts", "src/run/broken-glass.ts"],
  strict: ["src/run/strict.ts"],
  rehearsal: ["src/judge/rehearsal.ts", "src/judge/cache-making.ts"],
  pipe: ["src/run/pipe.ts"],
  compiled: ["src/launcher/compiled.ts", "src/launcher/rescue.ts", "src/world/replace-file.ts", "src/prefilter.ts"],
  kubeconfig: ["src/world/kubeconfig.ts"],
  "docker-context": ["src/world/docker-context.ts"],
  ssh: [...sources("utilities", "ssh address copy door endpoint host-list location login url"), ...sources("world", "ssh-config")],
  expansions: [...sources("syntax", "arithmetic assignment braces directory fields function input later parameter substitution"), ...unbash("ansi-c arithmetic-parts arithmetic")],
  programs: sources("utilities", "script script-file operand-list"),
  sql: sources("utilities", "sql"),
  lines: [...sources("session", "lines"), ...sources("run", "nested-shell")],
  replies: sources("session", "replies"),
  terminal: sources("session", "terminal pty"),
  remote: sources("session", "remote-session"),
};

function sources(folder, names) {
  return names.split(" ").map((name) => `src/${folder}/${name}.ts`);
}

function unbash(names) {
  return names.split(" ").map((name) => `node_modules/unbash/dist/${name}.js`);
}

writeBlindSpots();
writeBuiltInPolicies(await bundledModule("src/world/policy-files.ts"));
await Promise.all([
  buildJudge(),
  // The tools in few files, because finding packages takes as long as loading them; the library with its packages outside.
  build({
    ...shared,
    entryPoints: { main: "src/main.ts" },
    outdir: dist,
    format: "esm",
    splitting: true,
    minify: true,
    banner: { js: createRequire },
    plugins: [await onDemand({ entry: "src/main.ts", pieces: familiesOf("src/utilities/index.ts"), options: shared, evaluate: bundledModule })],
  }),
  build({ ...shared, entryPoints: { terminal: "src/terminal.ts" }, outdir: dist, format: "esm", packages: "external", minify: true }),
  build({ ...shared, entryPoints: { index: "src/index.ts" }, outdir: dist, format: "esm", splitting: true, packages: "external" }),
]);
// After the judge: the launcher takes no older one.
writePrefilter(await bundledModule({ contents: 'export * from "./src/prefilter.ts"; export { builtInEngine } from "./src/world/engine.ts";', resolveDir: root, loader: "ts" }));
compileLauncher(dist, writeForms(await bundledModule("scripts/hook-forms.ts")));
execFileSync(process.execPath, [...judgeOptions, join(dist, "judge.cjs"), "cache"], { stdio: ["ignore", "ignore", "pipe"], env: {} });
const { sessionStart } = await bundledModule("src/session/start.ts");
execFileSync(process.execPath, [...sessionStart(join(dist, "judge.cjs")).slice(1), "cache"], { stdio: ["ignore", "ignore", "pipe"], env: {} });
rmSync(join(dist, ".build"), { recursive: true });
// In a checkout the node that built it is the one that judges; neither file is packed.
writeFileSync(join(dist, "node-path"), `${process.execPath}\n`);
rmSync("dist.old", { recursive: true, force: true });
if (existsSync("dist")) renameSync("dist", "dist.old");
renameSync(dist, "dist");
// npm runs this to make a package too.
installLauncher(root, { portable: ["pack", "publish"].includes(process.env["npm_command"]) });
rmSync("dist.old", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });

/**
 * The judge in pieces, each a function in a file of its own in dist/judge/, behind the digest by which the piece that needs
 * it, and its code cache, know it. In ASCII, as they are read. The core is a function of `module`, `require` and `piece`,
 * which gives the others.
 */
async function buildJudge() {
  mkdirSync(join(dist, "judge"));
  // Where it matters, src/world/kubeconfig.ts does without it.
  const alone = { ...shared, define: { ...shared.define, "import.meta.url": "undefined" }, plugins: [dataAsText] };
  const bundle = async (name, entry, options) => {
    const { outputFiles } = await build({ ...options, entryPoints: [entry], write: false, format: "cjs", minify: true });
    return writePiece(name, `function(module,require,piece){${outputFiles[0].text}}`);
  };
  const policyFiles = await bundle("policy-files", "src/world/policy-files.ts", alone);
  const options = { ...alone, plugins: [policyFilesApart(policyFiles), dataAsText] };
  const place = async (name, text) => {
    // Assigned, or it would be left out for doing nothing.
    const { code } = await transform(`x=${text}`, { minify: true, target: shared.target });
    return `piece(${JSON.stringify(name)}, ${JSON.stringify(writePiece(name, code.trim().slice("x=".length, -";".length)))})`;
  };
  const entry = "src/judge/judge.ts";
  const plugins = [...options.plugins, await onDemand({ entry, pieces, options, evaluate: bundledModule, place })];
  const core = await bundle("core", entry, { ...options, plugins });
  const session = await bundle("session", "src/session/session.ts", alone);
  await build({
    ...shared,
    define: { ...shared.define, CORE_DIGEST: JSON.stringify(core), SESSION_DIGEST: JSON.stringify(session) },
    entryPoints: ["src/judge.ts", "src/session.ts"],
    outdir: dist,
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    minify: true,
  });
}

function writePiece(name, code) {
  const file = join(dist, "judge", `${name}.js`);
  if (existsSync(file)) throw new Error(`two pieces are called \`${name}\``);
  const digest = createHash("sha256").update(code).digest("hex").slice(0, 32);
  writeFileSync(file, `/*${digest}*/(${code})`);
  return digest;
}

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

/** The directory of the header that the launcher reads agents' calls by. */
function writeForms({ formsHeader }) {
  const headers = join(dist, ".build");
  writeFileSync(join(headers, "hook-forms.h"), formsHeader());
  return headers;
}

/** Nothing where the policies ask for more than it can tell. */
function writePrefilter({ prefilterOf, showPrefilter, builtInEngine }) {
  const prefilter = prefilterOf(builtInEngine());
  if (prefilter !== undefined) writeFileSync(join(dist, "prefilter"), showPrefilter(prefilter));
}
