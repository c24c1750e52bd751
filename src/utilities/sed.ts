// sed(1): what it edits in place, and the commands of its script that write files (`w`) or run a shell (`e`).
import { known, slice, type Word } from "../syntax/word.ts";
import { holds } from "./descriptor.ts";
import { code, unknown, write, writes } from "./effect.ts";
import { flat } from "./path-word.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

const inPlace = ["-i", "--in-place"];

const sed: Utility = {
  names: ["sed", "gsed", "ssed"],
  grammar: { short: "e:f:l:i::", long: ["expression=", "file=", "line-length=", "in-place=?"] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const { scripts, files } = divide(invocation);
    const edits = holds({ option: inPlace }, invocation) ? writes(files, { existing: true, note: "edits it in place" }) : [];
    const fromFiles = given.all("-f", "--file").flatMap((file) => scriptFile(file, invocation));
    return [...edits, ...scripts.flatMap(sedEffects), ...fromFiles];
  },
};

/** The first operand is the script, unless an option gives one; BSD's `-i ''` leaves an empty word before it. */
function divide(invocation: Invocation): { readonly scripts: readonly Word[]; readonly files: readonly Word[] } {
  const { arguments: given } = invocation;
  const scripts = given.all("-e", "--expression");
  const operands = given.candidates.filter((word, index) => index > 0 || known(word) !== "");
  if (scripts.length > 0 || given.has("-f", "--file")) return { scripts, files: operands };
  return { scripts: operands.slice(0, 1), files: operands.slice(1) };
}

function scriptFile(file: Word, invocation: Invocation): readonly Effect[] {
  const name = known(file);
  const text = name === undefined ? undefined : invocation.readFile(name);
  // A script that cannot be read may write, but hardly ever does: sed without -i reads.
  return text === undefined ? [] : sedEffects({ pieces: [{ text }], span: file.span });
}

const most = 500;

/** What the commands of a script do besides editing the stream. */
export function sedEffects(script: Word): readonly Effect[] {
  const text = flat(script);
  const effects: Effect[] = [];
  for (let at = afterAddress(text, 0); at < text.length; ) {
    if (effects.length > most) return [...effects, unknown("it holds more commands that write than are followed", script)];
    const step = commandAt(script, text, at);
    effects.push(...step.effects);
    at = afterAddress(text, step.end);
  }
  return effects;
}

interface Step {
  readonly effects: readonly Effect[];
  /** Where the next command may begin. */
  readonly end: number;
}

/** The command whose letter stands at `at` (sed(1), Command synopsis). */
function commandAt(script: Word, text: string, at: number): Step {
  const start = at + 1;
  switch (text[at]) {
    case "s":
    case "y":
      return substitution(script, text, start);
    case "w":
    case "W":
      return writing(script, text, start, []);
    case "e":
      return execution(script, text, start);
    case "a":
    case "i":
    case "c":
      return { effects: [], end: afterText(text, start) };
    case "r":
    case "R":
    case "#":
      return { effects: [], end: argumentAt(text, start)[1] };
    case ":":
    case "b":
    case "t":
    case "T":
      return { effects: [], end: afterLabel(text, start) };
    default:
      return { effects: [], end: start };
  }
}

/** `s/…/…/flags`, among them `e`, which runs the result, and `w file`. */
function substitution(script: Word, text: string, start: number): Step {
  const flags = afterParts(text, start);
  let end = flags;
  while (/[gpiImMe0-9]/.test(text[end] ?? "")) end++;
  if (text[start - 1] === "y") return { effects: [], end: flags };
  const effects = text.slice(flags, end).includes("e") ? [unknown("sed runs what it substitutes", script)] : [];
  return text[end] === "w" ? writing(script, text, end + 1, effects) : { effects, end };
}

function writing(script: Word, text: string, start: number, before: readonly Effect[]): Step {
  const [from, end] = argumentAt(text, start);
  return { effects: [...before, ...write(slice(script, from, end), { note: "writes lines to it" })], end };
}

function execution(script: Word, text: string, start: number): Step {
  const [from, end] = argumentAt(text, start);
  return { effects: [end > from ? code(slice(script, from, end)) : unknown("sed runs the lines it reads", script)], end };
}

function afterLabel(text: string, start: number): number {
  const end = text.slice(start).search(/[;\n}]/);
  return end < 0 ? text.length : start + end;
}

function afterAddress(text: string, start: number): number {
  const plain = /[\s;{}\d$,+~!]*/y;
  let at = start;
  for (;;) {
    plain.lastIndex = at;
    at += plain.exec(text)?.[0].length ?? 0;
    if (text[at] === "/") at = afterPattern(text, at + 1, "/");
    else if (text[at] === "\\" && at + 1 < text.length) at = afterPattern(text, at + 2, text[at + 1] ?? "");
    else return at;
    while (/[IM]/.test(text[at] ?? "")) at++;
  }
}

/** After the two parts of `s/…/…/` or `y/…/…/` whose delimiter stands at `start`. */
function afterParts(text: string, start: number): number {
  const delimiter = text[start];
  if (delimiter === undefined || delimiter === "\n") return start;
  const first = text[start - 1] === "s" ? afterPattern(text, start + 1, delimiter) : afterPart(text, start + 1, delimiter);
  return afterPart(text, first, delimiter);
}

/** A bracket expression protects the delimiter in a pattern, nowhere else. */
function afterPattern(text: string, start: number, delimiter: string): number {
  const bracket = /\[\^?\]?(?:\[[:.=][^\]]{0,40}\]|[^\]\n]){0,400}\]/y;
  let close = text.indexOf("]", start);
  for (let at = start; at < text.length; at++) {
    bracket.lastIndex = at;
    if (close >= 0 && close < at) close = text.indexOf("]", at);
    if (text[at] === "\\") at++;
    else if (text[at] === delimiter) return at + 1;
    else if (text[at] === "[" && close >= 0 && close - at < 500) at += Math.max((bracket.exec(text)?.[0].length ?? 1) - 1, 0);
  }
  return text.length;
}

function afterPart(text: string, start: number, delimiter: string): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === delimiter) return at + 1;
  }
  return text.length;
}

/** A file name or command runs to the end of its line. */
function argumentAt(text: string, start: number): readonly [number, number] {
  let from = start;
  while (text[from] === " " || text[from] === "\t") from++;
  const newline = text.indexOf("\n", from);
  return [from, newline < 0 ? text.length : newline];
}

/** After the text of `a`, `i` or `c`: to the end of a line that no backslash continues. */
function afterText(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "\n") return at;
  }
  return text.length;
}

export const utilities: readonly Utility[] = [sed];
