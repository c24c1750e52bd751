// Field splitting (XCU 2.6.5): the pieces of a word's expansions → the fields they form.
import type { Value } from "./value.ts";
import type { Hole, Piece, Text } from "./word.ts";

export interface Field {
  readonly pieces: readonly Piece[];
  readonly glob: boolean;
}

export interface Fields {
  readonly done: Field[];
  pieces: Piece[];
  /** A field has begun, perhaps an empty one in quotes. */
  open: boolean;
  glob: boolean;
  /** The last field ended at a blank, so that a separator after it ends nothing. */
  afterBlank: boolean;
  /** IFS; undefined: not known. */
  readonly separators: string | undefined;
  readonly splits: boolean;
}

export function newFields(separators: string | undefined, splits: boolean): Fields {
  return { done: [], pieces: [], open: false, glob: false, afterBlank: false, separators, splits };
}

export function endField(fields: Fields): void {
  if (!fields.open) return;
  fields.done.push({ pieces: fields.pieces, glob: fields.glob });
  fields.pieces = [];
  fields.open = false;
  fields.glob = false;
}

/** Empty quotes make a field. */
export function addEmpty(fields: Fields): void {
  fields.open = true;
}

/** The result of an expansion: in quotes as it is, otherwise split. */
export function addValue(fields: Fields, value: Value, quoted: boolean): void {
  if (quoted || !fields.splits) {
    for (const piece of value) fields.pieces.push("hole" in piece && piece.splits ? { ...piece, splits: false } : piece);
    if (quoted || value.length > 0) fields.open = true;
    return;
  }
  for (const piece of value) {
    if ("text" in piece) addSplit(fields, piece);
    else addHole(fields, piece);
  }
}

function addHole(fields: Fields, piece: Hole): void {
  fields.pieces.push(piece.splits ? piece : { ...piece, splits: true });
  fields.open = true;
}

function addSplit(fields: Fields, piece: Text): void {
  const { separators } = fields;
  if (separators === undefined) return addHole(fields, { hole: piece.text, why: "computed", splits: true, at: piece.at });
  let start = -1;
  for (let at = 0; at <= piece.text.length; at++) {
    const character = piece.text[at];
    const separates = character === undefined || separators.includes(character);
    if (!separates) {
      if (start < 0) start = at;
      if (character === "*" || character === "?" || character === "[") fields.glob = true;
      continue;
    }
    if (start >= 0) addPart(fields, piece, start, at);
    start = -1;
    if (character !== undefined) separate(fields, character);
  }
}

function addPart(fields: Fields, piece: Text, start: number, end: number): void {
  fields.pieces.push({ text: piece.text.slice(start, end), at: piece.at === undefined ? undefined : piece.at + start });
  fields.open = true;
  fields.afterBlank = false;
}

function separate(fields: Fields, character: string): void {
  const blank = character === " " || character === "\t" || character === "\n";
  if (blank) {
    if (fields.open) fields.afterBlank = true;
    return endField(fields);
  }
  if (!fields.open && fields.afterBlank) fields.afterBlank = false;
  else {
    fields.open = true;
    endField(fields);
  }
}
