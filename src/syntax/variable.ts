// Parameters by name: what the text, the caller or the shell itself has given them, and assignments to them.
import { choose } from "./choice.ts";
import { type Context, issue } from "./context.ts";
import { bind, type Content, lookup, lookupAt, positional, type State, unknown, unset } from "./state.ts";
import { hole, lengthOf, patternParts, stored, textOf, type Value, valueOf } from "./value.ts";
import { slicePieces, type Word } from "./word.ts";

// bash(1), Shell Variables: set by the shell, whatever the environment says.
const setByShell: ReadonlySet<string> = new Set(
  [
    "_ BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_LINENO BASH_REMATCH BASH_SOURCE BASH_SUBSHELL",
    "BASH_VERSINFO BASH_VERSION COPROC DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD HOSTNAME HOSTTYPE LINENO MACHTYPE MAPFILE",
    "OPTARG OPTERR OPTIND OSTYPE PIPESTATUS PPID PWD OLDPWD RANDOM READLINE_LINE READLINE_POINT REPLY SECONDS SHELLOPTS SHLVL SRANDOM UID ? $ ! -",
  ].flatMap((names) => names.split(" ")),
);
const changing: ReadonlySet<string> = new Set("_ BASHPID BASH_COMMAND EPOCHREALTIME EPOCHSECONDS LINENO RANDOM SECONDS SRANDOM".split(" "));

const defaultSeparators = " \t\n";
const maxLength = 1 << 20;
const maxPieces = 1024;

/** The possible contents of a parameter at this point. */
export function contentsOf(context: Context, name: string): readonly Content[] {
  return contentsAt(context, name, undefined);
}

function contentsAt(context: Context, name: string, time: number | undefined): readonly Content[] {
  const first = name.charCodeAt(0);
  if (first >= 48 && first <= 57) return [argument(context, name, time)];
  if (name === "#") return [argumentCount(context)];
  const find = (key: string) => (time === undefined ? lookup(context.state, key) : lookupAt(context.state, key, time));
  let target = name;
  for (let hop = 0; hop < 8; hop++) {
    const contents = find(target);
    if (contents === undefined || changing.has(target)) return [outside(context, target)];
    const only = contents[0];
    if (contents.length > 1 || only?.kind !== "reference") return contents;
    target = only.name;
  }
  return [unknown(name)];
}

// A parameter that the text has not set.
function outside(context: Context, name: string): Content {
  const { environment, environmentComplete } = context.run.options;
  if (name === "IFS") return { kind: "scalar", value: valueOf(defaultSeparators) };
  if (name === "PWD") {
    const cwd = context.run.options.cwd;
    if (cwd !== undefined && lookup(context.state, "cd .") === undefined) return { kind: "scalar", value: cwd.pieces };
    return unknown(name);
  }
  const given = environment !== undefined && Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (setByShell.has(name)) return unknown(name);
  if (given !== undefined) return { kind: "scalar", value: typeof given === "string" ? valueOf(given) : given.pieces };
  const around = context.run.options.variable?.(name);
  if (around !== undefined) return { kind: "scalar", value: around.pieces };
  if (environmentComplete === true) return unset;
  return { kind: "scalar", value: [hole(`$${name}`, "environment")] };
}

function argument(context: Context, name: string, time: number | undefined): Content {
  const bound = name === "0" ? undefined : time === undefined ? lookup(context.state, positional) : lookupAt(context.state, positional, time);
  if (bound !== undefined) {
    const only = bound[0];
    if (bound.length > 1 || only?.kind !== "array" || Number(name) > (only.certain ?? Number.POSITIVE_INFINITY)) return unknown(name);
    const value = only.elements.get(String(Number(name)));
    return value === undefined ? unset : { kind: "scalar", value };
  }
  const given = context.run.options.args?.[Number(name)];
  if (given !== undefined) return { kind: "scalar", value: given.pieces };
  if (context.run.options.args !== undefined && name !== "0") return unset;
  return { kind: "scalar", value: [hole(`$${name}`, "environment")] };
}

function argumentCount(context: Context): Content {
  const list = argumentsOf(context);
  return list === undefined || list.some(isSeveral) ? unknown("#") : { kind: "scalar", value: valueOf(String(list.length)) };
}

/** An element that may be none or several: what an unquoted expansion has put into a list. */
export function isSeveral(value: Value): boolean {
  return value.some((piece) => "hole" in piece && piece.splits);
}

/** A word as an element of a list. */
export function listed(word: Word): Value {
  return word.glob === true ? patternParts(word.pieces, undefined, true) : word.pieces;
}

/** How many values stand before the first that may be several; undefined: none is. */
export function certainOf(values: readonly Value[]): number | undefined {
  const first = values.findIndex(isSeveral);
  return first < 0 ? undefined : first;
}

/** `$1` … where the text or the caller tells them, else undefined. */
export function argumentsOf(context: Context): readonly Value[] | undefined {
  const bound = lookup(context.state, positional);
  if (bound === undefined) return context.run.options.args?.slice(1).map((word) => word.pieces);
  const only = bound[0];
  return bound.length === 1 && only?.kind === "array" ? [...only.elements.values()] : undefined;
}

export function setArguments(state: State, values: readonly Value[] | undefined): void {
  if (values === undefined) return bind(state, positional, [unknown("@")]);
  const elements = new Map(values.map((value, index) => [String(index + 1), value]));
  bind(state, positional, [{ kind: "array", elements, associative: false, certain: certainOf(values) }]);
}

/** One of the possible contents: which one is a choice of the command under evaluation. */
export function contentOf(context: Context, name: string): Content {
  const contents = contentsOf(context, name);
  if (contents.length === 1) return contents[0] as Content;
  const option = choose(context.run.choices, name, contents.length);
  return option === undefined ? unknown(name) : (contents[option] ?? unset);
}

/** What `$name` expands to; undefined when unset. */
export function scalarOf(content: Content): Value | undefined {
  if (content.kind === "scalar") return content.value;
  if (content.kind === "array") return content.certain === 0 ? [hole("$", "computed")] : content.elements.get("0");
  return undefined;
}

/** The known characters of a variable with one possible value, else undefined; unset is "". */
export function knownText(context: Context, name: string): string | undefined {
  const contents = contentsOf(context, name);
  if (contents.length !== 1) return undefined;
  return textOf(scalarOf(contents[0] as Content) ?? []);
}

/** IFS; undefined: not known. */
export function separatorsOf(context: Context): string | undefined {
  const contents = contentsOf(context, "IFS");
  const value = scalarOf(contents[0] ?? unset);
  if (contents.length !== 1) return undefined;
  return value === undefined ? defaultSeparators : textOf(value);
}

/** A variable as a word, at a time of the state's clock. */
export function wordAt(context: Context, name: string, time: number): Word | undefined {
  const contents = contentsAt(context, name, time);
  const only = contents.length === 1 ? (contents[0] as Content) : unknown(name);
  const value = scalarOf(only);
  if (value === undefined) return undefined;
  const fromOutside = value.length === 1 && value[0] !== undefined && "hole" in value[0] && value[0].why === "environment" && value[0].hole === `$${name}`;
  return fromOutside ? undefined : { pieces: value, span: { start: 0, end: 0 } };
}

/** Assigns as `name=value` does, through name references. */
export function assign(context: Context, name: string, value: Value): void {
  const target = targetOf(context.state, name);
  const before = lookup(context.state, target)?.[0];
  if (before?.kind === "array") return assignElement(context, target, "0", value);
  bind(context.state, target, [{ kind: "scalar", value: bounded(context, stored(value)) }]);
}

export function assignElement(context: Context, name: string, key: string, value: Value): void {
  const target = targetOf(context.state, name);
  const before = lookup(context.state, target)?.[0];
  const elements = new Map(before?.kind === "array" ? before.elements : undefined);
  if (before?.kind === "scalar" && before.value.every((piece) => "text" in piece)) elements.set("0", before.value);
  context.run.work += elements.size >> 3;
  elements.set(key, bounded(context, stored(value)));
  bind(context.state, target, [
    { kind: "array", elements, associative: before?.kind === "array" && before.associative, certain: before?.kind === "array" ? before.certain : undefined },
  ]);
}

export function assignArray(context: Context, name: string, elements: ReadonlyMap<string, Value>, associative: boolean, certain?: number): void {
  bind(context.state, targetOf(context.state, name), [{ kind: "array", elements, associative, certain }]);
}

/** The variable gets a value that the text does not tell. */
export function assignUnknown(context: Context, name: string): void {
  bind(context.state, targetOf(context.state, name), [unknown(name)]);
}

/** The variable that an assignment to `name` changes. */
export function targetOf(state: State, name: string): string {
  let target = name;
  for (let hop = 0; hop < 8; hop++) {
    const only = lookup(state, target)?.[0];
    if (only?.kind !== "reference") return target;
    target = only.name;
  }
  return target;
}

/** `one` followed by `other`. */
export function joined(context: Context, one: Value, other: Value): Value {
  context.run.work += one.length >> 3;
  return bounded(context, [...one, ...other]);
}

// Values that double in a loop would fill the memory.
function bounded(context: Context, value: Value): Value {
  if (value.length < 2 && (value.length === 0 || lengthOf(value) <= maxLength)) return value;
  const length = lengthOf(value);
  context.run.work += (value.length >> 1) + (length >> 10);
  if (length <= maxLength && value.length <= maxPieces) return value;
  issue(context, "over-budget", `a value of more than ${maxLength} characters or ${maxPieces} parts`, { start: 0, end: 0 });
  return [...slicePieces(value.slice(0, 16), 0, 1024), hole("…", "computed")];
}

export function isName(text: string): boolean {
  if (text === "") return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const letter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
    if (!letter && (index === 0 || code < 48 || code > 57)) return false;
  }
  return true;
}
