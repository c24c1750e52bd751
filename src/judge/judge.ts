// What the launcher starts: its words → what it may become, on standard output, or a refusal on standard error and status 126.
// The launcher holds that nothing but the exact answer runs a command, so every way out of here that is not one is safe.
import { fstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { hook } from "../agent/hook.ts";
import { type Context, decide, type Engine } from "../decide.ts";
import { keepTables } from "../launcher/tables.ts";
import { oneLine } from "../report/mask.ts";
import { agentVariableIn, runVariable } from "../run/agent-variables.ts";
import { type Answer, type Form, type Permit, writeAnswer } from "../run/answer.ts";
import { judgeCall } from "../run/call.ts";
import { help } from "../run/help.ts";
import { type Invocation, readInvocation } from "../run/invocation.ts";
import { layerFor } from "../run/layer.ts";
import { shellOf } from "../run/nested-shell.ts";
import { conclude, fail, type Judged, recordIncident, refused, warn } from "../run/outcome.ts";
import { readProgram } from "../run/program.ts";
import { ownBashEnv, shimsFor } from "../run/shims.ts";
import { strictStart } from "../run/strict.ts";
import { decideAttended } from "../run/unattended.ts";
import { sessionStart } from "../session/start.ts";
import { contextHere } from "../world/context.ts";
import { isInForeground, isTerminal, say, writeWhole } from "../world/descriptor.ts";
import { currentDirectory } from "../world/directory.ts";
import { type LoadedEngine, loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { realRoot } from "../world/namespace.ts";
import { version } from "../world/version.ts";
import { quoted } from "../world/words.ts";

export { warn } from "../run/outcome.ts";
export { runRemoteSession } from "../session/remote-session.ts";
export { createReplies } from "../session/replies.ts";
export { loadEngine } from "../world/engine.ts";
export { haveCachesMade, makeCaches, writeCaches } from "./cache-making.ts";
export { onRehearsalTerminal, rehearse } from "./rehearsal.ts";

/**
 * The process's status; the answer, if there is one, has been written. `args`: what is asked, then
 *
 * - `shell`: the form that the launcher reads, with `-on-terminal` where its standard output is one, its own name, and its words
 * - `call`: a utility's name and arguments, from its shim; the answer is `permit`, or `guard` for a session on another host
 *   whose lines are to be judged
 * - `hook`: an agent's name, whose call of a shell is on standard input; the answer is what that agent is told, or `permit`
 * - `shims`: nothing; the answer is the directory of shims for the caller's PATH
 */
export async function judge([asked, ...args]: readonly string[]): Promise<number> {
  if (asked === "shell") return judgeShell(launcherOf(args));
  if (asked === "hook") return hook(args[0] ?? "", { permit: "permit" });
  const cwd = currentDirectory();
  const loaded = goingOn(await loadEngine(layerPlaces(process.env, cwd)));
  if ("failure" in loaded) return fail(loaded.failure);
  if (asked !== "call") {
    writeWhole(1, shimsFor(loaded.engine, process.env) ?? "");
    return 0;
  }
  const { status, guarded } = judgeCall(args, cwd, loaded.engine);
  if (status === 0) writeWhole(1, guarded ? "guard" : "permit");
  return status;
}

/** The launcher that asks. */
interface Launcher {
  readonly form: Form;
  /** Its standard output is a terminal; ours is a pipe. */
  readonly onTerminal: boolean;
  /** What it was called by. */
  readonly name: string;
  readonly words: readonly string[];
}

function launcherOf([form = "", name = "autobot-sh", ...words]: readonly string[]): Launcher {
  return { form: form.startsWith("words") ? "words" : "fields", onTerminal: form.endsWith("-on-terminal"), name, words };
}

async function judgeShell(launcher: Launcher): Promise<number> {
  const invocation = readInvocation(launcher.words, launcher.name);
  const reply = (answer: Answer) => writeAnswer(answer, launcher.form);
  if (invocation.asks === "help") return reply({ show: help() });
  if (invocation.asks === "version") return reply({ permit: { print: `autobot-sh ${version}, judging for:` } });
  if (invocation.readsOnly) return reply({ permit: {} });
  const cwd = currentDirectory();
  const places = layerPlaces(process.env, cwd);
  const loaded = goingOn(await loadEngine(places));
  if ("failure" in loaded) return fail(loaded.failure);
  if (loaded.warning === undefined) keepTables(loaded, places);
  else warn(loaded.warning, loaded.engine, cwd);
  const judged = judgeProgram(invocation, launcher, cwd, loaded.engine);
  return "status" in judged ? judged.status : reply(judged);
}

/** Under policies that are not all valid people go on as far as they may, so that somebody can mend them; agents do not. */
function goingOn(loaded: LoadedEngine): LoadedEngine {
  if (!("failure" in loaded)) return loaded;
  return agentVariableIn(process.env) === undefined ? (loaded.rest ?? loaded) : loaded;
}

function judgeProgram(invocation: Invocation, launcher: Launcher, cwd: string | undefined, engine: Engine): Answer | { readonly status: number } {
  const shims = engine.policies.settings.runtime === "off" ? undefined : shimsFor(engine, process.env);
  const layered = shims !== undefined && keepsPath(invocation);
  // What is typed on a server is judged as text: no layer stands before the utilities that change it.
  const program = readProgram(invocation, layered && engine.policies.settings.role !== "managed-host");
  if ("failure" in program) return { status: fail(program.failure) };
  const layerOf = (words: readonly string[]) => (shims === undefined ? {} : layerFor(shims, process.env, words, process.ppid, reapplied(invocation)));
  const strict = engine.policies.settings.runtime === "strict" && realRoot() === undefined;
  if (strict && shims === undefined)
    return { status: fail("no directory can be made for `runtime: strict`; nothing was run\nsee that HOME or TMPDIR can be written, and is not mounted noexec") };
  // A namespace is not left again: what is started in one is in it.
  const become = (start: readonly string[]) => (strict && shims !== undefined ? { start: strictStart(start, launcher.name, shims, engine) } : {});
  if ("terminal" in program) {
    const session = sessionFor(launcher);
    return { permit: { keepsNode: true, attended: true, start: session, ...become(session) } };
  }
  const spool = "spool" in program ? program.spool : undefined;
  if ("absent" in program) return { permit: { ...layerOf(launcher.words), ...become(["/bin/bash"]), spool } };
  const context = { ...contextOf(invocation, cwd, engine), runtime: layered };
  const asked = decideAll("arriving" in program ? "" : program.text, startUpTexts(invocation, context), engine, context);
  const judged = readOnly(asked, invocation, engine, context) ?? asked;
  const opened = opensAtTerminal(judged, invocation, context);
  if (opened !== undefined && opened !== "tabled" && opened.own) return { status: turnDown(opened.word, judged.text, engine, cwd) };
  const status = conclude(judged, engine, context);
  if (status !== 0) return { status };
  if (opened === "tabled") return { permit: { ...withProgram({ before: sessions() }, launcher.words, invocation, layerOf), ...become(["/bin/bash"]) } };
  if (opened !== undefined) say("autobot-sh: notice: lines typed in that shell are not judged\n");
  // What a deployment does underneath is its own.
  if (judged.response.deployment) return { permit: { spool } };
  if (judged !== asked) return { permit: { ...withProgram({ behind: onlyRead }, launcher.words, invocation, layerOf), ...become(["/bin/bash"]) } };
  const layer = layerOf(launcher.words);
  if (invocation.program.from === "argument" && launcher.onTerminal && wantsTerminal(engine)) {
    const terminal = terminalFor(launcher);
    return { permit: { ...layer, keepsNode: true, start: terminal, ...become(terminal) } };
  }
  return { permit: { ...layer, ...become(["/bin/bash"]), spool } };
}

/** What is typed into a shell that a program opens has to be judged as well: by `ssh -t server bash` nobody is to get out of it. */
function opensAtTerminal({ response }: Judged, { program }: Invocation, { tty }: Context): ReturnType<typeof shellOf> {
  return tty && program.from === "argument" && response.effective === "permit" ? shellOf(response) : undefined;
}

function turnDown(word: string, text: string, engine: Engine, cwd: string | undefined): number {
  recordIncident(`refused: ${text}`, engine, cwd);
  say(
    `autobot-sh: refused: the lines typed in \`${oneLine(word, 80)}\` would not be judged; nothing was run\n  name \`bash\` or \`zsh\` without a path, and nothing before it that sets PATH: it is a session then\n`,
  );
  return refused;
}

/** `bash` and `zsh` behind it lead to sessions, where a person is to get a shell (libexec/nested/). */
function sessions(): string {
  const nested = join(dirname(dirname(process.argv[1] ?? "")), "libexec", "nested");
  return `{ hash -p ${quoted(join(nested, "bash"))} bash; hash -p ${quoted(join(nested, "zsh"))} zsh; } 2>/dev/null;`;
}

/** A file that is built beside the judge. */
function installed(file: string): string {
  return join(dirname(process.argv[1] ?? ""), file);
}

/** The program that gives bash a terminal of its own. */
function terminalFor({ name }: Launcher): readonly string[] {
  return [process.execPath, installed("terminal.js"), name];
}

/** The person's shell, each line of it judged. The launcher stays behind it: src/launcher/session.c. */
function sessionFor({ name }: Launcher): readonly string[] {
  return [...sessionStart(process.argv[1] ?? ""), "shell", name];
}

/**
 * Whether the command is to have a terminal of ours. Never in place of a pipe or a file, and not in the background, where
 * setting the person's terminal would stop it.
 */
function wantsTerminal({ policies }: Engine): boolean {
  return policies.settings.terminal === "pty" && isTerminal(0) && isTerminal(2) && isInForeground();
}

/** Start-up files, in which many systems set PATH anew, come between the launcher and the program. */
function readsProfile({ login, interactive, program }: Invocation): boolean {
  return login || interactive || (program.from === "argument" && startedBySshd());
}

/** bash(1), INVOCATION: what a remote shell daemon starts reads ~/.bashrc. A socket on standard input is one sign of it. */
function startedBySshd(): boolean {
  const { SHLVL: level = "0", SSH_CLIENT: client = process.env["SSH2_CLIENT"] } = process.env;
  return Number(level) < 1 && (client !== undefined || isSocket(0));
}

function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}

/** The shims are first in PATH when the program starts. */
function keepsPath(invocation: Invocation): boolean {
  return !readsProfile(invocation) || invocation.program.from === "argument";
}

/** The index, among the launcher's words, of a program before which PATH is to be set again; 0: none is. */
function reapplied(invocation: Invocation): number {
  const { program } = invocation;
  return program.from === "argument" && program.text !== undefined && readsProfile(invocation) ? program.index : 0;
}

/** Of sftp-server(8). */
const onlyRead = " -R";

/**
 * A file transfer that sshd starts on a server may be a download as well as an upload: its client says which only later. It
 * runs read-only, and sftp-server(8) itself refuses what it is sent.
 */
function readOnly(asked: Judged, { program }: Invocation, engine: Engine, context: Context): Judged | undefined {
  const { effective, denials } = asked.response;
  if (effective === "permit" || program.from !== "argument" || program.text !== asked.text || !denials.some(({ request }) => request.utility === "sftp-server")) return undefined;
  const text = asked.text + onlyRead;
  const response = decide(text, engine, context);
  return response.effective === "permit" ? { text, response } : undefined;
}

/** The permit for the program that was given with something around it. */
function withProgram(
  around: { readonly before?: string; readonly behind?: string },
  words: readonly string[],
  { program }: Invocation,
  layerOf: (words: readonly string[]) => Permit,
): Permit {
  const index = program.from === "argument" ? program.index : 0;
  const { before = "", behind } = around;
  const layer = layerOf(words.with(index - 1, before + (words[index - 1] ?? "")));
  return { ...layer, word: { index, before: (layer.word?.before ?? "") + before, behind } };
}

/** The first of the other texts that is denied, else the program. What is unknown in them is the user's own affair. */
function decideAll(program: string, others: readonly string[], engine: Engine, context: Context): Judged {
  const judged = (text: string): Judged => ({ text, response: decideAttended(text, engine, context).response });
  return others.map(judged).find(({ response }) => response.decision === "deny") ?? judged(program);
}

/** What bash reads first, where the caller names it: `--rcfile FILE` when interactive, else BASH_ENV (bash(1), INVOCATION). */
function startUpTexts({ interactive, startupFile }: Invocation, { world }: Context): readonly string[] {
  const file = interactive ? startupFile : ownBashEnv(process.env);
  if (file === undefined) return [];
  // BASH_ENV is expanded as in double quotes: what stands in `$(…)` runs.
  if (!interactive && /[$`\\]/.test(file)) return [`: "${file.replaceAll('"', '\\"')}"`];
  // A pipe in its place would be empty when bash comes to it.
  const text = world.readFile(file);
  return text === undefined ? [] : [text];
}

function contextOf({ parameters }: Invocation, cwd: string | undefined, engine: Engine): Context {
  const positional = parameters.flatMap((value, index) => (value === undefined ? [] : [[String(index), value] as const]));
  return {
    ...contextHere("scripts", cwd, engine),
    // As bash decides whether it is interactive: what it reads, and where it can speak to a person.
    tty: isTerminal(0) && isTerminal(2) && process.env[runVariable] === undefined,
    environment: { ...process.env, ...Object.fromEntries(positional) },
  };
}
