// Characters of the source → pieces: where they stand verbatim, and the holes of the source among them.
import type { Source } from "./source.ts";
import type { Piece } from "./word.ts";

/**
 * The pieces of `value`, which quote removal has made of `text`, the source's characters from offset `pos` on.
 */
export function literalPieces(source: Source, text: string, value: string, pos: number, quoted: boolean): Piece[] {
  if (value === "") return [];
  if (text === value && source.holes.size === 0) return [{ text: value, at: verbatim(source, pos, value.length) }];
  const runs = text === value ? [{ text: value, pos }] : alignedRuns(text, value, pos);
  const pieces: Piece[] = [];
  for (const run of runs) addRun(source, pieces, run, quoted);
  return pieces;
}

/** Whether the text holds a character that stands for something not known. */
export function holdsHole(source: Source, text: string): boolean {
  if (source.holes.size === 0) return false;
  for (const mark of source.holes.keys()) if (text.includes(mark)) return true;
  return false;
}

/** Source text for messages: what is not known in it stands as it was written. */
export function written(source: Source, text: string): string {
  if (!holdsHole(source, text)) return text;
  return text
    .split("")
    .map((character) => source.holes.get(character)?.hole ?? character)
    .join("");
}

/** A `$` before a hole makes it the name of a parameter. */
export function withDynamicNames(pieces: readonly Piece[]): readonly Piece[] {
  if (pieces.length < 2) return pieces;
  return pieces.flatMap((piece, index): Piece[] => {
    const next = pieces[index + 1];
    const before = pieces[index - 1];
    if ("text" in piece) {
      if (next === undefined || "text" in next || !piece.text.endsWith("$")) return [piece];
      return piece.text === "$" ? [] : [{ ...piece, text: piece.text.slice(0, -1) }];
    }
    return [before !== undefined && "text" in before && before.text.endsWith("$") ? { ...piece, hole: `$${piece.hole}` } : piece];
  });
}

interface Characters {
  readonly text: string;
  readonly pos: number | undefined;
}

// Quote removal only takes characters out, so what is left lines up with the source in runs.
function alignedRuns(text: string, value: string, pos: number): Characters[] {
  const runs: Characters[] = [];
  let at = 0;
  for (let start = 0; start < value.length; ) {
    while (at < text.length && text[at] !== value[start]) at++;
    if (at >= text.length) return [{ text: value, pos: undefined }];
    let length = 1;
    while (start + length < value.length && text[at + length] === value[start + length]) length++;
    runs.push({ text: value.slice(start, start + length), pos: pos + at });
    start += length;
    at += length;
  }
  return runs;
}

function addRun(source: Source, pieces: Piece[], run: Characters, quoted: boolean): void {
  const { text } = run;
  if (source.holes.size === 0) {
    pieces.push({ text, at: run.pos === undefined ? undefined : verbatim(source, run.pos, text.length) });
    return;
  }
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const hole = at < text.length ? source.holes.get(text[at] as string) : undefined;
    if (hole === undefined && at < text.length) continue;
    if (at > start) pieces.push({ text: text.slice(start, at), at: run.pos === undefined ? undefined : verbatim(source, run.pos + start, at - start) });
    if (hole !== undefined) pieces.push(hole.splits === !quoted ? hole : { ...hole, splits: !quoted });
    start = at + 1;
  }
}

// The offset in the user's line, if all the characters stand there one after the other.
function verbatim(source: Source, pos: number, length: number): number | undefined {
  const at = source.origin(pos);
  // one character alone tells nothing: its neighbours do
  if (length === 1) return source.origin(pos + 1) === at + 1 || (pos > 0 && source.origin(pos - 1) === at - 1) ? at : undefined;
  return source.origin(pos + length - 1) === at + length - 1 ? at : undefined;
}
