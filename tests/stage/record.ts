// The record's lines, as the tools read them.
import { type AuditLine, parseLine } from "../../src/record/audit.ts";
import { openRecord } from "../../src/record/reader.ts";

/** Oldest first; none where there is no record yet. */
export function readRecord(path: string): readonly AuditLine[] {
  const reader = openRecord(path);
  const lines = [...reader.oldestFirst()].map((line) => parseLine(line.text()));
  reader.close();
  return lines;
}
