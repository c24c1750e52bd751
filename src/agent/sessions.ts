// The commands that an agent has started and not seen the end of: each by a short id, bounded in number, time and output.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Exit } from "../session/pty.ts";
import { temporaryDirectory } from "../world/directory.ts";
import { createCapture, type Files, type Taken } from "./capture.ts";
import { type Execution, execute, type Start } from "./execution.ts";
import type { Judged } from "./judging.ts";
import { limits } from "./limits.ts";

/** What a session gives since it was last asked. */
export interface Seen {
  /** Undefined: it runs. */
  readonly exit: Exit | undefined;
  readonly stdout: Taken;
  /** Undefined: it has a terminal, and one output. */
  readonly stderr: Taken | undefined;
  /** There will be no more. */
  readonly complete: boolean;
  readonly timedOut: boolean;
  readonly durationMs: number;
}

export interface Session {
  readonly id: string;
  readonly line: string;
  readonly cwd: string;
  readonly execution: Execution;
  /** Settles when the shell has ended and nothing of it runs on, or soon after the shell where something does. */
  readonly finished: Promise<void>;
  /** `background`: the shell has ended, and what it has started runs on. */
  state(): "running" | "background" | "ended";
  /** Characters that wait to be seen. */
  waiting(): number;
  see(): Seen;
}

export interface Sessions {
  /** `failure`: why it cannot be started. */
  start(line: string, judged: Judged, start: Start, timeout?: number): Promise<Session | { readonly failure: string }>;
  get(id: string): Session | undefined;
  list(): readonly Session[];
  /** Its result has been seen whole. */
  forget(session: Session): void;
  /** Ends all of them. */
  close(): Promise<void>;
}

export function createSessions(): Sessions {
  const all = new Map<string, Session>();
  const files = createFiles();
  let count = 0;
  let starting = 0;

  function dropOldest(): void {
    const ended = [...all.values()].filter(({ execution }) => execution.hasEnded());
    for (const { id } of ended.slice(0, Math.max(ended.length - limits.ended, 0))) all.delete(id);
  }

  return {
    async start(line, judged, start, timeout = limits.timeout) {
      const running = [...all.values()].filter(({ execution }) => !execution.hasEnded()).length + starting;
      if (running >= limits.running) return { failure: `${running} commands run already, which the tool \`sessions\` lists` };
      starting++;
      const execution = await execute(line, judged, start).finally(() => starting--);
      if ("failure" in execution) return execution;
      dropOldest();
      const session = createSession(`s${++count}`, { line, cwd: start.cwd, timeout: Math.min(timeout, limits.longestTimeout), files }, execution);
      all.set(session.id, session);
      return session;
    },
    get: (id) => all.get(id),
    list: () => [...all.values()],
    forget: ({ id }) => void all.delete(id),
    async close() {
      await Promise.all([...all.values()].map(({ execution }) => execution.end()));
      files.remove();
    },
  };
}

interface Given {
  readonly line: string;
  readonly cwd: string;
  readonly timeout: number;
  readonly files: Files;
}

function createSession(id: string, { line, cwd, timeout, files }: Given, execution: Execution): Session {
  const started = performance.now();
  const [stdout, stderr] = [createCapture(limits.resultCharacters, files), createCapture(limits.resultCharacters, files)];
  execution.stdout.on("data", (chunk: Buffer) => stdout.add(chunk));
  execution.stderr?.on("data", (chunk: Buffer) => stderr.add(chunk));
  let exit: Exit | undefined;
  let ended: number | undefined;
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    void execution.end();
  }, timeout);
  const finished = execution.exited.then(async (how) => {
    exit = how;
    ended = performance.now();
    await Promise.race([execution.closed, delay(limits.lingering)]);
  });
  // What is left in the background has the same time.
  void execution.closed.then(() => clearTimeout(timer));
  return {
    id,
    line,
    cwd,
    execution,
    finished,
    state: () => (execution.hasEnded() ? "ended" : exit === undefined ? "running" : "background"),
    waiting: () => stdout.length() + stderr.length(),
    see: () => ({
      exit,
      stdout: execution.stderr === undefined ? asText(stdout.take()) : stdout.take(),
      stderr: execution.stderr === undefined ? undefined : stderr.take(),
      complete: execution.hasEnded(),
      timedOut,
      durationMs: Math.round((ended ?? performance.now()) - started),
    }),
  };
}

/** A terminal ends its lines as a typewriter does. */
function asText({ text, ...taken }: Taken): Taken {
  return { ...taken, text: text.replaceAll("\r\n", "\n") };
}

/** In one directory, made when the first is wanted. */
function createFiles(): Files & { remove(): void } {
  let directory: string | undefined;
  let count = 0;
  return {
    bytes: limits.fileBytes,
    next() {
      directory ??= mkdtempSync(join(temporaryDirectory(), "autobot-sh-output-"));
      return join(directory, `${++count}`);
    },
    remove() {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
