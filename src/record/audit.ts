// The record: one JSON object a line for each decision, appended with one write, rotated by size, read back.
import { chmodSync, closeSync, constants, fstatSync, openSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Response } from "../decide.ts";
import { oneLine, shown } from "../report/mask.ts";
import { homeDirectory } from "../world/account.ts";
import { makeDirectories } from "../world/directory.ts";

/** A record as it is stored. Written for other programs too (rsyslog, Vector …): fields are added, never changed. */
export interface AuditRecord {
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly id: string;
  readonly face: string;
  readonly user: string;
  readonly cwd: string | undefined;
  readonly decision: Response["decision"];
  readonly effective: Response["effective"];
  readonly rules: readonly string[];
  readonly requests: readonly RequestRecord[];
  /** Absent where the policy keeps structure only. */
  readonly text?: string | undefined;
  /** The identifier of an earlier refusal that this line follows up. */
  readonly link?: string | undefined;
  /** The approved way that the call is part of, whatever the rules say of it alone. */
  readonly route?: string | undefined;
  /** A person had it run though it is refused: on which host, and why. A follow-up is due. */
  readonly breakGlass?: BreakGlass | undefined;
  /** The identifier of such a record, whose follow-up is not due any more: `text` says why. */
  readonly closes?: string | undefined;
  /** Why a person got a shell without a guard (docs/adr/0017). The launchers write it; such a record is about no line. */
  readonly rescue?: string | undefined;
}

/** The setting, the command, and the route that such calls are recorded as part of. */
export const brokenGlass = "break-glass";

export interface BreakGlass {
  /** By its name in the fleet. */
  readonly host: string;
  readonly reason: string;
}

interface RequestRecord {
  readonly action: string;
  readonly host: string;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly utility: string;
}

export interface AuditOptions {
  /** What of the line is kept. */
  readonly text: "full" | "masked" | "structure";
  readonly path: string;
}

export interface Decided {
  readonly line: string;
  readonly response: Response;
  readonly face: string;
  readonly user: string;
  readonly cwd: string | undefined;
  readonly route?: string | undefined;
  readonly breakGlass?: BreakGlass | undefined;
}

const maximumBytes = 10 * 1024 * 1024;
const keptFiles = 5;
const maximumText = 4096;
const maximumRequests = 50;
const staleLock = 10_000;

/** $XDG_STATE_HOME/autobot-sh/audit.jsonl (XDG Base Directory Specification). */
export function auditPath(environment: Readonly<Record<string, string | undefined>>): string {
  const state = environment["XDG_STATE_HOME"];
  return join(state?.startsWith("/") ? state : join(homeDirectory(environment), ".local", "state"), "autobot-sh", "audit.jsonl");
}

export function recordOf(decided: Decided, text: AuditOptions["text"], now = new Date()): AuditRecord {
  const { response, line, face, user, cwd, route, breakGlass } = decided;
  return {
    time: timestamp(now),
    id: identifier(now),
    face,
    user,
    cwd,
    decision: response.decision,
    effective: route === undefined ? response.effective : "permit",
    rules: [...new Set(response.denials.map(({ rule }) => rule.id))],
    requests: response.requests.slice(0, maximumRequests).map(({ action, host, path, name, utility }) => ({
      action,
      host: host.kind === "local" ? "local" : host.typed,
      path: path?.text,
      name,
      utility,
    })),
    text: text === "structure" ? undefined : text === "full" ? line.slice(0, maximumText) : shown(line.slice(0, maximumText)).text,
    route,
    breakGlass: breakGlass === undefined ? undefined : { host: breakGlass.host, reason: shown(breakGlass.reason.slice(0, maximumText)).text },
  };
}

/** That a follow-up is not due any more, and why. */
export function closingOf(id: string, reason: string, user: string, now = new Date()): AuditRecord {
  const text = shown(reason.slice(0, maximumText)).text;
  return { time: timestamp(now), id: identifier(now), face: "scripts", user, cwd: undefined, decision: "permit", effective: "permit", rules: [], requests: [], text, closes: id };
}

/** What happened to a session's gate: that it was put back, or gone, or that a line would have led past it. */
export function incidentOf(text: string, user: string, cwd: string | undefined, now = new Date()): AuditRecord {
  return { time: timestamp(now), id: identifier(now), face: "login", user, cwd, decision: "deny", effective: "deny", rules: ["session/gate"], requests: [], text };
}

/** As Date's toISOString(), which looks up the time zone first. */
function timestamp(time: Date): string {
  const [month, day, hours, minutes, seconds] = [time.getUTCMonth() + 1, time.getUTCDate(), time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${time.getUTCFullYear()}-${month}-${day}T${hours}:${minutes}:${seconds}.${String(time.getUTCMilliseconds()).padStart(3, "0")}Z`;
}

let count = 0;

/** Sorts by time; unique among the processes of a machine. */
function identifier(now: Date): string {
  return `${now.getTime().toString(36)}-${process.pid.toString(36)}${count++ === 0 ? "" : `-${count.toString(36)}`}`;
}

/** Appends one record. Returns why not, where it could not; never waits and never throws. */
export function appendRecord(record: AuditRecord, path: string): string | undefined {
  const line = Buffer.from(`${JSON.stringify(record)}\n`);
  let descriptor: number | undefined;
  try {
    descriptor = openForAppending(path);
    const { size, mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
    // One write(2): records of shells that run at once do not mix (O_APPEND, open(2)).
    const written = writeSync(descriptor, line);
    if (written < line.length) return `cannot write the record \`${path}\`: the disk is full`;
    if (size + written > maximumBytes) rotate(path);
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return `cannot write the record \`${path}\`: ${code === "ENOSPC" ? "the disk is full" : (code ?? String(error))}`;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function openForAppending(path: string): number {
  // A pipe or a device in its place would hang or swallow: only what a regular file can give is taken.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    makeDirectories(dirname(path), 0o700);
    return openSync(path, flags, 0o600);
  }
}

/** audit.jsonl → audit.jsonl.1 → … Whoever holds the lock does it; the others go on appending. */
function rotate(path: string): void {
  const lock = `${path}.lock`;
  if (!takeLock(lock)) return;
  try {
    if (statSync(path).size <= maximumBytes) return;
    rmSync(`${path}.${keptFiles}`, { force: true });
    for (let index = keptFiles - 1; index >= 0; index--) moveIfThere(index === 0 ? path : `${path}.${index}`, `${path}.${index + 1}`);
  } finally {
    unlinkSync(lock);
  }
}

function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > staleLock) rmSync(lock, { force: true });
    return false;
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}

/** A line of the record: what it says, or that it is damaged. */
export type AuditLine = { readonly record: AuditRecord; readonly json: string } | { readonly damaged: string };

/** A machine that stopped in the middle of a write leaves half a line. */
export function parseLine(json: string): AuditLine {
  try {
    const value: unknown = JSON.parse(json);
    if (isRecord(value)) return { record: value, json };
  } catch {
    // No JSON at all.
  }
  return { damaged: json };
}

function isRecord(value: unknown): value is AuditRecord {
  const fields = value as Partial<Record<keyof AuditRecord, unknown>> | null;
  return typeof value === "object" && typeof fields?.id === "string" && typeof fields.time === "string" && Array.isArray(fields.rules) && Array.isArray(fields.requests);
}

/** The record's files, oldest first, those that rotation keeps included. */
export function auditFiles(path: string): readonly string[] {
  const rotated = Array.from({ length: keptFiles }, (_, index) => `${path}.${keptFiles - index}`);
  return [...rotated, path].filter((each) => statSync(each, { throwIfNoEntry: false }) !== undefined);
}

/** What became of the line, in a word or two. */
export function verdictOf({ decision, effective, rescue }: Pick<AuditRecord, "decision" | "effective" | "rescue">): string {
  if (rescue !== undefined) return "rescue shell";
  return decision === "indeterminate" ? `indeterminate, ${effective === "deny" ? "refused" : "ran"}` : effective === "deny" ? "refused" : "ran";
}

/** For people: one line a record. */
export function showRecord({ time, face, decision, effective, rules, id, text, requests, rescue, user, breakGlass, closes }: AuditRecord): string {
  if (closes !== undefined) return `${time}  ${id}  ${face}  closes ${oneLine(closes, 40)}: ${oneLine(text ?? "", 120)}`;
  if (rescue !== undefined) return `${time}  ${id}  ${face}  rescue shell of ${oneLine(user, 40)}: ${oneLine(rescue, 120)}`;
  const what = text ?? requests.map(({ action, host, path }) => `${action} ${host}${path === undefined ? "" : `:${path}`}`).join(", ");
  const why = breakGlass === undefined ? "" : `, break-glass on ${oneLine(breakGlass.host, 40)}: ${oneLine(breakGlass.reason, 120)}`;
  return `${time}  ${id}  ${face}  ${verdictOf({ decision, effective, rescue })}${why}${rules.length > 0 ? ` [${rules.join(", ")}]` : ""}  ${oneLine(what, 120)}`;
}
