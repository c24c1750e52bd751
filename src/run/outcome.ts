// A response → leave to go on, or the refusal on standard error; and the record of it.
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Context, Engine, Response } from "../decide.ts";
import { appendRecord, auditPath, type BreakGlass, incidentOf, recordOf } from "../record/audit.ts";
import { agentRefusal, reasonId } from "../report/agent-refusal.ts";
import { oneLine } from "../report/mask.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { hostName } from "../report/wording.ts";
import { account } from "../world/account.ts";
import { isTerminal, say } from "../world/descriptor.ts";
import { temporaryDirectory } from "../world/directory.ts";
import { widthOn } from "../world/width.ts";
import { agentVariableIn, sessionOfRun } from "./agent-variables.ts";
import { timesRefused } from "./repeats.ts";

export const refused = 126;
const failed = 125;

export interface Judged {
  readonly text: string;
  readonly response: Response;
  /** It becomes a session whose lines are judged. */
  readonly guarded?: boolean;
}

/** The process's status, once what was decided is on record, and said; 0: it may run. `route`: the approved way that it is part of. */
export function conclude({ text, response, guarded }: Judged, engine: Engine, context: Context, route?: string): number {
  const kept = keepRecord(text, response, engine, context, route);
  if (response.effective === "deny" && route === undefined) return refuse(text, response, engine, context);
  if (kept === "required") return fail("the policy wants every command recorded, and the record cannot be written; nothing was run");
  const notice = guarded === true ? undefined : sessionNotice(response, engine, context);
  if (notice !== undefined) say(notice);
  return 0;
}

export function fail(message: string): number {
  say(`autobot-sh: ${message.replaceAll("\n", "\n  ")}\n`);
  return failed;
}

/** What goes on all the same, and is on record. */
export function warn(message: string, engine: Engine, cwd: string | undefined): void {
  recordIncident(oneLine(message, 400), engine, cwd);
  fail(message);
}

function refuse(text: string, response: Response, { policies }: Engine, { cwd, tty }: Context): number {
  // Decides about words alone.
  if (agentVariableIn(process.env) !== undefined) {
    const { CODEX_THREAD_ID: session = sessionOfRun(process.env) } = process.env;
    say(agentRefusal(text, response, policies, timesRefused({ session, line: text, cwd, rule: reasonId(response) })));
    return refused;
  }
  say(refusal(text, response, { policies, width: widthOn(2), style: styleFor(process.env, isTerminal(2)), person: tty }));
  return refused;
}

/** Said, not refused: what a person types on a server is not seen. Of one that is guarded its own program tells. */
export function sessionNotice(response: Response, { policies }: Engine, { tty, runtime }: Context): string | undefined {
  // The runtime layer will say it.
  if (!tty || runtime) return undefined;
  const session = response.requests.find(({ action, host }) => action === "session" && host.kind === "remote" && host.here !== true);
  if (session === undefined) return undefined;
  const unguarded = policies.settings["remote-session"] === "guard" ? ", whose lines are not judged" : "";
  return `autobot-sh: notice: a shell on ${hostName(session.host, policies)}${unguarded}: look, and change nothing there by hand\n`;
}

/** "required" where the policy does not go on without. */
function keepRecord(line: string, response: Response, engine: Engine, context: Context, route?: string): "required" | undefined {
  const problem = record({ text: line, response }, engine, context, route);
  if (problem === undefined) return undefined;
  if (isRecordRequired(engine)) return "required";
  if (isFirstComplaint()) say(`autobot-sh: ${problem}\n  commands run on without it; this is said once a day\n`);
  return undefined;
}

/** What was decided, in the record of the policy; why not, where it could not be written. */
export function record(
  { text, response }: Judged,
  { policies }: Engine,
  { cwd, face }: Pick<Context, "cwd" | "face">,
  route?: string,
  breakGlass?: BreakGlass,
): string | undefined {
  const { text: kept = "masked", path = auditPath(process.env) } = policies.settings.audit ?? {};
  return appendRecord(recordOf({ line: text, response, face, cwd, route, breakGlass, user: userName() }, kept), path);
}

/** The same of what happened to a session's gate. */
export function recordIncident(text: string, { policies }: Engine, cwd: string | undefined): string | undefined {
  return appendRecord(incidentOf(text, userName(), cwd), policies.settings.audit?.path ?? auditPath(process.env));
}

function userName(): string {
  return account()?.name ?? String(process.getuid?.() ?? "");
}

/** Nothing runs that is not on record. */
export function isRecordRequired({ policies }: Engine): boolean {
  return policies.settings.audit?.required === true;
}

/** Each command is a process of its own: an empty file remembers for all of them. */
function isFirstComplaint(): boolean {
  const marker = join(temporaryDirectory(), `autobot-sh-${process.getuid?.() ?? 0}-record-${new Date().toISOString().slice(0, 10)}`);
  try {
    closeSync(openSync(marker, "wx", 0o600));
    return true;
  } catch {
    return false;
  }
}
