// Whether a text that could not be read to its end may start one of these utilities.

import { matches } from "../syntax/pattern.ts";

const namePattern = /[A-Za-z0-9_.+-]+/g;

/** True when one of `names` stands in the text as a word of its own, quotes and slashes around it or not. */
export function mentions(text: string, names: ReadonlySet<string>): boolean {
  for (const match of text.replace(/\\\n|["'\\]/g, "").matchAll(namePattern)) {
    if (names.has(match[0])) return true;
  }
  return false;
}

/** True when one of `names` fits a shell pattern that says something; any may fit an extended one. */
export function fitsOne(pattern: string, names: ReadonlySet<string>): boolean {
  return !/^\**$/.test(pattern) && [...names].some((name) => matches(pattern, name) !== false);
}
