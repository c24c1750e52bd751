// What a shell remembers between commands: variables, functions, aliases, positional parameters, directory.
// A fork is an overlay, so subshells and branches cost what they change.
import type * as unbash from "unbash";
import type { Stdin } from "./simple-command.ts";
import type { Source } from "./source.ts";
import { hole, sameValue, type Value } from "./value.ts";

export type Content =
  | { readonly kind: "unset" }
  | { readonly kind: "scalar"; readonly value: Value }
  | ArrayContent
  /** `declare -n`. */
  | { readonly kind: "reference"; readonly name: string }
  | { readonly kind: "function"; readonly node: unbash.Function; readonly source: Source }
  | { readonly kind: "alias"; readonly value: Value }
  /** What a descriptor reads, from `exec`; `over`: the standard input that it has replaced. */
  | { readonly kind: "input"; readonly stdin: Stdin; readonly over?: Stdin };

export interface ArrayContent {
  readonly kind: "array";
  readonly elements: ReadonlyMap<string, Value>;
  readonly associative: boolean;
  /** Elements from this one on, in their order, have no known index: one of them may be several. Undefined: all have. */
  readonly certain?: number | undefined;
}

/** The possible contents of a name from `since` on; more than one where branches of the text differ. */
export interface Binding {
  readonly contents: readonly Content[];
  readonly since: number;
  readonly older: Binding | undefined;
}

/** `stop`: certainly, as after `break`. After `exit` a shell with stopped jobs carries on. */
export type Ending = "exit" | "stop";

export interface State {
  readonly bindings: Map<string, Binding>;
  readonly parent: State | undefined;
  readonly clock: { now: number };
  /** What `local` has hidden in the functions being called, innermost last. */
  readonly locals: Map<string, readonly Content[] | undefined>[];
  /** What comes after does not run, so that it takes no part in a merge. */
  ended: Ending | undefined;
}

export const unset: Content = { kind: "unset" };

// Names that no variable can have keep the rest of the state under the same rules.
export const directory = "cd .";
export const previousDirectory = "cd -";
export const directoryStack = "cd +";
export const positional = "@";
export const functionKey = (name: string): string => `${name}()`;
export const aliasKey = (name: string): string => `alias ${name}`;
export const inputKey = (descriptor: number): string => `${descriptor}<`;

const maxAlternatives = 16;

export function newState(): State {
  return { bindings: new Map(), parent: undefined, clock: { now: 0 }, locals: [], ended: undefined };
}

export function fork(state: State): State {
  return { bindings: new Map(), parent: state, clock: state.clock, locals: state.locals, ended: state.ended };
}

export function lookup(state: State, name: string): readonly Content[] | undefined {
  for (let at: State | undefined = state; at !== undefined; at = at.parent) {
    const binding = at.bindings.get(name);
    if (binding !== undefined) return binding.contents;
  }
  return undefined;
}

/** As `lookup`, at an earlier time of the clock. */
export function lookupAt(state: State, name: string, time: number): readonly Content[] | undefined {
  for (let at: State | undefined = state; at !== undefined; at = at.parent) {
    let binding = at.bindings.get(name);
    while (binding !== undefined && binding.since > time) binding = binding.older;
    if (binding !== undefined) return binding.contents;
  }
  return undefined;
}

export function bind(state: State, name: string, contents: readonly Content[]): void {
  state.clock.now++;
  state.bindings.set(name, { contents, since: state.clock.now, older: state.bindings.get(name) });
}

export function setScalar(state: State, name: string, value: Value): void {
  bind(state, name, [{ kind: "scalar", value }]);
}

/** Takes over what the branches changed: after it, each name may have the content of any branch that did not end. */
export function merge(state: State, branches: readonly State[], orUnchanged: boolean): void {
  const live = branches.filter((branch) => branch.ended === undefined);
  if (live.length === 0) {
    if (!orUnchanged && branches.length > 0) state.ended = branches.some((branch) => branch.ended === "exit") ? "exit" : "stop";
    return;
  }
  if (live.length === 1 && !orUnchanged) {
    adopt(state, live[0] as State);
    return;
  }
  const names = new Set<string>();
  for (const branch of live) {
    for (let at: State | undefined = branch; at !== undefined && at !== state; at = at.parent) for (const name of at.bindings.keys()) names.add(name);
  }
  for (const name of names) {
    const before = lookup(state, name);
    const possible: (readonly Content[] | undefined)[] = live.map((branch) => lookup(branch, name));
    if (orUnchanged) possible.push(before);
    bind(state, name, union(name, possible));
  }
}

/** Makes the changes of a fork the state's own. */
export function adopt(state: State, branch: State): void {
  if (branch.parent !== undefined && branch.parent !== state) adopt(state, branch.parent);
  for (const [name, binding] of branch.bindings) bind(state, name, binding.contents);
  state.ended = branch.ended;
}

function union(name: string, possible: readonly (readonly Content[] | undefined)[]): readonly Content[] {
  const contents: Content[] = [];
  for (const some of possible) {
    for (const content of some ?? [initial(name)]) {
      if (!contents.some((one) => sameContent(one, content))) contents.push(content);
    }
  }
  const tooMany = contents.length > maxAlternatives || (contents.length > 1 && (name === directory || name === previousDirectory));
  return tooMany && isValue(contents[0]) ? [unknown(name)] : contents;
}

// What a name that the text has not set yet stands for in a merge.
function initial(name: string): Content {
  if (name.includes(" ") || name.includes("(") || name.endsWith("<")) return unset;
  return { kind: "scalar", value: [hole(`$${name}`, "environment")] };
}

function isValue(content: Content | undefined): boolean {
  return content?.kind === "scalar" || content?.kind === "array" || content?.kind === "unset";
}

export function unknown(name: string): Content {
  return { kind: "scalar", value: [hole(name === directory ? "$PWD" : `$${name}`, "computed")] };
}

export function sameContent(one: Content, other: Content): boolean {
  if (one === other) return true;
  if (one.kind === "scalar") return other.kind === "scalar" && sameValue(one.value, other.value);
  if (one.kind === "array") return other.kind === "array" && one.certain === other.certain && sameElements(one.elements, other.elements);
  if (one.kind === "function") return other.kind === "function" && one.node === other.node;
  if (one.kind === "alias") return other.kind === "alias" && sameValue(one.value, other.value);
  if (one.kind === "reference") return other.kind === "reference" && one.name === other.name;
  return one.kind === "unset" && other.kind === "unset";
}

function sameElements(one: ReadonlyMap<string, Value>, other: ReadonlyMap<string, Value>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) {
    const counterpart = other.get(key);
    if (counterpart === undefined || !sameValue(value, counterpart)) return false;
  }
  return true;
}

/** Begins a function call; what it gives back ends it. */
export function setLocals(state: State): () => void {
  const hidden = new Map<string, readonly Content[] | undefined>();
  state.locals.push(hidden);
  return () => {
    state.locals.pop();
    for (const [name, contents] of hidden) {
      if (contents === undefined) state.bindings.delete(name);
      else bind(state, name, contents);
    }
  };
}

/** From now to the end of the function call, `name` is the function's own. */
export function makeLocal(state: State, name: string): void {
  const hidden = state.locals.at(-1);
  if (hidden !== undefined && !hidden.has(name)) hidden.set(name, lookup(state, name));
}
