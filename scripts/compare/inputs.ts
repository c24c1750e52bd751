// What the guards are asked: tests/comparison/inputs.jsonl, written down before any of them was.
import { readFileSync } from "node:fs";

/** `change`: of a server. `look-alike`: harmless, and close to one. `local`: destructive, but not of a server: what others are made for. */
export type Kind = "change" | "look-alike" | "local";

export interface Input {
  readonly class: string;
  readonly kind: Kind;
  readonly line: string;
}

export const inputFile = "tests/comparison/inputs.jsonl";

/** From the repository's root, where npm runs scripts. */
export function readInputs(file = inputFile): readonly Input[] {
  const rows = readFileSync(file, "utf8").trimEnd().split("\n");
  return rows.map((row): Input => JSON.parse(row));
}

/** In the order of the file. */
export function classesOf(inputs: readonly Input[], kind: Kind): readonly string[] {
  return [...new Set(inputs.filter((each) => each.kind === kind).map((each) => each.class))];
}
