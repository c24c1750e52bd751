// The refused command → the same on the workspace's copy, or with the file where it belongs.
import { quotePattern, quoteWord } from "./command.ts";
import type { LocalForm, LocalWord, Path } from "./request.ts";
import { localOf, type Situation } from "./situation.ts";
import { basename, localPath } from "./workspace.ts";

// They wait for input, which the refused line took from somewhere else.
const readsInput: ReadonlySet<string> = new Set(["tee", "sponge", "dd", "patch", "cat", "xargs", "cpio"]);
// The copy in the workspace has no owner or place of its own to change.
const staysOnHost: ReadonlySet<string> = new Set(["chown", "chgrp", "mkfs", "mount", "umount"]);
// Nobody is told to destroy what may be there only once.
const destroys: ReadonlySet<string> = new Set(["shred", "find", "wipe", "srm"]);

export const removers: ReadonlySet<string> = new Set(["rm", "rmdir", "unlink", "shred"]);
export const versionControl: ReadonlySet<string> = new Set(["git", "hg", "svn"]);

// Their other operands are names of files too, or they work on the directory they run in.
const runsInDirectory: ReadonlySet<string> = new Set(["cp", "mv", "ln", "link", "install", "tar", "unzip", "git", "hg", "svn"]);

/** The refused command, applied to the copy in the workspace. */
export function edit(situation: Situation): string | undefined {
  const { request, local, inFleet } = situation;
  if (!inFleet || local === undefined || request.transfer === true || request.local === undefined) return undefined;
  const form = withHomePaths(request.local);
  if (!isRepeatable(situation, form, local)) return undefined;
  const place = (path: Path) => localOf(situation, { ...request, path, existing: path.text === request.path?.text ? request.existing : undefined });
  const relative = form.words.slice(1).some((word) => typeof word === "string" && !word.startsWith("-"));
  return runsInDirectory.has(request.utility) && relative ? inDirectory(situation, form, place) : command(form.words, form.redirect, place);
}

/** `~/f` is in the home directory there, not in the one here. */
function withHomePaths(form: LocalForm): LocalForm {
  const words = form.words.map((word) => (typeof word === "string" && word.startsWith("~") ? { path: { text: word, known: true, prefix: word, glob: false } } : word));
  return { ...form, words };
}

/** Whether the command means the same here, and harms nothing. */
function isRepeatable({ request: { utility } }: Situation, { words, redirect }: LocalForm, local: Path): boolean {
  if (staysOnHost.has(utility) || destroys.has(utility) || readsInput.has(utility)) return false;
  if (redirect !== undefined) return words.length > 1 && !readsInput.has(String(words[0]));
  if (versionControl.has(utility)) return words.includes("pull");
  if (removers.has(utility) && removesMuch(words, local)) return false;
  return local.text !== "." && words.some((word) => typeof word !== "string");
}

function removesMuch(words: readonly LocalWord[], local: Path): boolean {
  return (local.glob && !local.text.includes("/")) || words.some((word) => typeof word === "string" && /^(-\w*[rR]|--recursive$)/.test(word));
}

/** As it was typed, in the workspace's directory for the one on the host that it ran in. */
function inDirectory({ set, host }: Situation, { words: given, base }: LocalForm, place: (path: Path) => Path | undefined): string | undefined {
  const directory = base === undefined ? undefined : localPath({ text: base, known: true, prefix: base, glob: false }, set.fleet, host)?.text.replace(/(?<=.)\/$/, "");
  if (directory === undefined) return undefined;
  if (directory === ".") return command(given, undefined, place);
  const line = command(given, undefined, (path) => {
    const local = place(path);
    const text = local === undefined ? "" : fromDirectory(local.text, directory);
    return local === undefined ? undefined : { ...local, text, prefix: text };
  });
  const quoted = quoteWord(directory);
  return line === undefined || quoted === undefined ? undefined : `(cd ${quoted} && ${line})`;
}

function fromDirectory(path: string, directory: string): string {
  if (path === directory) return ".";
  if (path.startsWith(`${directory}/`)) return path.slice(directory.length + 1);
  return "../".repeat(directory.split("/").length) + path;
}

function command(
  given: readonly LocalWord[],
  redirect: { readonly operator: string; readonly path: Path } | undefined,
  place: (path: Path) => Path | undefined,
): string | undefined {
  const quoted = given.map((word) => (typeof word === "string" ? quoteWord(word) : quotePath(place(word.path))));
  if (redirect !== undefined) quoted.push(redirect.operator, quotePath(place(redirect.path)));
  return quoted.includes(undefined) ? undefined : quoted.join(" ");
}

export function quotePath(path: Path | undefined): string | undefined {
  if (path === undefined || !path.known) return undefined;
  const text = path.text.startsWith("-") ? `./${path.text}` : path.text;
  return path.glob ? quotePattern(text) : quoteWord(text);
}

/** The refused command, writing the file where such files belong. */
export function moved(situation: Situation): string | undefined {
  const { request, denial, root, context } = situation;
  const { home } = denial.rule;
  const { path, local } = request;
  if (home === undefined || path === undefined || !path.known) return undefined;
  const directory = root === undefined || context.cwd === undefined || context.cwd === root ? home : `${root}/${home}`;
  const target = directory + basename(path.text);
  const line = rewritten(situation, target);
  if (line !== undefined || local === undefined || readsInput.has(request.utility)) return line;
  const named = local.redirect?.path.text === path.text || local.words.some((word) => typeof word !== "string" && word.path.text === path.text);
  if (!named) return undefined;
  return command(local.words, local.redirect, (other) => (other.text === path.text ? { ...other, text: target, prefix: target } : other));
}

const longestLine = 400;

/** Without a character that a terminal acts on or hides. */
function isShown(line: string): boolean {
  return /^[ -~]*$/.test(line) || !/[\p{Cc}\p{Cf}]/u.test(line);
}

/** The line as it was typed, another path in the place of the one refused. */
function rewritten({ request, context }: Situation, target: string): string | undefined {
  const { line } = context;
  if (line === undefined || line.length > longestLine || !isShown(line)) return undefined;
  const { start, end } = request.span;
  const written = line.slice(start, end);
  const word = quoteWord(target);
  if (word === undefined || !/^[\w./+:@%,-]+$/.test(written) || basename(written) !== basename(target)) return undefined;
  return line.slice(0, start) + word + line.slice(end);
}
