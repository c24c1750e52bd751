// Changes to a configuration file as data: made, told apart from what was there, and undone. What a file's text looks like is
// the business of its format (json-text.ts, toml-text.ts).
import { isDeepStrictEqual } from "node:util";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonPath = readonly (string | number)[];

/** `set`: the value of a key. `add`: one more element of a list. */
export type Edit = { readonly set: JsonPath; readonly value: Json } | { readonly add: JsonPath; readonly value: Json };

/** How a language of configuration files is read and changed, with all that is not changed left as it stands. */
export interface Format {
  /** An empty text is an empty object. */
  readonly read: (text: string) => { readonly value: Json } | { readonly error: string };
  /** Undefined removes. */
  readonly change: (text: string, path: JsonPath, value: Json | undefined) => string;
  readonly append: (text: string, path: JsonPath, value: Json) => string;
}

export function valueAt(value: Json | undefined, path: JsonPath): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return typeof key === "number" ? at[key] : undefined;
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, value);
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isMade(value: Json, edit: Edit): boolean {
  return "set" in edit ? isDeepStrictEqual(valueAt(value, edit.set), edit.value) : elements(value, edit.add).some((each) => isDeepStrictEqual(each, edit.value));
}

/** As `isMade`, also where another installation of autobot-sh has made it. */
export function isMadeByAny(value: Json, edit: Edit): boolean {
  return "set" in edit ? isSame(valueAt(value, edit.set), edit.value) : indexOf(value, edit) >= 0;
}

/** Why it cannot be made: something of another kind stands in its way. */
export function obstacle(value: Json, edit: Edit): string | undefined {
  const path = "set" in edit ? edit.set : edit.add;
  const above = path.slice(0, -1).map((_, index) => path.slice(0, index + 1));
  const wrong = [[], ...above].find((each) => valueAt(value, each) !== undefined && !isObject(valueAt(value, each)));
  if (wrong !== undefined) return `${wrong.length === 0 ? "the whole" : `\`${wrong.join(".")}\``} is no object`;
  const at = valueAt(value, path);
  return "add" in edit && at !== undefined && !Array.isArray(at) ? `\`${path.join(".")}\` is no list` : undefined;
}

/** The text with the edit made. `edit` has no obstacle there. */
export function make(text: string, edit: Edit, format: Format): string {
  const value = valueOf(text, format);
  if (isMade(value, edit)) return text;
  if ("set" in edit) return format.change(text, edit.set, edit.value);
  const index = indexOf(value, edit);
  return index >= 0 ? format.change(text, [...edit.add, index], edit.value) : format.append(text, edit.add, edit.value);
}

/**
 * The text without the edit, and with what it had in its place. What somebody has changed since stays.
 * @param before what the file said before the first edit.
 */
export function undo(text: string, edit: Edit, before: Json, format: Format): string {
  const value = valueOf(text, format);
  if (!isMadeByAny(value, edit) || isMadeByAny(before, edit)) return text;
  if ("set" in edit) {
    const old = valueAt(before, edit.set);
    return old === undefined ? prune(format.change(text, edit.set, undefined), edit.set.slice(0, -1), before, format) : format.change(text, edit.set, old);
  }
  return prune(format.change(text, [...edit.add, indexOf(value, edit)], undefined), edit.add, before, format);
}

/** Lists and objects that are empty now and were not there before. */
function prune(text: string, path: JsonPath, before: Json, format: Format): string {
  if (path.length === 0 || valueAt(before, path) !== undefined) return text;
  const at = valueAt(valueOf(text, format), path);
  if (typeof at !== "object" || at === null || Object.keys(at).length > 0) return text;
  return prune(format.change(text, path, undefined), path.slice(0, -1), before, format);
}

function valueOf(text: string, format: Format): Json {
  const read = format.read(text);
  if ("error" in read) throw new Error(read.error);
  return read.value;
}

function elements(value: Json, path: JsonPath): readonly Json[] {
  const at = valueAt(value, path);
  return Array.isArray(at) ? at : [];
}

function indexOf(value: Json, edit: Extract<Edit, { readonly add: JsonPath }>): number {
  return elements(value, edit.add).findIndex((each) => isSame(each, edit.value));
}

/** But for the place that autobot-sh is installed in. */
function isSame(one: Json | undefined, other: Json): boolean {
  return one !== undefined && isDeepStrictEqual(placeless(one), placeless(other));
}

/** A program of ours by itself, or as the first word of a hook's line. */
const placed = /^(?:\/.*\/bin\/(autobotctl|autobot-bash)$|(?:\/[^\s'"]*|'(?:[^']|'\\'')*)\/bin\/(autobotctl)'?(?= hook --agent ))/s;

function placeless(value: Json): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === "string" ? each.replace(placed, "$1$2") : each)));
}
