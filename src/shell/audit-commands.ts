// `autobotctl audit`: the record, read back for people.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type AuditLine, auditPath, readAudit, readAuditLines, showRecord } from "./audit.ts";
import { loadEngine } from "./engine.ts";
import { layerPlaces } from "./layers.ts";

export interface TailOptions {
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
}

const followInterval = 500;

export async function tailAudit(options: TailOptions): Promise<number> {
  const path = await recordPath();
  const show = (line: AuditLine) => process.stdout.write(`${shownLine(line, options.json)}\n`);
  const lines = readAudit(path);
  for (const line of options.lines === 0 ? [] : lines.slice(-options.lines)) show(line);
  if (options.follow) await follow(path, show);
  return 0;
}

export async function showAudit(id: string): Promise<number> {
  const path = await recordPath();
  const found = readAudit(path).find((line) => "record" in line && line.record.id === id);
  if (found === undefined || !("record" in found)) {
    process.stderr.write(`autobotctl: no record \`${id}\` in \`${path}\`\n  list them with \`autobotctl audit tail\`\n`);
    return 1;
  }
  process.stdout.write(`${JSON.stringify(found.record, undefined, 2)}\n`);
  return 0;
}

/** The record must stay readable when the policies are what is wrong. */
async function recordPath(): Promise<string> {
  const loaded = await loadEngine(layerPlaces(process.env, process.cwd()));
  const named = "engine" in loaded ? loaded.engine.policies.settings.audit?.path : undefined;
  return named ?? auditPath(process.env);
}

function shownLine(line: AuditLine, json: boolean): string {
  if ("damaged" in line) return json ? JSON.stringify({ damaged: line.damaged }) : `damaged line: ${JSON.stringify(line.damaged.slice(0, 60))}`;
  return json ? line.json : showRecord(line.record);
}

/** Reads what is appended, through rotation, until the process is ended. */
async function follow(path: string, show: (line: AuditLine) => void): Promise<void> {
  let file = openAtEnd(path);
  let rest = "";
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, followInterval));
    const text = file === undefined ? "" : readRest(file);
    const whole = (rest + text).lastIndexOf("\n") + 1;
    for (const line of readAuditLines((rest + text).slice(0, whole))) show(line);
    rest = (rest + text).slice(whole);
    if (file === undefined || (text === "" && wasReplaced(file, path))) file = reopen(file, path);
  }
}

interface Followed {
  readonly descriptor: number;
  readonly inode: number;
  position: number;
}

function openAtEnd(path: string): Followed | undefined {
  const file = openFile(path);
  if (file !== undefined) file.position = fstatSync(file.descriptor).size;
  return file;
}

function openFile(path: string): Followed | undefined {
  try {
    const descriptor = openSync(path, "r");
    return { descriptor, inode: fstatSync(descriptor).ino, position: 0 };
  } catch {
    return undefined;
  }
}

function reopen(file: Followed | undefined, path: string): Followed | undefined {
  if (file !== undefined) closeSync(file.descriptor);
  return openFile(path);
}

function wasReplaced(file: Followed, path: string): boolean {
  const current = openFile(path);
  if (current === undefined) return false;
  closeSync(current.descriptor);
  return current.inode !== file.inode;
}

function readRest(file: Followed): string {
  const chunk = Buffer.alloc(Math.max(fstatSync(file.descriptor).size - file.position, 0));
  const length = readSync(file.descriptor, chunk, 0, chunk.length, file.position);
  file.position += length;
  return chunk.toString("utf8", 0, length);
}
