// The library's face: a program that runs commands for an agent has each decided, and run as bash would where it is permitted.
import type { Socket } from "node:net";
import { resolve } from "node:path";
import { Readable, type Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { Context, Response } from "../decide.ts";
import { agentFailure, agentRefusal } from "../report/agent-refusal.ts";
import { type Capture, createCapture } from "./capture.ts";
import { type Execution, execute } from "./execution.ts";
import { createJudging, type Environment, type Judged, type Unjudged } from "./judging.ts";
import { limits } from "./limits.ts";

export interface GuardOptions {
  /** What the commands get, and what says where policies are. Default: that of this process, as it is at each call. */
  readonly environment?: Environment;
}

export interface DecideContext {
  /** The directory that the line would run in. Default: this process's. */
  readonly cwd?: string;
  /** A person sits at a terminal. Default: nobody does. */
  readonly tty?: boolean;
  /** What the line would read: all of it, or `pipe` for what nobody has seen yet. */
  readonly stdin?: Context["stdin"];
  /** `exec` is to run it, and the runtime layer judges what the text does not tell. Default: it does not. */
  readonly runtime?: boolean;
}

export interface Permitted {
  readonly refused: false;
  readonly response: Response;
}

/** Nothing of the line has run. */
export interface Refused {
  readonly refused: true;
  /** Undefined: it could not be judged, and `message` says why. */
  readonly response: Response | undefined;
  /** For the agent's model: what would have happened, why not, and what to do instead. */
  readonly message: string;
  /** What is wrong with a policy file, where that is why: for a log, and not for the model, because it quotes the file. */
  readonly problem?: string | undefined;
}

export interface ExecOptions {
  /** Default: this process's. */
  readonly cwd?: string;
  /** Set over the guard's environment; undefined: not set. */
  readonly environment?: Environment;
  /** Standard input. A text is judged with the line; what a stream brings nobody can judge. Default: none. */
  readonly stdin?: string | Readable;
  /** Given what the command writes, as it comes. Neither is ended. */
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** Ends the command, and all that it has started. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is ended. Default: none. */
  readonly timeout?: number;
  /** Characters of each stream to keep in the result; the middle of more is left out. Default: 1,000,000. */
  readonly maximumCharacters?: number;
}

/** The command has run and ended, however it did. */
export interface Finished {
  readonly refused: false;
  readonly response: Response;
  /** As `$?`: 128 and the signal's number for one that a signal has ended. */
  readonly exitCode: number;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** A middle has been left out of one of them. */
  readonly truncated: boolean;
  readonly ended: "itself" | "timeout" | "aborted";
  readonly durationMs: number;
}

export type ExecResult = Finished | Refused;

export interface Guard {
  /** Decides a line, and runs nothing. */
  decide(line: string, context?: DecideContext): Promise<Permitted | Refused>;
  /**
   * Decides a line and runs it with bash, in a process group of its own. Resolves when bash has ended and nothing of it runs on, or soon after
   * bash where something in the background does: until this process ends. Rejects where `signal` was aborted before anything ran.
   */
  exec(line: string, options?: ExecOptions): Promise<ExecResult>;
}

const mostCharacters = 1_000_000;

/** A guard keeps nothing but what it has read of the policies, which it reads again when they change. */
export function createGuard({ environment: given }: GuardOptions = {}): Guard {
  const current = () => given ?? process.env;
  const judging = createJudging(current());
  return {
    async decide(line, { cwd = ".", tty = false, stdin, runtime = false } = {}) {
      const judged = await judging.judge(line, { cwd: resolve(cwd), environment: current(), tty, stdin, layered: runtime });
      return refusedBy(line, judged) ?? { refused: false, response: (judged as Judged).response };
    },
    async exec(line, options = {}) {
      const cwd = resolve(options.cwd ?? ".");
      const environment = { ...current(), ...options.environment };
      const input = typeof options.stdin === "string" ? { text: options.stdin } : undefined;
      const stdin = input ?? (options.stdin === undefined ? undefined : "pipe");
      const judged = await judging.judgeToRun(line, { cwd, environment, stdin, layered: true });
      const refused = refusedBy(line, judged);
      if (refused !== undefined) return refused;
      options.signal?.throwIfAborted();
      const execution = await execute(line, judged as Judged, { cwd, environment, input: stdin === "pipe" ? "later" : input });
      return "failure" in execution ? unjudged(execution) : finished(execution, (judged as Judged).response, options);
    },
  };
}

/** Undefined: it may run. */
export function refusedBy(line: string, judged: Judged | Unjudged, times = 1): Refused | undefined {
  if ("failure" in judged) return unjudged(judged);
  const { response, engine } = judged;
  return response.effective === "permit" ? undefined : { refused: true, response, message: agentRefusal(line, response, engine.policies, times).trimEnd() };
}

function unjudged({ failure, way, problem }: Unjudged): Refused {
  return { refused: true, response: undefined, message: agentFailure(failure, way), problem };
}

async function finished(execution: Execution, response: Response, options: ExecOptions): Promise<Finished> {
  const started = performance.now();
  let ended: Finished["ended"] = "itself";
  const end = (why: "timeout" | "aborted") => {
    if (ended === "itself") ended = why;
    void execution.end();
  };
  const abort = () => end("aborted");
  const timer = options.timeout === undefined ? undefined : setTimeout(() => end("timeout"), options.timeout);
  options.signal?.addEventListener("abort", abort);
  if (options.signal?.aborted === true) abort();
  if (execution.stdin !== undefined && options.stdin instanceof Readable) options.stdin.pipe(execution.stdin);
  const [stdout, stderr] = (["stdout", "stderr"] as const).map((name) => collect(execution[name], options[name], options.maximumCharacters)) as [Capture, Capture];
  const exit = await execution.exited;
  await Promise.race([execution.closed, delay(limits.lingering, undefined, { ref: false })]);
  clearTimeout(timer);
  options.signal?.removeEventListener("abort", abort);
  // What the background still writes keeps no program from ending.
  for (const stream of [execution.stdout, execution.stderr]) (stream as Partial<Socket> | undefined)?.unref?.();
  const [out, err] = [stdout.take(), stderr.take()];
  return {
    refused: false,
    response,
    exitCode: exit.status,
    signal: exit.signal,
    stdout: out.text,
    stderr: err.text,
    truncated: out.truncated || err.truncated,
    ended,
    durationMs: Math.round(performance.now() - started),
  };
}

function collect(stream: Readable | undefined, copy: Writable | undefined, characters = mostCharacters): Capture {
  const capture = createCapture(characters);
  stream?.on("data", (chunk: Buffer) => capture.add(chunk));
  if (copy !== undefined) stream?.pipe(copy, { end: false });
  return capture;
}
