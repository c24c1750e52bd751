// expect(1): the command that a dialogue spawns, with what the dialogue types into it as its standard input.
import { type Piece, slice, textWord, type Word } from "../syntax/word.ts";
import { flat } from "./path-word.ts";
import { hiddenCode, isStandardInput, type Program, programInFile, programOnStdin } from "./program.ts";
import { scriptRun } from "./script.ts";
import type { Effect, Utility } from "./utility.ts";

const expect: Utility = {
  names: ["expect", "expectk"],
  grammar: { short: "c:f:bdDinNv", permute: false },
  effects: (invocation) => {
    const { arguments: given, readFile } = invocation;
    if (given.has("-v")) return [];
    const texts = given.all("-c");
    const [first, ...rest] = given.operands;
    const file = given.argument("-f") ?? (texts.length === 0 ? first : undefined);
    if (file !== undefined && !isStandardInput(file)) {
      const program = programInFile(file, readFile);
      return program.from === "text" ? dialogueEffects(program.text) : scriptRun(file, rest);
    }
    if (texts.length > 0) return dialogueEffects(joined(texts));
    return programEffects(programOnStdin(invocation));
  },
};

function programEffects(program: Program): readonly Effect[] {
  if (program.from === "text") return dialogueEffects(program.text);
  return program.from === "terminal" ? [] : hiddenCode(program);
}

function joined(texts: readonly Word[]): Word {
  return { pieces: texts.flatMap((text) => [...text.pieces, { text: "\n" }]), span: texts[0]?.span ?? { start: 0, end: 0 } };
}

interface Statement {
  readonly name: string;
  readonly words: readonly Word[];
  /** What it waited for just before asks for a password. */
  readonly secret: boolean;
}

const statementStart = /(?:^|[;\n{[])[ \t]*(spawn|exp_spawn|send|exp_send|send_slow|exec|system)(?=\s)/g;
const asksForSecret = /assw|assphrase|verification code|\bOTP\b|\bPIN\b/i;

function statementsOf(text: Word): readonly Statement[] {
  const source = flat(text);
  const statements: Statement[] = [];
  let after = 0;
  for (const match of source.matchAll(statementStart)) {
    const from = match.index + match[0].length;
    statements.push({ name: match[1] ?? "", words: tclWords(text, source, from), secret: asksForSecret.test(source.slice(after, match.index)) });
    after = from;
  }
  return statements;
}

/** Spawned commands; one that is sent a password, as sshpass(1) would run it. */
function dialogueEffects(text: Word): readonly Effect[] {
  const statements = statementsOf(text);
  const sends = statements.filter(({ name }) => name.includes("send"));
  const password = sends.some(({ secret }) => secret);
  const typed = sends.filter(({ secret }) => !secret).flatMap(({ words }) => (words.at(-1)?.pieces ?? []).map(asTyped));
  const input: Word = { pieces: typed, span: text.span };
  return statements.flatMap(({ name, words }): readonly Effect[] => {
    if (name.includes("send")) return [];
    const command = withoutOptions(words);
    if (command.length === 0) return [];
    const spawned = name.includes("spawn");
    const run = spawned && password ? [textWord("sshpass", command[0]?.span), ...command] : command;
    return [{ does: "run", words: run, ...(spawned && typed.length > 0 ? { stdin: { from: "text", text: input } as const } : {}) }];
  });
}

function asTyped(piece: Piece): Piece {
  return "text" in piece ? { text: piece.text.replace(/\\[rn]|\r/g, "\n") } : piece;
}

function withoutOptions(words: readonly Word[]): readonly Word[] {
  let first = 0;
  while (/^-(?:noecho|console|nottycopy|nottyinit|ignore|leaveopen|pty|open|-)$/.test(flat(words[first] ?? textWord(""))))
    first += flat(words[first] as Word) === "-ignore" ? 2 : 1;
  return words.slice(first);
}

/** Tcl(n): words up to the end of the statement, divided at blanks, in quotes or in braces. */
function tclWords(text: Word, source: string, from: number): readonly Word[] {
  const words: Word[] = [];
  for (let at = from; at < source.length; ) {
    const character = source[at] ?? "";
    if (character === "\n" || character === ";" || character === "}" || character === "]") break;
    if (/\s/.test(character) || (character === "\\" && source[at + 1] === "\n")) {
      at += character === "\\" ? 2 : 1;
      continue;
    }
    const end = character === "{" ? braced(source, at) : character === '"' ? quoted(source, at) : bare(source, at);
    const delimited = character === "{" || character === '"';
    words.push(withVariables(slice(text, delimited ? at + 1 : at, delimited ? end - 1 : end), character === "{"));
    at = Math.max(end, at + 1);
  }
  return words;
}

function braced(source: string, at: number): number {
  let depth = 0;
  for (let end = at; end < source.length; end++) {
    if (source[end] === "{") depth++;
    if (source[end] === "}" && --depth === 0) return end + 1;
  }
  return source.length + 1;
}

function quoted(source: string, at: number): number {
  for (let end = at + 1; end < source.length; end++) {
    if (source[end] === "\\") end++;
    else if (source[end] === '"') return end + 1;
  }
  return source.length + 1;
}

function bare(source: string, at: number): number {
  let end = at;
  while (end < source.length && !/[\s;}\]]/.test(source[end] ?? "")) end++;
  return end;
}

/** `$host` and `[…]` are only known at run time. */
function withVariables(word: Word, literal: boolean): Word {
  if (literal) return word;
  const pieces = word.pieces.flatMap((piece): readonly Piece[] => {
    if (!("text" in piece)) return [piece];
    return piece.text.split(/(\$\{[^}]*\}|\$\w+(?:\([^)]*\))?|\[[^\]]*\])/).flatMap((part, index): readonly Piece[] => {
      if (part === "") return [];
      return index % 2 === 1 ? [{ hole: part, why: "computed", splits: false }] : [{ text: part.replace(/\\(["$[\]\\])/g, "$1") }];
    });
  });
  return { ...word, pieces };
}

export const utilities: readonly Utility[] = [expect];
