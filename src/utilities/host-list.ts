// A list of hosts as cluster tools take it (`web[1-3],db`, a file of names) → one word for each host.
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";
import type { Hop } from "./utility.ts";

/** Ranges longer than this stay as they were written: an unknown host rather than thousands of requests. */
const mostHosts = 256;

/** Divided at commas and blanks outside brackets; ranges of numbers written out. */
export function hostsIn(list: Word): readonly Word[] {
  return divide(list, /[,\s]/).flatMap(rangesOf);
}

/** One host a line, `#` begins a comment; a port after blanks or a colon. */
export function hostsInFile(text: string, file: Word): readonly Word[] {
  return text.split("\n").flatMap((line) => {
    const host = line.replace(/#.*/, "").trim().split(/\s+/)[0] ?? "";
    return host === "" ? [] : [textWord(host.replace(/:\d+$/, ""), file.span)];
  });
}

/** The parts of a list outside brackets. */
export function divide(list: Word, separator: RegExp): readonly Word[] {
  const text = flat(list);
  const parts: Word[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === "[") depth++;
    if (character === "]") depth--;
    if (character !== undefined && (depth > 0 || !separator.test(character))) continue;
    if (at > start) parts.push(slice(list, start, at));
    start = at + 1;
  }
  return parts;
}

function rangesOf(host: Word): readonly Word[] {
  const text = known(host);
  if (text === undefined || !text.includes("[")) return [host];
  const written = writeOut(text);
  return written.length > mostHosts ? [host] : written.map((each) => textWord(each, host.span));
}

/** `a[1-3,7]b` → a1b a2b a3b a7b. */
function writeOut(text: string): readonly string[] {
  const match = /^([^[]*)\[([\d,-]+)\](.*)$/.exec(text);
  if (match === null) return [text];
  const [, before = "", list = "", after = ""] = match;
  const ends = writeOut(after);
  return list
    .split(",")
    .flatMap(numbers)
    .flatMap((number) => ends.map((end) => before + number + end));
}

function numbers(range: string): readonly string[] {
  const [first = "", last = first] = range.split("-");
  const count = Math.min(Number(last) - Number(first) + 1, mostHosts + 1);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => String(Number(first) + index).padStart(first.length, "0"));
}

/** A name that an inventory or a configuration file holds. */
export function listed(destination: Word | undefined): Hop {
  return { kind: "host", destination, inventory: true };
}
