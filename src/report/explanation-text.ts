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
  const summary = wrap(explanation.summary, width).map((each) => (explanation.effective === "deny" ? style.bad(each) : style.strong(each)));
  const commands = explanation.commands.flatMap((command, index) => ["", ...commandLines(command, index, explanation, options)]);
  return `${[...summary, ...commands, ...verdictLines(explanation, options)].join("\n")}\n`;
}

/** What is not known, the rules that refuse and those that nearly do, and the advice with its own judgement. */
export function verdictLines(explanation: Explanation, { style, width }: TextOptions): readonly string[] {
  const { unknown, rules, nearly } = explanation;
  const parts: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["not known from the text", unknown.flatMap(({ message, host }) => indented(`${message}, on ${host}`, 2, width))],
    ["refused by", rules.flatMap(({ id, denies, reason }) => [...indented(`${id}: it would ${denies}`, 2, width), ...indented(reason, 4, width)])],
    ["not refused by, but nearly", nearlyLines(nearly, width)],
    ["instead", adviceLines(explanation, { style, width })],
  ];
  return parts.flatMap(([title, lines]) => (lines.length === 0 ? [] : ["", style.strong(title), ...lines]));
}

/** Where it stands in the line, what it is and what it asks for. */
function commandLines(command: CommandExplanation, index: number, { line }: Explanation, { style, width }: TextOptions): readonly string[] {
  const { line: shownLine, mark } = excerpt(line, command.span, width - 4);
  const number = `${index + 1}. `;
  return [`${number}${shownLine}`, `${" ".repeat(number.length)}${style.command(mark)}`, ...detailLines(command, width - 3).map((each) => `   ${each}`)];
}

/** Without its place in the line. */
export function detailLines(command: CommandExplanation, width: number): readonly string[] {
  const { utility, host, hops, inFile, words, options, requests } = command;
  return [
    ...(command.depth > 0 ? indented(`runs: ${command.text}`, 0, width) : []),
    ...indented(hops.length === 0 ? `on ${host}` : `reached by ${hops.map((hop) => `${hop.utility} on ${hop.host}`).join(", then ")}; runs on ${host}`, 0, width),
    ...(inFile ? ["in a program file that the line runs"] : []),
    ...(words.length > 0 && utility === undefined ? ["nothing is known of this utility"] : []),
    ...words.flatMap(({ why }) => why.flatMap((each) => indented(each, 0, width))),
    ...options.flatMap(({ name, argument, without }) =>
      indented(`${name}${argument === undefined ? "" : ` ${argument}`}${without === undefined ? ": makes no difference" : `: without it ${without}`}`, 0, width),
    ),
    ...requests.flatMap(({ phrase, path, name, rules }) =>
      indented(
        `asks to ${phrase}${path === undefined ? "" : `: ${path}`}${name === undefined ? "" : ` (${name})`}; ${rules.length > 0 ? `denied by ${rules.join(", ")}` : "no rule denies it"}`,
        0,
        width,
      ),
    ),
  ];
}

const mostNear = 6;

/** Rules of a policy that miss the same request for the same kind of reason share a line. */
function nearlyLines(nearly: readonly NearMissExplanation[], width: number): readonly string[] {
  const groups = new Map<string, { readonly first: NearMissExplanation; readonly more: number }>();
  for (const each of nearly) {
    const key = JSON.stringify([each.rule.split("/")[0], each.but.split(":")[0], each.request]);
    const group = groups.get(key);
    groups.set(key, group === undefined ? { first: each, more: 0 } : { ...group, more: group.more + 1 });
  }
  const lines = [...groups.values()]
    .slice(0, mostNear)
    .flatMap(({ first: { rule, request, but }, more }) => indented(`${rule}${more > 0 ? ` and ${more} more` : ""}: ${request}; ${but}`, 2, width));
  return groups.size > mostNear ? [...lines, `  and ${groups.size - mostNear} more; all with \`--json\``] : lines;
}

function adviceLines({ advice }: Explanation, { style, width }: TextOptions): readonly string[] {
  let heading: string | undefined;
  return advice.flatMap(({ say, run, judged, rules }) => {
    const lines = say === heading ? [] : indented(say, 2, width);
    heading = say;
    if (run === undefined) return lines;
    return [
      ...lines,
      ...run.split("\n").map((each) => `    ${style.command(each)}`),
      `      judged: ${judged === "permit" ? "permitted" : `left out, refused by ${rules.join(", ")}`}`,
    ];
  });
}

function indented(text: string, by: number, width: number): readonly string[] {
  return wrap(text, Math.max(width - by, 20)).map((each) => " ".repeat(by) + each);
}
