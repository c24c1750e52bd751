// A utility's call, as its shim sees it: real arguments, real environment, real standard input → leave or a refusal.
import { fstatSync } from "node:fs";
import { type Context, decide, type Engine, type Response } from "../decide.ts";
import { account } from "./account.ts";
import { brokenGlass, isBrokenGlass } from "./broken-glass.ts";
import { isInForeground, isTerminal } from "./descriptor.ts";
import { conclude } from "./outcome.ts";
import { maximumText, textFrom } from "./program.ts";
import { routeOf } from "./route.ts";
import { asksForAttention, isUnattended } from "./unattended.ts";
import { quotedLine } from "./words.ts";
import { findWorkspace } from "./workspace.ts";
import { createWorld } from "./world.ts";

/** `status`: the process's; 0: it is permitted. `guarded`: as a session whose lines are judged. */
export interface JudgedCall {
  readonly status: number;
  readonly guarded: boolean;
}

/** `words`: the utility's name, and its arguments. */
export function judgeCall(words: readonly string[], cwd: string | undefined, engine: Engine): JudgedCall {
  const text = quotedLine(words);
  const asked: Context = {
    face: "scripts",
    user: account()?.name,
    tty: isTerminal(0) && isTerminal(2),
    runtime: false,
    cwd,
    workspace: findWorkspace(cwd, engine.policies),
    environment: process.env,
    stdin: standardInput(),
    world: createWorld(),
  };
  const seen = decide(text, engine, asked);
  const context = asked.tty && asksForAttention(seen) && isUnattended() ? { ...asked, tty: false } : asked;
  const response = context === asked ? seen : decide(text, engine, context);
  const route = response.effective === "deny" ? (routeOf(words, engine, context.world) ?? emergency(response, engine, context)) : undefined;
  const guarded = engine.policies.settings["remote-session"] === "guard" && isTerminal(0) && isInForeground() && remoteSession(response) !== undefined;
  return { status: conclude({ text, response, guarded }, engine, context, route), guarded };
}

function emergency(response: Response, engine: Engine, context: Context): string | undefined {
  return isBrokenGlass(response, engine, context, process.ppid) ? brokenGlass : undefined;
}

/** The login shell that the call of ssh opens at its other end. */
export function remoteSession({ requests }: Response): Response["requests"][number] | undefined {
  return requests.find(({ action, host, utility, via }) => action === "session" && host.kind === "remote" && host.here !== true && utility === "ssh" && via.length === 0);
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
