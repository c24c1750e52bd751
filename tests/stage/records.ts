// Records as they are stored, for tests of what reads them.
import { appendFileSync } from "node:fs";
import type { AuditRecord } from "../../src/record/audit.ts";

export function recordAt(index: number, more: Partial<AuditRecord> = {}): AuditRecord {
  const time = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();
  const request = { action: "read", host: "local", path: undefined, name: undefined, utility: "ls" };
  return {
    time,
    id: `r${index}`,
    face: "scripts",
    user: "kali",
    cwd: "/work",
    decision: "permit",
    effective: "permit",
    rules: [],
    requests: [request],
    text: `ls ${index}`,
    ...more,
  };
}

export function refusalAt(index: number, host: string, path: string, more: Partial<AuditRecord> = {}): AuditRecord {
  const requests = [{ action: "write", host, path, name: undefined, utility: "rm" }];
  return recordAt(index, { decision: "deny", effective: "deny", rules: ["remote-editing/write"], requests, text: `ssh ${host} rm ${path}`, ...more });
}

export function append(path: string, ...records: readonly AuditRecord[]): void {
  appendFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""), { mode: 0o600 });
}
