// Writes plugins/ from src/agent/plugins.ts.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pluginFiles } from "../src/agent/plugins.ts";

const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("plugins", { recursive: true, force: true });
for (const [name, text] of Object.entries(pluginFiles(version))) {
  const file = join("plugins", name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
