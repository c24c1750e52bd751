// A directory and those above it; the current one; the one for temporary files; those of the system's utilities.
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Where root keeps what it has compiled for everybody. */
export const systemCache = "/var/cache/autobot-sh";

/** Whatever PATH says: nobody is to be kept out by a wrong one. */
export const systemPath = "/usr/bin:/bin";

/** As `mkdir -p -m MODE`, whatever umask takes away: what root makes for everybody has to be readable. Not mkdirSync's `recursive`: where a file system makes no directories (/proc) that one never returns. */
export function makeDirectories(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeDirectories(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
    if ((mode & process.umask()) !== 0) chmodSync(path, mode);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** As os.tmpdir(), without loading node:os. */
export function temporaryDirectory({ TMPDIR, TMP, TEMP }: NodeJS.ProcessEnv = process.env): string {
  const path = TMPDIR || TMP || TEMP || "/tmp";
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Undefined where it is gone. */
export function currentDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
