// `autobotctl audit`: the record, read back for people and for other programs.
import { isatty } from "node:tty";
import { type AuditLine, type AuditRecord, appendRecord, auditPath, closingOf, parseLine, showRecord } from "../record/audit.ts";
import { csvHead, csvOf } from "../record/csv.ts";
import { filtered, parseFilter, type RecordFilter, timeOf } from "../record/filter.ts";
import { followsUp, followUpsDue } from "../record/follow-up.ts";
import { openRecord, type RecordReader } from "../record/reader.ts";
import { createCounter } from "../record/stats.ts";
import { statsText } from "../report/stats-text.ts";
import { styleFor } from "../report/style.ts";
import { account } from "../world/account.ts";
import { complain } from "../world/complaint.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { drawsHere } from "./screen.ts";

export interface TailOptions {
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
  readonly filter?: string | undefined;
}

/** What `stats` and `export` look at. */
export interface Selection {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly filter?: string | undefined;
}

/** Draws the records of `path` until the person leaves. */
export type AuditScreen = (path: string, filter: string) => Promise<void>;

const wrongCall = 2;
const followInterval = 500;
const writeSize = 64 * 1024;

export async function browseAudit(options: TailOptions, screen: () => Promise<AuditScreen>): Promise<number> {
  if (options.json || !drawsHere(process.env)) return tailAudit(options);
  await (await screen())(await recordPath(), options.filter ?? "");
  return 0;
}

export async function tailAudit({ lines, follow, json, filter = "" }: TailOptions): Promise<number> {
  const reader = openRecord(await recordPath());
  const chosen = parseFilter(filter);
  const last: AuditLine[] = [];
  for (const line of lines === 0 ? [] : reader.newestFirst()) {
    const found = filtered(line.text(), chosen);
    if (found !== undefined) last.unshift(found);
    if (last.length === lines) break;
  }
  await print(last.map((line) => `${shownLine(line, json)}\n`));
  while (follow) {
    await new Promise((resolve) => setTimeout(resolve, followInterval));
    const fresh = reader.fresh().flatMap((place) => filtered(reader.text(place), chosen) ?? []);
    await print(fresh.map((line) => `${shownLine(line, json)}\n`));
  }
  reader.close();
  return 0;
}

export async function showAudit(id: string): Promise<number> {
  const path = await recordPath();
  const reader = openRecord(path);
  const found = find(reader, id);
  if (found === undefined) return complain(`no record \`${id}\` in \`${path}\`\nlist them with \`autobotctl audit tail\``, 1);
  process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
  reader.close();
  return 0;
}

/** Exit status: 0 none is due, 1 some are. */
export async function dueAudit(json: boolean): Promise<number> {
  const due = followUpsDue(await allRecords());
  await print(due.map((each) => `${json ? JSON.stringify(each) : showRecord(each)}\n`));
  return due.length > 0 ? 1 : 0;
}

/** Exit status: 0 it is closed, 1 nothing of that name is due. */
export async function closeAudit(id: string, reason: string): Promise<number> {
  if (!followUpsDue(await allRecords()).some((each) => each.id === id)) return complain(`no follow-up \`${id}\` is due\nlist them with \`autobotctl audit due\``, 1);
  if (reason.trim() === "") return complain("a reason is needed", 2);
  const problem = appendRecord(closingOf(id, reason.trim(), account()?.name ?? String(process.getuid?.() ?? "")), await recordPath());
  return problem === undefined ? 0 : complain(problem, 125);
}

async function allRecords(): Promise<readonly AuditRecord[]> {
  const reader = openRecord(await recordPath());
  const lines = [...reader.oldestFirst()].map((line) => parseLine(line.text()));
  reader.close();
  return lines.flatMap((line) => ("record" in line ? [line.record] : []));
}

/** A refusal with the first deployment that did the same in the approved way: `followedBy`. */
function find(reader: RecordReader, id: string): (AuditRecord & { readonly followedBy?: string }) | undefined {
  const quoted = JSON.stringify(id);
  let follower: string | undefined;
  const later: AuditRecord[] = [];
  for (const line of reader.newestFirst()) {
    const text = line.text();
    if (!text.includes(quoted) && !text.includes('"route":')) continue;
    const parsed = parseLine(text);
    if (!("record" in parsed)) continue;
    const { record } = parsed;
    if (record.id !== id) {
      if (record.route !== undefined) later.push(record);
      continue;
    }
    follower = later.findLast((each) => followsUp(record, each))?.id;
    return follower === undefined ? record : { ...record, followedBy: follower };
  }
  return undefined;
}

export async function statsAudit(selection: Selection, json: boolean, by: string | undefined): Promise<number> {
  const filter = filterOf(selection);
  if ("error" in filter) return complain(filter.error, wrongCall);
  const counter = createCounter();
  for (const line of await selected(filter)) "record" in line ? counter.add(line.record) : counter.addDamaged();
  const stats = counter.stats();
  const width = isatty(1) ? process.stdout.columns : 80;
  await print([json ? `${JSON.stringify(stats)}\n` : statsText(stats, { style: styleFor(process.env, isatty(1)), width, only: by })]);
  return 0;
}

/** Damaged lines are counted on standard error: what is exported is whole. */
export async function exportAudit(selection: Selection, format: string): Promise<number> {
  const filter = filterOf(selection);
  if ("error" in filter) return complain(filter.error, wrongCall);
  let damaged = 0;
  await print(exported(await selected(filter), format, () => damaged++));
  return damaged > 0 ? complain(`${damaged} damaged lines are left out`, 0) : 0;
}

function* exported(lines: Iterable<AuditLine>, format: string, skip: () => void): Generator<string> {
  if (format === "csv") yield csvHead;
  for (const line of lines) {
    if ("damaged" in line) skip();
    else yield format === "csv" ? csvOf(line.record) : `${line.json}\n`;
  }
}

/** Oldest first. */
async function selected(filter: RecordFilter): Promise<Iterable<AuditLine>> {
  const reader = openRecord(await recordPath());
  return (function* () {
    for (const line of reader.oldestFirst()) {
      const found = filtered(line.text(), filter);
      if (found !== undefined) yield found;
    }
    reader.close();
  })();
}

function filterOf({ since, until, filter = "" }: Selection): RecordFilter | { readonly error: string } {
  const times = [since, until].map((text) => (text === undefined ? undefined : { text, time: timeOf(text) }));
  const wrong = times.find((each) => each !== undefined && each.time === undefined);
  if (wrong !== undefined) return { error: `not a time: \`${wrong.text}\`\ngive \`2026-01-31\`, \`2026-01-31T08:00Z\`, or how long ago, as \`24h\` or \`7d\`` };
  return { ...parseFilter(filter), since: times[0]?.time, until: times[1]?.time };
}

/** Waits for readers that are slower. */
async function print(texts: Iterable<string>): Promise<void> {
  let held = "";
  const write = async () => {
    const text = held;
    held = "";
    await new Promise<void>((resolve) => void process.stdout.write(text, () => resolve()));
  };
  for (const text of texts) {
    held += text;
    if (held.length >= writeSize) await write();
  }
  if (held !== "") await write();
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
