// What the launcher starts: its words → "permit" on standard output, or a refusal on standard error and status 126.
// The launcher holds that nothing but the exact answer runs a command, so every way out of here that is not one is safe.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isatty } from "node:tty";
import { type Context, decide, type Engine, emptyContext, type Response } from "../decide.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { hostName } from "../report/wording.ts";
import { account } from "./account.ts";
import { appendRecord, auditPath, recordOf } from "./audit.ts";
import { builtInEngine, loadEngine } from "./engine.ts";
import { type Invocation, readInvocation } from "./invocation.ts";
import { findLayers, layerPlaces } from "./layers.ts";
import { readProgram } from "./program.ts";
import { version } from "./version.ts";
import { findWorkspace } from "./workspace.ts";
import { createWorld } from "./world.ts";

const refused = 126;
const failed = 125;
const defaultWidth = 110;

const help = `usage: autobot-sh [bash's options] -c COMMAND [NAME [ARGUMENT…]]
       autobot-sh [bash's options] FILE [ARGUMENT…]
       autobot-sh [bash's options] [-s [ARGUMENT…]] < FILE

Reads the command first. What would change a server by hand is refused, with what to do instead, and nothing of it runs;
everything else is run by bash, in this process's place, as bash would run it.

Status: 126 refused, 125 autobot-sh itself failed and nothing was run, else bash's own.
See autobotctl --help for what decides, and why.`;

/** The process's status; the answer, if there is one, has been written. `args`: the launcher's own name, then its words. */
export async function judge([, ...args]: readonly string[]): Promise<number> {
  const invocation = readInvocation(args);
  if (invocation.asks === "help") return answer(`show\n${help}`);
  if (invocation.asks === "version") return answer(`show-and-run\nautobot-sh ${version}, judging for:`);
  if (invocation.readsOnly) return answer("permit");
  const program = readProgram(invocation);
  if ("failure" in program) return fail(program.failure);
  if ("terminal" in program) return fail("the interactive shell is not here yet; nothing was run\nuse `autobot-sh -c COMMAND`, or name a script");
  if ("absent" in program) return answer("permit");
  const cwd = currentDirectory();
  const loaded = await loadEngine(layerPlaces(process.env, cwd));
  if ("failure" in loaded) return fail(loaded.failure);
  const context = contextOf(invocation, cwd, loaded.engine);
  const { text, response } = decideAll(program.text, startUpTexts(invocation, context), loaded.engine, context);
  const record = keepRecord(text, response, loaded.engine, context);
  if (response.effective === "deny") return refuse(text, response, loaded.engine);
  if (record === "required") return fail("the policy wants every command recorded, and the record cannot be written; nothing was run");
  notice(response, loaded.engine, context);
  if (program.spool !== undefined) return answer(`permit ${program.spool.descriptor} ${program.spool.path}`);
  return answer(invocation.program.from === "argument" && wantsTerminal(loaded.engine) ? "permit-on-terminal" : "permit");
}

/**
 * Whether the command is to have a terminal of ours. Never in place of a pipe or a file (our standard output is one: the
 * launcher looks at its own), and not in the background, where setting the person's terminal would stop it.
 */
function wantsTerminal({ policies }: Engine): boolean {
  return policies.settings.terminal === "pty" && isatty(0) && isatty(2) && isInForeground();
}

/** proc_pid_stat(5): after the name in brackets come state, ppid, pgrp, session, tty_nr and tpgid, -1 without a controlling terminal. */
function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return foreground === "-1" || foreground === group;
}

interface Judged {
  readonly text: string;
  readonly response: Response;
}

/** The first of the other texts that is denied, else the program. What is unknown in them is the user's own affair. */
function decideAll(program: string, others: readonly string[], engine: Engine, context: Context): Judged {
  const judged = (text: string): Judged => ({ text, response: decide(text, engine, context) });
  return others.map(judged).find(({ response }) => response.decision === "deny") ?? judged(program);
}

/** What bash reads first, where the caller names it: `--rcfile FILE` when interactive, else BASH_ENV (bash(1), INVOCATION). */
function startUpTexts({ interactive, startupFile }: Invocation, { world }: Context): readonly string[] {
  const file = interactive ? startupFile : process.env["BASH_ENV"];
  if (file === undefined) return [];
  // BASH_ENV is expanded as in double quotes: what stands in `$(…)` runs.
  if (!interactive && /[$`\\]/.test(file)) return [`: "${file.replaceAll('"', '\\"')}"`];
  // A pipe in its place would be empty when bash comes to it.
  const text = world.readFile(file);
  return text === undefined ? [] : [text];
}

/** Does what most judgements do, so that a snapshot made afterwards holds it compiled. Writes nothing. */
export function rehearse(lines: readonly string[]): void {
  const engine = builtInEngine();
  for (const line of lines) {
    const invocation = readInvocation(["-c", line]);
    readProgram(invocation);
    findLayers(layerPlaces({}, "/"));
    const context = { ...contextOf(invocation, "/", engine), environment: {}, world: emptyContext.world };
    recordOf({ line, response: decide(line, engine, context), face: "scripts", cwd: "/", user: "" }, "masked");
  }
}

function contextOf({ parameters }: Invocation, cwd: string | undefined, { policies }: Engine): Context {
  const positional = parameters.flatMap((value, index) => (value === undefined ? [] : [[String(index), value] as const]));
  return {
    face: "scripts",
    // As bash decides whether it is interactive: what it reads, and where it can speak to a person.
    tty: isatty(0) && isatty(2),
    runtime: false,
    cwd,
    workspace: findWorkspace(cwd, policies),
    environment: { ...process.env, ...Object.fromEntries(positional) },
    world: createWorld(),
  };
}

/** Undefined where the directory is gone. */
function currentDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function answer(text: string): number {
  writeSync(1, `${text}\n`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`autobot-sh: ${message.replaceAll("\n", "\n  ")}\n`);
  return failed;
}

function refuse(text: string, response: Response, { policies }: Engine): number {
  const terminal = isatty(2);
  const width = terminal ? process.stderr.columns : defaultWidth;
  process.stderr.write(refusal(text, response, { policies, width, style: styleFor(process.env, terminal) }));
  return refused;
}

/** Said, not refused: what a person types on a server is not seen. */
function notice({ requests }: Response, { policies }: Engine, { tty }: Context): void {
  if (!tty || (policies.settings["remote-session"] ?? "notice") !== "notice") return;
  const session = requests.find(({ action, host }) => action === "session" && host.kind === "remote");
  if (session === undefined) return;
  process.stderr.write(`autobot-sh: notice: a shell on ${hostName(session.host, policies)}: look, and change nothing there by hand\n`);
}

/** "required" where the policy does not go on without. */
function keepRecord(line: string, response: Response, { policies }: Engine, { cwd, face }: Context): "required" | undefined {
  const { text = "masked", required = false, path = auditPath(process.env) } = policies.settings.audit ?? {};
  const record = recordOf({ line, response, face, cwd, user: account()?.username ?? String(process.getuid?.() ?? "") }, text);
  const problem = appendRecord(record, path);
  if (problem === undefined) return undefined;
  if (required) return "required";
  if (isFirstComplaint()) process.stderr.write(`autobot-sh: ${problem}\n  commands run on without it; this is said once a day\n`);
  return undefined;
}

/** Each command is a process of its own: an empty file remembers for all of them. */
function isFirstComplaint(): boolean {
  const marker = join(tmpdir(), `autobot-sh-${process.getuid?.() ?? 0}-record-${new Date().toISOString().slice(0, 10)}`);
  try {
    closeSync(openSync(marker, "wx", 0o600));
    return true;
  } catch {
    return false;
  }
}
