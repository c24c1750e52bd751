// The record → counts: by rule, host, user, decision and day.
import { type AuditRecord, verdictOf } from "./audit.ts";

export interface RecordStats {
  readonly records: number;
  /** Lines that are no records. */
  readonly damaged: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Each from the most frequent on, but days in their order. */
  readonly by: Readonly<Record<Aspect, readonly Count[]>>;
}

export interface Count {
  readonly name: string;
  readonly records: number;
  readonly refused: number;
}

const aspects = {
  rule: ({ rules }) => rules,
  host: ({ requests }) => requests.map(({ host }) => host),
  user: ({ user }) => [user],
  decision: (record) => [verdictOf(record)],
  face: ({ face }) => [face],
  day: ({ time }) => [time.slice(0, 10)],
} satisfies Record<string, (record: AuditRecord) => readonly string[]>;

export type Aspect = keyof typeof aspects;

export interface Counter {
  add(record: AuditRecord): void;
  addDamaged(): void;
  stats(): RecordStats;
}

export function createCounter(): Counter {
  const counts = Object.fromEntries(Object.keys(aspects).map((aspect) => [aspect, new Map<string, { records: number; refused: number }>()]));
  let [records, damaged] = [0, 0];
  let [from, to]: (string | undefined)[] = [];
  return {
    add(record) {
      records++;
      if (from === undefined || record.time < from) from = record.time;
      if (to === undefined || record.time > to) to = record.time;
      for (const [aspect, namesOf] of Object.entries(aspects)) {
        for (const name of new Set(namesOf(record))) {
          const count = counts[aspect]?.get(name) ?? { records: 0, refused: 0 };
          count.records++;
          if (record.effective === "deny") count.refused++;
          counts[aspect]?.set(name, count);
        }
      }
    },
    addDamaged: () => void damaged++,
    stats: () => ({ records, damaged, from, to, by: Object.fromEntries(Object.entries(counts).map(([aspect, each]) => [aspect, sorted(aspect, each)])) as RecordStats["by"] }),
  };
}

function sorted(aspect: string, counts: ReadonlyMap<string, Omit<Count, "name">>): readonly Count[] {
  const all = [...counts].map(([name, count]) => ({ name, ...count }));
  const byName = (left: Count, right: Count) => (left.name < right.name ? -1 : 1);
  return aspect === "day" ? all.sort(byName) : all.sort((left, right) => right.records - left.records || byName(left, right));
}
