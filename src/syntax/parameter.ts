// Parameter expansion (XCU 2.6.2; bash(1), Parameter Expansion): `${…}` → a value, a list, or the operand that takes its place.
import type * as unbash from "unbash";
import { evaluateText, parseNumber } from "./arithmetic.ts";
import { choose } from "./choice.ts";
import { type Context, spanOf } from "./context.ts";
import { expandText } from "./later.ts";
import { holdsHole, written } from "./literal.ts";
import { removal, replace } from "./pattern.ts";
import type { Content } from "./state.ts";
import { hole, textOf, type Value, valueOf } from "./value.ts";
import { argumentsOf, assign, certainOf, contentOf, isName, isSeveral, scalarOf } from "./variable.ts";
import { type Hole, slicePieces } from "./word.ts";

export type Expansion =
  /** Unset expands to nothing. */
  | { readonly kind: "value"; readonly value: Value }
  /** `$@`, `${a[@]}`; `star` for `*`. */
  | { readonly kind: "list"; readonly values: readonly Value[]; readonly star: boolean }
  /** A list that is not known. */
  | { readonly kind: "unknown-list"; readonly hole: Hole }
  /** The operand of `${x:-…}` is expanded in its place. */
  | { readonly kind: "operand"; readonly word: unbash.Word };

const nothing: Expansion = { kind: "value", value: [] };

/** `$x`, `$1`, `$@`. */
export function expandSimple(context: Context, node: unbash.SimpleExpansionPart): Expansion {
  const name = node.text.slice(1);
  if (name === "@" || name === "*") return listOf(context, "@", name === "*", node);
  return { kind: "value", value: located(context, scalarOf(contentOf(context, name)) ?? [], node) };
}

/** `${…}`. */
export function expandParameter(context: Context, node: unbash.ParameterExpansionPart): Expansion {
  if (holdsHole(context.source, nameText(node))) return { kind: "value", value: [holeOf(context, node, "computed")] };
  if (node.prefix === "#") return lengthOfParameter(context, node);
  if (node.prefix === "!") return expandIndirect(context, node);
  return operate(context, node, read(context, node));
}

// The text up to the operand, which may hold what it likes.
function nameText(node: unbash.ParameterExpansionPart): string {
  return node.operation === undefined || node.operation.type === "Unknown" ? node.text : node.text.slice(0, node.operation.pos - node.pos);
}

// What stands there before the operation; unset: no value.
type Reading = Expansion | { readonly kind: "unset" };

function read(context: Context, node: unbash.ParameterExpansionPart): Reading {
  const name = node.parameter;
  if (name === "@" || name === "*") return listOf(context, "@", name === "*", node);
  const subscript = node.index?.text;
  if (subscript === "@" || subscript === "*") return listOf(context, name, subscript === "*", node);
  const content = contentOf(context, name);
  const value = node.index === undefined ? scalarOf(content) : elementOf(context, name, content, node.index);
  return value === undefined ? { kind: "unset" } : { kind: "value", value: located(context, value, node) };
}

function listOf(context: Context, name: string, star: boolean, node: unbash.WordPart): Expansion {
  const values = name === "@" ? argumentsOf(context) : elementsOf(contentOf(context, name));
  if (values === undefined) return { kind: "unknown-list", hole: holeOf(context, node, name === "@" ? "environment" : whyOf(contentOf(context, name))) };
  return { kind: "list", values, star };
}

function elementsOf(content: Content): readonly Value[] | undefined {
  if (content.kind === "unset") return [];
  if (content.kind === "scalar") return textOf(content.value) === undefined ? undefined : [content.value];
  if (content.kind !== "array") return undefined;
  if (content.associative) return [...content.elements.values()];
  return [...content.elements].sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value);
}

function whyOf(content: Content): Hole["why"] {
  const piece = content.kind === "scalar" ? content.value.find((one) => "hole" in one) : undefined;
  return piece !== undefined && "hole" in piece && piece.why === "environment" ? "environment" : "computed";
}

/** The key of a subscript as the array's kind reads it; undefined: not known. */
export function subscriptKey(context: Context, associative: boolean, index: unbash.Word): string | undefined {
  const value = context.run.evaluator.value(context, index);
  const text = textOf(value);
  if (associative || text === undefined) return text;
  const key = evaluateText(context, text);
  return key === undefined ? undefined : String(key);
}

function elementOf(context: Context, name: string, content: Content, index: unbash.Word): Value | undefined {
  const associative = content.kind === "array" && content.associative;
  const key = subscriptKey(context, associative, index);
  if (content.kind === "unset") return undefined;
  if (content.kind !== "array") return key === "0" ? scalarOf(content) : [hole(`\${${name}[${index.text}]}`, whyOf(content))];
  if (key !== undefined && Number(key) >= (content.certain ?? Number.POSITIVE_INFINITY)) return [hole(`\${${name}[${index.text}]}`, "computed")];
  if (key !== undefined) return content.elements.get(Number(key) < 0 ? String(maxIndex(content.elements) + 1 + Number(key)) : key);
  const values = [...content.elements.values()];
  const option = values.length === 0 ? undefined : choose(context.run.choices, `${name}[${index.text}]`, values.length);
  return option === undefined ? [hole(`\${${name}[${index.text}]}`, "computed")] : values[option];
}

export function maxIndex(elements: ReadonlyMap<string, Value>): number {
  let max = -1;
  for (const key of elements.keys()) max = Math.max(max, Number(key));
  return max;
}

function lengthOfParameter(context: Context, node: unbash.ParameterExpansionPart): Expansion {
  const found = read(context, node);
  if (found.kind === "unset") return { kind: "value", value: valueOf("0") };
  if (found.kind === "list" && !found.values.some(isSeveral)) return { kind: "value", value: valueOf(String(found.values.length)) };
  const text = found.kind === "value" ? textOf(found.value) : undefined;
  return { kind: "value", value: text === undefined ? [holeOf(context, node, "computed")] : valueOf(String([...text].length)) };
}

function expandIndirect(context: Context, node: unbash.ParameterExpansionPart): Expansion {
  const subscript = node.index?.text;
  if (node.operation?.type === "Names") return { kind: "unknown-list", hole: holeOf(context, node, "computed") };
  const content = contentOf(context, node.parameter);
  if (subscript === "@" || subscript === "*") return keysOf(context, content, subscript === "*", node);
  const reference = node.index === undefined ? scalarOf(content) : elementOf(context, node.parameter, content, node.index);
  if (reference === undefined) return nothing;
  const name = textOf(reference);
  if (name === undefined || !isParameterName(name)) {
    expandText(context, reference);
    return operate(context, node, indirectElement(context, name, node) ?? { kind: "value", value: [holeOf(context, node, whyOf({ kind: "scalar", value: reference }))] });
  }
  if (name === "@" || name === "*") return listOf(context, "@", name === "*", node);
  const value = scalarOf(contentOf(context, name));
  return operate(context, node, value === undefined ? { kind: "unset" } : { kind: "value", value: located(context, value, node) });
}

// `x=a[1]; ${!x}`, `x=a[@]; ${!x}`
function indirectElement(context: Context, name: string | undefined, node: unbash.ParameterExpansionPart): Reading | undefined {
  const open = name?.indexOf("[") ?? -1;
  if (name === undefined || open <= 0 || !name.endsWith("]") || !isName(name.slice(0, open))) return undefined;
  const key = name.slice(open + 1, -1);
  if (key === "@" || key === "*") return listOf(context, name.slice(0, open), key === "*", node);
  const content = contentOf(context, name.slice(0, open));
  const value = content.kind === "array" ? content.elements.get(key) : undefined;
  return value === undefined ? undefined : { kind: "value", value };
}

function isParameterName(text: string): boolean {
  return isName(text) || text === "@" || text === "*" || (text.length < 4 && parseNumber(text) !== undefined);
}

function keysOf(context: Context, content: Content, star: boolean, node: unbash.ParameterExpansionPart): Expansion {
  if (content.kind === "unset") return { kind: "list", values: [], star };
  if (content.kind !== "array" || content.certain !== undefined) return { kind: "unknown-list", hole: holeOf(context, node, whyOf(content)) };
  const keys = content.associative ? [...content.elements.keys()] : [...content.elements.keys()].sort((one, other) => Number(one) - Number(other));
  return { kind: "list", values: keys.map(valueOf), star };
}

function operate(context: Context, node: unbash.ParameterExpansionPart, found: Reading): Expansion {
  const { operation } = node;
  if (operation === undefined) return found.kind === "unset" ? nothing : found;
  if (operation.type === "Default") return applyDefault(context, node, operation, found);
  if (operation.type === "Slice" && found.kind === "list") return sliceList(context, node, operation, found);
  if (found.kind === "unset") return nothing;
  const transform = transformer(context, node, operation);
  if (found.kind === "list") return { ...found, values: found.values.map(transform) };
  if (found.kind === "value") return { kind: "value", value: transform(found.value) };
  return found;
}

type Presence = "set" | "unset" | "maybe";

function presence(found: Reading, orNull: boolean): Presence {
  if (found.kind === "unset") return "unset";
  if (found.kind === "list") return found.values.length === 0 || (orNull && found.values.every((value) => value.length === 0)) ? "unset" : "set";
  if (found.kind !== "value") return "maybe";
  if (found.value.some((piece) => "text" in piece && piece.text !== "")) return "set";
  const piece = found.value.find((one) => "hole" in one);
  if (piece === undefined) return orNull ? "unset" : "set";
  return orNull || ("hole" in piece && piece.why === "environment") ? "maybe" : "set";
}

function applyDefault(context: Context, node: unbash.ParameterExpansionPart, operation: unbash.ParameterDefaultOperation, found: Reading): Expansion {
  const kind = operation.operator.slice(-1);
  const state = presence(found, operation.operator.startsWith(":"));
  const current: Expansion = found.kind === "unset" ? nothing : found;
  const operand: Expansion = { kind: "operand", word: operation.operand };
  if (kind === "?") {
    if (state !== "set") context.run.evaluator.value(context, operation.operand);
    return state === "unset" ? { kind: "value", value: [holeOf(context, node, "other")] } : current;
  }
  const option = state === "maybe" ? choose(context.run.choices, `?${node.parameter}`, 2) : state === "set" ? 0 : 1;
  if (option === undefined) {
    context.run.evaluator.value(context, operation.operand);
    return { kind: "value", value: [holeOf(context, node, "computed")] };
  }
  if (kind === "+") return option === 0 ? operand : nothing;
  if (option === 0) return current;
  if (kind !== "=" || !isName(node.parameter)) return operand;
  const value = context.run.evaluator.value(context, operation.operand);
  assign(context, node.parameter, value);
  return { kind: "value", value };
}

function sliceList(context: Context, node: unbash.ParameterExpansionPart, operation: unbash.ParameterSliceOperation, found: Expansion & { kind: "list" }): Expansion {
  const [offset, length] = sliceBounds(context, operation);
  if (offset === undefined || length === undefined) return { kind: "unknown-list", hole: holeOf(context, node, "computed") };
  const ofArguments = node.parameter === "@" || node.parameter === "*";
  const zero = ofArguments ? [scalarOf(contentOf(context, "0")) ?? []] : [];
  const values = [...zero, ...found.values];
  const from = offset < 0 ? values.length + offset : offset;
  if (from < 0) return { kind: "list", values: [], star: found.star };
  const certain = certainOf(values);
  if (certain !== undefined && (offset < 0 || offset > certain || operation.length !== undefined)) return { kind: "unknown-list", hole: holeOf(context, node, "computed") };
  return { kind: "list", values: values.slice(from, length < 0 ? length : from + length), star: found.star };
}

function sliceBounds(context: Context, operation: unbash.ParameterSliceOperation): [number | undefined, number | undefined] {
  const offset = numberOf(context, operation.offset);
  const length = operation.length === undefined ? Number.MAX_SAFE_INTEGER : numberOf(context, operation.length);
  return [offset, length];
}

function numberOf(context: Context, word: unbash.Word): number | undefined {
  return evaluateText(context, textOf(context.run.evaluator.value(context, word)));
}

/** The operation on one value. Its operands are expanded once. */
function transformer(context: Context, node: unbash.ParameterExpansionPart, operation: unbash.ParameterOperation): (value: Value) => Value {
  const unknown: Value = [holeOf(context, node, "computed")];
  const keep = (value: Value): Value => (textOf(value) === undefined && value.length === 1 ? value : unknown);
  const withText = (change: (text: string, value: Value) => Value | undefined) => (value: Value) => {
    const text = textOf(value);
    return text === undefined ? keep(value) : (change(text, value) ?? unknown);
  };
  switch (operation.type) {
    case "Remove":
      return remover(context, operation, withText);
    case "Replace":
      return replacer(context, operation, withText);
    case "Slice": {
      const [offset, length] = sliceBounds(context, operation);
      return withText((text, value) => (offset === undefined || length === undefined ? undefined : sliceText(text, value, offset, length)));
    }
    case "CaseModification": {
      const operand = operation.operand === undefined ? undefined : context.run.evaluator.value(context, operation.operand);
      return withText((text) => (operand === undefined || operand.length === 0 ? valueOf(changeCase(text, operation.operator)) : undefined));
    }
    case "Transform":
      return transformation(context, operation.operand.text, withText);
    default:
      return () => unknown;
  }
}

type Lift = (change: (text: string, value: Value) => Value | undefined) => (value: Value) => Value;

function remover(context: Context, operation: unbash.ParameterRemoveOperation, withText: Lift): (value: Value) => Value {
  const pattern = context.run.evaluator.pattern(context, operation.operand);
  const fromStart = operation.operator.startsWith("#");
  return withText((text, value) => {
    const length = pattern === undefined ? undefined : removal(pattern, text, fromStart, operation.operator.length === 2);
    if (length === undefined) return undefined;
    return fromStart ? slicePieces(value, length, text.length) : slicePieces(value, 0, text.length - length);
  });
}

function replacer(context: Context, operation: unbash.ParameterReplaceOperation, withText: Lift): (value: Value) => Value {
  const pattern = context.run.evaluator.pattern(context, operation.pattern);
  const replacement = textOf(context.run.evaluator.value(context, operation.replacement));
  const anchor = operation.operator === "/#" ? "start" : operation.operator === "/%" ? "end" : undefined;
  return withText((text, value) => {
    if (pattern === undefined || replacement === undefined || text.length * replacement.length > 1 << 20) return undefined;
    const replaced = replace(text, pattern, replacement, operation.operator === "//", anchor);
    if (replaced === text) return value;
    return replaced === undefined ? undefined : valueOf(replaced);
  });
}

function sliceText(text: string, value: Value, offset: number, length: number): Value | undefined {
  const from = offset < 0 ? text.length + offset : offset;
  if (from < 0 || from > text.length) return [];
  const end = length < 0 ? text.length + length : Math.min(from + length, text.length);
  return end < from ? undefined : slicePieces(value, from, end);
}

function changeCase(text: string, operator: "^" | "^^" | "," | ",,"): string {
  if (operator === "^^") return text.toUpperCase();
  if (operator === ",,") return text.toLowerCase();
  const first = text.slice(0, 1);
  return (operator === "^" ? first.toUpperCase() : first.toLowerCase()) + text.slice(1);
}

function transformation(context: Context, operator: string, withText: Lift): (value: Value) => Value {
  if (operator === "U") return withText((text) => valueOf(text.toUpperCase()));
  if (operator === "L") return withText((text) => valueOf(text.toLowerCase()));
  if (operator === "u") return withText((text) => valueOf(changeCase(text, "^")));
  return withText((_text, value) => {
    if (operator === "P") expandText(context, value);
    return undefined;
  });
}

function holeOf(context: Context, node: { readonly text: string; readonly pos: number; readonly end: number }, why: Hole["why"]): Hole {
  return hole(written(context.source, node.text), why, true, spanOf(context, node).start);
}

// A value that is not known at all shows as the expansion that asked for it.
function located(context: Context, value: Value, node: { readonly text: string; readonly pos: number; readonly end: number }): Value {
  const only = value[0];
  if (value.length !== 1 || only === undefined || !("hole" in only)) return value;
  return [holeOf(context, node, only.why)];
}
