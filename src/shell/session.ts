// The person's shell on a terminal of its own, and the other end of its gate: each line that it has read is decided here,
// before any of it runs (docs/adr/0015).
import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { oneLine } from "../report/mask.ts";
import { type Answer, type Channel, openChannel, type Question } from "./channel.ts";
import { currentDirectory } from "./directory.ts";
import { loadEngine } from "./engine.ts";
import { chooseShell, type InnerShell, isLogin, startOf } from "./inner-shell.ts";
import { readInvocation } from "./invocation.ts";
import { layerPlaces } from "./layers.ts";
import { createLines, field, say } from "./lines.ts";
import { isShell, ungatedShell } from "./nested-shell.ts";
import { recordIncident } from "./outcome.ts";
import { watchPolicies } from "./policy-watch.ts";
import type { Exit, Pty, PtyFailure } from "./pty.ts";
import { plainPath, shimsFor } from "./shims.ts";
import { type Attendant, runOnTerminal } from "./terminal.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How the session ended: as its shell did, or why it was ended or never began. */
export type SessionEnd = Exit | { readonly failure: string };

/** How long a shell may take until it has loaded the gate, in milliseconds. */
const patience = 20_000;
/** How often we look whether the launcher is still there. */
const interval = 500;
/** How long it may take to hang up. */
const grace = 2_000;

/** `words`: the launcher's. `environment`: the person's own. `announce`: called once the shell is theirs, or has ended by itself. */
export async function runSession(words: readonly string[], environment: Environment, announce: () => void): Promise<SessionEnd> {
  const loaded = await loadEngine(layerPlaces(environment, currentDirectory()));
  if ("failure" in loaded) return loaded;
  const invocation = readInvocation(words);
  const { shell, unknown } = chooseShell(environment, loaded.engine);
  if (shell === "bash" && invocation.privileged) return { failure: "bash loads no gate with `-p`; nothing was run\nleave it out" };
  if (unknown !== undefined) process.stderr.write(noSuchShell(unknown, shell));
  const guard = createGuard(shell, environment, announce);
  const channel = openChannel((question) => guard.hear(question));
  if ("failure" in channel) {
    guard.close();
    return channel;
  }
  guard.channel = channel;
  process.once("exit", channel.close);
  // A hang-up comes more than once, by the kernel and by the launcher: the second must not keep us from clearing up.
  const heard = () => {};
  process.on("SIGHUP", heard).on("SIGTERM", heard);
  try {
    const root = dirname(dirname(resolve(process.argv[1] ?? "")));
    const start = startOf({ shell, words, invocation, login: isLogin(invocation, environment), root, directory: channel.directory, environment });
    guard.words = [start.argv0 ?? start.file, ...start.args];
    const exit = await runOnTerminal(start, guard);
    return guard.failure() ?? ended(exit);
  } finally {
    guard.close();
    process.off("exit", channel.close);
    channel.close();
    process.off("SIGHUP", heard).off("SIGTERM", heard);
  }
}

function ended(exit: Exit | PtyFailure): SessionEnd {
  return "failure" in exit ? { failure: exit.message } : exit;
}

function noSuchShell(name: string, instead: string): string {
  return `autobot-sh: the lines of \`${name}\` cannot be judged before they run; this is ${instead}\n  set AUTOBOT_INNER_SHELL to \`bash\` or \`zsh\`\n`;
}

/** What the gate calls the reasons for which it cannot go on. */
const losses: ReadonlyMap<string, string> = new Map([
  ["gate", "its gate was taken away"],
  [
    "editor",
    "a line editor such as ble.sh runs lines without asking\nlet start-up files load it only where `$__autobot_on` is not set; meanwhile start `autobot-sh --norc --noprofile`",
  ],
  ["version", "this bash is older than 5.1, and its lines cannot be judged before they run\nset AUTOBOT_INNER_SHELL to `zsh`"],
]);

interface Guard extends Attendant {
  /** What the shell is started with, its name first. */
  words: readonly string[];
  channel: Channel | undefined;
  hear(question: Question): void;
  /** Why the session was ended. */
  failure(): { readonly failure: string } | undefined;
  close(): void;
}

function createGuard(shell: InnerShell, environment: Environment, announce: () => void): Guard {
  const policies = watchPolicies(environment);
  let pty: Pty | undefined;
  let reason: string | undefined;
  let ready = (): void => {};
  let killer: NodeJS.Timeout | undefined;

  /** A message to the person, which is on record too. */
  async function noted(what: string): Promise<string> {
    const cwd = directoryOf(pty?.pid);
    recordIncident(what, (await policies(cwd)).engine, cwd);
    return say(`notice: ${what}`);
  }

  const caller = process.ppid;
  const orphaned = setInterval(() => process.ppid !== caller && end("the launcher that waited for it is gone"), interval);

  function end(why: string): void {
    if (reason === undefined) void noted(`the session was ended: ${why}`);
    reason ??= why;
    ready();
    pty?.kill("SIGHUP");
    killer ??= setTimeout(() => pty?.kill("SIGKILL"), grace);
  }

  const lines = createLines({
    shell,
    environment,
    policies,
    directory: () => directoryOf(pty?.pid),
    layered: isLayered,
    opens: async (judged, { text, question }) => {
      const nested = ungatedShell(judged, field(question, "s").includes("n"));
      if (nested === undefined) return undefined;
      if (!nested.own) return { notice: "lines typed in another user's shell are not judged" };
      await noted(`refused: ${text}`);
      return { refused: unjudgedShell(nested.word) };
    },
    owes: () => writeFileSync(owedFile(), ""),
  });

  async function reply(question: Question): Promise<Answer | undefined> {
    if (question.kind === "prompt" || question.kind === "changed") lines.atPrompt(question);
    // The shell looks for the file before it asks, so that nearly no prompt has to wait for us.
    if (question.kind === "owed") rmSync(owedFile(), { force: true });
    return question.kind === "prompt" ? undefined : question.kind === "changed" ? atChange(question) : lines.reply(question);
  }

  async function atChange(question: Question): Promise<Answer> {
    const lost = field(question, "l");
    const said = lost === "" ? "" : await noted(`${lost} was set without the gate; it is there again`);
    return { verdict: "keep", said, path: await layeredPath(field(question, "w")) };
  }

  function owedFile(): string {
    return join(guard.channel?.directory ?? "", "owed");
  }

  /** The person's PATH with the shims in front; undefined where there is no layer. */
  async function layeredPath(path: string): Promise<string | undefined> {
    const { engine } = await policies(directoryOf(pty?.pid));
    const directory = engine.policies.settings.runtime === "off" ? undefined : shimsFor(engine, { ...environment, PATH: path });
    return directory === undefined ? undefined : `${directory}:${plainPath(path)}`;
  }

  const guard: Guard = {
    words: [],
    channel: undefined,
    started: (started) => {
      pty = started;
      const late = setTimeout(() => end("the shell has not loaded the gate"), patience);
      return new Promise((resolve) => {
        ready = () => {
          clearTimeout(late);
          resolve();
        };
        void started.exited.then(() => {
          if (reason === undefined) announce();
          ready();
        });
      });
    },
    typed: (keys) => {
      lines.keyboard.type(keys);
      // A start-up file may have put another shell in the place of ours, and no gate would be there to tell.
      if (!/[\r\n]/.test(keys.toString("latin1")) || pty === undefined || !isReplaced(pty.pid, guard.words)) return keys;
      end("another shell has taken the place of the one that was judged");
      return undefined;
    },
    hear: (question) => {
      if (reason !== undefined) return;
      if (question.kind === "hello") {
        announce();
        ready();
      } else if (question.kind === "lost") end(losses.get(field(question, "l")) ?? "its gate was taken away");
      else {
        const answer = (given: Answer | undefined) => given !== undefined && guard.channel?.answer(question.id, given);
        reply(question).then(answer, () => answer({ verdict: "no" }));
      }
    },
    failure: () => (reason === undefined ? undefined : { failure: `the session was ended: ${reason}` }),
    close: () => {
      clearTimeout(killer);
      clearInterval(orphaned);
    },
  };
  return guard;
}

function isLayered(question: Question): boolean {
  return /^[^:]*\/autobot-sh\/shims\/[^/:]+:/.test(field(question, "w"));
}

function unjudgedShell(word: string): string {
  return `refused: the lines typed in \`${oneLine(word, 80)}\` would not be judged; nothing was run\ntype \`bash\`, \`zsh\` or \`autobot-sh\` by that name: it is a session again`;
}

/** By a shell that reads commands from its terminal, and is no session. */
function isReplaced(pid: number, words: readonly string[]): boolean {
  const now = wordsOf(pid);
  if (now === undefined || now.join("\0") === words.join("\0")) return false;
  const [name = "", ...rest] = now;
  return isShell(name.replace(/^-?(?:.*\/)?/, "")) && readInvocation(rest).program.from === "stdin";
}

function wordsOf(pid: number): readonly string[] | undefined {
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
