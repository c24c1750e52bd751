// Does a text mention one of these utilities at all? Only asked where the text could not be read to its end.

const namePattern = /[A-Za-z0-9_.+-]+/g;

/** True when one of `names` stands in the text as a word of its own, quotes and slashes around it or not. */
export function mentions(text: string, names: ReadonlySet<string>): boolean {
  for (const match of text.replace(/\\\n|["'\\]/g, "").matchAll(namePattern)) {
    if (names.has(match[0])) return true;
  }
  return false;
}
