// Operands where some words are unquoted expansions: `$FILES` stands for operands, `$OPTIONS` most likely for none.
import { maySplit, show, type Word } from "../syntax/word.ts";
import { locationOf } from "./location.ts";
import type { Invocation } from "./utility.ts";

/** A parameter named for options, or one whose only known value is an option: `$SSH_OPTS`, `${QUIET:+--quiet}`. */
export function namesOptions(word: Word): boolean {
  return /opt|arg|flag|param|\[[@*]\]|:?[+-]-/i.test(show(word));
}

/** Operands in their order, unquoted expansions among them unless their names say that they hold options. */
export function operandsOf({ arguments: given }: Pick<Invocation, "arguments">): readonly Word[] {
  return given.candidates.filter((word) => !given.unknown.includes(word) || !namesOptions(word));
}

/**
 * The same for a copy, whose last operand is the destination: a remote one that is known stays the last as long as a
 * local one that is known comes before it, for an expansion that follows may be no word at all.
 */
export function copyOperands(invocation: Pick<Invocation, "arguments">): readonly Word[] {
  const all = operandsOf(invocation);
  const last = all.findLast((word) => !maySplit(word));
  const uploads = last !== undefined && locationOf(last).kind === "remote" && all.some((word) => !maySplit(word) && locationOf(word).kind === "local");
  return uploads ? all.slice(0, all.indexOf(last) + 1) : all;
}
