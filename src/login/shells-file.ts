// shells(5): which programs are login shells here. chsh(1) gives nobody another, and some services let nobody in with one.
import { readFileSync, statSync } from "node:fs";
import { replaceFile } from "../world/replace-file.ts";

const place = "/etc/shells";

export function isListed(shell: string, file = place): boolean {
  return lines(file).includes(shell);
}

/** Does nothing where it is there. Throws what the system says. */
export function listShell(shell: string, file = place): void {
  const text = read(file);
  if (!isListed(shell, file)) write(file, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${shell}\n`);
}

/** Leaves all else as it is. */
export function unlistShell(shell: string, file = place): void {
  if (isListed(shell, file))
    write(
      file,
      read(file)
        .split("\n")
        .filter((line) => line !== shell)
        .join("\n"),
    );
}

function write(file: string, text: string): void {
  const { mode, uid, gid } = statSync(file, { throwIfNoEntry: false }) ?? { mode: 0o644, uid: 0, gid: 0 };
  replaceFile(file, text, { mode, uid, gid });
}

function lines(file: string): readonly string[] {
  return read(file).split("\n");
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
