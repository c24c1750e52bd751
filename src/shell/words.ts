// The words of a call → the line that means them.

/** The words as a line that bash divides into these words and no others. */
export function quotedLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
