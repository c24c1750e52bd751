// An interpreter's program text → names, strings, backtick commands and signs. Comments and regular expressions are gone,
// so that text which only mentions a call is none.
import { type Piece, slice, textWord, type Word } from "../syntax/word.ts";
import type { Language } from "./language.ts";
import { flat } from "./path-word.ts";

export type Token =
  | { readonly kind: "name"; readonly text: string; readonly start: number }
  | { readonly kind: "string"; readonly value: Word; readonly start: number }
  /** Shell code in backticks. */
  | { readonly kind: "shell"; readonly value: Word; readonly start: number }
  | { readonly kind: "sign"; readonly text: string; readonly start: number };

export function tokensOf(program: Word, language: Language): readonly Token[] {
  const text = flat(program);
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const next = tokenAt(text, at, program, language, tokens);
    tokens.push(...next.tokens);
    at = Math.max(next.end, at + 1);
  }
  return tokens;
}

interface Lexed {
  readonly tokens: readonly Token[];
  readonly end: number;
}

const signs = /^(?:->|=>|::|\?\.|&\.|>>|\|&|&&|\|\||==|!=|>=|<=|=~|!~|[^\w\s])/;

function tokenAt(text: string, at: number, program: Word, language: Language, before: readonly Token[]): Lexed {
  const rest = text.slice(at, at + 4);
  const character = text[at] ?? "";
  const comment = language.comments.find((start) => rest.startsWith(start));
  if (comment !== undefined && !(comment === "#" && before.at(-1)?.start === at - 1 && "$@".includes(text[at - 1] ?? " "))) return { tokens: [], end: lineEnd(text, at) };
  if (language.blockComments === true && rest.startsWith("/*")) return { tokens: [], end: after(text, "*/", at + 2) };
  if (character === "\n") return { tokens: [{ kind: "sign", text: "\n", start: at }], end: at + 1 };
  const quote = language.quotes.find((each) => rest.startsWith(each));
  if (quote !== undefined) return stringAt(text, at, quote, program, language, "");
  const name = /^[A-Za-z_]\w*/.exec(text.slice(at, at + 256))?.[0];
  if (name !== undefined) return nameAt(text, at, name, program, language, before);
  if (/\d/.test(character)) return { tokens: [{ kind: "sign", text: "0", start: at }], end: at + (/^[\w.]+/.exec(text.slice(at, at + 64))?.[0].length ?? 1) };
  if (character === "/" && language.regexes === true && expectsOperand(before, language)) {
    const end = delimited(text, at + 1, "/");
    if (end !== undefined) return { tokens: [{ kind: "sign", text: "/", start: at }], end };
  }
  if (character === "%" && language.quoteLike === "ruby" && expectsOperand(before, language)) {
    const percent = /^%([qQwWiIxr]?)([^\w\s=])/.exec(rest);
    if (percent !== null) return quoteLike(text, at + percent[0].length - 1, percent[1] === "x" ? "x" : "q", program);
  }
  const sign = signs.exec(rest)?.[0];
  return sign === undefined ? { tokens: [], end: at + 1 } : { tokens: [{ kind: "sign", text: sign, start: at }], end: at + sign.length };
}

function nameAt(text: string, at: number, name: string, program: Word, language: Language, before: readonly Token[]): Lexed {
  const end = at + name.length;
  const quote = language.quotes.find((each) => text.startsWith(each, end));
  if (quote !== undefined && language.prefixes?.test(name) === true) return stringAt(text, end, quote, program, language, name);
  if (language.quoteLike === "perl" && isPerlQuote(text, name, end, before)) return perlQuote(text, name, end, program, language);
  return { tokens: [{ kind: "name", text: name, start: at }], end };
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function after(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end < 0 ? text.length : end + mark.length;
}

/** Past the delimiter that ends at or after `from`, backslashes skipped; undefined where the line ends first. */
function delimited(text: string, from: number, delimiter: string): number | undefined {
  let set = false;
  for (let at = from; at < text.length && text[at] !== "\n"; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "[") set = true;
    else if (text[at] === "]") set = false;
    else if (text[at] === delimiter && !set) return at + 1;
  }
  return undefined;
}

/** An operator or an opening bracket came before: what follows is a value, not a division. */
function expectsOperand(before: readonly Token[], { redirects }: Language): boolean {
  const last = before.at(-1);
  if (last === undefined) return true;
  if (last.kind === "name") return /^(?:if|unless|and|or|not|split|grep|map|return|when|while|until|join|in|of|typeof|case|print|puts)$/.test(last.text);
  // After an awk action comes the next pattern.
  if (last.kind === "sign" && last.text === "}") return redirects === true;
  return last.kind === "sign" && ![")", "]", "}", "0", "/"].includes(last.text);
}

function stringAt(text: string, at: number, quote: string, program: Word, language: Language, before: string): Lexed {
  const raw = /r/i.test(before);
  const from = at + quote.length;
  let end = from;
  while (end < text.length && !text.startsWith(quote, end)) end += text[end] === "\\" && !(raw && text[end + 1] !== quote) ? 2 : 1;
  end = Math.min(end, text.length);
  const interpolation = language.interpolation?.(quote, before);
  const body = withHoles(unescaped(slice(program, from, end), raw), interpolation);
  const inner = interpolation === undefined ? [] : embedded(text.slice(from, end), interpolation, from, language);
  const shell = quote === "`" && language.backticks === "shell";
  const token: Token = { kind: shell || (quote === "`" && text[at - 1] === "$") ? "shell" : "string", value: body, start: at };
  return { tokens: [...inner, token], end: end + quote.length };
}

/** Code inside a string: `f"{os.system('x')}"`. */
function embedded(body: string, interpolation: RegExp, from: number, language: Language): readonly Token[] {
  return [...body.matchAll(interpolation)].flatMap((match) => {
    const code = match[0].replace(/^[$#@]?\{|\}$/g, "");
    const shifted = tokensOf(textWord(code), language);
    return shifted.some((token) => token.kind === "sign" && token.text === "(")
      ? [{ kind: "sign", text: ";", start: from } as const, ...shifted, { kind: "sign", text: ";", start: from } as const]
      : [];
  });
}

/** Everything that matches becomes a hole. */
export function withHoles(word: Word, pattern: RegExp | undefined): Word {
  if (pattern === undefined) return word;
  const pieces = word.pieces.flatMap((piece): readonly Piece[] => {
    if (!("text" in piece)) return [piece];
    const result: Piece[] = [];
    let from = 0;
    for (const match of piece.text.matchAll(pattern)) {
      result.push(...slice({ pieces: [piece], span: word.span }, from, match.index).pieces, { hole: match[0], why: "computed", splits: false });
      from = match.index + match[0].length;
    }
    return [...result, ...slice({ pieces: [piece], span: word.span }, from).pieces];
  });
  return { ...word, pieces };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

function unescaped(word: Word, raw: boolean): Word {
  if (raw || !flat(word).includes("\\")) return word;
  const pieces = word.pieces.map((piece): Piece => ("text" in piece ? { text: unescapedText(piece.text) } : piece));
  return { ...word, pieces };
}

function unescapedText(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.|\n))/g, (_, byte: string | undefined, unit: string | undefined, other: string | undefined) => {
    const code = byte ?? unit;
    return code === undefined ? (escapes[other ?? ""] ?? other ?? "") : String.fromCharCode(Number.parseInt(code, 16));
  });
}

// perlop(1) "Quote and Quote-like Operators"

const perlQuotes = new Set(["q", "qq", "qw", "qr", "qx", "m", "s", "tr", "y"]);

function isPerlQuote(text: string, name: string, end: number, before: readonly Token[]): boolean {
  if (!perlQuotes.has(name)) return false;
  const last = before.at(-1);
  if (last?.kind === "sign" && ["$", "@", "%", "->", "&", "{"].includes(last.text) && last.start === end - name.length - 1 && last.text !== "{") return false;
  const delimiter = text[end] ?? "";
  return delimiter !== "" && !/[\w\s,;)=]/.test(delimiter) && !text.startsWith("=>", end);
}

const closers: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

function perlQuote(text: string, name: string, end: number, program: Word, language: Language): Lexed {
  const first = quoteLike(text, end, name === "qx" ? "x" : "q", program);
  if (!["s", "tr", "y"].includes(name)) return first;
  const open = text[end] ?? "";
  const paired = closers[open] !== undefined;
  const start = paired ? end + Math.max(0, text.slice(first.end).search(/\S/)) + (first.end - end) : first.end - 1;
  const second = quoteLike(text, start, "q", program);
  const flags = /^[a-z]*/.exec(text.slice(second.end, second.end + 16))?.[0] ?? "";
  const code = name === "s" && flags.includes("e") ? tokensOf(slice(program, start + 1, second.end - 1), language) : [];
  return { tokens: [...code, { kind: "sign", text: "/", start: end }], end: second.end + flags.length };
}

/** From the opening delimiter at `at` to its partner; backslashes and nested pairs skipped. */
function quoteLike(text: string, at: number, kind: "x" | "q", program: Word): Lexed {
  const open = text[at] ?? "";
  const close = closers[open] ?? open;
  let depth = 1;
  let end = at + 1;
  for (; end < text.length; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === close && --depth === 0) break;
    else if (text[end] === open && close !== open) depth++;
  }
  const value = slice(program, at + 1, end);
  return { tokens: [{ kind: kind === "x" ? "shell" : "string", value, start: at }], end: end + 1 };
}
