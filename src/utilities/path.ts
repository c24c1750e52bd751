// A word that names a file → the Path it is on its host, dot segments removed (POSIX XBD 4.16, without following links).
import type { Path } from "../policy/request.ts";
import { known, prefix, show, type Word } from "../syntax/word.ts";

/**
 * `base` is the directory that relative names start from; undefined: not known. A remote shell starts in the user's
 * home, so there a relative name becomes `~/name`.
 */
export function pathOf(word: Word, base: string | undefined): Path {
  // What begins with an expansion may be absolute.
  const first = word.pieces[0];
  const from = first === undefined || "text" in first ? base : undefined;
  const text = joined(show(word), from);
  const start = joined(prefix(word), from);
  const whole = known(word) !== undefined;
  const normal = normalise(text);
  return { text: normal, known: whole, prefix: whole ? normal : common(normal, dotless(start)), glob: word.glob === true };
}

/** `directory` as seen from `base`: what a relative path starts from after `cd`. */
export function directoryOf(directory: Word | undefined, base: string | undefined): string | undefined {
  if (directory === undefined) return base;
  const text = known(directory);
  return text === undefined ? undefined : normalise(joined(text, base));
}

const sinks: ReadonlySet<string> = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin", "/dev/tty", "/dev/zero", "/dev/full"]);

/** A file that keeps nothing of what is written to it. */
export function isSink(path: string): boolean {
  return sinks.has(path) || /^\/dev\/(fd\/|pts\/|tcp\/|udp\/)/.test(path) || /^\/proc\/self\/fd\//.test(path);
}

function joined(text: string, base: string | undefined): string {
  if (text.startsWith("/") || text.startsWith("~") || base === undefined) return text;
  return base.endsWith("/") ? base + text : `${base}/${text}`;
}

function normalise(text: string): string {
  if (!text.includes("/.") && !text.startsWith("./") && !text.includes("//") && text !== ".") return text;
  const rooted = text.startsWith("/");
  const kept: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0 && kept.at(-1) !== ".." && kept.at(-1) !== "~") kept.pop();
    else if (part !== ".." || !rooted) kept.push(part);
  }
  const result = (rooted ? "/" : "") + kept.join("/") + (/\/(\.?)$/.test(text) && kept.length > 0 ? "/" : "");
  return result === "" ? "." : result;
}

/** A beginning is only worth as much as stands before its first `..`: what follows may climb out of it. */
function dotless(start: string): string {
  const climb = start.indexOf("/..");
  return climb < 0 ? start : normalise(start.slice(0, climb));
}

function common(first: string, second: string): string {
  let length = 0;
  while (length < first.length && first[length] === second[length]) length++;
  return first.slice(0, length);
}
