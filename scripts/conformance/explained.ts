// The table of docs/conformance.md: the differences that are known, each with its reason.
import { readFileSync } from "node:fs";

export interface Explained {
  readonly suite: string;
  readonly name: string;
}

/** Rows that begin with a suite and a case in backticks. */
export function readExplained(file: string): readonly Explained[] {
  const rows = readFileSync(file, "utf8").matchAll(/^\| (\w+) \| `([^`]+)` \|/gm);
  return [...rows].map(([, suite = "", name = ""]) => ({ suite, name }));
}
