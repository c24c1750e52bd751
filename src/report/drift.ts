// What differs between the workspace and a server, as a table, as a diff and as JSON.
import { structuredPatch } from "diff";
import { columns } from "./columns.ts";
import { oneLine, shown } from "./mask.ts";
import type { Style } from "./style.ts";

export interface Difference {
  readonly state: "changed" | "missing there" | "missing here";
  /** Below the workspace's root. */
  readonly local: string;
  readonly remote: string;
}

export interface Comparison {
  readonly local: string;
  readonly remote: string;
  /** Files that are only on one side were not asked for. */
  readonly partial: boolean;
}

export interface Drift {
  readonly vm: string;
  readonly address: string;
  readonly differences: readonly Difference[];
  readonly compared: readonly Comparison[];
}

/** Ends in a newline. */
export function driftText({ vm, address, differences, compared }: Drift, style: Style): string {
  const host = `${vm} (${address})`;
  if (differences.length === 0) {
    const places = compared.map(({ local, remote, partial }) => [local || ".", remote, partial ? "what is there already" : ""]);
    return `${host}: ${compared.length === 0 ? "nothing of the workspace is there" : "the same"}\n${table(places)}`;
  }
  const rows = differences.map(({ state, local, remote }) => [state, local, remote]);
  return `${style.strong(`${host}: ${differences.length} ${differences.length === 1 ? "difference" : "differences"}`)}\n${table(rows)}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => oneLine(cell)));
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => columns(row[index] ?? ""))));
  return cells
    .map(
      (row) =>
        `  ${row
          .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - columns(cell)))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** Unified: from what the server has to what the workspace has. Control characters and secrets are left out. */
export function diffText({ vm }: Drift, { local, remote }: Difference, there: string, here: string, style: Style): string {
  if (there.includes("\0") || here.includes("\0")) return `${oneLine(local)}: not text\n`;
  const { hunks } = structuredPatch(remote, local, shown(there).text, shown(here).text, "", "", { context: 3 });
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: changed }) => [
    style.command(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...changed.map((line) => (line.startsWith("-") ? style.bad(line) : line.startsWith("+") ? style.strong(line) : line)),
  ]);
  return [style.quiet(`--- ${vm}:${oneLine(remote)}`), style.quiet(`+++ ${oneLine(local)}`), ...lines, ""].join("\n");
}
