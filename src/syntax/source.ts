// A text about to be read as shell code, and where each of its characters stands in the line the user typed.
import type { Hole, Span, Word } from "./word.ts";

/**
 * Shell code: the line itself, or text that another command hands to a shell (`bash -c`, `ssh host …`).
 * A part that is unknown stands in `text` as one private-use character, looked up in `holes`.
 */
export interface Source {
  readonly text: string;
  readonly holes: ReadonlyMap<string, Hole>;
  /** Offset in the user's line (UTF-16 units) of the character at `offset` of `text`. */
  origin(offset: number): number;
  /** Where none of it stands in the user's line (a file's text): the word that it came from. */
  readonly span?: Span | undefined;
  /** It stands in a file: what it does not tell is left to run time. */
  readonly inFile?: boolean | undefined;
}

/** The user's line itself. */
export function rootSource(text: string): Source {
  return { text, holes: new Map(), origin: (offset) => offset };
}

interface Segment {
  readonly start: number;
  readonly at: number;
  readonly verbatim: boolean;
}

const privateUse = 0xe000;
const privateUseEnd = 0xf8ff;

/**
 * The text that `words` become when a utility joins them with `separator` and hands the result to a shell,
 * as ssh(1), eval and `bash -c` do: no quoting is added.
 */
export function joinedSource(words: readonly Word[], separator = " "): Source {
  const holes = new Map<string, Hole>();
  const segments: Segment[] = [];
  const literal = words.flatMap((word) => word.pieces.map((piece) => ("text" in piece ? piece.text : ""))).join("");
  let next = privateUse;
  let text = "";
  words.forEach((word, index) => {
    if (index > 0) {
      segments.push({ start: text.length, at: word.span.start, verbatim: false });
      text += separator;
    }
    for (const piece of word.pieces) {
      segments.push({ start: text.length, at: piece.at ?? word.span.start, verbatim: "text" in piece && piece.at !== undefined });
      if ("text" in piece) {
        text += piece.text;
        continue;
      }
      while (literal.includes(String.fromCharCode(next)) && next < privateUseEnd) next++;
      const mark = String.fromCharCode(Math.min(next++, privateUseEnd));
      holes.set(mark, piece);
      text += mark;
    }
  });
  return { text, holes, origin: (offset) => locate(segments, offset) };
}

function locate(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low];
  if (segment === undefined) return 0;
  return segment.verbatim ? segment.at + (offset - segment.start) : segment.at;
}

/** The span of the user's line that `start`–`end` of this source came from. */
export function originSpan(source: Source, start: number, end: number): Span {
  if (source.span !== undefined) return source.span;
  // The parser puts what is missing at the end of the text behind it.
  const { length } = source.text;
  const first = source.origin(Math.min(start, length));
  const until = Math.min(end, length);
  if (until <= start) return { start: first, end: first };
  const hole = source.holes.get(source.text[until - 1] ?? "");
  const last = source.origin(until - 1) + (hole?.at === undefined ? 1 : hole.hole.length);
  return { start: first, end: Math.max(first, last) };
}
