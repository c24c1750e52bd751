// A file put in the place of another in one step: whoever reads it meanwhile has the old one or the new one, whole.
import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface FileOwner {
  readonly mode: number;
  /** Default: whoever writes. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Throws what the system says, and then the old file stays. */
export function replaceFile(file: string, text: string, { mode, uid, gid }: FileOwner): void {
  const draft = `${file}.${process.pid}`;
  try {
    const descriptor = openSync(draft, "wx", 0o600);
    try {
      writeFileSync(descriptor, text);
      if (uid !== undefined && gid !== undefined) fchownSync(descriptor, uid, gid);
      fchmodSync(descriptor, mode & 0o7777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
