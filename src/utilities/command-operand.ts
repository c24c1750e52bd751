// The command that starts at one of a utility's operands: `docker exec web rm f`, `uv run python x.py`.
import type { Word } from "../syntax/word.ts";
import { operandsOf } from "./operand-list.ts";
import type { Invocation } from "./utility.ts";

/** The words from operand `from` to the end; none where there are fewer operands. */
export function commandFrom(invocation: Invocation, from: number): readonly Word[] {
  const first = operandsOf(invocation)[from];
  return first === undefined ? [] : invocation.words.slice(invocation.words.indexOf(first));
}
