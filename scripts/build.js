// src/ and policies/ → dist/: the judge as one CommonJS file that starts fast, the tools, the library and its types.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
process.chdir(root);
mkdirSync(dist, { recursive: true });

/** What is read only where a policy file exists stays out of the judge, in a file of its own. */
const policyFilesApart = {
  name: "policy-files-apart",
  setup(build) {
    build.onResolve({ filter: /\/policy-files\.ts$/ }, ({ kind }) => (kind === "dynamic-import" ? { path: "./policy-files.cjs", external: true } : undefined));
  },
};

const shared = { bundle: true, platform: "node", target: "node20", logLevel: "warning", legalComments: "none" };

writeBuiltInPolicies(await loadPolicyReader());
await Promise.all([
  build({ ...shared, entryPoints: { judge: "src/judge.ts" }, outdir: dist, outExtension: { ".js": ".cjs" }, format: "cjs", minify: true, plugins: [policyFilesApart] }),
  build({ ...shared, entryPoints: { "policy-files": "src/shell/policy-files.ts" }, outdir: dist, outExtension: { ".js": ".cjs" }, format: "cjs", minify: true }),
  build({ ...shared, entryPoints: { main: "src/main.ts", index: "src/index.ts" }, outdir: dist, format: "esm", splitting: true, packages: "external" }),
]);
const { manualPage } = await loadUsage();
mkdirSync(join(dist, "man"), { recursive: true });
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
writeFileSync(join(dist, "man", "autobotctl.1"), manualPage(version));
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
// In a checkout the node that built it is the one that judges; a packed copy finds its own.
if (process.env["npm_command"] !== "pack" && process.env["npm_command"] !== "publish") writeFileSync(join(dist, "node-path"), `${process.execPath}\n`);

async function loadPolicyReader() {
  return bundledModule("src/shell/policy-files.ts");
}

async function loadUsage() {
  return bundledModule("src/usage.ts");
}

/** Node 20 runs no TypeScript. */
async function bundledModule(entry) {
  const outfile = join(dist, ".build", `${entry.replaceAll("/", "-")}.mjs`);
  await build({ ...shared, entryPoints: [entry], outfile, format: "esm", packages: "external" });
  const module = await import(pathToFileURL(outfile).href);
  rmSync(join(dist, ".build"), { recursive: true });
  return module;
}

function writeBuiltInPolicies({ readPolicyFile, showIssues }) {
  const files = readdirSync("policies").filter((name) => name.endsWith(".yaml")).sort();
  const policies = files.map((name) => {
    const result = readPolicyFile(join("policies", name));
    if ("issues" in result) throw new Error(showIssues(result.issues));
    return { file: `policies/${name}`, policy: result.policy };
  });
  writeFileSync(join(dist, "built-in.json"), JSON.stringify(policies));
}
