// Where this package is installed: a program that uses it as a library is somewhere else.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

export function packageRoot(): string {
  found ??= upwards(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function upwards(directory: string): string {
  if (existsSync(join(directory, "libexec", "shim.bash"))) return directory;
  if (directory === dirname(directory)) throw new Error("autobot-sh is not installed whole: `libexec` is missing");
  return upwards(dirname(directory));
}
