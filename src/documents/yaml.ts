// YAML, and JSON, which is YAML: a text → its documents, of whose scalars each character knows its place. The only file here that knows the parser.
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Document as Parsed, parseAllDocuments, Scalar } from "yaml";
import type { Fragment } from "./fragment.ts";

/** A node with aliases followed. */
export interface Yaml {
  readonly kind: "map" | "list" | "scalar";
  /** A map's value; undefined where there is none. */
  get(key: string): Yaml | undefined;
  entries(): readonly (readonly [string, Yaml])[];
  items(): readonly Yaml[];
  /** A scalar's text. */
  text(): Fragment | undefined;
}

/** `fault`: why it is none, in one line. */
export function parseYaml(text: string): { readonly roots: readonly Yaml[]; readonly fault?: string } {
  try {
    const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, strict: false, logLevel: "silent" });
    const parsed: readonly Parsed[] = Array.isArray(documents) ? (documents as readonly Parsed[]) : [];
    const [error] = parsed.flatMap(({ errors }) => errors);
    if (error !== undefined) return { roots: [], fault: `not YAML: ${(error.message.split("\n", 1)[0] ?? "").toLowerCase()}` };
    return { roots: parsed.flatMap((document) => nodeOf(document.contents, { document, text, left: mostNodes, resolved: new Map() }, 0) ?? []) };
  } catch (error) {
    return { roots: [], fault: `not YAML: ${error instanceof Error ? error.message : String(error)}` };
  }
}

interface Origin {
  readonly document: Parsed;
  readonly text: string;
  /** How many nodes may still be looked at. */
  left: number;
  /** To find one anchor, all before it are looked at. */
  readonly resolved: Map<unknown, Node | undefined>;
}

// An anchor may hold itself, and ten that hold two others each are a thousand.
const mostNodes = 200_000;
const deepest = 64;

function nodeOf(node: unknown, origin: Origin, depth: number): Yaml | undefined {
  if (depth > deepest || origin.left-- <= 0) return undefined;
  const real = isAlias(node) ? resolved(node, origin) : (node as Node | null | undefined);
  const child = (each: unknown) => nodeOf(each, origin, depth + 1);
  const none = { get: () => undefined, entries: () => [], items: () => [], text: () => undefined };
  if (isMap(real)) {
    const entries = () => real.items.flatMap(({ key, value }) => pair(isScalar(key) ? String(key.value) : undefined, child(value)));
    return { ...none, kind: "map", get: (key) => child(real.get(key, true)), entries };
  }
  if (isSeq(real)) return { ...none, kind: "list", items: () => real.items.flatMap((each) => child(each) ?? []) };
  return isScalar(real) ? { ...none, kind: "scalar", text: () => fragmentOf(real, origin.text) } : undefined;
}

function resolved(alias: Alias, { document, resolved: known }: Origin): Node | undefined {
  if (!known.has(alias)) known.set(alias, alias.resolve(document));
  return known.get(alias);
}

function pair(key: string | undefined, value: Yaml | undefined): readonly (readonly [string, Yaml])[] {
  return key === undefined || value === undefined ? [] : [[key, value]];
}

function fragmentOf(scalar: Scalar, source: string): Fragment {
  const text = scalar.value === null || scalar.value === undefined ? "" : String(scalar.value);
  const [start = 0, end = start] = scalar.range ?? [];
  const body = bodyOf(scalar, source, start);
  let places: Uint32Array | undefined;
  return {
    text,
    at: (offset) => {
      places ??= align(text, source, body, end, scalar.type === Scalar.QUOTE_DOUBLE);
      return places[Math.min(offset, text.length)] ?? end;
    },
  };
}

/** Behind the quote, or the line with `|` or `>`. */
function bodyOf({ type }: Scalar, source: string, start: number): number {
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) return start + 1;
  return type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED ? source.indexOf("\n", start) + 1 : start;
}

/**
 * Where each character of a scalar's value stands. What the value leaves out is indentation, folded newlines and one of
 * two quotes, all of which are skipped until the next character fits.
 */
function align(text: string, source: string, from: number, end: number, escapes: boolean): Uint32Array {
  const places = new Uint32Array(text.length + 1);
  let at = from;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    if (!/\s/.test(character)) while (at < end && /\s/.test(source[at] ?? "")) at++;
    places[index] = at;
    const [escape = ""] = escapes && source[at] === "\\" ? (/^\\(?:x..|u....|U.{8}|\n\s*|.)/s.exec(source.slice(at, at + 10)) ?? []) : [];
    if (escape !== "") at += escape.length;
    else if (source[at] === character) at += character === "'" && source[at + 1] === "'" && source[from - 1] === "'" ? 2 : 1;
    else if (/\s/.test(character)) while (at < end && /\s/.test(source[at] ?? "")) at++;
  }
  places[text.length] = at;
  return places;
}

/** A map of plain texts; others are left out. */
export function textsOf(node: Yaml | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((node?.entries() ?? []).flatMap(([key, value]) => (value.kind === "scalar" ? [[key, value.text()?.text ?? ""]] : [])));
}
