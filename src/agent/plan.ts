// What an installation into an agent, or its removal, would change: file by file, before and after. Writes nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { applyPatch, structuredPatch } from "diff";
import { mark } from "./adapters.ts";
import type { Agent, Piece, Target } from "./agents.ts";
import { type ConfigFault, type ConfigFile, readConfig } from "./config-file.ts";
import { type Edit, type Format, isMade, isMadeByAny, type Json, make, obstacle, undo } from "./edit.ts";
import { jsonText } from "./json-text.ts";
import { tomlText } from "./toml-text.ts";

/** A person's own files, or those of the project in this directory. */
export type Scope = { readonly home: string } | { readonly project: string };

export interface Change {
  readonly file: ConfigFile;
  /** Undefined: none. */
  readonly after: string | undefined;
  /** The text to keep beside it; undefined: none is kept. */
  readonly original: string | undefined;
}

export type Plan = { readonly changes: readonly Change[] } | ConfigFault;

export const formats: Readonly<Record<"json" | "toml", Format>> = { json: jsonText, toml: tomlText };

export function placeOf(target: Target, scope: Scope): string | undefined {
  const names = "home" in scope ? target.user : target.project;
  const paths = [names ?? []].flat().map((name) => ("home" in scope ? name : join(scope.project, name)));
  return paths.find((path) => existsSync(path)) ?? paths[0];
}

export function planInstall(agent: Agent, pieces: ReadonlySet<Piece>, scope: Scope): Plan {
  return plan(agent, scope, (file, targets) => installed(file, targets, pieces));
}

export function planUninstall(agent: Agent, scope: Scope): Plan {
  return plan(agent, scope, uninstalled);
}

type Planned = Change | ConfigFault | undefined;

function plan(agent: Agent, scope: Scope, one: (file: ConfigFile, targets: readonly Target[]) => Planned): Plan {
  const places = agent.targets.map((target) => ({ target, place: placeOf(target, scope) }));
  const files = [...new Set(places.flatMap(({ place }) => place ?? []))];
  const planned = files.map((name): Planned => {
    const file = readConfig(name);
    const targets = places.flatMap(({ target, place }) => (place === name ? target : []));
    return "fault" in file ? file : one(file, targets);
  });
  const fault = planned.find((each) => each !== undefined && "fault" in each);
  if (fault !== undefined && "fault" in fault) return fault;
  return { changes: planned.filter((each): each is Change => each !== undefined && "file" in each) };
}

function installed(file: ConfigFile, targets: readonly Target[], pieces: ReadonlySet<Piece>): Planned {
  const wanted = targets.filter(({ piece }) => pieces.has(piece));
  const [first] = wanted;
  if (first === undefined) return undefined;
  if (first.format === "whole") return installedWhole(file, first);
  const format = formats[first.format];
  const edits = editsOf(wanted);
  const read = format.read(file.text ?? "");
  if ("error" in read) return { fault: `\`${file.name}\` is not valid: ${read.error}\nmend it, then try again; nothing was written` };
  const wrong = edits.map((edit) => obstacle(read.value, edit)).find((each) => each !== undefined);
  if (wrong !== undefined) return { fault: `\`${file.name}\`: ${wrong}\nmake it one, then try again; nothing was written` };
  if (edits.every((edit) => isMade(read.value, edit))) return undefined;
  const after = edits.reduce((text, edit) => make(text, edit, format), file.text ?? "");
  // Once something of ours is in there it is no original any more; and a copy from before is none of a file that has nothing of ours.
  const made = editsOf(targets).filter((edit) => isMadeByAny(read.value, edit));
  const kept = made.length === 0 ? undefined : file.original;
  return { file, after, original: kept ?? (made.some(isUnmistakable) ? undefined : file.text) };
}

/** Nobody else would write it. */
function isUnmistakable(edit: Edit): boolean {
  return JSON.stringify(edit).includes("autobot");
}

function installedWhole(file: ConfigFile, { text, mode }: Extract<Target, { readonly format: "whole" }>): Planned {
  if (file.text === text && (file.mode & 0o111) === (mode & 0o111)) return undefined;
  if (file.text !== undefined && !file.text.includes(mark)) return { fault: `\`${file.name}\` is there already, and not ours\nmove it away, then try again; nothing was written` };
  return { file: { ...file, mode }, after: text, original: undefined };
}

function uninstalled(file: ConfigFile, targets: readonly Target[]): Planned {
  const [first] = targets;
  if (first === undefined || file.text === undefined) return undefined;
  if (first.format === "whole") return file.text.includes(mark) ? { file, after: undefined, original: undefined } : undefined;
  const format = formats[first.format];
  const read = format.read(file.text);
  if ("error" in read && !file.text.includes("autobot")) return undefined;
  if ("error" in read) return { fault: `\`${file.name}\` is not valid: ${read.error}\nmend it, then try again; nothing was written` };
  const before = originalValue(file, format);
  const ours = editsOf(targets).filter((edit) => isMadeByAny(read.value, edit) && !isMadeByAny(before, edit));
  if (ours.length === 0) return undefined;
  const after = without(file, ours, before, format);
  return { file, after, original: undefined };
}

/** What was there before, to the byte, where nobody else has changed the file since; else what is there now, less our edits. */
function without(file: ConfigFile, ours: readonly Edit[], before: Json, format: Format): string | undefined {
  const { text = "", original } = file;
  const made = original === undefined ? undefined : ours.reduce((each, edit) => make(each, edit, format), original);
  if (made === text) return original;
  const rest = ours.toReversed().reduce((each, edit) => undo(each, edit, before, format), text);
  if (original !== undefined) return unpatched(text, original, made ?? "", rest, format) ?? rest;
  const read = format.read(rest);
  const nothing = "value" in read && Object.keys(read.value ?? {}).length === 0 && !rest.includes("/") && !rest.includes("#");
  return nothing ? undefined : rest;
}

/** The text with our lines taken out and those that they replaced put back, where the lines around them are still there; of the same meaning as `rest`. */
function unpatched(text: string, original: string, made: string, rest: string, format: Format): string | undefined {
  const patched = applyPatch(text, structuredPatch("", "", made, original, "", "", { context: 1 }), { autoConvertLineEndings: false });
  return patched !== false && isDeepStrictEqual(format.read(patched), format.read(rest)) ? patched : undefined;
}

function originalValue({ original = "" }: ConfigFile, format: Format): Json {
  const read = format.read(original);
  return "error" in read ? {} : read.value;
}

function editsOf(targets: readonly Target[]): readonly Edit[] {
  return targets.flatMap((target) => (target.format === "whole" ? [] : target.edits));
}
