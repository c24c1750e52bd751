// What the text alone tells about a word's value: all of it, some of it, or nothing.

/** Offsets in the user's line, in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Characters that are known. `at` is the offset of the first in the user's line where they stand there verbatim. */
export interface Text {
  readonly text: string;
  readonly at?: number | undefined;
}

/**
 * A part that cannot be known before run time.
 *
 * - `environment`: a parameter that the text never sets (`$HOME`, `$1`)
 * - `computed`: a parameter that the text sets to something it does not tell (`read x`, arithmetic)
 * - `command`: output of a command
 * - `other`: any other expansion
 */
export interface Hole {
  /** Its source text, for messages: `$HOST`, `$(…)`. */
  readonly hole: string;
  readonly why: "environment" | "computed" | "command" | "other";
  /** Unquoted: may become no word, one word or several. */
  readonly splits: boolean;
  readonly at?: number | undefined;
}

export type Piece = Text | Hole;

/**
 * POSIX *word* (XCU 2.6) after the expansions that the text decides: parameters assigned in the same text, braces,
 * quote removal. Its value is known (only text), partly known, or unknown (only holes).
 * A word with several possible values never appears: the simple command is given once for each.
 */
export interface Word {
  readonly pieces: readonly Piece[];
  readonly span: Span;
  /** Holds unquoted pattern characters (`*`, `?`, `[`): may become several path names. */
  readonly glob?: true | undefined;
  /** A process substitution, `<(…)` or `>(…)`: a path such as /dev/fd/63; its commands are listed on their own. */
  readonly process?: "<" | ">" | undefined;
  /** What can be read from a `<(…)`, where the text tells. */
  readonly content?: Word | undefined;
}

export function textWord(text: string, span: Span = { start: 0, end: 0 }): Word {
  return { pieces: text === "" ? [] : [{ text }], span };
}

/** The value where it is known, else undefined. Unknown is a value of its own: never "", never safe. */
export function known(word: Word | undefined): string | undefined {
  if (word === undefined || word.process !== undefined) return undefined;
  if (word.pieces.length === 0) return "";
  let value = "";
  for (const piece of word.pieces) {
    if (!("text" in piece)) return undefined;
    value += piece.text;
  }
  return value;
}

/** The known characters before the first hole. */
export function prefix(word: Word): string {
  let value = "";
  for (const piece of word.pieces) {
    if (!("text" in piece)) return value;
    value += piece.text;
  }
  return value;
}

/** The known characters after the last hole. */
export function suffix(word: Word): string {
  let value = "";
  for (let index = word.pieces.length - 1; index >= 0; index--) {
    const piece = word.pieces[index];
    if (piece === undefined || !("text" in piece)) return value;
    value = piece.text + value;
  }
  return value;
}

/** Nothing of it is known, and it may vanish or become several words: an unquoted `$OPTIONS`. */
export function maySplit(word: Word): boolean {
  return word.pieces.length > 0 && word.pieces.every((piece) => "hole" in piece && piece.splits);
}

/** For people: known characters as they are, holes as they were written. */
export function show(word: Word): string {
  return word.pieces.map((piece) => ("text" in piece ? piece.text : piece.hole)).join("");
}

/** Characters `start` to `end` (exclusive) of a value, a hole counting as one. */
export function slicePieces(value: readonly Piece[], start: number, end: number): Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  for (const piece of value) {
    const length = "text" in piece ? piece.text.length : 1;
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, length);
    offset += length;
    if (from >= to) continue;
    if (!("text" in piece)) pieces.push(piece);
    else pieces.push({ text: piece.text.slice(from, to), at: piece.at === undefined ? undefined : piece.at + from });
  }
  return pieces;
}

/** The part of a word from character `start` of its pieces' text on; a hole counts as one character. */
export function slice(word: Word, start: number, end = Number.POSITIVE_INFINITY): Word {
  const pieces = slicePieces(word.pieces, start, end);
  const first = pieces[0];
  const at = first?.at;
  const span = at === undefined || at < word.span.start || at >= word.span.end ? word.span : { start: at, end: word.span.end };
  return { pieces, span, glob: word.glob };
}
