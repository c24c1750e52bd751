// JSON with or without comments, changed in place: not a byte of what is not meant changes. jsonc-parser's own edits lay out neighbours
// anew and take comments along, so only its tree is used.
import { createScanner, type Node, type ParseError, parse, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Format, Json, JsonPath } from "./edit.ts";

export const jsonText: Format = {
  read: (text) => {
    const errors: ParseError[] = [];
    const body = withoutMark(text);
    const value: Json | undefined = parse(body, errors, lenient);
    const [first] = errors;
    return first === undefined ? { value: value ?? {} } : { error: `${printParseErrorCode(first.error)} in line ${body.slice(0, first.offset).split("\n").length}` };
  },
  change: (text, path, value) => onBody(text, (body) => (value === undefined ? removed(body, path) : set(body, path, value))),
  append: (text, path, value) => onBody(text, (body) => (nodeAt(body, path) === undefined ? set(body, path, [value]) : inserted(body, path, undefined, value))),
};

const lenient = { allowTrailingComma: true, allowEmptyContent: true };
const byteOrderMark = "\uFEFF";

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

function onBody(text: string, change: (body: string) => string): string {
  const body = withoutMark(text);
  return text.slice(0, text.length - body.length) + change(nodeAt(body, []) === undefined ? `${withEnd(body)}{}\n` : body);
}

/** Comments, which nothing comes behind in the same line. */
function withEnd(body: string): string {
  return body.trim() === "" ? "" : body.replace(/\n?$/, "\n");
}

function nodeAt(text: string, path: JsonPath): Node | undefined {
  return path.reduce<Node | undefined>((at, key) => (typeof key === "number" ? at?.children?.[key] : memberOf(at, key)), parseTree(text, [], lenient));
}

/** Of a key that is there twice all programs read the last. */
function memberOf(node: Node | undefined, key: string): Node | undefined {
  return node?.type === "object" ? node.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1] : undefined;
}

function set(text: string, path: JsonPath, value: Json): string {
  const node = nodeAt(text, path);
  if (node !== undefined) return splice(text, node.offset, endOf(node), laidOut(value, text, indentAt(text, node.offset)));
  // Whatever is missing above it comes with it.
  const above = path.slice(0, -1);
  const key = String(path.at(-1));
  return nodeAt(text, above) === undefined ? set(text, above, { [key]: value }) : inserted(text, above, key, value);
}

/** As the last one in an object or a list. */
function inserted(text: string, path: JsonPath, key: string | undefined, value: Json): string {
  const node = nodeAt(text, path);
  if (node === undefined) throw new Error(`nothing at ${path.join(".")}`);
  const close = endOf(node) - 1;
  const last = node.children?.at(-1);
  const name = key === undefined ? "" : `${JSON.stringify(key)}: `;
  const inner = text.slice(node.offset + 1, close);
  const at = node.offset + 1 + inner.trimEnd().length;
  if (last !== undefined && !inner.includes("\n")) return splice(text, endOf(last), endOf(last), `, ${name}${JSON.stringify(value)}`);
  const indent = last === undefined ? indentAt(text, node.offset) + unit(text) : indentAt(text, last.offset);
  const comma = last === undefined ? undefined : commaBetween(text, endOf(last), close);
  const item = `${lineEnd(text)}${indent}${name}${laidOut(value, text, indent)}${comma === undefined ? "" : ","}`;
  const closing = text.slice(at, close).includes("\n") ? "" : `${lineEnd(text)}${indentAt(text, node.offset)}`;
  const after = splice(text, at, closing === "" ? at : close, item + closing);
  return last === undefined || comma !== undefined ? after : splice(after, endOf(last), endOf(last), ",");
}

function removed(text: string, path: JsonPath): string {
  const value = nodeAt(text, path);
  const node = value?.parent?.type === "property" ? value.parent : value;
  const parent = node?.parent;
  if (node === undefined || parent === undefined) return text;
  const siblings = parent.children ?? [];
  const [previous, next] = [-1, 1].map((step) => siblings[siblings.indexOf(node) + step]);
  const comma = commaBetween(text, endOf(node), next?.offset ?? endOf(parent) - 1);
  const start = text.slice(0, node.offset).trimEnd().length;
  const rest = splice(text, start, comma === undefined ? endOf(node) : comma + 1, "");
  const inner = rest.slice(parent.offset + 1, endOf(parent) - 1 - (text.length - rest.length));
  if (inner.trim() === "") return splice(rest, parent.offset + 1, parent.offset + 1 + inner.length, "");
  const before = comma === undefined && previous !== undefined ? commaBetween(rest, endOf(previous), start) : undefined;
  return before === undefined ? rest : splice(rest, before, before + 1, "");
}

/** Where it is, comments apart. */
function commaBetween(text: string, from: number, to: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return at < to && text[at] === "," ? at : undefined;
}

function laidOut(value: Json, text: string, indent: string): string {
  return JSON.stringify(value, undefined, unit(text)).replaceAll("\n", `${lineEnd(text)}${indent}`);
}

/** Of the line. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

/** As the first indented line has it. */
function unit(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}
