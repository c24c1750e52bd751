// A path → the files below it that somebody wrote: what git ignores is left out where there is a repository.
import { spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readSync, type Stats } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../world/repository.ts";

const maximumBytes = 1024 * 1024;
const headBytes = 4096;
const maximumListing = 512 * 1024 * 1024;

/** Whole directories that hold nobody's own work. */
const foreign: ReadonlySet<string> = new Set([".git", "node_modules", ".hg", ".svn", ".venv", "__pycache__"]);

/** Absolute paths of regular files, sorted; `path` itself, where it is one. Links are not followed. */
export function filesBelow(path: string): readonly string[] {
  const stat = statOf(path);
  if (stat?.isFile() === true) return [path];
  if (stat?.isDirectory() !== true) return [];
  const tracked = repositoryRoot(path) !== undefined ? filesOfGit(path) : undefined;
  // Whoever names a directory that git ignores means it all the same.
  return (tracked === undefined || tracked.length === 0 ? walk(path) : tracked).toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
}

function walk(directory: string): readonly string[] {
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(directory);
  } catch {
    return [];
  }
  return entries.flatMap((entry): readonly string[] => {
    const path = join(directory, entry.name);
    if (entry.isFile()) return [path];
    if (!entry.isDirectory() || foreign.has(entry.name)) return [];
    return (existsSync(join(path, ".git")) ? filesOfGit(path) : undefined) ?? walk(path);
  });
}

function entriesOf(directory: string) {
  return readdirSync(directory, { withFileTypes: true });
}

/** What git tracks there and what it does not ignore; undefined where it cannot say. */
function filesOfGit(directory: string): readonly string[] | undefined {
  const { status, stdout } = git(directory, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (status !== 0) return undefined;
  const names = [...new Set(stdout.split("\0").filter((name) => name !== ""))];
  return names.flatMap((name): readonly string[] => {
    const path = join(directory, name);
    const stat = statOf(path);
    if (stat?.isFile() === true) return [path];
    // A submodule, or a repository in this one.
    return stat?.isDirectory() === true && existsSync(join(path, ".git")) ? (filesOfGit(path) ?? walk(path)) : [];
  });
}

/** Of some names below a directory those that git ignores there, whether or not there are such files. */
export function ignoredByGit(directory: string, names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0 || repositoryRoot(directory) === undefined) return new Set();
  // Behind `./`, a name that begins with a colon is one.
  const { stdout } = git(directory, ["check-ignore", "-z", "--stdin"], names.map((name) => `./${name}`).join("\0"));
  return new Set(
    stdout
      .split("\0")
      .slice(0, -1)
      .map((name) => name.slice(2)),
  );
}

/** Directories below it of which git keeps nothing. */
export function directoriesIgnoredByGit(directory: string): readonly string[] {
  if (repositoryRoot(directory) === undefined) return [];
  const { stdout } = git(directory, ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]);
  return stdout.split("\0").flatMap((name) => (name.endsWith("/") ? [name.slice(0, -1)] : []));
}

function git(directory: string, words: readonly string[], input = "") {
  // A repository's configuration may name a program to ask about changed files; a hook's variables another repository.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const all = ["-c", "core.fsmonitor=false", "-C", directory, ...words];
  return spawnSync("git", all, { env: environment, input, encoding: "utf8", maxBuffer: maximumListing, stdio: ["pipe", "pipe", "ignore"] });
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** Why a file is not looked at, or its text; nothing of either for binary files, and for those without `#!` that have to be `marked`. */
export function readDocument(path: string, marked: boolean): { readonly text: string } | { readonly skipped: string | undefined } {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const head = Buffer.alloc(headBytes);
    const bytes = readSync(descriptor, head, 0, headBytes, 0);
    if (head.subarray(0, bytes).includes(0) || (marked && head.toString("latin1", 0, 2) !== "#!")) return { skipped: undefined };
    if (fstatSync(descriptor).size > maximumBytes) return { skipped: `larger than ${maximumBytes / 1024 / 1024} MiB` };
    const text = readFileSync(descriptor, "utf8");
    return text.includes("\0") ? { skipped: undefined } : { text };
  } catch (error) {
    return { skipped: `cannot be read: ${error instanceof Error ? error.message.split(",", 1)[0] : String(error)}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
