// `autobotctl hook`: an agent's call of a shell, on standard input → silence, or the body by which that agent refuses it. Whatever
// goes wrong here is a refusal too: after a hook that failed, most agents run the command.
import { statSync } from "node:fs";
import { decide, type Engine } from "../decide.ts";
import { agentFailure, agentRefusal, reasonId } from "../report/agent-refusal.ts";
import { isRecordRequired, record } from "../run/outcome.ts";
import { timesRefused } from "../run/repeats.ts";
import { contextHere } from "../world/context.ts";
import { discard, readToEnd, say, writeWhole } from "../world/descriptor.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { dialects, type Reply } from "./dialect.ts";
import { readPayload, type ShellCall } from "./payload.ts";

const maximumBytes = 1024 * 1024;

export interface HookOptions {
  /** What the agent has written; undefined where it is too long. Default: standard input. */
  readonly read?: () => string | undefined;
  /** What is written where there is nothing to say: for a caller that has to tell it from a program that did nothing. Default: nothing. */
  readonly permit?: string;
}

/** The process's status. `agent`: a row of the table; another counts as `auto`. */
export async function hook(agent: string, { read = standardInput, permit = "" }: HookOptions = {}): Promise<number> {
  const pass: Reply = { stdout: permit, status: 0 };
  const forms = (Object.hasOwn(dialects, agent) ? dialects[agent] : undefined) ?? dialects["auto"] ?? [];
  let deny = forms.at(-1)?.deny ?? ((reason: string): Reply => ({ stderr: `${reason}\n`, status: 2 }));
  try {
    const text = read();
    if (text === undefined) return answer(deny(agentFailure("its hook's input is longer than 1 MiB")));
    const payload = readPayload(text, forms, process.cwd());
    if ("silent" in payload) return answer(pass);
    deny = payload.deny;
    const reason = "unreadable" in payload ? agentFailure(payload.unreadable) : await refusalOf(payload.call, agent);
    return answer(reason === undefined ? pass : deny(reason));
  } catch {
    return answer(deny(agentFailure("autobot-sh met an error of its own")));
  }
}

async function refusalOf(call: ShellCall, agent: string): Promise<string | undefined> {
  if (statSync(call.cwd, { throwIfNoEntry: false })?.isDirectory() !== true) return agentFailure("its directory cannot be read");
  const loaded = await loadEngine(layerPlaces(process.env, call.cwd));
  // Which file, and what stands in it, is for the user to see and not for the model.
  if ("failure" in loaded) return agentFailure("the policies in force here are not valid");
  for (const line of call.commands) {
    const reason = refusalOfLine(line, call, agent, loaded.engine);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function refusalOfLine(line: string, { cwd, dialect, session }: ShellCall, agent: string, engine: Engine): string | undefined {
  const context = { ...contextHere("agent", cwd, engine), dialect };
  const response = decide(line, engine, context);
  const problem = record({ text: line, response }, engine, context);
  if (response.effective === "permit") return problem !== undefined && isRecordRequired(engine) ? agentFailure("the record that the policy requires cannot be written") : undefined;
  const times = timesRefused({ session: session === undefined ? undefined : `${agent} ${session}`, line, cwd, rule: reasonId(response) });
  return agentRefusal(line, response, engine.policies, times).trimEnd();
}

function answer({ stdout, stderr, status }: Reply): number {
  if (stdout !== undefined) writeWhole(1, stdout);
  if (stderr !== undefined) say(stderr);
  return status;
}

/** Undefined where there is more than any line may have. Throws where there is none to read. */
function standardInput(): string | undefined {
  const bytes = readToEnd(0, maximumBytes);
  if (bytes === undefined) discard(0);
  return bytes?.toString("utf8");
}
