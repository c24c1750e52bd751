// Words → text that bash divides into these words and no others.

/** A line that means a call: what needs no quotes has none. */
export function quotedLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : quoted(word))).join(" ");
}

export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
