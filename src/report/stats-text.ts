// Counts of records → tables for people.
import { columns } from "./columns.ts";
import { oneLine } from "./mask.ts";
import type { Style } from "./style.ts";

interface Count {
  readonly name: string;
  readonly records: number;
  readonly refused: number;
}

interface Stats {
  readonly records: number;
  readonly damaged: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by: Readonly<Record<string, readonly Count[]>>;
}

const mostRows = 10;

/** `only`: the aspect to show whole; default: the first few of each. Ends in a newline. */
export function statsText(
  { records, damaged, from, to, by }: Stats,
  { style, width, only }: { readonly style: Style; readonly width: number; readonly only?: string | undefined },
): string {
  const period = from === undefined || to === undefined ? "" : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const head = `${records} records${period}${damaged > 0 ? `; ${damaged} damaged lines are not counted` : ""}`;
  const tables = Object.entries(by)
    .filter(([aspect]) => only === undefined || aspect === only)
    .flatMap(([aspect, counts]) => (counts.length === 0 ? [] : ["", style.strong(row(aspect, "records", "refused", width)), ...rows(counts, width, only === undefined)]));
  return `${[head, ...tables].join("\n")}\n`;
}

function rows(counts: readonly Count[], width: number, few: boolean): readonly string[] {
  const shown = few ? counts.slice(0, mostRows) : counts;
  const lines = shown.map(({ name, records, refused }) => row(name, `${records}`, `${refused}`, width));
  return shown.length < counts.length ? [...lines, `and ${counts.length - shown.length} more`] : lines;
}

function row(name: string, records: string, refused: string, width: number): string {
  const room = Math.min(width, 80) - 20;
  const text = oneLine(name, room);
  return `${text}${" ".repeat(Math.max(room - columns(text), 0))}${records.padStart(10)}${refused.padStart(10)}`;
}
