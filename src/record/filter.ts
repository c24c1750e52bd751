// What a person types to find records → a test of the record's lines. `user:ann host:172 rule:remote-editing decision:refused rm`.
import { type AuditLine, type AuditRecord, parseLine, verdictOf } from "./audit.ts";

export interface RecordFilter {
  /** RFC 3339 in UTC, inclusive. */
  readonly since?: string | undefined;
  /** Exclusive. */
  readonly until?: string | undefined;
  readonly terms: readonly Term[];
}

interface Term {
  /** Undefined: anywhere. */
  readonly field?: Field | undefined;
  /** In lower case. */
  readonly text: string;
}

const fields = {
  user: ({ user }) => [user],
  host: ({ requests }) => requests.map(({ host }) => host),
  rule: ({ rules }) => rules,
  decision: (record) => [record.decision, record.effective, verdictOf(record)],
  face: ({ face }) => [face],
  path: ({ requests }) => requests.flatMap(({ path }) => path ?? []),
  route: ({ route }) => (route === undefined ? [] : [route]),
} satisfies Record<string, (record: AuditRecord) => readonly string[]>;

type Field = keyof typeof fields;

/** Words separated by spaces, of which each has to hold. A word with a field that is none is looked for as it stands. */
export function parseFilter(text: string): RecordFilter {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return { terms: words.map(termOf).filter((term) => term.text !== "") };
}

function termOf(word: string): Term {
  const colon = word.indexOf(":");
  const field = word.slice(0, Math.max(colon, 0));
  return isField(field) ? { field, text: word.slice(colon + 1) } : { text: word };
}

function isField(word: string): word is Field {
  return Object.hasOwn(fields, word);
}

/** The line where the filter holds. A damaged line has no fields and no time: it passes where no term is asked for. */
export function filtered(json: string, filter: RecordFilter): AuditLine | undefined {
  const { terms, since, until } = filter;
  if (terms.length === 0 && since === undefined && until === undefined) return parseLine(json);
  // Most lines are told by their bytes, before they are parsed.
  const folded = json.toLowerCase();
  if (!terms.every(({ field, text }) => field === "decision" || folded.includes(JSON.stringify(text).slice(1, -1)))) return undefined;
  const line = parseLine(json);
  if (!("record" in line)) return terms.length === 0 ? line : undefined;
  const { record } = line;
  if ((since !== undefined && record.time < since) || (until !== undefined && record.time >= until)) return undefined;
  return terms.every(({ field, text }) => field === undefined || fields[field](record).some((value) => value.toLowerCase().includes(text))) ? line : undefined;
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `2026-01-31`, an RFC 3339 time, or how long ago: `90m`, `24h`, `7d`. Undefined: none of these. */
export function timeOf(text: string, now = new Date()): string | undefined {
  const ago = /^(\d+)([mhd])$/.exec(text);
  if (ago !== null) return new Date(now.getTime() - Number(ago[1]) * units[ago[2] as keyof typeof units]).toISOString();
  if (!/^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
