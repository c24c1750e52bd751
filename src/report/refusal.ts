// A Response that refuses → what a person reads: what it would do, where the text says so, why, and what to do instead.
import type { Advice, Denial, PolicySet, Response, Span } from "../decide.ts";
import { quoteWords } from "../policy/command.ts";
import { columns, wrap } from "./columns.ts";
import { excerpt } from "./excerpt.ts";
import { oneLine } from "./mask.ts";
import type { Style } from "./style.ts";
import { describe, hostName, noteOf } from "./wording.ts";

export interface RefusalOptions {
  readonly policies: PolicySet;
  readonly style: Style;
  /** Columns to fill. */
  readonly width: number;
  /** A person sits at a terminal. */
  readonly person?: boolean | undefined;
}

const mostRules = 4;
const mostMarks = 3;
const widest = 110;
const longestRepeated = 400;

/** For people, on standard error. Ends in a newline. */
export function refusal(line: string, response: Response, options: RefusalOptions): string {
  const width = Math.max(Math.min(options.width, widest), 40);
  const groups = grouped(response.denials);
  const shownGroups = groups.slice(0, mostRules);
  const seen = new Set<number>();
  const lines = shownGroups.flatMap((group, index) => denialLines(line, group, index === 0 ? "refused" : "also refused", { ...options, width }, seen));
  if (groups.length === 0) lines.push(...unknownLines(line, response, { ...options, width }));
  if (groups.length > mostRules) lines.push(`  and ${groups.length - mostRules} more rules refuse it`);
  return `${[...lines, ...adviceLines(response.advice, options.style, width), ...emergencyLines(line, response, options)].join("\n")}\n`;
}

/** Where the policy has a way for emergencies, and a person could take it. */
function emergencyLines(line: string, { denials }: Response, { policies, person, style }: RefusalOptions): readonly string[] {
  const known = denials.length > 0 && denials.every(({ request: { host } }) => host.kind === "remote" && host.known);
  if (policies.settings["break-glass"] !== "on" || person !== true || !known) return [];
  // What would be masked or cut is not shown again.
  const command = (oneLine(line, longestRepeated) === line ? quoteWords(["autobotctl", "break-glass", line]) : undefined) ?? "autobotctl break-glass LINE";
  return ["  In an emergency, on record and with a follow-up due:", `    ${style.command(command)}`];
}

function grouped(denials: readonly Denial[]): readonly (readonly Denial[])[] {
  const groups = new Map<string, Denial[]>();
  for (const denial of denials) groups.set(denial.rule.id, [...(groups.get(denial.rule.id) ?? []), denial]);
  return [...groups.values()];
}

/** `seen`: where the words start that have been pointed at. */
function denialLines(line: string, group: readonly Denial[], verdict: string, options: RefusalOptions, seen: Set<number>): readonly string[] {
  const [denial] = group;
  if (denial === undefined) return [];
  const { style, width, policies } = options;
  const title = `this would ${describe(
    group.map(({ request }) => request),
    policies,
  )}`;
  const places = group.map(({ request }) => ({ span: request.span, note: noteOf(request) })).filter(({ span }) => !seen.has(span.start));
  for (const { span } of places) seen.add(span.start);
  return [headline(verdict, title, denial.rule.id, options), ...marks(line, places, style, width), ...wrap(denial.rule.reason, width - 2).map((each) => `  ${each}`)];
}

function headline(verdict: string, title: string, rule: string, { style, width }: RefusalOptions): string {
  const left = `autobot-sh: ${verdict}: ${title}`;
  const tag = `[${rule}]`;
  const gap = width - columns(left) - columns(tag);
  const painted = `autobot-sh: ${style.bad(verdict)}: ${style.strong(title)}`;
  return gap < 2 ? `${painted}\n  ${style.quiet(tag)}` : `${painted}${" ".repeat(gap)}${style.quiet(tag)}`;
}

interface Mark {
  readonly span: Span;
  readonly note: string | undefined;
}

/** The first few places, each once; places in the same line of text share the line. */
function marks(line: string, places: readonly Mark[], style: Style, width: number): readonly string[] {
  const distinct = [...new Map(places.map((each) => [each.span.start, each])).values()].slice(0, mostMarks);
  const lines: string[] = [];
  let previous: string | undefined;
  for (const { span, note } of distinct) {
    const part = excerpt(line, span, width - 2);
    if (part.line !== previous) lines.push(`  ${part.line}`);
    lines.push(...underlined(part.mark, note, style, width));
    previous = part.line;
  }
  return lines;
}

function underlined(mark: string, note: string | undefined, style: Style, width: number): readonly string[] {
  const text = note === undefined ? "" : ` ${note}`;
  const space = /^ */.exec(mark)?.[0] ?? "";
  const painted = `  ${space}${style.bad(mark.slice(space.length))}`;
  if (columns(mark) + columns(text) + 2 <= width) return [`${painted}${text}`];
  return [painted, `  ${" ".repeat(Math.max(width - 2 - columns(text), 0))}${text.trimStart()}`];
}

/** What could not be known is refused for that alone. */
function unknownLines(line: string, response: Response, options: RefusalOptions): readonly string[] {
  const [unknown] = response.unknowns;
  if (unknown === undefined) return [headline("refused", "this cannot be judged", "indeterminate", options)];
  const { style, width, policies } = options;
  const where = unknown.host.kind === "local" ? "" : ` on ${hostName(unknown.host, policies)}`;
  const reason = "What cannot be read before it runs is refused where a server is in reach: it could change one by hand. Nothing was run.";
  return [
    headline("refused", `the text does not tell what this would do${where}`, "indeterminate", options),
    ...marks(
      line,
      response.unknowns.map(({ span, message }) => ({ span, note: oneLine(message, 120) })),
      style,
      width,
    ),
    ...wrap(reason, width - 2).map((each) => `  ${each}`),
    "  Instead:",
    "    write the host and the command out in full, one command at a time",
  ];
}

/** Neighbours with the same heading share it; a command is shown once, and a heading with nothing new below it not at all. */
export function adviceLines(advice: readonly Advice[], style: Style, width: number): readonly string[] {
  const lines: string[] = [];
  const commands = new Set<string>();
  let heading: string | undefined;
  for (const { say, run } of advice) {
    if (run !== undefined && commands.has(run)) continue;
    if (say !== heading) lines.push(...wrap(say, width - 2).map((each) => `  ${each}`));
    heading = say;
    if (run === undefined) continue;
    commands.add(run);
    lines.push(`    ${style.command(run)}`);
  }
  return lines;
}
