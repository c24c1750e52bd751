// Whether, and how, messages are coloured.

export interface Style {
  /** What went wrong. */
  bad(text: string): string;
  /** What stands out. */
  strong(text: string): string;
  /** What can be typed. */
  command(text: string): string;
  /** What may be skipped. */
  quiet(text: string): string;
}

export const plain: Style = { bad: same, strong: same, command: same, quiet: same };

// SGR (ECMA-48 8.3.117), each undone by its own code so that colours can nest.
const coloured: Style = { bad: sgr(31, 39), strong: sgr(1, 22), command: sgr(36, 39), quiet: sgr(2, 22) };

/** The conventions of no-color.org and force-color.org; an empty value counts as unset. */
export function styleFor(environment: Readonly<Record<string, string | undefined>>, terminal: boolean): Style {
  const force = environment["FORCE_COLOR"];
  if (force !== undefined && force !== "") return force === "0" || force === "false" ? plain : coloured;
  if (environment["NO_COLOR"] !== undefined && environment["NO_COLOR"] !== "") return plain;
  return terminal && environment["TERM"] !== "dumb" ? coloured : plain;
}

function same(text: string): string {
  return text;
}

function sgr(on: number, off: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
