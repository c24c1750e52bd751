// What a command prints, for the few utilities whose output follows from their words alone.
import type { SimpleCommand } from "./simple-command.ts";
import { textOf, type Value, valueOf } from "./value.ts";
import { known, type Piece, type Word } from "./word.ts";

/** The output of a command; undefined: the text does not tell. */
export function outputOf(command: SimpleCommand, interpretsEscapes: boolean): Value | undefined {
  const first = command.words[0];
  if (first === undefined) return command.redirections.length === 0 ? [] : undefined;
  const name = known(first);
  if (name === undefined) return undefined;
  const operands = command.words.slice(1);
  if (silent.has(name)) return [];
  return printers[name]?.(operands, command, interpretsEscapes);
}

const silent: ReadonlySet<string> = new Set(
  ": true false cd set shift unset export readonly local shopt alias unalias test [ exit return break continue sleep let read mapfile readarray getopts umask wait".split(" "),
);

type Printer = (operands: readonly Word[], command: SimpleCommand, interpretsEscapes: boolean) => Value | undefined;

const printers: Readonly<Record<string, Printer>> = {
  echo: printEcho,
  printf: (operands) => printFormatted(known(operands[0]) === "--" ? operands.slice(1) : operands),
  cat: (operands, command) => (operands.every((word) => known(word) === "-") && command.stdin.from === "text" ? command.stdin.text.pieces : undefined),
  pwd: (operands, command) => (operands.length === 0 && command.cwd !== undefined && known(command.cwd)?.startsWith("/") === true ? [...command.cwd.pieces, newline] : undefined),
  seq: printSequence,
  mktemp: printTemporary,
  basename: (operands) => printPathPart(operands, (path) => path.slice(path.lastIndexOf("/") + 1)),
  dirname: (operands) => printPathPart(operands, (path) => (path.includes("/") ? path.slice(0, Math.max(path.lastIndexOf("/"), 1)) : ".")),
};

const newline: Piece = { text: "\n" };

function printEcho(operands: readonly Word[], _command: SimpleCommand, interpretsEscapes: boolean): Value | undefined {
  let escapes = interpretsEscapes;
  let ending: readonly Piece[] = [newline];
  let start = 0;
  for (; start < operands.length; start++) {
    const option = known(operands[start]);
    if (option === undefined || !isEchoOption(option)) break;
    if (option.includes("n")) ending = [];
    if (option.includes("e")) escapes = true;
    if (option.includes("E")) escapes = false;
  }
  const pieces: Piece[] = [];
  for (const word of operands.slice(start)) {
    if (word.process !== undefined || word.glob === true) return undefined;
    if (pieces.length > 0 || word !== operands[start]) pieces.push({ text: " " });
    pieces.push(...word.pieces);
  }
  const backslash = pieces.some((piece) => "text" in piece && piece.text.includes("\\"));
  if (!escapes || !backslash) return [...pieces, ...ending];
  const decoded = decodePieces(pieces);
  return decoded === undefined ? undefined : [...decoded, ...ending];
}

function isEchoOption(text: string): boolean {
  if (text.length < 2 || text[0] !== "-") return false;
  for (let at = 1; at < text.length; at++) if (!"neE".includes(text[at] as string)) return false;
  return true;
}

function decodePieces(pieces: readonly Piece[]): Piece[] | undefined {
  const decoded: Piece[] = [];
  for (const piece of pieces) {
    if (!("text" in piece) || !piece.text.includes("\\")) decoded.push(piece);
    else {
      const text = decodeEscapes(piece.text);
      if (text === undefined) return undefined;
      decoded.push({ text });
    }
  }
  return decoded;
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\", n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v", e: "\x1b", E: "\x1b", '"': '"', "'": "'" };

/** Backslash escapes as `echo -e` and printf(1) read them; undefined: one that this does not know, or `\c`. */
function decodeEscapes(text: string): string | undefined {
  let decoded = "";
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] !== "\\" || next === undefined) {
      decoded += text[at];
      continue;
    }
    const simple = escapes[next];
    const numeric = simple === undefined ? decodeNumeric(text, at + 1) : undefined;
    if (simple === undefined && numeric === undefined) {
      if (next === "c" || next === "u" || next === "U") return undefined;
      decoded += text[at];
      continue;
    }
    decoded += simple ?? numeric?.character;
    at += simple !== undefined ? 1 : (numeric?.length ?? 0);
  }
  return decoded;
}

// `\xHH`, `\NNN`, `\0NNN`
function decodeNumeric(text: string, at: number): { readonly character: string; readonly length: number } | undefined {
  const hexadecimal = text[at] === "x";
  const digits = hexadecimal ? "0123456789abcdefABCDEF" : "01234567";
  const start = hexadecimal ? at + 1 : at;
  const most = hexadecimal ? 2 : text[at] === "0" ? 4 : 3;
  let end = start;
  while (end < start + most && end < text.length && digits.includes(text[end] as string)) end++;
  if (end === start) return undefined;
  const code = Number.parseInt(text.slice(start, end), hexadecimal ? 16 : 8);
  return code > 127 ? undefined : { character: String.fromCharCode(code), length: end - at };
}

const maxRounds = 1000;
const maxWidth = 1000;

/** printf(1): the format is used again while arguments are left. */
export function printFormatted(operands: readonly Word[]): Value | undefined {
  const format = known(operands[0]);
  const given = operands.slice(1);
  if (format === undefined || given.some((word) => word.process !== undefined || word.glob === true)) return undefined;
  const pieces: Piece[] = [];
  let next = 0;
  for (let round = 0; round === 0 || next < given.length; round++) {
    const before = next;
    const used = printOnce(format, given, next, pieces);
    if (used === undefined || round > maxRounds) return undefined;
    next = used;
    if (next === before) break;
  }
  return pieces;
}

function printOnce(format: string, given: readonly Word[], from: number, pieces: Piece[]): number | undefined {
  let next = from;
  let plain = "";
  const flush = (): boolean => {
    const decoded = decodeEscapes(plain);
    if (decoded === undefined) return false;
    if (decoded !== "") pieces.push({ text: decoded });
    plain = "";
    return true;
  };
  for (let at = 0; at < format.length; at++) {
    if (format[at] !== "%") {
      plain += format[at];
      if (format[at] === "\\") plain += format[++at] ?? "";
      continue;
    }
    if (format[at + 1] === "%") {
      plain += format[++at];
      continue;
    }
    const directive = readDirective(format, at + 1);
    if (directive === undefined || !flush()) return undefined;
    const formatted = formatArgument(directive, given[next]);
    if (formatted === undefined) return undefined;
    pieces.push(...formatted);
    next++;
    at = directive.end;
  }
  return flush() ? next : undefined;
}

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly conversion: string;
  readonly end: number;
}

function readDirective(format: string, start: number): Directive | undefined {
  let at = start;
  while (at < format.length && "-0+ #".includes(format[at] as string)) at++;
  const flags = format.slice(start, at);
  const from = at;
  while (at < format.length && "0123456789".includes(format[at] as string)) at++;
  const width = Number(format.slice(from, at));
  const conversion = format[at];
  return conversion === undefined || width > maxWidth || !"sbdiqcx".includes(conversion) ? undefined : { flags, width, conversion, end: at };
}

function formatArgument(directive: Directive, word: Word | undefined): Value | undefined {
  const value = word?.pieces ?? [];
  const text = textOf(value);
  if (directive.conversion === "s" && directive.width === 0) return value;
  if (text === undefined) return undefined;
  if (directive.conversion === "s") return valueOf(pad(text, directive, " "));
  if (directive.conversion === "b") {
    const decoded = decodeEscapes(text);
    return decoded === undefined ? undefined : valueOf(pad(decoded, directive, " "));
  }
  if (directive.conversion === "d" || directive.conversion === "i") {
    const number = text === "" ? 0 : Number(text);
    return Number.isSafeInteger(number) && !text.startsWith("0x") ? valueOf(pad(String(number), directive, directive.flags.includes("0") ? "0" : " ")) : undefined;
  }
  return directive.conversion === "c" ? valueOf(text.slice(0, 1)) : undefined;
}

function pad(text: string, { flags, width }: Directive, fill: string): string {
  return flags.includes("-") ? text.padEnd(width) : text.padStart(width, fill);
}

// basename(1) and dirname(1) of a plain path.
function printPathPart(operands: readonly Word[], part: (path: string) => string): Value | undefined {
  const path = known(operands[0]);
  if (path === undefined || operands.length !== 1 || operands[0]?.glob === true || path === "" || path.startsWith("-") || path.endsWith("/") || path.includes("//"))
    return undefined;
  return valueOf(`${part(path)}\n`);
}

/** mktemp(1): a name in /tmp, or like the template, with an end that nobody knows. Elsewhere where TMPDIR says so, which ends at /tmp too as a rule. */
function printTemporary(operands: readonly Word[]): Value | undefined {
  const texts = operands.map((word) => known(word) ?? "-");
  const options = texts.filter((text) => text.startsWith("-"));
  const [template, ...more] = texts.filter((text) => !text.startsWith("-"));
  if (more.length > 0 || !options.every((text) => /^-[dqut]+$|^--(?:directory|quiet|dry-run)$/.test(text))) return undefined;
  const start = template === undefined ? "tmp." : /^(.*?)X{3,}$/s.exec(template)?.[1];
  if (start === undefined) return undefined;
  const inTmp = template === undefined || options.some((text) => text.includes("t") && !text.startsWith("--"));
  return [{ text: inTmp ? `/tmp/${start}` : start }, { hole: "XXXXXXXXXX", why: "command", splits: false }, newline];
}

/** seq(1) with whole numbers and no options but -w. */
function printSequence(operands: readonly Word[]): Value | undefined {
  const texts = operands.map((word) => known(word));
  const padded = texts[0] === "-w";
  const numbers = (padded ? texts.slice(1) : texts).map((text) => (text === undefined || text === "" || text.length > 9 ? Number.NaN : Number(text)));
  if (numbers.length === 0 || numbers.length > 3 || numbers.some((number) => !Number.isInteger(number))) return undefined;
  const first = numbers.length === 1 ? 1 : (numbers[0] as number);
  const step = numbers.length === 3 ? (numbers[1] as number) : 1;
  const last = numbers.at(-1) as number;
  const count = step === 0 ? Number.POSITIVE_INFINITY : Math.floor((last - first) / step) + 1;
  if (count > maxRounds) return undefined;
  const lines = Array.from({ length: Math.max(count, 0) }, (_, index) => String(first + index * step));
  const width = padded ? Math.max(...lines.map((line) => line.length)) : 0;
  return valueOf(lines.map((line) => `${line.padStart(width, "0")}\n`).join(""));
}
