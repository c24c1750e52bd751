// Policy files → the policies in them, or everything that is wrong with them at once. The only file that reads YAML for them.
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { dirname, sep } from "node:path";
import { parseDocument } from "yaml";
import type { Layer } from "../policy/policies.ts";
import { type Policy, parsePolicy } from "../policy/schema.ts";
import type { LayerFiles } from "./layers.ts";
import { isRoots } from "./namespace.ts";

/** What is wrong where. `path` leads to it inside the file, "" is the whole file. */
export interface FileIssue {
  readonly file: string;
  readonly path: string;
  readonly message: string;
}

export type ReadPolicy = { readonly policy: Policy } | { readonly issues: readonly FileIssue[] };

const maximumBytes = 4 * 1024 * 1024;
// As many aliases as a hand-written policy could use; a bomb needs thousands of nodes for each.
const maximumAliases = 1000;

/** Every file of the layers that are in force, whose trust is checked as well. */
export function readLayers(layers: readonly LayerFiles[]): { readonly layers: readonly Layer[] } | { readonly issues: readonly FileIssue[] } {
  const issues: FileIssue[] = [];
  const read = layers.map(({ origin, directory, files }): Layer => {
    const policies = files.flatMap((file) => {
      const distrust = whyNotTrusted(file, directory);
      const result = distrust === undefined ? readPolicyFile(file) : { issues: [{ file, path: "", message: distrust }] };
      if ("policy" in result) return [{ policy: result.policy, file }];
      issues.push(...result.issues);
      return [];
    });
    return { origin, policies };
  });
  return issues.length > 0 ? { issues } : { layers: read };
}

/** One file, wherever it is from. */
export function readPolicyFile(file: string): ReadPolicy {
  const text = readText(file);
  return "issue" in text ? { issues: [{ file, path: "", message: text.issue }] } : parsePolicyText(text.text, file);
}

/** A text that may become a file. */
export function parsePolicyText(text: string, file: string): ReadPolicy {
  const value = parseYaml(text, file);
  if ("issues" in value) return value;
  const result = parsePolicy(value.value);
  return "policy" in result ? result : { issues: result.issues.map((issue) => ({ file, ...issue })) };
}

function readText(file: string): { readonly text: string } | { readonly issue: string } {
  let descriptor: number | undefined;
  try {
    // Not to block on a pipe that somebody put there.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { issue: "not a regular file" };
    if (stat.size > maximumBytes) return { issue: `larger than ${maximumBytes / 1024 / 1024} MiB\nsplit it: all files of a layer are joined` };
    return { text: readFileSync(descriptor, "utf8") };
  } catch (error) {
    return { issue: `cannot be read: ${reasonOf(error)}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function parseYaml(text: string, file: string): { readonly value: unknown } | { readonly issues: readonly FileIssue[] } {
  try {
    const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false, strict: true, stringKeys: true });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) return { issues: faults.map(({ message, pos }) => ({ file, path: place(text, pos[0]), message: yamlMessage(message) })) };
    return { value: withoutCycles(document.toJS({ maxAliasCount: maximumAliases })) };
  } catch (error) {
    return { issues: [{ file, path: "", message: yamlMessage(reasonOf(error)) }] };
  }
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function yamlMessage(message: string): string {
  if (/multiple documents/i.test(message)) return "more than one document\nremove the `---`, or put each in a file of its own";
  if (/excessive alias/i.test(message)) return "too many aliases: it would grow without bound";
  if (/maximum call stack/i.test(message)) return "nested too deeply";
  return message.slice(0, 1).toLowerCase() + message.slice(1).replace(/\.$/, "");
}

/** An anchor may contain itself (`&a [*a]`), which no policy can mean. */
function withoutCycles(value: unknown): unknown {
  const open = new Set<object>();
  const done = new Set<object>();
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null || done.has(node)) return;
    if (open.has(node)) throw new Error("an anchor contains itself");
    open.add(node);
    for (const child of Object.values(node)) visit(child);
    open.delete(node);
    done.add(node);
  };
  visit(value);
  return value;
}

/** A layer counts only if nobody but root and the user can have written it; undefined: trusted. */
function whyNotTrusted(file: string, directory: string): string | undefined {
  try {
    const real = realpathSync(file);
    if (lstatSync(file).isSymbolicLink() && !real.startsWith(realpathSync(directory) + sep)) {
      return `is a link to \`${real}\`, outside its directory\ncopy the file here`;
    }
    return writersOf(statSync(real), "it") ?? writersOf(statSync(dirname(real)), `its directory \`${dirname(real)}\``);
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`;
  }
}

function writersOf(stat: Stats, name: string): string | undefined {
  const self = process.getuid?.() ?? 0;
  if (stat.uid !== self && !isRoots(stat.uid)) return `${name} belongs to another user (uid ${stat.uid})\n\`chown\` it to root or yourself`;
  // A group of the user's own, as adduser(8) makes it, lets nobody else in.
  const ownGroup = stat.gid === self && process.getgid?.() === self && self !== 0;
  const open = (stat.mode & 0o002) !== 0 ? "everybody" : (stat.mode & 0o020) !== 0 && !ownGroup && !isRoots(stat.gid) ? "its group" : undefined;
  return open === undefined ? undefined : `${name} can be written by ${open}\nrun \`chmod go-w\` on it`;
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Readonly<Record<string, string>> = { EACCES: "permission denied", ENOENT: "no such file", ELOOP: "too many links", EISDIR: "it is a directory" };
  return (code === undefined ? undefined : known[code]) ?? (error instanceof Error ? error.message : String(error));
}

/** For people: all faults, one a paragraph. */
export function showIssues(issues: readonly FileIssue[]): string {
  return issues.map(({ file, path, message }) => `${file}${path === "" ? "" : `: ${path}`}: ${message.replaceAll("\n", "\n  ")}`).join("\n");
}
