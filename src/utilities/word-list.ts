// A text that a utility splits itself, not a shell → its lines and words: sftp batches, `rsync -e`, `ansible -a`.
import { type Piece, slice, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";

interface Splitting {
  /** A backslash outside single quotes takes the next character as it is. */
  readonly escapes?: boolean;
}

/** The words of a text, divided at blanks; single and double quotes keep blanks and are removed. */
export function wordsOf(text: Word, splitting: Splitting = {}): readonly Word[] {
  const source = flat(text);
  const words: Word[] = [];
  let pieces: Piece[] = [];
  let inWord = false;
  let quote = "";
  let from = 0;
  const keep = (end: number) => {
    if (end > from) pieces.push(...slice(text, from, end).pieces);
  };
  const finish = () => {
    if (inWord) words.push(wordFrom(pieces, text));
    pieces = [];
    inWord = false;
  };
  for (let at = 0; at < source.length; at++) {
    const character = source[at] ?? "";
    if (quote === "" ? character === "'" || character === '"' : character === quote) {
      keep(at);
      from = at + 1;
      quote = quote === "" ? character : "";
      inWord = true;
    } else if (splitting.escapes === true && character === "\\" && quote !== "'" && at + 1 < source.length) {
      keep(at);
      from = at + 1;
      at++;
      inWord = true;
    } else if (quote === "" && /\s/.test(character)) {
      keep(at);
      from = at + 1;
      finish();
    } else {
      inWord = true;
    }
  }
  keep(source.length);
  finish();
  return words;
}

/** The parts of a text between separators (default: line ends), none of them interpreted. */
export function partsOf(text: Word, separator: RegExp = /\r?\n/g): readonly Word[] {
  const source = flat(text);
  const parts: Word[] = [];
  let start = 0;
  for (const match of source.matchAll(separator)) {
    parts.push(slice(text, start, match.index));
    start = match.index + match[0].length;
  }
  parts.push(slice(text, start));
  return parts.filter((part) => part.pieces.length > 0);
}

function wordFrom(pieces: readonly Piece[], text: Word): Word {
  const first = pieces[0]?.at;
  const last = pieces.at(-1);
  if (first === undefined || last?.at === undefined) return { pieces, span: text.span };
  const length = "text" in last ? last.text.length : last.hole.length;
  return { pieces, span: { start: first, end: last.at + length } };
}
