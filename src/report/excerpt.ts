// A span of a command → the line it stands in, cut to fit, with a mark under its words.
import type { Span } from "../decide.ts";
import { characterColumns, columns } from "./columns.ts";
import { shown } from "./mask.ts";

export interface Excerpt {
  readonly line: string;
  /** Spaces, then `^` under each column of the span. */
  readonly mark: string;
}

const ellipsis = "…";

export function excerpt(original: string, span: Span, width: number): Excerpt {
  const { text, at } = shown(original);
  const from = Math.min(at(span.start), text.length);
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const newline = text.indexOf("\n", from);
  const line = text.slice(start, newline < 0 ? text.length : newline);
  const first = Math.min(from - start, line.length);
  const last = Math.min(Math.max(at(span.end) - start, first + 1), line.length);
  return cut(line, first, last, width, start > 0 || newline >= 0);
}

/** Of a long line, what stands around the span: a third before it, the rest from it on. */
function cut(line: string, first: number, last: number, width: number, partial: boolean): Excerpt {
  const before = line.slice(0, first);
  const shift = columns(line) <= width ? 0 : leadToDrop(before, Math.min(Math.floor(width / 3), Math.max(width - columns(line.slice(first)), 4)));
  const lead = shift === 0 ? before.trimStart() : ellipsis + before.slice(shift);
  const rest = fitting(line.slice(first), Math.max(width - columns(lead), 8));
  const marked = Math.min(last - first, rest.endsWith(ellipsis) ? rest.length - 1 : rest.length);
  const more = partial && !rest.endsWith(ellipsis) && columns(lead + rest) + 2 <= width ? ` ${ellipsis}` : "";
  return { line: lead + rest + more, mark: `${" ".repeat(columns(lead))}${"^".repeat(Math.max(columns(rest.slice(0, marked)), 1))}` };
}

/** How many characters to leave out so that what is kept of `before` takes at most `most` columns. */
function leadToDrop(before: string, most: number): number {
  let kept = 0;
  let index = before.length;
  while (index > 0 && kept + characterColumns(before[index - 1] ?? "") < most) kept += characterColumns(before[--index] ?? "");
  return index;
}

function fitting(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let used = 0;
  let kept = "";
  for (const character of text) {
    used += characterColumns(character);
    if (used >= width) break;
    kept += character;
  }
  return kept + ellipsis;
}
