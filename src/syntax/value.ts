// The value of a parameter: pieces as in a word, in quotes, and the operations that shells apply to it.
import { type Hole, type Piece, slicePieces } from "./word.ts";

export type Value = readonly Piece[];

export function valueOf(text: string): Value {
  return text === "" ? [] : [{ text }];
}

/** The characters where all are known, else undefined. */
export function textOf(value: Value): string | undefined {
  if (value.length === 1) {
    const only = value[0] as Piece;
    return "text" in only ? only.text : undefined;
  }
  let text = "";
  for (const piece of value) {
    if (!("text" in piece)) return undefined;
    text += piece.text;
  }
  return text;
}

/** UTF-16 units, a hole counting as one. */
export function lengthOf(value: Value): number {
  let length = 0;
  for (const piece of value) length += "text" in piece ? piece.text.length : 1;
  return length;
}

export function sameValue(one: Value, other: Value): boolean {
  if (one === other) return true;
  const text = textOf(one);
  if (text !== undefined) return text === textOf(other);
  return one.length === other.length && one.every((piece, index) => samePiece(piece, other[index] as Piece));
}

function samePiece(one: Piece, other: Piece): boolean {
  if ("text" in one) return "text" in other && one.text === other.text;
  return "hole" in other && one.hole === other.hole && one.why === other.why && one.at === other.at;
}

export function hole(text: string, why: Hole["why"], splits = false, at?: number): Hole {
  return { hole: text, why, splits, at };
}

/** A command's output without its last newlines, as a command substitution gives it. */
export function withoutFinalNewlines(value: Value): Value {
  let end = lengthOf(value);
  for (let index = value.length - 1; index >= 0; index--) {
    const piece = value[index] as Piece;
    if (!("text" in piece)) break;
    let length = piece.text.length;
    while (length > 0 && piece.text[length - 1] === "\n") length--;
    end -= piece.text.length - length;
    if (length > 0) break;
  }
  return slicePieces(value, 0, end);
}

/** The value a variable keeps: what was a command's output is from now on the variable's. */
export function stored(value: Value): Value {
  for (const piece of value) {
    if ("hole" in piece && piece.why === "command") return value.map((one) => ("hole" in one && one.why === "command" ? { ...one, why: "computed" } : one));
  }
  return value;
}

/** The value that a path name has which a pattern matches: known up to its first special character and after its last. */
export function patternParts(pattern: Value, name?: string, splits = false): Value {
  const flat = pattern.map((piece) => ("text" in piece ? piece.text : "?")).join("");
  const special = flat.split("").map(isSpecial);
  const first = special.indexOf(true);
  const last = special.lastIndexOf(true);
  if (first < 0) return [hole(name ?? flat, "computed", splits)];
  return [...slicePieces(pattern, 0, first), hole(name ?? flat.slice(first, last + 1), "computed", splits), ...slicePieces(pattern, last + 1, flat.length)];
}

function isSpecial(character: string): boolean {
  return "*?[]()|!@+".includes(character);
}

/** One value for all of several: what they begin and end with, and a hole between. */
export function commonParts(values: readonly Value[], name: string): Value {
  const texts = values.map((value) => textOf(value) ?? "");
  const [first = ""] = texts;
  const shortest = texts.reduce((length, text) => Math.min(length, text.length), first.length);
  let start = 0;
  while (start < shortest && texts.every((text) => text[start] === first[start])) start++;
  let end = 0;
  while (end < shortest - start && texts.every((text) => text.at(-1 - end) === first.at(-1 - end))) end++;
  return [...valueOf(first.slice(0, start)), hole(name, "computed"), ...valueOf(first.slice(first.length - end))];
}
