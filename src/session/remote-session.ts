// A session on another host, guarded: ssh on a terminal of ours, and the gate in the bash at its other end, whose lines are
// judged here (docs/adr/0018). Where there can be no gate it is a session with a notice.
import { randomBytes } from "node:crypto";
import { write } from "node:fs";
import { dirname, resolve } from "node:path";
import { decide, type Engine, type Host, type Response } from "../decide.ts";
import { oneLine } from "../report/mask.ts";
import { hostName } from "../report/wording.ts";
import { type Guardable, guardable } from "../run/call.ts";
import { recordIncident } from "../run/outcome.ts";
import { currentDirectory } from "../world/directory.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { watchPolicies } from "../world/policy-watch.ts";
import { quotedLine } from "../world/words.ts";
import { findWorkspace } from "../world/workspace.ts";
import { createWorld } from "../world/world.ts";
import type { Waiting } from "./attended.ts";
import { type Answer, field, type Question, say } from "./channel.ts";
import { createLines } from "./lines.ts";
import type { Exit, Pty } from "./pty.ts";
import { remoteCommand, typedGate } from "./remote-start.ts";
import { type Attendant, runOnTerminal } from "./terminal.ts";
import { questionFilter, typedAnswer } from "./terminal-channel.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How ssh was called: its file, the name it goes by, and its words. */
export interface SshCommand {
  readonly file: string;
  readonly name: string;
  readonly args: readonly string[];
}

/** How long nothing may be typed, and no gate be there, until that is said; in milliseconds. */
const patience = 10_000;
/** How long keys are held back for an answer that is on its way. */
const longestHold = 5_000;
/** How long it takes, at most, until what a permitted line starts has the terminal. */
const startOfLine = 250;
/** ^C, ^Z and ^\\, as a terminal sends them. */
const signalKeys: ReadonlySet<number> = new Set([0x03, 0x1a, 0x1c]);
/** How long ssh may take to hang up. */
const grace = 2_000;
/** What shells say where a command cannot be had (POSIX XCU 2.8.2). */
const cannotRun = [126, 127];

/** `environment`: the person's own. */
export async function runRemoteSession(
  { file, name, args }: SshCommand,
  environment: Environment,
  { settings }: Pick<Waiting, "settings">,
): Promise<Exit | { readonly failure: string }> {
  const cwd = currentDirectory();
  const loaded = await loadEngine(layerPlaces(environment, cwd));
  if ("failure" in loaded) return loaded;
  const session = sessionOf(["ssh", ...args], cwd, loaded.engine);
  if (session === undefined) return { failure: "this opens no session on another host; nothing was run" };
  const guard = createGuard(session.host, loaded.engine, environment);
  const words = session.words.slice(1);
  const heard = () => {};
  process.on("SIGHUP", heard).on("SIGTERM", heard);
  try {
    const start = { file, argv0: name, env: environment, cwd: "." };
    const exit = await runOnTerminal({ ...start, args: ["-t", ...words, remoteCommand(guard.key, guard.root)] }, { ...guard, settings });
    if ("failure" in exit) return { failure: exit.message };
    const failure = guard.failure();
    if (failure !== undefined) return failure;
    // A restricted shell, perhaps: as ssh would have it, then.
    if (guard.state() !== "waiting" || !cannotRun.includes(exit.status)) return exit;
    process.stderr.write(unguarded(session.host, loaded.engine, "it has run nothing of the guard"));
    const plain = await runOnTerminal({ ...start, args });
    return "failure" in plain ? { failure: plain.message } : plain;
  } finally {
    guard.close();
    process.off("SIGHUP", heard).off("SIGTERM", heard);
  }
}

function sessionOf(words: readonly string[], cwd: string | undefined, engine: Engine): Guardable | undefined {
  const workspace = findWorkspace(cwd, engine.policies);
  return guardable(words, decide(quotedLine(words), engine, { face: "login", tty: true, runtime: false, cwd, workspace, environment: process.env, world: createWorld() }));
}

/** `waiting`: for the gate. `guarded`: it is there. `plain`: there is none, and that has been said. */
type State = "waiting" | "guarded" | "plain";

interface Guard extends Attendant {
  /** What only this end and the gate know. */
  readonly key: string;
  /** Where the package is installed. */
  readonly root: string;
  state(): State;
  /** Why the session was ended. */
  failure(): { readonly failure: string } | undefined;
  close(): void;
}

function createGuard(host: Host, engine: Engine, environment: Environment): Guard {
  const key = randomBytes(12).toString("hex");
  const root = dirname(dirname(resolve(process.argv[1] ?? "")));
  const read = questionFilter(key);
  const policies = watchPolicies(environment);
  const cwd = currentDirectory();
  let state: State = "waiting";
  let pty: Pty | undefined;
  let late: NodeJS.Timeout | undefined;
  /** Keys that wait until an answer has been read. */
  let held: Buffer[] | undefined;
  let release: NodeJS.Timeout | undefined;
  let killer: NodeJS.Timeout | undefined;
  let reason: string | undefined;

  const lines = createLines({
    shell: "bash",
    environment,
    policies,
    directory: () => cwd,
    layered: () => false,
    place: (question) => ({ host, via: ["ssh"], cwd: field(question, "g").startsWith("/") ? field(question, "g") : undefined }),
    opens: async (judged, line) => opened(judged, host, line.engine, line.text, cwd),
    owes: () => {},
  });

  const guard: Guard = {
    key,
    root,
    state: () => state,
    failure: () => (reason === undefined ? undefined : { failure: reason }),
    started: async (started) => {
      pty = started;
      wait();
    },
    typed: (keys) => {
      if (state === "waiting") wait();
      lines.keyboard.type(keys);
      if (held === undefined) return keys;
      held.push(keys);
      return Buffer.alloc(0);
    },
    written: async (chunk) => {
      const shown: Buffer[] = [];
      for (const piece of read(chunk)) shown.push(Buffer.isBuffer(piece) ? piece : onTerminal(await hear(piece)));
      return Buffer.concat(shown);
    },
    close: () => {
      for (const timer of [late, release, killer]) clearTimeout(timer);
    },
  };
  return guard;

  function end(why: string): void {
    if (reason === undefined) recordIncident(why, engine, cwd);
    reason ??= why;
    pty?.kill("SIGHUP");
    killer ??= setTimeout(() => pty?.kill("SIGKILL"), grace);
  }

  function wait(): void {
    clearTimeout(late);
    late = setTimeout(() => write(1, onTerminal(withoutGate("it has not answered")), () => {}), patience);
  }

  function withoutGate(why: string): string {
    if (state === "plain") return "";
    clearTimeout(late);
    state = "plain";
    recordIncident(`a session on ${hostName(host, engine.policies)} is not guarded: ${oneLine(why, 80)}`, engine, cwd);
    return unguarded(host, engine, why);
  }

  /** What is to be said. */
  async function hear(question: Question): Promise<string> {
    switch (question.kind) {
      case "ready":
        hold();
        type(typedGate(key, root));
        return "";
      case "unfit":
        letGo("");
        return withoutGate(`its shell is ${oneLine(field(question, "t"), 40)}`);
      case "hello":
        clearTimeout(late);
        state = "guarded";
        letGo(field(question, "t"));
        return say(`notice: a shell on ${hostName(host, engine.policies)}: each line is judged before it runs there`);
      case "ahead":
        letGo(field(question, "t"));
        return "";
      case "prompt":
        lines.atPrompt(question);
        return "";
      case "changed": {
        const told = lines.atPrompt(question);
        return answer(question, { verdict: "keep", said: told === "" ? "" : say(`notice: ${told}`) });
      }
      case "lost":
        end("the session was ended: its gate was taken away");
        return "";
      default:
        return answer(question, await lines.reply(question));
    }
  }

  function answer({ id }: Question, given: Answer): string {
    hold();
    type(typedAnswer(key, id, given));
    return given.said ?? "";
  }

  function type(text: string): void {
    void pty?.write(text);
  }

  /** Until the answer has been read: what was typed before it comes back first. */
  function hold(): void {
    held ??= [];
    clearTimeout(release);
    release = setTimeout(() => letGo(""), longestHold);
  }

  function letGo(ahead: string): void {
    clearTimeout(release);
    held = [Buffer.from(ahead), ...(held ?? [])];
    // A signal is for what the line starts: a shell that still waits for its gate would pass it over.
    if (held.some((keys) => keys.some((key) => signalKeys.has(key)))) release = setTimeout(giveBack, startOfLine);
    else giveBack();
  }

  function giveBack(): void {
    const keys = Buffer.concat(held ?? []);
    held = undefined;
    void pty?.write(keys);
  }
}

/** A session in the session would not be judged: a shell, another user's, one on a third host. */
async function opened(judged: Response, host: Host, engine: Engine, text: string, cwd: string | undefined): Promise<{ readonly refused: string } | undefined> {
  const session = judged.requests.find(({ action, host: where }) => action === "session" && where.kind === "remote");
  if (session === undefined) return undefined;
  recordIncident(`refused: ${text}`, engine, cwd);
  const way = session.host === host ? "give one command at a time, as in `sudo systemctl status UNIT`" : "open it from your own machine, by `ssh -J` if there is no other way";
  return { refused: `refused: the lines typed in \`${oneLine(text, 80)}\` would not be judged; nothing was run\n${way}` };
}

function unguarded(host: Host, engine: Engine, why: string): string {
  return say(`notice: a shell on ${hostName(host, engine.policies)}, whose lines are not judged: ${why}\nlook, and change nothing there by hand`);
}

/** For a terminal that is set raw. */
function onTerminal(text: string): Buffer {
  return Buffer.from(text.replaceAll("\n", "\r\n"));
}
