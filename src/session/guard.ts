// What a session does about its shell while that runs: what it types and asks goes through here (docs/adr/0015).
import { readInvocation } from "../run/invocation.ts";
import { isShell } from "../run/nested-shell.ts";
import { behindShims, usualDirectory } from "../run/shims.ts";
import { attempt } from "../world/attempt.ts";
import { findLayers, layerPlaces } from "../world/layers.ts";
import { commandLineOf, directoryOf } from "../world/process.ts";
import type { Waiting } from "./attended.ts";
import { type Answer, type Channel, field, type Question } from "./channel.ts";
import { createRecall } from "./recall.ts";
import type { Circumstances, Inner, Replies } from "./replies.ts";
import type { Attendant } from "./terminal.ts";
import { startThreads } from "./threads.ts";

/** How long a shell may take until it has loaded the gate, in milliseconds. */
const patience = 20_000;
/** How often we look whether the launcher is still there. */
const interval = 500;
/** How long start-up files, and then the prompt, have the machine for themselves, in milliseconds. */
const headStart = 20;
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

/** What looks after a session's shell: each key, each question, its end. */
export interface Guard extends Attendant {
  channel: Channel | undefined;
  hear(question: Question): void;
  /** Why the session was ended. */
  failure(): { readonly failure: string } | undefined;
  close(): void;
}

/** What the guard is given: who waits, where the package is installed, and what answers, once it is loaded. */
export interface Post extends Omit<Circumstances, "inner"> {
  readonly waiting: Waiting;
  readonly root: string;
  createReplies(circumstances: Circumstances): Replies;
}

export function createGuard({ waiting, root, createReplies, ...circumstances }: Post): Guard {
  // Where it may have none it is to end before the session has started, so that its end is a failure of ours.
  const able = startThreads();
  const inner: Inner = { pty: undefined, directory: "" };
  /** What the shell was started with, its name first. */
  let words: readonly string[] = [];
  let made: Replies | undefined;
  /** Answered before the replies were made. */
  let first: Question | undefined;
  let later: NodeJS.Timeout | undefined;
  const replies = (): Replies => {
    if (made !== undefined) return made;
    made = createReplies({ ...circumstances, inner });
    if (first !== undefined) void made.reply(first);
    return made;
  };
  const ending = createEnding(inner, async (what) => replies().note(what));
  const recall = createRecall(
    (pid) => isSame(wordsOf(pid), words),
    () => ending.end(takenAway),
  );

  /** From now on the session counts as started, and keys pass. */
  async function begin(): Promise<void> {
    later = undefined;
    try {
      replies().prepare();
      await able;
      if (ending.reason() !== undefined) return;
      waiting.tell();
      ending.ready();
    } catch (error) {
      ending.end(`internal error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  function reply(question: Question): void {
    const answer = (given: Answer | undefined) => given !== undefined && guard.channel?.answer(question.id, given);
    const early = made === undefined && circumstances.loaded === undefined ? withoutPolicies(question) : undefined;
    if (early !== undefined) {
      answer(early);
      first = question;
    } else {
      replies()
        .reply(question)
        .then(answer, () => answer({ verdict: "no" }));
    }
    // What is to be shown comes first: loading the rest takes as long as all of this.
    later?.refresh();
  }

  /** To the first prompt, which people wait for, where the policies would not say anything else. */
  function withoutPolicies(question: Question): Answer | undefined {
    const { environment } = circumstances;
    const path = field(question, "w");
    if (question.kind !== "changed" || field(question, "l") !== "" || findLayers(layerPlaces(environment, directoryOf(inner.pty?.pid))).length > 0) return undefined;
    const shims = usualDirectory(root, { ...environment, PATH: path });
    return shims === undefined ? undefined : { verdict: "keep", path: behindShims(shims, path) };
  }

  const guard: Guard = {
    channel: undefined,
    settings: waiting.settings,
    raw: waiting.raw,
    started: (pty) => {
      inner.pty = pty;
      inner.directory = guard.channel?.directory ?? "";
      void pty.exited.then(() => ending.reason() ?? waiting.tell());
      const ready = ending.untilReady();
      guard.channel?.look();
      return ready;
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
        guard.channel?.answer(question.id, { verdict: "yes" });
        later = setTimeout(begin, headStart);
      } else if (question.kind === "lost") {
        // Whoever takes a gate away at once is to get no other shell for it.
        waiting.tell();
        ending.end(losses.get(field(question, "l")) ?? takenAway);
      } else reply(question);
    },
    failure: () => (ending.reason() === undefined ? undefined : { failure: `the session was ended: ${ending.reason()}` }),
    close: () => {
      clearTimeout(later);
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
  /** Resolves when the shell may have keys: it has loaded the gate. Those of a session that has not come to that are for the rescue. */
  untilReady(): Promise<void>;
  ready(): void;
  close(): void;
}

function createEnding(inner: Inner, note: (what: string) => Promise<string>): Ending {
  let reason: string | undefined;
  let readied = (): void => {};
  let late: NodeJS.Timeout | undefined;
  let killer: NodeJS.Timeout | undefined;
  const caller = process.ppid;
  const orphaned = setInterval(() => process.ppid !== caller && end("the launcher that waited for it is gone"), interval);

  function end(why: string): undefined {
    if (reason === undefined) {
      reason = why;
      note(`the session was ended: ${why}`).catch(() => {});
    }
    inner.pty?.kill("SIGHUP");
    killer ??= setTimeout(() => inner.pty?.kill("SIGKILL"), grace);
  }

  return {
    end,
    reason: () => reason,
    untilReady: () => {
      late = setTimeout(() => end("the shell has not loaded the gate"), patience);
      return new Promise((resolve) => {
        readied = () => {
          clearTimeout(late);
          resolve();
        };
      });
    },
    ready: () => readied(),
    close: () => {
      clearTimeout(late);
      clearTimeout(killer);
      clearInterval(orphaned);
    },
  };
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
  return pid === undefined ? undefined : attempt(() => commandLineOf(pid));
}
