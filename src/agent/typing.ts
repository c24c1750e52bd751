// What an agent types into a session → whether it may, and what is sent. A line that is typed into a shell, or into what leads to one on
// another host, is a command like any other: it is judged as the standard input of whatever in the session might read it.

import { basename } from "node:path";
import type { Response } from "../decide.ts";
import { reasonId } from "../report/agent-refusal.ts";
import { asksForAttention } from "../run/unattended.ts";
import { attempt } from "../world/attempt.ts";
import { commandLineOf, facts, readProcess } from "../world/process.ts";
import { quotedLine } from "../world/words.ts";
import { type Refused, refusedBy } from "./guard.ts";
import type { Environment, Judged, Judging, Unjudged } from "./judging.ts";
import { descendants } from "./process-tree.ts";

export interface Typed {
  readonly send: string;
  /** Characters that are kept until their line is complete. */
  readonly held: number;
}

export interface Typing {
  offer(text: string): Promise<Typed | Refused>;
}

/** A process that may read what is typed. */
interface Reader {
  readonly words: readonly string[];
  readonly environment: Environment;
  readonly inForeground: boolean;
}

const mostText = 64 * 1024;
const mostReaders = 64;

const [interrupt, endOfFile, suspend, quit, escape] = ["\x03", "\x04", "\x1a", "\x1c", "\x1b"];
const interrupts = [interrupt, quit];
/** With an empty line, none of them changes a line. */
const harmlessKeys = [interrupt, endOfFile, suspend, quit, "\r", "\n"];

function isOf(text: string, keys: readonly (string | undefined)[]): boolean {
  return [...text].every((each) => keys.includes(each));
}

function editsLines(text: string): boolean {
  return /\p{Cc}/u.test(text.replaceAll(/[\r\n]/g, ""));
}

/** `cwd`: where the session was started. `pid`: its first process. `timesRefused`: this time included. */
export function createTyping({ cwd, pid }: { readonly cwd: string; readonly pid: number }, judging: Judging, timesRefused: (text: string, rule: string) => number): Typing {
  /** All that was sent: a shell may still have to read it. */
  let accepted = "";
  let held = "";
  let last: Promise<unknown> = Promise.resolve();

  const judge = (text: string, environment: Environment) => judging.judge(text, { cwd, environment, layered: hasShims(environment) });

  /** Whether it takes lines as commands: it would open a session if it were started. */
  async function readsCommands({ words, environment }: Reader): Promise<boolean> {
    const judged = await judge(quotedLine(words), environment);
    return "failure" in judged || hasSession(judged.response);
  }

  /** Every way in which one of them would read the text. */
  async function readings(text: string, readers: readonly Reader[]): Promise<readonly Reading[]> {
    const found: Reading[] = [];
    for (const { words, environment } of readers) {
      const line = withInput(quotedLine(words), text);
      const judged = await judge(line, environment);
      found.push({ line, judged });
      if ("failure" in judged || !hasSession(judged.response)) continue;
      // Nobody has taken it for input: what opens a session reads lines all the same.
      const asShell = withInput("bash", text);
      found.push({ line: asShell, judged: await judge(asShell, environment) });
    }
    return found;
  }

  /** `keys`: what is sent where `text`, which those who read it get, is permitted. */
  async function send(keys: string, text: string, readers: readonly Reader[]): Promise<Refused | undefined> {
    // A line that was begun has been read by another program, as a pager's keys are, or it waits for its end.
    const begun = accepted !== "" && !accepted.endsWith("\n");
    const [joined, apart] = [accepted + text, `${accepted}${begun ? "\n" : ""}${text}`];
    if (apart.length > mostText) return tooMuch;
    const found = [...(await readings(apart, readers)), ...(begun ? await readings(joined, readers) : [])];
    const refused = found.find(({ line, judged }) => refusedBy(line, judged) !== undefined);
    const unkept = keep(keys, refused?.judged ?? found.map(({ judged }) => judged).find(reachesOut));
    if (refused !== undefined) return refusedBy(refused.line, refused.judged, "response" in refused.judged ? timesRefused(keys, reasonId(refused.judged.response)) : 1);
    if (unkept !== undefined) return refusedBy(keys, unkept);
    accepted = text.endsWith("\n") ? apart : joined;
    return undefined;
  }

  /** Only where another host is in it: what is typed may be a password. */
  function keep(keys: string, judged: Judged | Unjudged | undefined): Unjudged | undefined {
    return judged === undefined || "failure" in judged ? undefined : judging.keep(keys, judged, cwd);
  }

  async function offer(text: string): Promise<Typed | Refused> {
    const readers = readersIn(pid);
    const front = readers.filter(({ inForeground }) => inForeground);
    const inLines = (await Promise.all((front.length === 0 ? readers : front).map(readsCommands))).some(Boolean);
    if (!inLines) return (await send(text, withoutKeys(text), readers)) ?? { send: text, held: 0 };
    if ([...text].some((each) => interrupts.includes(each))) held = "";
    if (isOf(text, harmlessKeys) && (held === "" || !/[\r\n]/.test(text))) return { send: text, held: held.length };
    if (!isOf(text, harmlessKeys) && editsLines(text)) return refusedKeys;
    const whole = held + text.replaceAll("\r", "\n");
    const end = whole.lastIndexOf("\n") + 1;
    held = "";
    const lines = whole.slice(0, end);
    const refused = lines === "" ? undefined : await send(lines, lines, readers);
    if (refused !== undefined) return refused;
    held = whole.slice(end);
    return { send: lines, held: held.length };
  }

  return {
    offer(text) {
      const next = last.then(() => offer(text));
      last = next.catch(() => {});
      return next;
    },
  };
}

interface Reading {
  readonly line: string;
  readonly judged: Judged | Unjudged;
}

function reachesOut(judged: Judged | Unjudged): boolean {
  return "response" in judged && asksForAttention(judged.response);
}

/** Text that was meant for whoever reads keys: a sequence is none. */
function withoutKeys(text: string): string {
  const [first = "", ...sequences] = text.replaceAll("\r", "\n").split(escape ?? "");
  const rest = sequences.map((each) => each.replace(/^(?:\[[0-9;?]*[ -/]*[@-~]|.)/s, ""));
  return [first, ...rest].join("").replaceAll(/(?!\n)\p{Cc}/gu, "");
}

function hasSession({ requests }: Response): boolean {
  return requests.some(({ action }) => action === "session");
}

function hasShims({ PATH: path = "" }: Environment): boolean {
  return path.includes("/autobot-sh/shims/");
}

/** The command with the text on its standard input, so that a refusal can point into it. */
function withInput(command: string, text: string): string {
  let end = "END";
  while (text.includes(end)) end += "_";
  return `${command} <<'${end}'\n${text.replace(/\n?$/, "\n")}${end}\n`;
}

/** Of the session's processes all, also where another terminal is between them and ours: what is typed ahead waits for any of them. */
function readersIn(pid: number): readonly Reader[] {
  const foreground = attempt(() => facts(pid))?.foreground;
  const found = [pid, ...descendants(pid).keys()].flatMap((each): readonly Reader[] => {
    const words = wordsOf(each);
    if (words === undefined) return [];
    return [{ words, environment: readProcess(each)?.environment ?? {}, inForeground: attempt(() => facts(each))?.group === foreground }];
  });
  const distinct = new Map(found.map((each) => [JSON.stringify([each.words, each.inForeground, hasShims(each.environment)]), each]));
  return [...distinct.values()].slice(0, mostReaders);
}

/** A login shell's name begins with a dash. */
function wordsOf(pid: number): readonly string[] | undefined {
  const [name, ...rest] = attempt(() => commandLineOf(pid)) ?? [];
  return name === undefined ? undefined : [basename(name).replace(/^-/, ""), ...rest];
}

const refusedKeys: Refused = {
  refused: true,
  response: undefined,
  message: "autobot-sh REFUSED [keys] Keys that edit a line cannot be judged in a shell. Nothing was typed.\nDo this instead: write whole lines, or one of ^C, ^D, ^Z alone.",
};

const tooMuch: Refused = {
  refused: true,
  response: undefined,
  message: "autobot-sh REFUSED [keys] More was typed into this session than is judged. Nothing was typed.\nDo this instead: start another one.",
};
