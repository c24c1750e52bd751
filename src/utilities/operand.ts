// Operands that begin a command of their own (`docker exec web rm f`), where words before it may be several or none.
import type { Word } from "../syntax/word.ts";
import type { Invocation } from "./utility.ts";

/**
 * The command after the first `from` operands, once for each reading of the words that only run time divides: as
 * operands (`docker exec $web rm f`) and as options (`docker exec $OPTIONS web rm f`). None where no words are left.
 */
export function commandsFrom({ arguments: given }: Pick<Invocation, "arguments">, from: number): readonly (readonly Word[])[] {
  const asOperands = given.candidates.slice(from);
  const asOptions = given.operands.slice(from);
  const readings = asOperands.length === asOptions.length ? [asOperands] : [asOperands, asOptions];
  return readings.filter((words) => words.length > 0);
}
