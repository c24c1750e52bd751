// A misspelt word → the known word that was probably meant, for messages.

/** Damerau-Levenshtein distance in its optimal string alignment form, given up beyond `limit`. */
function distance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[right.length] ?? limit + 1;
}

/** The nearest of `words`, if it differs in at most a third of its characters (and at least two may differ). */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let found: string | undefined;
  let least = limit + 1;
  for (const candidate of words) {
    const differs = distance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (differs < least && differs < candidate.length) [found, least] = [candidate, differs];
  }
  return found;
}

/** "; did you mean `x`?" where there is something near, else the list where it is short enough to read. */
export function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  if (near !== undefined) return `\ndid you mean \`${near}\`?`;
  return words.length > 0 && words.length <= 16 ? `\nknown here: ${words.map((known) => `\`${known}\``).join(", ")}` : "";
}
