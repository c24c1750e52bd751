// Operands where some words are unquoted expansions: `$FILES` stands for operands, `$OPTIONS` most likely for none.
import { show, type Word } from "../syntax/word.ts";
import type { Invocation } from "./utility.ts";

/** A parameter named for options, or one whose only known value is an option: `$SSH_OPTS`, `${QUIET:+--quiet}`. */
export function namesOptions(word: Word): boolean {
  return /opt|arg|flag|param|@|\*|:?[+-]-/i.test(show(word));
}

/** Operands in their order, unquoted expansions among them unless their names say that they hold options. */
export function operandsOf({ arguments: given, words }: Pick<Invocation, "arguments" | "words">): readonly Word[] {
  if (given.unknown.length === 0) return given.operands;
  return words.filter((word) => given.operands.includes(word) || (given.unknown.includes(word) && !namesOptions(word)));
}

/**
 * The same for a copy, whose last operand is the destination: one that is known stays the last, whatever expansion
 * follows it, as long as it has a source.
 */
export function copyOperands(invocation: Pick<Invocation, "arguments" | "words">): readonly Word[] {
  const { operands } = invocation.arguments;
  const all = operandsOf(invocation);
  const last = operands.at(-1);
  return last === undefined || operands.length < 2 ? all : all.slice(0, all.indexOf(last) + 1);
}
