// What `autobotctl doctor` has found, in words.

export interface Finding {
  /** What was looked at: one word or two. */
  readonly of: string;
  /**
   * `warning`: it works, with something missing or slower. `fault`: it does not do what it is for. Of an agent: `proven` by a refusal,
   * `not proven`, or `broken`, which is a fault.
   */
  readonly state: "ok" | "warning" | "fault" | "proven" | "not proven" | "broken";
  readonly found: string;
  /** The way out. */
  readonly mend?: string | undefined;
}

export interface Examination {
  readonly version: string;
  readonly root: string;
  readonly findings: readonly Finding[];
  /** What is not seen even where all is well, and what helps. */
  readonly unseen: readonly { readonly way: string; readonly helps: string }[];
}

const longest = "not proven";
/** The columns around what was looked at. */
const margin = 2 + longest.length + 2 + 2;

export function doctorText({ version, root, findings, unseen }: Examination): string {
  const width = Math.max(...findings.map((each) => each.of.length));
  const indented = (text: string) => text.replaceAll("\n", `\n${" ".repeat(width + margin)}`);
  return [
    `autobot-sh ${version}, installed in ${root}`,
    ...findings.flatMap(({ of, state, found, mend }) => [
      `  ${state.padEnd(longest.length)}  ${of.padEnd(width)}  ${indented(found)}`,
      ...(mend === undefined ? [] : [`${" ".repeat(width + margin)}${indented(mend)}`]),
    ]),
    "",
    "Not seen, whatever stands above:",
    ...unseen.map(({ way, helps }) => `  ${way}${helps === "" ? "" : `\n    what helps: ${helps}`}`),
    "",
  ].join("\n");
}
