// The agents' programs, at the versions that the results are about, downloaded once.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** A package of the npm registry, and a program in it. */
export interface Download {
  readonly name: string;
  readonly version: string;
  /** Relative to node_modules. */
  readonly program: string;
}

const cache = process.env["AUTOBOT_SH_E2E_CACHE"] ?? join(homedir(), ".cache", "autobot-sh", "e2e");

export function fileOf({ name, version, program }: Download): string {
  return join(directoryOf({ name, version, program }), "node_modules", program);
}

export function download(each: Download): void {
  if (existsSync(fileOf(each))) return;
  const directory = directoryOf(each);
  mkdirSync(directory, { recursive: true });
  process.stderr.write(`downloading ${each.name} ${each.version}\n`);
  const words = ["install", "--prefix", directory, "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", `${each.name}@${each.version}`];
  const { status } = spawnSync("npm", words, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0 || !existsSync(fileOf(each))) throw new Error(`cannot download ${each.name} ${each.version}`);
}

function directoryOf({ name, version }: Download): string {
  return join(cache, `${name.replaceAll("/", "+")}-${version}`);
}
