// What was found for a policy of one's own → text: rows that can be chosen, what is minded, and the difference that it would make.
import { structuredPatch } from "diff";
import { columns, wrap } from "./columns.ts";
import { oneLine } from "./mask.ts";
import type { Style } from "./style.ts";

/** A host, or a way to one. */
export interface SurveyRow {
  readonly name: string;
  /** Addresses, or how it is called. */
  readonly what: string;
  /** Where it is from, or why it is not chosen. */
  readonly remark: string;
  readonly chosen: boolean;
}

export interface SurveyView {
  readonly sources: readonly string[];
  readonly hosts: readonly SurveyRow[];
  readonly ways: readonly SurveyRow[];
  readonly user: string;
  readonly key: string;
  readonly compose: readonly string[];
  readonly notes: readonly string[];
}

export function surveyLines({ sources, hosts, ways, user, key, compose, notes }: SurveyView, width: number, style: Style): readonly string[] {
  return [
    ...wrap(`read: ${sources.length === 0 ? "nothing, there was nothing to read" : sources.map((each) => oneLine(each)).join(", ")}`, width),
    "",
    style.strong(`hosts: ${chosenOf(hosts)}`),
    ...rowLines(hosts, width),
    style.strong(`ways to them: ${chosenOf(ways)}`),
    ...rowLines(ways, width),
    `account there: ${user === "" ? "ssh's own choice" : oneLine(user)}`,
    ...wrap(`key that a transfer has to name: ${key === "" ? "none, ssh chooses" : oneLine(key)}`, width),
    ...(compose.length === 0 ? [] : wrap(`compose files: ${compose.map((each) => oneLine(each)).join(", ")}`, width)),
    ...noteLines(notes, width),
  ];
}

function chosenOf(rows: readonly SurveyRow[]): string {
  const count = rows.filter(({ chosen }) => chosen).length;
  return count === rows.length ? `${count}` : `${count} of ${rows.length}`;
}

function rowLines(rows: readonly SurveyRow[], width: number): readonly string[] {
  const widest = nameWidth(rows, width);
  return rows.map((row) => `  ${rowText(row, widest, width - 2)}`);
}

export function nameWidth(rows: readonly SurveyRow[], width: number): number {
  return Math.min(Math.max(0, ...rows.map(({ name }) => columns(name))), Math.floor(width / 3));
}

/** One line of at most `width` columns: `[x] web1  10.0.0.5  inventory`. */
export function rowText({ name, what, remark, chosen }: SurveyRow, widest: number, width: number): string {
  const shown = oneLine(name);
  const text = `[${chosen ? "x" : " "}] ${shown}${" ".repeat(Math.max(widest - columns(shown), 0))}  ${oneLine(what)}${what === "" || remark === "" ? "" : "  "}${oneLine(remark)}`;
  return columns(text) <= width ? text : `${[...text].slice(0, Math.max(width - 1, 0)).join("")}…`;
}

export function noteLines(notes: readonly string[], width: number): readonly string[] {
  return notes.length === 0
    ? []
    : ["mind:", ...notes.flatMap((note) => note.split("\n").flatMap((line, index) => wrap(line, width - 4).map((each) => `${index === 0 ? "  " : "    "}${each}`)))];
}

/** As `diff -u`, empty where nothing changes. */
export function policyDiff(file: string, before: string, after: string, style: Style): readonly string[] {
  if (before === after) return [];
  const { hunks } = structuredPatch(file, file, before, after, "", "", { context: 3 });
  return [
    style.quiet(`--- ${before === "" ? "/dev/null" : oneLine(file)}`),
    style.quiet(`+++ ${oneLine(file)}`),
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      style.command(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
      ...lines.map((line) => (line.startsWith("-") ? style.bad(line) : line.startsWith("+") ? style.strong(line) : line)),
    ]),
  ];
}
