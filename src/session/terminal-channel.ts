// Questions of a gate on another host and our answers, in band: a question stands in what its terminal shows, as an APC
// sequence (ECMA-48 8.3.2) of which terminals show nothing; an answer is one line of plain characters, typed. The other end is
// libexec/gate-terminal.bash.
import { type Answer, type Question, questionOf } from "./channel.ts";

/** A piece of what the terminal shows: bytes for the person, or a question between them. */
export type Shown = Buffer | Question;

const end = "\x1b\\";

/** Divides what arrives. `key`: what both ends know, and no program that runs there. */
export function questionFilter(key: string): (chunk: Buffer) => readonly Shown[] {
  const start = `\x1b_autobot-sh:${key}:`;
  let kept = "";
  let words = "";
  return (chunk) => {
    const shown: Shown[] = [];
    let text = kept + chunk.toString("latin1");
    for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start)) {
      const stop = text.indexOf(end, at + start.length);
      if (stop < 0) break;
      if (at > 0) shown.push(Buffer.from(text.slice(0, at), "latin1"));
      const [more, payload] = [text.charAt(at + start.length), text.slice(at + start.length + 2, stop)];
      words += payload;
      text = text.slice(stop + end.length);
      if (more !== ".") continue;
      const question = questionOf(unquoted(words));
      words = "";
      if (question !== undefined) shown.push(question);
    }
    const rest = keptFrom(text, start);
    if (rest > 0) shown.push(Buffer.from(text.slice(0, rest), "latin1"));
    kept = text.slice(rest);
    return shown;
  };
}

/** Of a sequence of ours no more than this arrives without its end. */
const longest = 4096;

/** Where a sequence begins of which the end has not arrived; all that is before it can be shown. */
function keptFrom(text: string, start: string): number {
  const at = text.indexOf(start);
  if (at >= 0) return text.length - at > longest ? text.length : at;
  for (let length = Math.min(start.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(start.slice(0, length))) return text.length - length;
  }
  return text.length;
}

/** What a reader behind `read` and `printf %b` takes for these fields. Ends in a newline, behind which `~.` still ends ssh. */
export function typedAnswer(key: string, id: string, { verdict, path = "", text = "" }: Answer): string {
  return `autobot-sh:${key}:${id}|${verdict}|${escaped(path)}|${escaped(text)}\n`;
}

/** Text for `printf %b` in one line of ASCII, without blanks, and without characters that mean something to a terminal. */
export function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => (/[\w.+-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`)).join("");
}

const controls: Readonly<Record<string, string>> = { a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Words as bash's `printf %q` writes them: plain, with backslashes, or in `$'…'`. Bytes, decoded as UTF-8. */
export function unquoted(text: string): readonly string[] {
  return [...text.matchAll(/(?:\$'(?:[^'\\]|\\.)*'|''|[^ \\]|\\.)+/gs)].map(([word]) => Buffer.from(plain(word), "latin1").toString("utf8"));
}

function plain(word: string): string {
  return word.replaceAll(/\$'((?:[^'\\]|\\.)*)'|''|\\(.)/gs, (_, inner?: string, character?: string) => (inner === undefined ? (character ?? "") : ansi(inner)));
}

function ansi(inner: string): string {
  return inner.replaceAll(/\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|(.))/gs, (_, octal?: string, hex?: string, letter = "") => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return hex === undefined ? (controls[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16));
  });
}
