// Whether a text that could not be read to its end may start one of these utilities.

const namePattern = /[A-Za-z0-9_.+-]+/g;

/** True when one of `names` stands in the text as a word of its own, quotes and slashes around it or not. */
export function mentions(text: string, names: ReadonlySet<string>): boolean {
  for (const match of text.replace(/\\\n|["'\\]/g, "").matchAll(namePattern)) {
    if (names.has(match[0])) return true;
  }
  return false;
}

/** True when a name of which only the beginning and the end are known may be one of `names`. */
export function fitsOne({ prefix, suffix }: { readonly prefix: string; readonly suffix: string }, names: ReadonlySet<string>): boolean {
  if (prefix === "" && suffix === "") return false;
  return [...names].some((name) => name.length >= prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix));
}
