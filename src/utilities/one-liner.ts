// The text of an interpreter's program → what it writes and which processes it starts, where it says so literally;
// else only that it does.
import { type Piece, slice, textWord, type Word } from "../syntax/word.ts";
import { request, unknown, write } from "./effect.ts";
import type { Language, Rule } from "./language.ts";
import { type Token, tokensOf, withHoles } from "./lexer.ts";
import { flat } from "./path-word.ts";
import type { Effect, Hop } from "./utility.ts";

/** What the program does besides computing and printing; nothing where that is all. */
export function programEffects(program: Word, language: Language): readonly Effect[] {
  if (program.pieces.length > 0 && !isTold(program)) return [unknown("the program is only known at run time", program)];
  const tokens = tokensOf(program, language);
  const names: Names = { aliases: aliasesOf(tokens), mentioned: mentionedNames(tokens) };
  const rules = tokens.map((_, index) => ruleFor(tokens, index, language, names));
  const logins = rules.flatMap((rule, index) => (rule?.does === "connect" ? [{ index, hop: login(argumentsAt(tokens, index + 1)) }] : []));
  const effects = tokens.flatMap((token, index): readonly Effect[] => {
    if (token.kind === "shell") return [shellEffect(token.value)];
    if (token.kind !== "name") return redirectEffects(tokens, index, language);
    const rule = rules[index];
    if (rule === undefined) return [];
    if (rule.does === "connect" || rule.does === "remote" || rule.does === "send") {
      const before = logins.filter((each) => each.index <= index && each.hop !== undefined).at(-1) ?? logins.find(({ hop }) => hop !== undefined);
      return remoteEffects(rule, argumentsAt(tokens, index + 1), before?.hop ?? { kind: "host", destination: undefined });
    }
    return rule.paths === 0 ? ownPath(tokens, index) : ruleEffects(rule, argumentsAt(tokens, index + 1), token);
  });
  return once(effects);
}

interface Names {
  /** What a name stands for: `o` after `import os as o`. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Every name in the program, and every string that could name a module. */
  readonly mentioned: ReadonlySet<string>;
}

function mentionedNames(tokens: readonly Token[]): ReadonlySet<string> {
  return new Set(tokens.flatMap((token) => (token.kind === "name" ? [token.text] : token.kind === "string" ? [moduleName(token.value)] : [])));
}

/** Tokens of one call, or of one print statement, that are looked at. */
const mostTokens = 1000;

/** The same phrase about the same program is said once. */
function once(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  return effects.filter((effect) => {
    if (effect.does !== "request" || effect.path !== undefined) return true;
    const key = `${effect.action} ${effect.note}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

function ruleFor(tokens: readonly Token[], index: number, language: Language, names: Names): Rule | undefined {
  const token = tokens[index];
  if (token?.kind !== "name" || !isCall(tokens, index, language)) return undefined;
  const receiver = receiverOf(tokens, index, names.aliases);
  const rules = language.rules.get(token.text) ?? (receiver === undefined ? language.rules.get(names.aliases.get(token.text) ?? "") : undefined);
  if (rules === undefined) return undefined;
  return rules.find((rule) => matches(rule, receiver, names));
}

function matches({ of: module, library }: Rule, receiver: string | undefined, { mentioned }: Names): boolean {
  if (library !== undefined && !library.split(" ").some((name) => mentioned.has(name))) return false;
  if (module === undefined) return receiver === undefined;
  if (module === "*") return true;
  const modules = module.split(" ");
  return receiver === undefined ? modules.some((name) => mentioned.has(name)) : modules.includes(receiver);
}

/** A name followed by an argument list; where parentheses may be left out, any name that is not a key or a variable. */
function isCall(tokens: readonly Token[], index: number, { bareCalls }: Language): boolean {
  const next = tokens[index + 1];
  const before = tokens[index - 1];
  if (before?.kind === "name" && ["def", "function", "sub", "import"].includes(before.text)) return false;
  if (next?.kind === "sign" && next.text === "(") return true;
  if (bareCalls !== true) return false;
  if (before?.kind === "sign" && "$@%".includes(before.text)) return false;
  return !(next?.kind === "sign" && ["=", "=>", "}", ":"].includes(next.text));
}

/** `os` of `os.remove`, through `import os as o` and `require("fs").x`; "?" where there is one that is not told. */
function receiverOf(tokens: readonly Token[], index: number, aliases: ReadonlyMap<string, string>): string | undefined {
  const link = tokens[index - 1];
  if (link?.kind !== "sign" || ![".", "::", "->", "?.", "&."].includes(link.text)) return undefined;
  const before = tokens[index - 2];
  if (before?.kind === "name") return aliases.get(before.text) ?? before.text;
  if (before?.kind === "string") return "?";
  if (before?.kind !== "sign" || before.text !== ")") return "?";
  const module = tokens[index - 3];
  const call = tokens[index - 5];
  const imports = call?.kind === "name" && ["require", "__import__", "import_module", "import"].includes(call.text);
  return imports && module?.kind === "string" ? moduleName(module.value) : "?";
}

/** `fs` of `node:fs/promises`. */
function moduleName(word: Word): string {
  return flat(word)
    .replace(/^node:/, "")
    .replace(/\/promises$/, "");
}

/** `import os as o`, `o = require("os")`, `{ x } = require("os")`, `import x from "os"`. */
function aliasesOf(tokens: readonly Token[]): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  tokens.forEach((token, index) => {
    const [first, second, third, fourth] = tokens.slice(index + 1, index + 5);
    if (token.kind === "name" && first?.kind === "name" && first.text === "as" && second?.kind === "name") aliases.set(second.text, token.text);
    if (token.kind === "sign" && token.text === "=" && first?.kind === "name" && first.text === "require" && third?.kind === "string")
      aliases.set(nameBefore(tokens, index), moduleName(third.value));
    if (token.kind === "sign" && token.text === "=" && first?.kind === "name" && first.text === "await" && fourth?.kind === "string")
      aliases.set(nameBefore(tokens, index), moduleName(fourth.value));
    if (token.kind === "name" && token.text === "from" && first?.kind === "string") aliases.set(nameBefore(tokens, index), moduleName(first.value));
  });
  return aliases;
}

function nameBefore(tokens: readonly Token[], index: number): string {
  const token = tokens[index - 1];
  return token?.kind === "name" ? token.text : "{}";
}

interface Argument {
  readonly tokens: readonly Token[];
  /** `mode` of `mode="w"`. */
  readonly keyword: string | undefined;
}

/** The arguments after a callee, or its `!` in Ruby: in parentheses, or to the end of the statement. */
function argumentsAt(tokens: readonly Token[], start: number): readonly Argument[] {
  const bang = tokens[start];
  const from = bang?.kind === "sign" && bang.text === "!" ? start + 1 : start;
  const first = tokens[from];
  const inside = first?.kind === "sign" && first.text === "(";
  const found: Token[][] = [[]];
  let depth = 0;
  const begin = inside ? from + 1 : from;
  for (const token of tokens.slice(begin, begin + mostTokens)) {
    const sign = token.kind === "sign" ? token.text : "";
    if (depth === 0 && (sign === ")" || sign === "}" || (!inside && (sign === ";" || sign === "\n")))) break;
    if (sign === "\n") continue;
    if ("([{".includes(sign) && sign !== "") depth++;
    if (")]}".includes(sign) && sign !== "") depth--;
    if (depth === 0 && sign === ",") found.push([]);
    else found.at(-1)?.push(token);
  }
  return found.filter((each) => each.length > 0).map(argument);
}

function argument(tokens: readonly Token[]): Argument {
  const [name, sign] = tokens;
  const named = name?.kind === "name" && sign?.kind === "sign" && sign.text === "=";
  return named ? { tokens: tokens.slice(2), keyword: name.text } : { tokens, keyword: undefined };
}

function ruleEffects(rule: Rule, given: readonly Argument[], token: Token): readonly Effect[] {
  switch (rule.does) {
    case "write":
      return written(given.filter(({ keyword }) => keyword === undefined).slice(0, rule.paths ?? 1), rule.paths ?? 1);
    case "open":
      return opened(given, rule);
    case "start":
      return given.length === 0 ? [] : started(given, rule, token);
    case "run":
      return [execution("runs code that the text does not show")];
    case "serve":
      return [execution("starts a server process")];
    default:
      return [];
  }
}

/** The host that a login names: `connect("h")`, `connect(hostname="h")`, `connect({host: "h"})`; undefined where it names none. */
function login(given: readonly Argument[]): Hop | undefined {
  const named =
    given.find(({ keyword }) => ["host", "hostname", "address"].includes(keyword ?? ""))?.tokens ?? given.map(({ tokens }) => property(tokens)).find((each) => each !== undefined);
  const tokens = named ?? given.find(({ keyword }) => keyword === undefined)?.tokens;
  if (tokens === undefined || (named === undefined && tokens[0]?.kind === "sign")) return undefined;
  const word = composed(tokens);
  const text = flat(word);
  const port = /:\d+$/.exec(text)?.index;
  return { kind: "host", destination: slice(word, text.lastIndexOf("@") + 1, port) };
}

/** The value of `host:` in an object. */
function property(tokens: readonly Token[]): readonly Token[] | undefined {
  const at = tokens.findIndex((token, index) => {
    const next = tokens[index + 1];
    return (
      (token.kind === "name" ? token.text : token.kind === "string" ? flat(token.value) : "").match(/^(?:host|hostname)$/) !== null &&
      next?.kind === "sign" &&
      (next.text === ":" || next.text === "=>")
    );
  });
  const value = at < 0 ? undefined : tokens[at + 2];
  return value === undefined ? undefined : [value];
}

function remoteEffects(rule: Rule, given: readonly Argument[], hop: Hop): readonly Effect[] {
  const hops = [hop];
  if (rule.does === "connect") return given.length === 0 ? [] : [request("read", undefined, { hops })];
  const positional = given.filter(({ keyword }) => keyword === undefined || keyword === "command");
  const argument = positional[rule.at ?? (rule.does === "send" ? 1 : 0)];
  if (rule.does === "send") return [request("write", argument && literal(argument.tokens), { hops, transfer: true, note: "copies to it" })];
  return argument === undefined ? [] : [{ does: "code", source: [composed(argument.tokens)], dialect: "sh", hops }];
}

/** `Path("f").write_text(…)` writes its own file. */
function ownPath(tokens: readonly Token[], index: number): readonly Effect[] {
  const [open, file, close] = tokens.slice(Math.max(0, index - 4), index - 1);
  const path = open?.kind === "sign" && open.text === "(" && close?.kind === "sign" && close.text === ")" && file !== undefined ? literal([file]) : undefined;
  return path === undefined ? [execution("runs code that writes")] : write(path);
}

function execution(note: string): Effect {
  return request("execute", undefined, { name: "one-liner", note });
}

function written(paths: readonly Argument[], wanted: number): readonly Effect[] {
  const words = paths.map(({ tokens }) => literal(tokens));
  if (words.length < wanted || words.some((word) => word === undefined)) return [execution("runs code that writes")];
  return words.flatMap((word) => write(word));
}

const writeMode = /^[rwaxctbU+]{1,4}$/;

/** A file opened with a mode that writes. A method (`Path(f).open("w")`) has only the mode. */
function opened(given: readonly Argument[], { modeFirst, of: module }: Rule): readonly Effect[] {
  const file = module === "?" ? undefined : given.find(({ keyword }) => keyword === undefined || keyword === "file");
  const others = given.filter((each) => each !== file);
  if (modeFirst === true) return openedByMode(others);
  const modes = others.filter(({ keyword }) => keyword === undefined || keyword === "mode").map(({ tokens }) => literal(tokens));
  const writes = modes.some((mode) => mode === undefined || (writeMode.test(flat(mode)) && /[wax+c]/.test(flat(mode))));
  if (!writes) return [];
  return file === undefined ? [execution("runs code that writes")] : written([file], 1);
}

/** `open(F, ">f")`, `open(F, ">", "f")`, `open(F, "cmd |")`, `open(F, "-|", "cmd", …)`. */
function openedByMode(given: readonly Argument[]): readonly Effect[] {
  const [first, ...rest] = given;
  const mode = first === undefined ? undefined : literal(first.tokens);
  if (mode === undefined) return given.length === 0 ? [] : [execution("runs code that writes")];
  const text = flat(mode);
  const pipe = /^\s*(?:\|-?|-\|)\s*/.exec(text);
  if (pipe !== null) return rest.length === 0 ? [shellEffect(slice(mode, pipe[0].length))] : argvEffects(rest);
  if (/\|\s*$/.test(text)) return [shellEffect(slice(mode, 0, text.lastIndexOf("|")))];
  const writing = /^\s*\+?[<>]*>{1,2}(?::\S*)?\s*|^\s*\+<\s*/.exec(text);
  if (writing === null) return [];
  return rest.length === 0 ? write(slice(mode, writing[0].length)) : written(rest.slice(0, 1), 1);
}

function started(given: readonly Argument[], rule: Rule, token: Token): readonly Effect[] {
  const positional = given.filter(({ keyword }) => keyword === undefined || keyword === "args");
  const [first, second] = positional;
  if (first === undefined) return [hiddenProcess(token), execution("starts a process")];
  const elements = listElements(first.tokens);
  if (elements !== undefined) return argvEffects(elements);
  const arrays = second === undefined ? undefined : listElements(second.tokens);
  if (rule.form === "spawn") return argvEffects(arrays === undefined ? [first] : [first, ...arrays]);
  if (rule.form === "exec") return argvEffects([first, ...(arrays ?? positional.slice(1)).slice(1)]);
  if (rule.form === "list" && positional.length > 1) return argvEffects(positional);
  const source = composed(first.tokens);
  return isTold(source) ? [shellEffect(source)] : [shellEffect(source), execution("starts a process")];
}

function shellEffect(source: Word): Effect {
  return { does: "code", source: [source], dialect: "sh" };
}

function argvEffects(given: readonly Argument[]): readonly Effect[] {
  const words = given.map(({ tokens }) => composed(tokens));
  return isTold(words[0]) ? [{ does: "run", words }] : [{ does: "run", words }, execution("starts a process")];
}

function hiddenProcess(token: Token): Effect {
  return unknown("the process that the program starts", textWord("", { start: token.start, end: token.start }));
}

/** Something of it is known. */
function isTold(word: Word | undefined): boolean {
  return word?.pieces.some((piece) => "text" in piece) ?? false;
}

/** The elements of `[…]`; undefined where it is no list. What is added to a list is one unknown element. */
function listElements(tokens: readonly Token[]): readonly Argument[] | undefined {
  const [first] = tokens;
  if (first?.kind !== "sign" || first.text !== "[") return undefined;
  const end = closing(tokens, 0);
  const elements = argumentsAt([{ kind: "sign", text: "(", start: first.start }, ...tokens.slice(1, end), { kind: "sign", text: ")", start: first.start }], 0);
  const rest = tokens.slice(end + 1);
  return rest.length === 0 ? elements : [...elements, { tokens: rest, keyword: undefined }];
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind !== "sign") continue;
    if ("([{".includes(token.text)) depth++;
    if (")]}".includes(token.text) && --depth === 0) return index;
  }
  return tokens.length;
}

/** A string that stands alone. */
function literal(tokens: readonly Token[]): Word | undefined {
  const strings = tokens.filter((token) => !(token.kind === "sign" && token.text === "\n"));
  const [only] = strings;
  return strings.length === 1 && only?.kind === "string" && only.value.pieces.every((piece) => "text" in piece) ? only.value : undefined;
}

const joins = new Set(["+", ".", "..", "<>", "\n", "~"]);

/** Strings joined with other values: their text, with a hole for each of those. */
function composed(tokens: readonly Token[]): Word {
  const pieces: Piece[] = [];
  const formatted = tokens.some((token, index) => index > 0 && tokens[index - 1]?.kind === "string" && token.kind === "sign" && (token.text === "%" || token.text === "."));
  let hole = false;
  for (const token of tokens) {
    if (token.kind === "string") {
      pieces.push(...(formatted ? unformatted(token.value) : token.value.pieces));
      hole = false;
    } else if (!hole && !(token.kind === "sign" && joins.has(token.text))) {
      pieces.push({ hole: "…", why: "computed", splits: false });
      hole = true;
    }
  }
  const first = tokens.find((token) => token.kind === "string");
  return { pieces, span: first?.kind === "string" ? first.value.span : { start: 0, end: 0 } };
}

/** `%s` and `{}` stand for values. */
function unformatted(word: Word): readonly Piece[] {
  return withHoles(word, /%[-+#0-9.]*(?:\(\w+\))?[a-z]|\{[^{}\s]*\}/g).pieces;
}

/** awk(1): `print > "file"`, `print | "command"`, `"command" | getline`. */
function redirectEffects(tokens: readonly Token[], index: number, { redirects }: Language): readonly Effect[] {
  const token = tokens[index];
  if (redirects !== true || token?.kind !== "sign" || !["|", "|&", ">", ">>"].includes(token.text)) return [];
  const target = tokens.slice(index + 1, index + 1 + Math.max(1, expressionLength(tokens, index + 1)));
  if (token.text === "|" || token.text === "|&") {
    const next = tokens[index + 1];
    const before = tokens[index - 1];
    if (next?.kind === "name" && next.text === "getline")
      return before?.kind === "string" ? [shellEffect(before.value)] : [execution("starts a process"), unknown("the process that the program starts")];
    return isTold(composed(target)) ? [shellEffect(composed(target))] : [execution("starts a process")];
  }
  if ((token.text !== ">" && token.text !== ">>") || !printing(tokens, index)) return [];
  const file = literal(target);
  return file === undefined ? [execution("runs code that writes")] : write(file);
}

/** In a print statement, outside parentheses, `>` redirects; elsewhere it compares. */
function printing(tokens: readonly Token[], index: number): boolean {
  let depth = 0;
  for (let at = index - 1; at >= Math.max(0, index - mostTokens); at--) {
    const token = tokens[at];
    if (token?.kind === "name" && depth === 0 && (token.text === "print" || token.text === "printf")) return true;
    if (token?.kind !== "sign") continue;
    if (token.text === ")") depth++;
    if (token.text === "(" && depth-- === 0) return false;
    if (depth === 0 && ["{", "}", ";", "\n"].includes(token.text)) return false;
  }
  return false;
}

function expressionLength(tokens: readonly Token[], from: number): number {
  const reached = tokens.slice(from, from + mostTokens);
  const end = reached.findIndex((token) => token.kind === "sign" && ["}", ";", "\n", ")"].includes(token.text));
  return end < 0 ? reached.length : end;
}
