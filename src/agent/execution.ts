// A permitted line → a process group of its own that runs it: what it writes, how it ends, and a way to end it with all that it has started.
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { runVariable } from "../run/agent-variables.ts";
import { layerFor } from "../run/layer.ts";
import { layerOf } from "../run/shims.ts";
import { strictStart } from "../run/strict.ts";
import { holdForAgent } from "../run/unattended.ts";
import { type Exit, openPty } from "../session/pty.ts";
import { temporaryDirectory } from "../world/directory.ts";
import type { Environment, Judged } from "./judging.ts";
import { limits } from "./limits.ts";
import { packageRoot } from "./package-root.ts";
import { openPipe } from "./pipes.ts";
import { descendants, membersOf, signalAll, signalOne } from "./process-tree.ts";
import { announceRun, forgetGroup, watchGroup } from "./watcher.ts";

export interface Start {
  readonly cwd: string;
  readonly environment: Environment;
  /** The size of a terminal for it; absent: pipes. */
  readonly terminal?: { readonly columns: number; readonly rows: number } | undefined;
  /** What it reads: a text, or what is written later; absent: nothing. On a terminal it is what is typed. */
  readonly input?: { readonly text: string } | "later" | undefined;
}

export interface Execution {
  readonly pid: number;
  readonly stdout: Readable;
  /** Absent: on a terminal there is one output. */
  readonly stderr?: Readable | undefined;
  /** Where what it reads is written later. */
  readonly stdin?: Writable | undefined;
  /** Types on its terminal. */
  type?(data: string): Promise<void>;
  /** How the shell itself ended. */
  readonly exited: Promise<Exit>;
  /** It has ended, nobody has its output open any more, and nothing of its session runs. */
  readonly closed: Promise<void>;
  hasEnded(): boolean;
  /** Ends it and what descends from it: asked first, then forced. */
  end(): Promise<void>;
}

/** `failure`: why it cannot be started. */
export async function execute(line: string, judged: Judged, start: Start): Promise<Execution | { readonly failure: string }> {
  const program = programFor(line, judged, start.environment);
  if ("failure" in program) return program;
  const run = newRun();
  announceRun(run);
  const named = { ...program, environment: { ...program.environment, [runVariable]: run } };
  const started = start.terminal === undefined ? onPipes(named, start) : await onTerminal(named, start, start.terminal);
  if ("failure" in started) return started;
  const { pid } = started;
  watchGroup(pid, run);
  const release = holdForAgent(pid);
  const terminal = start.terminal !== undefined;
  // All processes are looked at only where there may be some: on a terminal a shell gives each job a group of its own.
  const remains = watchRemains(() => (terminal || signalOne(-pid, 0)) && membersOf(pid).size > 0);
  let ended = false;
  const closed = Promise.all([started.exited, started.closed]).then(async () => {
    await remains.gone();
    ended = true;
    forgetGroup(pid);
    release();
  });
  const endAll = async () => {
    await end(pid, terminal);
    remains.look();
  };
  return { ...started, closed, hasEnded: () => ended, end: async () => (ended ? undefined : endAll()) };
}

const session = `${process.pid}-${Date.now()}`;
let runs = 0;

/** Like no other on this machine. */
function newRun(): string {
  return `${session}-${++runs}`;
}

interface Program {
  readonly words: readonly [string, ...string[]];
  readonly environment: Environment;
}

const bash = "/bin/bash";

function programFor(line: string, { engine, response, shims }: Judged, environment: Environment): Program | { readonly failure: string } {
  const words = ["-c", line];
  const own = { ...environment, SHLVL: shellLevel(environment) };
  const strict = engine.policies.settings.runtime === "strict";
  // What a deployment does underneath is its own.
  if (response.deployment) return { words: [bash, ...words], environment: own };
  if (shims === undefined) return strict ? { failure: "no directory can be made for `runtime: strict`" } : { words: [bash, ...words], environment: own };
  // Which process it will be is not known yet: it reads the file that BASH_ENV names.
  const layered = { ...own, ...layerFor(shims, own, words, 0, 0).variables };
  if (!strict) return { words: [bash, ...words], environment: layered };
  const [file = bash, ...rest] = strictStart([bash], bash, shims, engine, layerOf(engine, packageRoot()), own);
  return { words: [file, ...rest, ...words], environment: layered };
}

/** node's pipes are sockets, and a first bash on a socket takes itself for one that a remote shell daemon has started: it would read ~/.bashrc. */
function shellLevel({ SHLVL: level = "" }: Environment): string {
  return /^[1-9]\d{0,2}$/.test(level) ? level : "1";
}

type Started = Omit<Execution, "end" | "hasEnded">;

function onPipes({ words: [file, ...args], environment }: Program, { cwd, input }: Start): Started | { readonly failure: string } {
  const text = typeof input === "object" ? fileWith(input.text) : undefined;
  const [out, err] = [openPipe(), openPipe()];
  const given = [text, out?.writer, err?.writer];
  const subprocess = execa(file, args, {
    cwd,
    env: environment,
    extendEnv: false,
    // Descriptors are taken, and left out of the types.
    stdin: (text ?? (input === "later" ? "pipe" : "ignore")) as "pipe" | "ignore",
    stdout: (out?.writer ?? "pipe") as "pipe",
    stderr: (err?.writer ?? "pipe") as "pipe",
    buffer: false,
    encoding: "buffer",
    reject: false,
    // Its end is ours to bring about, with that of its whole group.
    detached: true,
    cleanup: false,
  });
  for (const descriptor of given) if (descriptor !== undefined) closeSync(descriptor);
  const { pid, stdin } = subprocess;
  const [stdout, stderr] = [out?.reader ?? subprocess.stdout, err?.reader ?? subprocess.stderr];
  const exited = new Promise<Exit>((resolve) => {
    subprocess.once("exit", (code, signal) => resolve(exitOf(code, signal)));
  });
  const closed = Promise.all([stdout, stderr].map((stream) => new Promise((resolve) => stream.once("close", resolve)))).then(() => {});
  if (pid === undefined) {
    for (const stream of [stdout, stderr]) stream.destroy();
    return { failure: `\`${file}\` cannot be started` };
  }
  // What does not read its input closes it.
  stdin?.on("error", () => {});
  return { pid, stdout, stderr, stdin: stdin ?? undefined, exited, closed };
}

/** A descriptor on it. What is in a file can be judged again by whoever is given it, and nothing has to be written to somebody who does not read. */
function fileWith(text: string): number {
  const directory = mkdtempSync(join(temporaryDirectory(), "autobot-sh-input-"));
  const path = join(directory, "input");
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  const descriptor = openSync(path, constants.O_RDONLY);
  rmSync(directory, { recursive: true });
  return descriptor;
}

const signalNumbers = process.getBuiltinModule("node:os").constants.signals;

function exitOf(code: number | null, signal: NodeJS.Signals | null): Exit {
  return signal === null ? { status: code ?? 0 } : { status: 128 + signalNumbers[signal], signal };
}

async function onTerminal({ words: [file, ...args], environment }: Program, { cwd }: Start, size: NonNullable<Start["terminal"]>): Promise<Started | { readonly failure: string }> {
  const pty = await openPty({ file, args, env: { TERM: "xterm-256color", ...environment }, cwd, ...size });
  if ("failure" in pty) return { failure: pty.message.split("\n", 1)[0] ?? "" };
  const { pid, output, exited } = pty;
  const closed = new Promise<void>((resolve) => {
    output.once("close", () => resolve());
  });
  return { pid, stdout: output, type: (data) => pty.write(data), exited, closed };
}

interface Remains {
  /** Settles when nothing is there any more; looks for it ever more seldom, and keeps no program from ending. */
  gone(): Promise<void>;
  /** It may be soon. */
  look(): void;
}

/** What has sent its output elsewhere runs on when the shell and its pipes have ended. A number is nobody else's while something bears it. */
function watchRemains(isThere: () => boolean): Remains {
  let done: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = (wait = poll) => {
    clearTimeout(timer);
    if (done === undefined) return;
    if (isThere()) timer = setTimeout(look, wait, Math.min(wait * 2, longestPoll)).unref();
    else done();
  };
  return {
    gone: () =>
      new Promise((resolve) => {
        done = resolve;
        look();
      }),
    look: () => look(),
  };
}

/** Those that have left the session, with `setsid`, are found by their parents while these live. */
async function end(pid: number, terminal: boolean): Promise<void> {
  const asked = new Map([...membersOf(pid), ...descendants(pid)]);
  // A shell on a terminal takes no SIGTERM, and SIGHUP for the end of that.
  for (const signal of terminal ? (["SIGHUP", "SIGTERM"] as const) : (["SIGTERM"] as const)) {
    signalOne(-pid, signal);
    signalAll(asked, signal);
  }
  // A stopped process takes the signal when it goes on.
  signalOne(-pid, "SIGCONT");
  for (let waited = 0; waited < limits.grace && signalOne(-pid, 0); waited += poll) await delay(poll);
  signalAll(asked, "SIGKILL");
  signalAll(new Map([...membersOf(pid), ...descendants(pid)]), "SIGKILL");
  signalOne(-pid, "SIGKILL");
}

/** Milliseconds. */
const poll = 10;
const longestPoll = 10_000;
