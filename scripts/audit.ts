// A million records: how long it takes until all are found, filtered and counted, and how long a key would wait meanwhile.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLine } from "../src/record/audit.ts";
import { openRecord } from "../src/record/reader.ts";
import { createCounter } from "../src/record/stats.ts";
import { createRecordView } from "../src/record/view.ts";

export interface AuditTiming {
  readonly what: string;
  readonly milliseconds: number;
  /** The longest that a key would have waited. */
  readonly wait?: number;
  readonly found: number;
}

/** Megabytes are those of the record. */
export async function auditTimings(records: number): Promise<{ readonly megabytes: number; readonly timings: readonly AuditTiming[] }> {
  const directory = mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
  try {
    const path = join(directory, "audit.jsonl");
    writeRecords(path, records);
    const timings = [await filtering(path, ""), await filtering(path, "user:ann rule:remote-editing"), await filtering(path, "nosuch"), counting(path)];
    return { megabytes: statSync(path).size / 2 ** 20, timings };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeRecords(path: string, records: number): void {
  const file = openSync(path, "wx", 0o600);
  for (let start = 0; start < records; start += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, records - start) }, (_, index) => recordLine(start + index));
    writeSync(file, lines.join(""));
  }
  closeSync(file);
}

function recordLine(index: number): string {
  const refused = index % 20 === 0;
  const request = { action: refused ? "write" : "read", host: `172.16.168.${21 + (index % 5)}`, path: `/home/autobot/backend/api/file-${index % 1000}.py`, utility: "sed" };
  return `${JSON.stringify({
    time: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    id: index.toString(36),
    face: "agent",
    user: index % 3 === 0 ? "ann" : "kali",
    cwd: "/home/kali/Desktop/AutoBot",
    decision: refused ? "deny" : "permit",
    effective: refused ? "deny" : "permit",
    rules: refused ? ["remote-editing/write"] : [],
    requests: [request],
    text: `ssh autobot@${request.host} 'sed -n 1,10p ${request.path}'`,
  })}\n`;
}

async function filtering(path: string, filter: string): Promise<AuditTiming> {
  const view = createRecordView(path, () => {});
  let wait = 0;
  const started = performance.now();
  view.filter(filter);
  for (let last = performance.now(); view.searching(); last = performance.now()) {
    await new Promise((resolve) => setImmediate(resolve));
    wait = Math.max(wait, performance.now() - last);
  }
  const milliseconds = performance.now() - started;
  const found = view.count();
  view.close();
  return { what: filter === "" ? "all" : filter, milliseconds, wait, found };
}

function counting(path: string): AuditTiming {
  const reader = openRecord(path);
  const counter = createCounter();
  const started = performance.now();
  for (const line of reader.oldestFirst()) {
    const parsed = parseLine(line.text());
    if ("record" in parsed) counter.add(parsed.record);
  }
  reader.close();
  return { what: "audit stats", milliseconds: performance.now() - started, found: counter.stats().records };
}
