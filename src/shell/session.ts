// The person's shell on a terminal of its own, and the other end of its gate: each line that it has read is decided here,
// before any of it runs (docs/adr/0015).
import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Engine, Response } from "../decide.ts";
import { oneLine } from "../report/mask.ts";
import { refusal } from "../report/refusal.ts";
import { styleFor } from "../report/style.ts";
import { type Answer, type Channel, openChannel, type Question } from "./channel.ts";
import { loadEngine } from "./engine.ts";
import { createHistory, readEntry } from "./history.ts";
import { chooseShell, type InnerShell, isLogin, startOf } from "./inner-shell.ts";
import { readInvocation } from "./invocation.ts";
import { createKeyboard } from "./keyboard.ts";
import { layerPlaces } from "./layers.ts";
import { isShell, ungatedShell } from "./nested-shell.ts";
import { isRecordRequired, record, recordIncident } from "./outcome.ts";
import { watchPolicies } from "./policy-watch.ts";
import type { Exit, Pty, PtyFailure } from "./pty.ts";
import { plainPath, shimsFor } from "./shims.ts";
import { type Attendant, runOnTerminal } from "./terminal.ts";
import { type Asked, judgeTyped, type TypedLine, typedLine, withTold } from "./typed-line.ts";
import { findWorkspace } from "./workspace.ts";
import { createWorld } from "./world.ts";

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
  const loaded = await loadEngine(layerPlaces(environment, process.cwd()));
  if ("failure" in loaded) return loaded;
  const invocation = readInvocation(words);
  const { shell, unknown } = chooseShell(environment, loaded.engine);
  if (shell === "bash" && invocation.privileged) return { failure: "bash loads no gate with `-p`; nothing was run\nleave it out" };
  if (unknown !== undefined) process.stderr.write(noSuchShell(unknown, shell));
  const guard = createGuard(shell, environment, announce);
  const channel = openChannel((question) => guard.hear(question));
  if ("failure" in channel) return channel;
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

/** The line being decided, and what was asked of the shell about it. */
interface Pending {
  readonly id: string;
  readonly line: TypedLine;
  /** To be decided after it. */
  readonly next: string | undefined;
  readonly asked: Asked;
  readonly question: Question;
}

function createGuard(shell: InnerShell, environment: Environment, announce: () => void): Guard {
  const policies = watchPolicies(environment);
  const history = createHistory();
  const keyboard = createKeyboard();
  let pty: Pty | undefined;
  let reason: string | undefined;
  let ready = (): void => {};
  let killer: NodeJS.Timeout | undefined;
  let pending: Pending | undefined;
  /** The rest of a block that was refused comes line by line. */
  let refusing = false;
  let inBlock = false;
  let complained = false;

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

  async function reply(question: Question): Promise<Answer | undefined> {
    switch (question.kind) {
      case "prompt":
        atPrompt(question);
        return undefined;
      case "changed":
        atPrompt(question);
        return atChange(question);
      case "owed":
        return owed();
      case "line":
        return atLine(question);
      case "typed":
        return atTyped(question);
      case "text":
        return decideLine(question, lineOf(field(question, "t"), question));
      case "told":
        return pending?.id === question.id ? decideLine(pending.question, withTold(pending.line, pending.asked, field(question, "l")), pending.next) : { verdict: "no" };
      default:
        return { verdict: "no" };
    }
  }

  function atPrompt(question: Question): void {
    keyboard.atPrompt();
    refusing = false;
    history.begin({ control: field(question, "c"), ignore: field(question, "i"), none: field(question, "z") !== "" }, Number(field(question, "n")));
  }

  async function atChange(question: Question): Promise<Answer> {
    const lost = field(question, "l");
    const said = lost === "" ? "" : await noted(`${lost} was set without the gate; it is there again`);
    return { verdict: "keep", said, path: await layeredPath(field(question, "w")) };
  }

  /** The shell looks for the file before it asks, so that nearly no prompt has to wait for us. */
  function owed(): Answer {
    rmSync(owedFile(), { force: true });
    return history.settle();
  }

  function owedFile(): string {
    return join(guard.channel?.directory ?? "", "owed");
  }

  async function atLine(question: Question): Promise<Answer> {
    const seen = readEntry(question);
    if ("unseen" in seen) {
      // The one way out of history being off: by the keys alone.
      const way = "set -o history";
      return keyboard.line() === way ? decideLine(question, lineOf(way, question)) : { verdict: "no", said: unseen(seen.unseen) };
    }
    const text = history.take(seen);
    if (text === undefined) return { verdict: "no", said: unseen("history shows the line before it\ngive the line again") };
    if (history.owes()) writeFileSync(owedFile(), "");
    if (refusing) return { verdict: "no" };
    const block = keyboard.takeBlock();
    inBlock = block !== undefined;
    return block === undefined ? decideLine(question, lineOf(text, question)) : decideLine(question, lineOf(block, question), text);
  }

  /** zsh tells a line as it was typed, and as it has understood it, with aliases in their places: both have to pass. */
  async function atTyped(question: Question): Promise<Answer> {
    const [typed, understood] = [field(question, "t"), field(question, "x")];
    inBlock = false;
    return decideLine(question, lineOf(typed === "" ? understood : typed, question), understood);
  }

  /** `next`: what is decided after it. A block is decided whole, and then line by line as the shell has read it. */
  async function decideLine(question: Question, line: TypedLine, next?: string): Promise<Answer> {
    const cwd = directoryOf(pty?.pid);
    const { engine, failure } = await policies(cwd);
    const runtime = engine.policies.settings.runtime !== "off" && isLayered(question);
    const context = { face: "login", dialect: shell, tty: true, runtime, cwd, workspace: findWorkspace(cwd, engine.policies), environment: {}, world: createWorld() } as const;
    const judged = judgeTyped(line, engine, context);
    if ("called" in judged) {
      pending = { id: question.id, line, next, asked: judged, question };
      return { verdict: "tell", path: judged.used.join(" "), text: judged.called.join(" ") };
    }
    pending = undefined;
    const nested = judged.effective === "permit" ? ungatedShell(judged, field(question, "s").includes("n")) : undefined;
    if (nested?.own === true) {
      await noted(`refused: ${line.text}`);
      return { verdict: "no", said: say(unjudgedShell(nested.word)) };
    }
    if (next !== undefined && judged.effective === "permit") return decideLine(question, lineOf(next, question));
    refusing = inBlock && next !== undefined;
    const problem = record({ text: line.text, response: judged }, engine, context);
    if (judged.effective === "deny") return { verdict: "no", said: refused(line.text, judged, engine) };
    if (failure !== undefined && !staysHere(judged)) return { verdict: "no", said: say(failure) };
    if (problem !== undefined && isRecordRequired(engine))
      return { verdict: "no", said: say("the policy wants every command recorded, and the record cannot be written; nothing was run") };
    const said = problem === undefined || complained ? "" : say(`${problem}\nlines run on without it; this is said once`);
    complained ||= problem !== undefined;
    return { verdict: "yes", said: nested === undefined ? said : `${said}${say("notice: lines typed in another user's shell are not judged")}` };
  }

  function refused(text: string, response: Response, { policies: set }: Engine): string {
    return refusal(text, response, { policies: set, width: process.stdout.columns, style: styleFor(environment, true) });
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
      keyboard.type(keys);
      // A start-up file may have put another shell in the place of ours, and no gate would be there to tell.
      if (!/[\r\n]/.test(keys.toString("latin1")) || pty === undefined || !isReplaced(pty.pid, guard.words)) return true;
      end("another shell has taken the place of the one that was judged");
      return false;
    },
    hear: (question) => {
      if (reason !== undefined) return;
      if (question.kind === "hello") {
        announce();
        ready();
      } else if (question.kind === "lost") end(losses.get(field(question, "l")) ?? "its gate was taken away");
      else {
        const answer = (given: Answer | undefined) => given !== undefined && guard.channel?.answer(question.id, given);
        reply(question).then(answer, (error: unknown) => answer(mistaken(error)));
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

/** Policies that are not valid leave what mends them: lines of which all is known, and nothing leaves this machine. */
function staysHere({ requests, unknowns }: Response): boolean {
  return unknowns.length === 0 && requests.every(({ host }) => host.kind === "local");
}

function lineOf(text: string, question: Question): TypedLine {
  return typedLine(text, { PATH: field(question, "w") }, definedIn(question));
}

/** bash lists its aliases and functions; zsh those whose names stand somewhere in the line as it was typed. */
function definedIn(question: Question): (name: string) => boolean {
  const names = new Set(
    field(question, "d")
      .split(/declare -f\S* |[ \n]/)
      .concat(field(question, "a").split(" ")),
  );
  if (question.kind === "line") return (name) => names.has(name);
  const looked = new Set(field(question, "t").split(/[^\w@%+:,.!?-]/));
  return (name) => names.has(name) || !looked.has(name);
}

function field({ fields }: Question, letter: string): string {
  return fields.get(letter) ?? "";
}

function say(message: string): string {
  return `autobot-sh: ${message.replaceAll("\n", "\n  ")}\n`;
}

/** A fault of ours costs the line, and not the session. */
function mistaken(error: unknown): Answer {
  return { verdict: "no", said: say(`internal error: ${error instanceof Error ? error.message : String(error)}; nothing was run`) };
}

function unjudgedShell(word: string): string {
  return `refused: the lines typed in \`${oneLine(word, 80)}\` would not be judged; nothing was run\ntype \`bash\`, \`zsh\` or \`autobot-sh\` by that name: it is a session again`;
}

function unseen(why: string): string {
  return say(`refused: this line cannot be seen before it runs: ${why}`);
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
