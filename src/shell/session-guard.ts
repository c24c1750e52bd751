// What a session does about its shell while that runs: what it types and asks goes through here (docs/adr/0015).
import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Response } from "../decide.ts";
import { oneLine } from "../report/mask.ts";
import type { Waiting } from "./attended.ts";
import type { Answer, Channel, Question } from "./channel.ts";
import type { InnerShell } from "./inner-shell.ts";
import { readInvocation } from "./invocation.ts";
import { createLines, field, say } from "./lines.ts";
import { isShell, multiplexer, ungatedShell } from "./nested-shell.ts";
import { recordIncident } from "./outcome.ts";
import type { watchPolicies } from "./policy-watch.ts";
import type { Pty } from "./pty.ts";
import { createRecall } from "./recall.ts";
import { plainPath, shimsFor } from "./shims.ts";
import type { Attendant } from "./terminal.ts";
import { startThreads } from "./threads.ts";

/** How long a shell may take until it has loaded the gate, in milliseconds. */
const patience = 20_000;
/** How often we look whether the launcher is still there. */
const interval = 500;
/** How long it may take to hang up. */
const grace = 2_000;

const takenAway = "its gate was taken away";

/** What the gate calls the reasons for which it cannot go on. */
const losses: ReadonlyMap<string, string> = new Map([
  ["gate", takenAway],
  [
    "editor",
    "a line editor such as ble.sh runs lines without asking\nlet start-up files load it only where `$__autobot_on` is not set; meanwhile start `autobot-sh --norc --noprofile`",
  ],
  ["version", "this bash is older than 4.4, and its lines cannot be judged before they run\nset AUTOBOT_INNER_SHELL to `zsh`"],
]);

type Environment = Readonly<Record<string, string | undefined>>;

/** What looks after a session's shell: each key, each question, its end. */
export interface Guard extends Attendant {
  channel: Channel | undefined;
  hear(question: Question): void;
  /** Gets ready for the first question, which would be soon enough. */
  prepare(): void;
  /** Why the session was ended. */
  failure(): { readonly failure: string } | undefined;
  close(): void;
}

/** The shell once it runs. */
interface Inner {
  pty: Pty | undefined;
  /** The channel's directory. */
  directory: string;
}

/** `policies`: those in force in a directory. */
export function createGuard(shell: InnerShell, environment: Environment, waiting: Waiting, policies: ReturnType<typeof watchPolicies>): Guard {
  // Where it may have none it is to end before the session has started, so that its end is a failure of ours.
  const able = startThreads();
  const inner: Inner = { pty: undefined, directory: "" };
  /** What the shell was started with, its name first. */
  let words: readonly string[] = [];
  /** A message to the person, which is on record too. */
  const noted = async (what: string): Promise<string> => {
    const cwd = directoryOf(inner.pty?.pid);
    recordIncident(what, (await policies(cwd)).engine, cwd);
    return say(`notice: ${what}`);
  };
  const ending = createEnding(inner, noted);
  let made: Replies | undefined;
  const replies = () => (made ??= createReplies({ shell, environment, policies, inner, noted }));
  const recall = createRecall(
    (pid) => isSame(wordsOf(pid), words),
    () => ending.end(takenAway),
  );
  const guard: Guard = {
    channel: undefined,
    settings: waiting.settings,
    raw: waiting.raw,
    started: (pty) => {
      inner.pty = pty;
      inner.directory = guard.channel?.directory ?? "";
      void pty.exited.then(() => ending.reason() ?? waiting.tell());
      return ending.untilReady(pty);
    },
    typed: (keys) => {
      const { pty } = inner;
      if (!replies().typed(keys) || pty === undefined) return keys;
      return recall.isThere(pty, inner.directory).then((there) => (there ? passed(keys, pty.pid) : ending.end(takenAway)));
    },
    hear: (question) => {
      if (ending.reason() !== undefined) return;
      recall.hear(question);
      if (question.kind === "hello") {
        words = wordsOf(inner.pty?.pid) ?? [];
        void able.then(() => {
          waiting.tell();
          ending.ready();
          guard.channel?.answer(question.id, { verdict: "yes" });
        });
      } else if (question.kind === "lost") ending.end(losses.get(field(question, "l")) ?? takenAway);
      else {
        const answer = (given: Answer | undefined) => given !== undefined && guard.channel?.answer(question.id, given);
        replies()
          .reply(question)
          .then(answer, () => answer({ verdict: "no" }));
      }
    },
    prepare: () => {
      replies().prepare();
    },
    failure: () => (ending.reason() === undefined ? undefined : { failure: `the session was ended: ${ending.reason()}` }),
    close: () => {
      recall.close();
      ending.close();
    },
  };
  /** A start-up file may have put another shell in the place of ours, and no gate would be there to tell. */
  const passed = (keys: Buffer, pid: number) => (isReplaced(pid, words) ? ending.end("another shell has taken the place of the one that was judged") : keys);
  return guard;
}

interface Ending {
  /** Ends the session, which has nothing more to get. */
  end(why: string): undefined;
  reason(): string | undefined;
  /** Resolves when the shell may have keys: it has loaded the gate, or has ended. */
  untilReady(pty: Pty): Promise<void>;
  ready(): void;
  close(): void;
}

function createEnding(inner: Inner, noted: (what: string) => Promise<string>): Ending {
  let reason: string | undefined;
  let readied = (): void => {};
  let killer: NodeJS.Timeout | undefined;
  const caller = process.ppid;
  const orphaned = setInterval(() => process.ppid !== caller && end("the launcher that waited for it is gone"), interval);

  function end(why: string): undefined {
    if (reason === undefined) void noted(`the session was ended: ${why}`);
    reason ??= why;
    readied();
    inner.pty?.kill("SIGHUP");
    killer ??= setTimeout(() => inner.pty?.kill("SIGKILL"), grace);
  }

  return {
    end,
    reason: () => reason,
    untilReady: (pty) => {
      const late = setTimeout(() => end("the shell has not loaded the gate"), patience);
      return new Promise((resolve) => {
        readied = () => {
          clearTimeout(late);
          resolve();
        };
        void pty.exited.then(readied);
      });
    },
    ready: () => readied(),
    close: () => {
      clearTimeout(killer);
      clearInterval(orphaned);
    },
  };
}

interface Circumstances {
  readonly shell: InnerShell;
  readonly environment: Environment;
  readonly policies: ReturnType<typeof watchPolicies>;
  readonly inner: Inner;
  noted(what: string): Promise<string>;
}

interface Replies {
  /** Whether one of the keys accepts a line. */
  typed(keys: Buffer): boolean;
  /** Has the policies and the layer that the first prompt will most likely ask for. */
  prepare(): void;
  /** Undefined where none is waited for. */
  reply(question: Question): Promise<Answer | undefined>;
}

function createReplies({ shell, environment, policies, inner, noted }: Circumstances): Replies {
  const directory = () => directoryOf(inner.pty?.pid);
  const owedFile = () => join(inner.directory, "owed");
  const lines = createLines({
    shell,
    environment,
    policies,
    directory,
    layered: isLayered,
    opens: async (judged, { text, question }) => {
      const nested = ungatedShell(judged, field(question, "s").includes("n"));
      if (nested === undefined) return windowsOf(judged, environment);
      if (!nested.own) return { notice: `lines typed in the shell that ${nested.by} opens are not judged` };
      await noted(`refused: ${text}`);
      return { refused: unjudgedShell(nested.word) };
    },
    owes: () => writeFileSync(owedFile(), ""),
  });

  async function atChange(question: Question, told: string): Promise<Answer> {
    const said = told === "" ? "" : await noted(told);
    return { verdict: "keep", said, path: await layeredPath(field(question, "w")) };
  }

  /** The person's PATH with the shims in front; undefined where there is no layer. */
  async function layeredPath(path: string): Promise<string | undefined> {
    const { engine } = await policies(directory());
    const shims = engine.policies.settings.runtime === "off" ? undefined : shimsFor(engine, { ...environment, PATH: path });
    return shims === undefined ? undefined : `${shims}:${plainPath(path)}`;
  }

  return {
    typed: (keys) => lines.keyboard.type(keys),
    prepare: () => void layeredPath(environment["PATH"] ?? ""),
    reply: async (question) => {
      const told = question.kind === "prompt" || question.kind === "changed" ? lines.atPrompt(question) : "";
      // The shell looks for the file before it asks, so that nearly no prompt has to wait for us.
      if (question.kind === "owed") rmSync(owedFile(), { force: true });
      if (question.kind === "prompt" || question.kind === "seen") return undefined;
      return question.kind === "changed" ? atChange(question, told) : lines.reply(question);
    },
  };
}

function isLayered(question: Question): boolean {
  return /^[^:]*\/autobot-sh\/shims\/[^/:]+:/.test(field(question, "w"));
}

/** Undefined where its shells are sessions, because the account's shell is the launcher. */
function windowsOf(judged: Response, { SHELL: shell = "" }: Environment): { readonly notice: string } | undefined {
  const opened = shell.endsWith("/autobot-sh") ? undefined : multiplexer(judged);
  return opened === undefined
    ? undefined
    : { notice: `lines typed in the windows of \`${opened}\` are judged only where their shell is autobot-sh\nhave SHELL=$(command -v autobot-sh) when its server starts` };
}

function unjudgedShell(word: string): string {
  return `refused: the lines typed in \`${oneLine(word, 80)}\` would not be judged; nothing was run\ntype \`bash\`, \`zsh\` or \`autobot-sh\` by that name: it is a session again`;
}

/** By a shell that reads commands from its terminal, and is no session. */
function isReplaced(pid: number, words: readonly string[]): boolean {
  const now = wordsOf(pid);
  if (now === undefined || isSame(now, words)) return false;
  const [name = "", ...rest] = now;
  return isShell(name.replace(/^-?(?:.*\/)?/, "")) && readInvocation(rest).program.from === "stdin";
}

function isSame(now: readonly string[] | undefined, words: readonly string[]): boolean {
  return now?.join("\0") === words.join("\0");
}

function wordsOf(pid: number | undefined): readonly string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return undefined;
  }
}

function directoryOf(pid: number | undefined): string | undefined {
  try {
    return pid === undefined ? undefined : readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
