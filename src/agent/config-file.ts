// A configuration file of somebody else's program: read with what has to be kept, and replaced in one step. Symbolic links, modes and
// what stood there first stay.
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { replaceFile } from "../world/replace-file.ts";

export interface ConfigFile {
  /** As it is named to people. */
  readonly name: string;
  /** Where it is in fact. */
  readonly path: string;
  /** Undefined where there is none. */
  readonly text: string | undefined;
  readonly mode: number;
  /** What it said before the first edit of ours, where it was there. */
  readonly original: string | undefined;
}

/** In the house's form: what is wrong, the way out on the next line. */
export interface ConfigFault {
  readonly fault: string;
}

const defaultMode = 0o644;

export function backupOf(path: string): string {
  return `${path}.before-autobot-sh`;
}

export function readConfig(name: string): ConfigFile | ConfigFault {
  try {
    const path = lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() ? realpathSync(name) : name;
    const owner = statSync(existing(path)).uid;
    if (owner !== process.geteuid?.()) return { fault: `\`${existing(path)}\` belongs to another user\nrun this as its owner` };
    const there = existsSync(path);
    const text = there ? textOf(path) : undefined;
    const backup = backupOf(path);
    return { name, path, text, mode: there ? statSync(path).mode & 0o7777 : defaultMode, original: existsSync(backup) ? textOf(backup) : undefined };
  } catch (error) {
    return { fault: `\`${name}\` cannot be read: ${said(error)}\nmend it, then try again` };
  }
}

/** Throws where it is no UTF-8: written back as text it would be another file. */
function textOf(path: string): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
}

/** Throws what the system says. Undefined: no file. Directories that this leaves empty go too, up to `above`. */
export function writeConfig({ path, mode }: ConfigFile, text: string | undefined, above: string): void {
  if (text !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    return replaceFile(path, text, { mode });
  }
  rmSync(path, { force: true });
  removeEmpty(dirname(path), above);
}

function removeEmpty(directory: string, above: string): void {
  if (!directory.startsWith(`${above}/`)) return;
  try {
    rmdirSync(directory);
  } catch {
    // It holds something, or is gone already.
    if (existsSync(directory)) return;
  }
  removeEmpty(dirname(directory), above);
}

/** The path, or the nearest directory above that is there. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
