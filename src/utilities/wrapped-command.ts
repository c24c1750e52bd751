// The command among a wrapper's words, apart from the family of wrappers: others run commands in the same way.
import type { Assignment } from "../syntax/simple-command.ts";
import { known, prefix, slice, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";

/** The word of a shell that a utility starts without naming it, at the word that makes it do so. */
export function shellAt(word: Word | undefined, name = "sh"): Word {
  return { pieces: [{ text: name }], span: word?.span ?? { start: 0, end: 0 } };
}

/**
 * The command after a wrapper's options and its `own` operands. More than one where an unquoted parameter before it
 * may be any number of words: each is followed.
 */
export function commandsOf({ operands, unknown: loose }: Arguments, own: number): readonly (readonly Word[])[] {
  if (loose.length === 0) return nonEmpty([operands.slice(own)]).map((words) => (own > 0 && known(words[0]) === "--" ? words.slice(1) : words));
  if (own === 0) return [[...loose, ...operands]];
  if (operands.length === 0) return nonEmpty([loose.slice(own)]);
  const starts = [own, Math.max(0, own - loose.length)].filter((start, index, all) => all.indexOf(start) === index);
  return nonEmpty(starts.map((start) => operands.slice(start))).filter((words) => !isNumber(words[0]));
}

function nonEmpty(commands: readonly (readonly Word[])[]): readonly (readonly Word[])[] {
  return commands.filter((words) => words.length > 0);
}

/** No command is called `5s`: such a word is the wrapper's own operand. */
function isNumber(word: Word | undefined): boolean {
  return word !== undefined && /^[\d.]+[a-z]?$/.test(known(word) ?? "");
}

const assignmentName = /^[A-Za-z_][A-Za-z0-9_]*(?==)/;

/** Leading `NAME=value` words, and the words after them. */
export function splitAssignments(words: readonly Word[]): { readonly assignments: readonly Assignment[]; readonly rest: readonly Word[] } {
  const assignments: Assignment[] = [];
  for (const word of words) {
    const name = assignmentName.exec(prefix(word))?.[0];
    if (name === undefined) break;
    assignments.push({ name, value: slice(word, name.length + 1) });
  }
  return { assignments, rest: words.slice(assignments.length) };
}
