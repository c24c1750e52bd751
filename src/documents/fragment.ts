// Text taken out of a document, changed on the way as the document's format has it, of which each character still knows its place.

export interface Fragment {
  readonly text: string;
  /** Offset in the document (UTF-16 units) of the character at `offset` of `text`; of its end, for what lies behind it. */
  at(offset: number): number;
}

/** `document` from `start` to `end`, as it stands. */
export function verbatim(document: string, start: number, end: number): Fragment {
  return { text: document.slice(start, end), at: (offset) => start + offset };
}

/** Text that stands for something else, which begins at `at`. */
export function standIn(text: string, at: number): Fragment {
  return { text, at: () => at };
}

export function slice(fragment: Fragment, start: number, end = fragment.text.length): Fragment {
  return { text: fragment.text.slice(start, end), at: (offset) => fragment.at(start + offset) };
}

export function join(fragments: readonly Fragment[], separator = ""): Fragment {
  const starts: number[] = [];
  let text = "";
  for (const [index, fragment] of fragments.entries()) {
    if (index > 0) text += separator;
    starts.push(text.length);
    text += fragment.text;
  }
  return {
    text,
    at: (offset) => {
      const index = lastAtMost(starts, offset);
      const fragment = fragments[index];
      return fragment === undefined ? 0 : fragment.at(Math.min(offset - (starts[index] ?? 0), fragment.text.length));
    },
  };
}

/** Every match of `pattern` (with flag g) replaced by what `by` makes of it; undefined leaves it as it is. */
export function replace(fragment: Fragment, pattern: RegExp, by: (match: RegExpExecArray) => string | undefined): Fragment {
  const parts: Fragment[] = [];
  let done = 0;
  for (const match of fragment.text.matchAll(pattern)) {
    const instead = by(match);
    if (instead === undefined) continue;
    parts.push(slice(fragment, done, match.index), standIn(instead, fragment.at(match.index)));
    done = match.index + match[0].length;
  }
  return done === 0 ? fragment : join([...parts, slice(fragment, done)]);
}

/** Its lines, without their newlines. */
export function lines(fragment: Fragment): readonly Fragment[] {
  let start = 0;
  return fragment.text.split("\n").map((line) => {
    const from = start;
    start += line.length + 1;
    return slice(fragment, from, from + line.length);
  });
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
