// A utility's call, as its shim sees it: real arguments, real environment, real standard input → leave or a refusal.
import { fstatSync } from "node:fs";
import type { Context, Engine, Host, Response } from "../decide.ts";
import { mayBeFleet } from "../policy/fleet.ts";
import { oneLine } from "../report/mask.ts";
import { hostName } from "../report/wording.ts";
import { notValid } from "../world/broken-policies.ts";
import { contextHere } from "../world/context.ts";
import { isInForeground, isTerminal, say } from "../world/descriptor.ts";
import { quotedLine } from "../world/words.ts";
import { brokenGlassOf } from "./broken-glass.ts";
import { conclude, recordIncident, refused } from "./outcome.ts";
import { maximumText, textFrom } from "./program.ts";
import { routeOf } from "./route.ts";
import { decideAttended } from "./unattended.ts";

/** `status`: the process's; 0: it is permitted. `guarded`: as a session whose lines are judged. */
export interface JudgedCall {
  readonly status: number;
  readonly guarded: boolean;
}

/** `words`: the utility's name, and its arguments. */
export function judgeCall(words: readonly string[], cwd: string | undefined, engine: Engine): JudgedCall {
  const text = quotedLine(words);
  const asked: Context = { ...contextHere("scripts", cwd, engine), tty: isTerminal(0) && isTerminal(2), stdin: standardInput() };
  const { response, context } = decideAttended(text, engine, asked);
  const excusable = response.effective === "deny" && !response.denials.some(({ rule }) => rule.id === notValid);
  const route = excusable ? (routeOf(words, engine, context.world) ?? brokenGlassOf(response, engine, context, process.ppid)) : undefined;
  if (response.effective === "deny" || !isGuarded(engine, context)) return { status: conclude({ text, response }, engine, context, route), guarded: false };
  const guarded = guardable(words, response) !== undefined;
  const beside = guarded ? undefined : unguardable(response, engine);
  if (beside !== undefined) return { status: turnDown(beside, text, engine, cwd), guarded: false };
  return { status: conclude({ text, response, guarded }, engine, context), guarded };
}

/** What a person types on another host is to be judged. */
function isGuarded({ policies }: Engine, { tty }: Context): boolean {
  return policies.settings["remote-session"] === "guard" && tty && isInForeground();
}

/** A session on another host into which the gate can be brought. */
export interface Guardable {
  readonly host: Host;
  /** The utility and its words, without a command that asks for no more than a shell: `ssh -t vm bash`. */
  readonly words: readonly string[];
}

/** The login shell that a call of ssh opens at its other end, or a bash in its place. */
export function guardable(words: readonly string[], { requests, steps }: Response): Guardable | undefined {
  const session = requests.find(({ action, host }) => action === "session" && host.kind === "remote" && host.here !== true);
  if (session?.utility === "ssh" && session.via.length === 0) return { host: session.host, words };
  const there = steps.filter(({ via }) => via[0] === "ssh");
  const [step] = there;
  if (session?.utility !== "bash" || session.via.length !== 1 || there.length !== 1 || step === undefined || !asksForShell(step.words)) return undefined;
  // Nothing but these words, be they one of ssh's or several: no redirection, no assignment.
  const command = step.words.join(" ");
  const operands = [1, 2, 3].find((count) => words.slice(-count).join(" ") === command);
  return operands === undefined ? undefined : { host: session.host, words: words.slice(0, -operands) };
}

/** `bash`, `bash -l`: no file, no start-up file, no other kind of shell. */
function asksForShell([name = "", ...options]: readonly string[]): boolean {
  return /^(?:\/usr)?(?:\/bin\/)?bash$/.test(name) && options.every((option) => ["-l", "-i", "-il", "-li", "--login"].includes(option));
}

/** A session on a host of the fleet into which there is no way for the gate. */
function unguardable({ requests }: Response, { policies }: Engine): Response["requests"][number] | undefined {
  return requests.find(({ action, host }) => action === "session" && host.kind === "remote" && host.here !== true && mayBeFleet(policies, host));
}

function turnDown({ host, utility }: Response["requests"][number], text: string, engine: Engine, cwd: string | undefined): number {
  const name = host.kind === "remote" ? oneLine(host.typed, 80) : "";
  recordIncident(`refused: ${text}`, engine, cwd);
  say(
    `autobot-sh: refused: the lines typed in \`${oneLine(utility, 40)}\` on ${hostName(host, engine.policies)} would not be judged; nothing was run\n  open it by \`ssh ${name}\` alone, and look there; what is to go on by itself, or in several windows, runs in tmux on this machine\n`,
  );
  return refused;
}

/** What can be known without taking anything away from the utility. */
function standardInput(): Context["stdin"] {
  let stat: ReturnType<typeof fstatSync>;
  try {
    stat = fstatSync(0);
  } catch {
    return { text: "" };
  }
  if (stat.isFile()) return stat.size > maximumText ? "pipe" : { text: textFrom(0) };
  // /dev/null is what those give who have no input: a shell on it is as good as one that nobody sits in front of.
  return stat.isCharacterDevice() ? undefined : "pipe";
}
