// stty(1), on the caller's terminal, descriptor 0, or on the one that its words name. Apart, because node:child_process is slow to
// load, and a session mostly does without it.
import { spawnSync } from "node:child_process";
import { systemPath } from "./directory.ts";

/** What it prints; nothing where it fails. */
export function stty(...words: readonly string[]): string {
  return spawnSync("stty", words, { stdio: [0, "pipe", "ignore"], encoding: "utf8", env: { PATH: systemPath } }).stdout ?? "";
}
