// Words → options, option-arguments and operands, by a utility's grammar (POSIX XBD 12.2, getopt_long(3)).
import type { Grammar } from "../policy/descriptor.ts";
import { known, maySplit, prefix, slice, type Word } from "../syntax/word.ts";

export interface Option {
  /** With its dashes, without its argument: `-i`, `--in-place`. */
  readonly name: string;
  readonly argument?: Word | undefined;
  /** The word it stands in. */
  readonly word: Word;
}

export interface Arguments {
  readonly options: readonly Option[];
  readonly operands: readonly Word[];
  /** Words that may be any number of options or operands: an unquoted `$OPTIONS`. They are not among the operands. */
  readonly unknown: readonly Word[];
  /** Operands and the words that may be some, in order: where a file could be named. */
  readonly candidates: readonly Word[];
  /** Index in the invocation's words of the first operand; their number where there is none. */
  readonly firstOperand: number;
  has(...names: readonly string[]): boolean;
  /** The last argument given to any of these options. */
  argument(...names: readonly string[]): Word | undefined;
  /** All of them, in order. */
  all(...names: readonly string[]): readonly Word[];
}

interface ParsedGrammar {
  readonly short: ReadonlyMap<string, "none" | "required" | "attached">;
  readonly long: ReadonlyMap<string, "required" | "attached">;
  readonly permute: boolean;
  readonly singleDash: boolean;
  readonly bundle: boolean;
}

const parsed = new WeakMap<Grammar, ParsedGrammar>();

function parseGrammar(grammar: Grammar): ParsedGrammar {
  const cached = parsed.get(grammar);
  if (cached !== undefined) return cached;
  const short = new Map<string, "none" | "required" | "attached">();
  for (const [, letter = "", colons = ""] of (grammar.short ?? "").matchAll(/([^:])(:{0,2})/g)) {
    short.set(letter, colons === "" ? "none" : colons === ":" ? "required" : "attached");
  }
  const long = new Map<string, "required" | "attached">();
  for (const entry of grammar.long ?? []) {
    const [, name = entry, kind] = /^(.*?)(=\??)?$/.exec(entry) ?? [];
    if (kind !== undefined) long.set(name, kind === "=?" ? "attached" : "required");
  }
  const result = { short, long, permute: grammar.permute ?? true, singleDash: grammar.singleDash ?? false, bundle: grammar.bundle ?? false };
  parsed.set(grammar, result);
  return result;
}

/** Never fails: an option the grammar does not list is taken as one without argument. */
export function readArguments(words: readonly Word[], source: Grammar): Arguments {
  const grammar = parseGrammar(source);
  const options: Option[] = [];
  const operands: Word[] = [];
  const unknown: Word[] = [];
  const candidates: Word[] = [];
  let firstOperand = words.length;
  let ended = false;
  const operand = (word: Word, index: number) => {
    if (operands.length === 0) firstOperand = index;
    operands.push(word);
    candidates.push(word);
    if (!grammar.permute) ended = true;
  };
  let index = 0;
  if (grammar.bundle && words[0] !== undefined && /^[A-Za-z]/.test(prefix(words[0]))) {
    index = readShort(words, 0, grammar, options, 0) + 1;
  }
  for (; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const start = prefix(word);
    if (!ended && maySplit(word)) {
      unknown.push(word);
      candidates.push(word);
    } else if (ended || !start.startsWith("-") || known(word) === "-") {
      operand(word, index);
    } else if (known(word) === "--") {
      ended = true;
    } else if (start.startsWith("--") || grammar.singleDash) {
      index = readLong(words, index, grammar, options);
    } else {
      index = readShort(words, index, grammar, options, 1);
    }
  }
  return {
    options,
    operands,
    unknown,
    candidates,
    firstOperand,
    has: (...names) => options.some((option) => names.includes(option.name)),
    argument: (...names) => options.findLast((option) => names.includes(option.name))?.argument,
    all: (...names) => options.flatMap((option) => (names.includes(option.name) && option.argument !== undefined ? [option.argument] : [])),
  };
}

function readLong(words: readonly Word[], index: number, grammar: ParsedGrammar, options: Option[]): number {
  const word = words[index];
  if (word === undefined) return index;
  const start = prefix(word);
  const dashes = start.startsWith("--") ? 2 : 1;
  const equals = start.indexOf("=");
  if (equals > 0) {
    options.push({ name: start.slice(0, equals), argument: slice(word, equals + 1), word });
    return index;
  }
  const takes = grammar.long.get(start.slice(dashes));
  const next = takes === "required" ? words[index + 1] : undefined;
  options.push({ name: start, argument: next, word });
  return next === undefined ? index : index + 1;
}

function readShort(words: readonly Word[], index: number, grammar: ParsedGrammar, options: Option[], from: number): number {
  const word = words[index];
  if (word === undefined) return index;
  const letters = prefix(word);
  let taken = index;
  for (let at = from; at < letters.length; at++) {
    const letter = letters[at] ?? "";
    const takes = grammar.short.get(letter) ?? "none";
    const rest = slice(word, at + 1);
    // The letters of a bundle without dash take their arguments from the words that follow, one after the other.
    const attached = from > 0 && rest.pieces.length > 0;
    if (takes === "none") {
      options.push({ name: `-${letter}`, word });
    } else if (attached) {
      options.push({ name: `-${letter}`, argument: rest, word });
      break;
    } else if (takes === "attached") {
      options.push({ name: `-${letter}`, word });
    } else {
      const next = words[taken + 1];
      options.push({ name: `-${letter}`, argument: next, word });
      if (next !== undefined) taken++;
    }
  }
  return taken;
}
