// Records → lines of CSV (RFC 4180) for spreadsheets.
import { type AuditRecord, verdictOf } from "./audit.ts";

const columns = {
  time: ({ time }) => time,
  id: ({ id }) => id,
  face: ({ face }) => face,
  user: ({ user }) => user,
  cwd: ({ cwd }) => cwd ?? "",
  decision: ({ decision }) => decision,
  outcome: verdictOf,
  rules: ({ rules }) => rules.join("; "),
  actions: ({ requests }) => several(requests.map(({ action }) => action)),
  hosts: ({ requests }) => several(requests.map(({ host }) => host)),
  paths: ({ requests }) => several(requests.flatMap(({ path }) => path ?? [])),
  route: ({ route }) => route ?? "",
  text: ({ text }) => text ?? "",
} satisfies Record<string, (record: AuditRecord) => string>;

export const csvHead = csvLine(Object.keys(columns));

export function csvOf(record: AuditRecord): string {
  return csvLine(Object.values(columns).map((of) => of(record)));
}

function several(values: readonly string[]): string {
  return [...new Set(values)].join("; ");
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

/** A spreadsheet runs what begins like a formula, and a line on record is anybody's text. */
function cell(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
