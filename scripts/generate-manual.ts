// Writes what scripts/manual/ makes: pages of docs/ and the manual pages in man/.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { generatedFolders, manual } from "./manual/manual.ts";

for (const folder of generatedFolders) rmSync(folder, { recursive: true, force: true });
for (const [file, text] of Object.entries(manual("."))) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
