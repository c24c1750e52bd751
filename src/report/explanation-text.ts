// An Explanation → text for people, no wider than asked.
import { wrap } from "./columns.ts";
import { excerpt } from "./excerpt.ts";
import type { CommandExplanation, Explanation, NearMissExplanation } from "./explanation.ts";
import type { Style } from "./style.ts";

export interface TextOptions {
  readonly style: Style;
  /** Columns to fill. */
  readonly width: number;
}

/** Ends in a newline. */
export function explanationText(explanation: Explanation, options: TextOptions): string {
  const { style, width } = options;
  const title = (text: string) => ["", style.strong(text)];
  const { commands, rules, nearly, advice, unknown } = explanation;
  const lines = [
    ...wrap(explanation.summary, width).map((each) => (explanation.effective === "deny" ? style.bad(each) : style.strong(each))),
    ...commands.flatMap((command, index) => ["", ...commandLines(command, index, explanation, options)]),
    ...(unknown.length === 0 ? [] : [...title("not known from the text"), ...unknown.flatMap(({ message, host }) => indented(`${message}, on ${host}`, 2, width))]),
    ...(rules.length === 0 ? [] : [...title("refused by"), ...rules.flatMap(({ id, denies, reason }) => [...indented(`${id}: ${denies}`, 2, width), ...indented(reason, 4, width)])]),
    ...(nearly.length === 0 ? [] : [...title("not refused by, but nearly"), ...nearlyLines(nearly, options)]),
    ...(advice.length === 0 ? [] : [...title("instead"), ...adviceLines(explanation, options)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Where it stands in the line, what it is and what it asks for. */
export function commandLines(command: CommandExplanation, index: number, { line }: Explanation, { style, width }: TextOptions): readonly string[] {
  const { line: shownLine, mark } = excerpt(line, command.span, width - 4);
  const number = `${index + 1}. `;
  return [
    `${number}${shownLine}`,
    `${" ".repeat(number.length)}${style.command(mark)}`,
    ...detailLines(command, width - 3).map((each) => `   ${each}`),
  ];
}

/** Without its place in the line. */
export function detailLines(command: CommandExplanation, width: number): readonly string[] {
  const { utility, host, hops, inFile, words, options, requests } = command;
  const route = [...hops.map((hop) => `${hop.utility} on ${hop.host}`), `here on ${host}`];
  return [
    ...(command.depth > 0 ? indented(`runs: ${command.text}`, 0, width) : []),
    ...indented(hops.length === 0 ? `on ${host}` : `reached: ${route.slice(0, -1).join(", then ")}; runs on ${host}`, 0, width),
    ...(inFile ? ["in a program file that the line runs"] : []),
    ...(words.length > 0 && utility === undefined ? ["nothing is known of this utility"] : []),
    ...words.flatMap(({ why }) => why.flatMap((each) => indented(each, 0, width))),
    ...options.flatMap(({ name, argument, without }) =>
      indented(`${name}${argument === undefined ? "" : ` ${argument}`}${without === undefined ? ": makes no difference" : `: without it ${without}`}`, 0, width),
    ),
    ...requests.flatMap(({ action, path, name, rules }) =>
      indented(`asks to ${action}${path === undefined ? "" : ` ${path}`}${name === undefined ? "" : ` (${name})`}: ${rules.length > 0 ? `denied by ${rules.join(", ")}` : "no rule denies it"}`, 0, width),
    ),
  ];
}

const mostNear = 6;

/** Rules that miss for the same kind of reason share a line. */
function nearlyLines(nearly: readonly NearMissExplanation[], { width }: TextOptions): readonly string[] {
  const groups = Map.groupBy(nearly, ({ rule, but, request }) => `${rule.split("/")[0]} ${but.split(":")[0]} ${request}`);
  const lines = [...groups.values()].map((group) => ({ first: group[0], more: group.length - 1 }));
  const shown = lines.slice(0, mostNear).flatMap(({ first, more }) => (first === undefined ? [] : indented(`${first.rule}${more > 0 ? ` and ${more} more` : ""}: ${first.request}; ${first.but}`, 2, width)));
  return lines.length > mostNear ? [...shown, `  and ${lines.length - mostNear} more; all with \`--json\``] : shown;
}

function adviceLines({ advice }: Explanation, { style, width }: TextOptions): readonly string[] {
  let heading: string | undefined;
  return advice.flatMap(({ say, run, judged, rules }) => {
    const lines = say === heading ? [] : indented(say, 2, width);
    heading = say;
    if (run === undefined) return lines;
    return [...lines, ...run.split("\n").map((each) => `    ${style.command(each)}`), `      judged: ${judged === "permit" ? "permitted" : `left out, refused by ${rules.join(", ")}`}`];
  });
}

function indented(text: string, by: number, width: number): readonly string[] {
  return wrap(text, Math.max(width - by, 20)).map((each) => " ".repeat(by) + each);
}
