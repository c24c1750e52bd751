// `node scripts/run.js NAME ARGUMENT…` bundles scripts/NAME.ts, because Node 20 runs no TypeScript, and runs it.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name = ""] = process.argv.splice(2, 1);
const outfile = join(root, "dist", "scripts", `${name}.mjs`);
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(root, "scripts", `${name}.ts`)],
  outfile,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
process.argv[1] = outfile;
await import(pathToFileURL(outfile).href);
