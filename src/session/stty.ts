// stty(1), on the caller's terminal, descriptor 0, or on the one that its words name.
import { systemPath } from "../world/directory.ts";

/** What it prints; nothing where it fails. */
export function stty(...words: readonly string[]): string {
  // Slow to load, and a session mostly does without it.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  return spawnSync("stty", words, { stdio: [0, "pipe", "ignore"], encoding: "utf8", env: { PATH: systemPath } }).stdout ?? "";
}
