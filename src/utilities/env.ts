// env(1): variables, a directory and a command, all of which -S may give as one string that env splits itself.
import type { Grammar } from "../policy/descriptor.ts";
import { type Hole, known, type Piece, prefix, slice, type Word } from "../syntax/word.ts";
import { readArguments } from "./arguments.ts";
import { flat } from "./path-word.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";
import { commandsOf, splitAssignments } from "./wrapped-command.ts";

const grammar: Grammar = {
  short: "u:C:S:P:a:",
  long: ["unset=", "chdir=", "split-string=", "argv0=", "block-signal=?", "default-signal=?", "ignore-signal=?"],
  permute: false,
};

const env: Utility = {
  names: ["env", "genv", "printenv"],
  grammar,
  effects: (invocation) => (invocation.name === "printenv" ? [] : environmentEffects(invocation, invocation.words, 0)),
};

/** -S may hold options, assignments and a further -S. */
const deepest = 8;

function environmentEffects(invocation: Invocation, given: readonly Word[], depth: number): readonly Effect[] {
  const words = given[0] !== undefined && known(given[0]) === "-" ? given.slice(1) : given;
  const read = readArguments(words, grammar);
  const split = read.options.find(({ name }) => name === "-S" || name === "--split-string");
  if (split?.argument !== undefined && depth < deepest) {
    const at = words.indexOf(split.word);
    const after = words.indexOf(split.argument) > at ? at + 2 : at + 1;
    const before = words.slice(0, at);
    return environmentEffects(invocation, [...before, ...splitString(split.argument, invocation), ...words.slice(after)], depth + 1);
  }
  const cwd = read.argument("-C", "--chdir");
  return commandsOf(read, 0).flatMap((command): Effect[] => {
    const { assignments, rest } = splitAssignments(command);
    return rest.length > 0 ? [{ does: "run", words: rest, assignments, cwd }] : [];
  });
}

const escapes: Readonly<Record<string, string>> = { f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", _: " " };

/** The words of a -S string, as env(1) "-S/--split-string usage" divides them. */
export function splitString(source: Word, { variable }: Pick<Invocation, "variable">): readonly Word[] {
  const text = flat(source);
  const words: Word[] = [];
  let pieces: Piece[] | undefined;
  let quote = "";
  const add = (...more: readonly Piece[]) => {
    pieces = [...(pieces ?? []), ...more];
  };
  const finish = () => {
    if (pieces !== undefined) words.push({ pieces, span: source.span });
    pieces = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const next = text[at + 1] ?? "";
    if (character === quote) {
      quote = "";
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      add();
    } else if (quote === "" && /\s/.test(character)) {
      finish();
    } else if (quote === "" && character === "#" && pieces === undefined) {
      break;
    } else if (character === "\\" && quote !== "'") {
      if (next === "c") break;
      if (next === "_" && quote === "") finish();
      else add({ text: escapes[next] ?? next });
      at++;
    } else if (character === "$" && next === "{" && quote !== "'") {
      const end = text.indexOf("}", at);
      const name = text.slice(at + 2, end < 0 ? undefined : end);
      add(...(variable(name)?.pieces ?? [environmentHole(name)]));
      at = end < 0 ? text.length : end;
    } else {
      add(...slice(source, at, at + 1).pieces);
    }
  }
  finish();
  return words.map(merged);
}

function environmentHole(name: string): Hole {
  return { hole: `\${${name}}`, why: "environment", splits: false };
}

/** Neighbouring characters of the user's line as one piece, so that the word points to where it stands. */
function merged(word: Word): Word {
  const pieces: Piece[] = [];
  for (const piece of word.pieces) {
    const last = pieces.at(-1);
    if (last !== undefined && "text" in last && "text" in piece && adjoins(last, piece)) pieces[pieces.length - 1] = { text: last.text + piece.text, at: last.at };
    else pieces.push(piece);
  }
  const first = pieces[0]?.at;
  return { pieces, span: first === undefined ? word.span : { start: first, end: first + prefix({ pieces, span: word.span }).length } };
}

function adjoins(first: { readonly text: string; readonly at?: number | undefined }, second: { readonly at?: number | undefined }): boolean {
  return first.at === undefined ? second.at === undefined : second.at === first.at + first.text.length;
}

export const utilities: readonly Utility[] = [env];
