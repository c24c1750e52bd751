// How wide what is shown may be.
import { isTerminal } from "./descriptor.ts";

/** Columns, where no terminal says how many there are. */
export const defaultWidth = 110;

/** Columns of standard output (1) or standard error (2). */
export function widthOn(descriptor: 1 | 2): number {
  if (!isTerminal(descriptor)) return defaultWidth;
  return (descriptor === 1 ? process.stdout : process.stderr).columns;
}
