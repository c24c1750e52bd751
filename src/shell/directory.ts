// A directory and those above it.
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** As `mkdir -p -m MODE`. Not mkdirSync's `recursive`: where a file system makes no directories (/proc) that one never returns. */
export function makeDirectories(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
