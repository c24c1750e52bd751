// What a scan found, in words and as JSON: where it stands, what it would do, why not, and what to do instead.
import type { PolicySet, Span } from "../decide.ts";
import type { Finding } from "../scan.ts";
import { wrap } from "./columns.ts";
import { excerpt } from "./excerpt.ts";
import { oneLine } from "./mask.ts";
import { adviceLines } from "./refusal.ts";
import type { Style } from "./style.ts";
import { describe, noteOf } from "./wording.ts";

/** Lines and columns from 1, columns in UTF-16 units; the end is behind the last character. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: Place;
  /** The line that it begins in. */
  readonly line: string;
  /** The same for the same line elsewhere in the same file. */
  readonly fingerprint: string;
}

export interface PlacedNote {
  readonly place: Place;
  readonly message: string;
}

/** All that a scan has to tell. */
export interface ScanReport {
  readonly findings: readonly PlacedFinding[];
  /** The documents exempt them. */
  readonly ignored: readonly PlacedFinding[];
  /** They were there when the baseline was made. */
  readonly known: readonly PlacedFinding[];
  /** What only run time tells. */
  readonly undecided: readonly PlacedNote[];
  readonly skipped: readonly { readonly file: string; readonly why: string }[];
  /** Approved routes, of which nothing is a finding. */
  readonly routes: readonly string[];
  readonly files: number;
  readonly pieces: number;
  readonly policies: PolicySet;
}

export function placeOf(file: string, text: string, { start, end }: Span): Place {
  const [line, column] = position(text, start);
  const [endLine, endColumn] = position(text, end);
  return { file, line, column, endLine, endColumn };
}

function position(text: string, offset: number): readonly [line: number, column: number] {
  const before = text.slice(0, offset);
  return [before.split("\n").length, offset - before.lastIndexOf("\n")];
}

export function messageOf({ requests }: Finding, policies: PolicySet): string {
  return `this would ${describe(requests, policies)}`;
}

/** For people. A rule's reason is given with the first finding of it. Ends in a newline. */
export function findingsText(report: ScanReport, style: Style, width: number): string {
  const explained = new Set<string>();
  const parts = report.findings.map(({ finding, place, line }) => {
    const first = !explained.has(finding.rule);
    explained.add(finding.rule);
    const [request] = finding.requests;
    const part = excerpt(line, { start: place.column - 1, end: place.endLine === place.line ? place.endColumn - 1 : line.length }, width - 2);
    const space = /^ */.exec(part.mark)?.[0] ?? "";
    return [
      `${style.strong(`${oneLine(place.file)}:${place.line}:${place.column}`)}: ${messageOf(finding, report.policies)} ${style.quiet(`[${finding.rule}]`)}`,
      `  ${part.line}`,
      `  ${space}${style.bad(part.mark.slice(space.length))}${request === undefined ? "" : ` ${noteOf(request)}`}`,
      ...(first ? wrap(finding.reason, width - 2).map((each) => `  ${each}`) : []),
      ...adviceLines(finding.advice, style, width),
      "",
    ].join("\n");
  });
  return `${[...parts, ...summary(report)].join("\n")}\n`;
}

function summary({ findings, ignored, known, undecided, skipped, routes, files, pieces }: ScanReport): readonly string[] {
  const extra = [
    [ignored.length, "ignored by a comment"],
    [known.length, "in the baseline"],
    [undecided.length, "left to run time, where the shell judges them (`--format json` lists them)"],
    [routes.length, routes.length === 1 ? "approved route, not looked at" : "approved routes, not looked at"],
  ] as const;
  return [
    ...skipped.map(({ file, why }) => `${oneLine(file)}: not looked at: ${oneLine(why)}`),
    `${counted(findings.length, "finding")} in ${counted(pieces, "piece")} of shell code of ${counted(files, "file")}`,
    ...extra.filter(([count]) => count > 0).map(([count, what]) => `  ${count} ${what}`),
  ];
}

function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}

/** Fields are added to, never changed. */
export function findingsJson(report: ScanReport): unknown {
  const finding = ({ finding: found, place, line, fingerprint }: PlacedFinding) => ({
    ...place,
    rule: found.rule,
    message: messageOf(found, report.policies),
    reason: found.reason,
    text: oneLine(line),
    advice: found.advice,
    fingerprint,
  });
  return {
    findings: report.findings.map(finding),
    ignored: report.ignored.map(finding),
    baseline: report.known.map(finding),
    undecided: report.undecided.map(({ place, message }) => ({ ...place, message: oneLine(message) })),
    skipped: report.skipped,
    routes: report.routes,
    files: report.files,
    pieces: report.pieces,
  };
}
