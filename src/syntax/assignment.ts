// Assignments of the syntax tree → what they do to the state.
import type * as unbash from "unbash";
import { type Context, spanOf } from "./context.ts";
import { expandInto, expandValue } from "./expand.ts";
import { expandText } from "./later.ts";
import { maxIndex, subscriptKey } from "./parameter.ts";
import type { Assignment } from "./simple-command.ts";
import { joinedSource } from "./source.ts";
import { bind, fork, lookup, type State, unknown } from "./state.ts";
import { patternParts, textOf, type Value } from "./value.ts";
import { assign, assignArray, assignElement, assignUnknown, contentsOf, isSeveral, joined, scalarOf, targetOf } from "./variable.ts";
import type { Piece, Word } from "./word.ts";

/** An assignment whose words have been expanded. */
export interface Prepared {
  readonly name: string;
  readonly append: boolean;
  /** A subscript; null: one that is not known. */
  readonly key: string | null | undefined;
  readonly value: Value | readonly Element[];
  readonly array: boolean;
  readonly node: unbash.Assignment;
}

interface Element {
  /** Undefined: the next index. */
  readonly key: Value | undefined;
  readonly value: Value;
}

export function prepare(context: Context, node: unbash.Assignment): Prepared {
  const append = node.append === true;
  const key = node.index === undefined ? undefined : (subscriptKey(context, isAssociative(context.state, node.name), node.index) ?? null);
  if (node.value.type === "Word") return { name: node.name, append, key, value: expandValue(context, node.value), array: false, node };
  return { name: node.name, append, key, value: node.value.elements.flatMap((element) => elements(context, element)), array: true, node };
}

function isAssociative(state: State, name: string): boolean {
  const content = lookup(state, targetOf(state, name))?.[0];
  return content?.kind === "array" && content.associative;
}

// `[key]=value`, or words that take the next indices.
function elements(context: Context, word: unbash.Word): Element[] {
  const words: Word[] = [];
  expandInto(context, word, words);
  const only = words[0];
  if (words.length === 1 && only !== undefined && word.text.startsWith("[")) {
    const keyed = keyedElement(only.pieces);
    if (keyed !== undefined) return [keyed];
  }
  return words.map((one) => ({ key: undefined, value: one.glob === true ? patternParts(one.pieces, undefined, true) : one.pieces }));
}

function keyedElement(pieces: readonly Piece[]): Element | undefined {
  const flat = pieces.map((piece) => ("text" in piece ? piece.text : "\u0000")).join("");
  const close = flat.indexOf("]=");
  if (close < 0) return undefined;
  return { key: cut(pieces, 1, close), value: cut(pieces, close + 2, flat.length) };
}

/** Characters `start` to `end` of pieces, a hole counting as one. */
export function cut(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const kept: Piece[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const length = "text" in piece ? piece.text.length : 1;
    const from = Math.max(0, start - offset);
    const to = Math.min(length, end - offset);
    offset += length;
    if (from >= to) continue;
    if ("text" in piece) kept.push({ text: piece.text.slice(from, to), at: piece.at === undefined ? undefined : piece.at + from });
    else kept.push(piece);
  }
  return kept;
}

/** As it appears in a command's `assignments`. */
export function asWord(context: Context, prepared: Prepared): Assignment {
  const { node } = prepared;
  const pieces = prepared.array ? listPieces(prepared.value as readonly Element[]) : (prepared.value as Value);
  return { name: prepared.name, value: { pieces, span: spanOf(context, node.value) } };
}

/** As a word of `export` and the like: `name=value`. */
export function asArgument(context: Context, prepared: Prepared): Word {
  const { node } = prepared;
  const start = spanOf(context, node).start;
  const written = context.source.text.slice(node.pos, node.value.pos);
  return { pieces: [{ text: written, at: start }, ...asWord(context, prepared).value.pieces], span: spanOf(context, node) };
}

function listPieces(list: readonly Element[]): Piece[] {
  return list.flatMap(({ value }, index) => (index === 0 ? value : [{ text: " " }, ...value]));
}

export function perform(context: Context, prepared: Prepared): void {
  const { name, append, key, array } = prepared;
  if (array) return performArray(context, prepared);
  const value = prepared.value as Value;
  if (key === null) assignUnknown(context, name);
  else if (key !== undefined) assignElement(context, name, resolve(context, name, key), append ? joined(context, elementValue(context, name, key), value) : value);
  else if (append) performAppend(context, name, value);
  else assign(context, name, value);
  if (key === undefined) expandLater(context, name, value);
}

function resolve(context: Context, name: string, key: string): string {
  const content = lookup(context.state, targetOf(context.state, name))?.[0];
  if (Number(key) >= 0 || content?.kind !== "array" || content.associative) return key;
  return String(maxIndex(content.elements) + 1 + Number(key));
}

function elementValue(context: Context, name: string, key: string): Value {
  const content = contentsOf(context, name)[0];
  if (content?.kind === "array") return content.elements.get(key) ?? [];
  return content?.kind === "scalar" && key === "0" ? content.value : [];
}

function performAppend(context: Context, name: string, value: Value): void {
  const contents = contentsOf(context, name);
  const results = contents.map((content) => joined(context, scalarOf(content) ?? [], value));
  if (results.length === 1) assign(context, name, results[0] as Value);
  else
    bind(
      context.state,
      targetOf(context.state, name),
      results.map((result) => ({ kind: "scalar", value: result })),
    );
}

function performArray(context: Context, { name, append, value }: Prepared): void {
  const associative = isAssociative(context.state, name);
  const content = append ? contentsOf(context, name)[0] : undefined;
  const array = new Map(content?.kind === "array" ? content.elements : undefined);
  if (content?.kind === "scalar") array.set("0", content.value);
  context.run.work += array.size >> 3;
  let certain = content?.kind === "array" ? content.certain : undefined;
  let next = associative ? 0 : maxIndex(array) + 1;
  for (const element of value as readonly Element[]) {
    const key = element.key === undefined ? String(next) : textOf(element.key);
    if (key === undefined) return bind(context.state, targetOf(context.state, name), [unknown(name)]);
    if (element.key === undefined && isSeveral(element.value)) certain ??= array.size;
    array.set(key, element.value);
    next = Number(key) + 1;
  }
  assignArray(context, name, array, associative, certain);
}

// bash(1): prompts are expanded again, PROMPT_COMMAND is run.
const prompts: ReadonlySet<string> = new Set(["PS0", "PS1", "PS2", "PS3", "PS4"]);

function expandLater(context: Context, name: string, value: Value): void {
  if (prompts.has(name)) expandText(context, value);
  if (name === "PROMPT_COMMAND")
    context.run.evaluator.interpret({ ...context, state: fork(context.state), output: undefined }, joinedSource([{ pieces: value, span: { start: 0, end: 0 } }]));
}

/** Splits a word `name=value` that an expansion has made; undefined without `=`. */
export function splitAssignment(word: Word): { readonly name: string; readonly append: boolean; readonly value: Value } | undefined {
  const first = word.pieces[0];
  if (first === undefined || !("text" in first)) return undefined;
  const at = first.text.indexOf("=");
  if (at <= 0) return undefined;
  const append = first.text[at - 1] === "+";
  return { name: first.text.slice(0, append ? at - 1 : at), append, value: cut(word.pieces, at + 1, Number.POSITIVE_INFINITY) };
}
