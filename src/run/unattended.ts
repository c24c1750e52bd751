// Whether nobody sits at the terminal that a process has: an agent's tools make terminals too (docs/adr/0025).
import { closeSync, openSync, readdirSync, readlinkSync } from "node:fs";
import { type Context, decide, type Engine, type Response } from "../decide.ts";
import { attempt } from "../world/attempt.ts";
import { agentVariableIn } from "./agent-variables.ts";
import { agentAmong, ancestorsOf } from "./ancestor.ts";

export interface Decided {
  readonly response: Response;
  /** What it was decided in: with a person at the terminal only where there may be one. */
  readonly context: Context;
}

export function decideAttended(line: string, engine: Engine, asked: Context): Decided {
  const response = decide(line, engine, asked);
  if (!asked.tty || !asksForAttention(response) || !isUnattended()) return { response, context: asked };
  const context = { ...asked, tty: false };
  return { response: decide(line, engine, context), context };
}

/** Who sits there matters to nothing that stays on this machine. */
export function asksForAttention({ requests }: Response): boolean {
  return requests.some(({ host }) => host.kind === "remote");
}

/** Unsetting a variable takes it from no process that has started already, and what an agent has started keeps it for a parent. */
export function isUnattended(): boolean {
  if (agentVariableIn(process.env) !== undefined) return true;
  const above = ancestorsOf(process.pid);
  return agentAmong(above.slice(1)) !== undefined || above.some(({ pid, parent }) => isHeld(pid, parent));
}

/**
 * Says of a process that we have started for an agent that it is one's, to whatever it starts: by a descriptor of ours, which nothing
 * in it can take away, and which is gone when we are. The result ends it.
 */
export function holdForAgent(pid: number): () => void {
  const held = attempt(() => openSync(`/proc/${pid}`, "r"));
  return () => (held === undefined ? undefined : closeSync(held));
}

/** The link says `(deleted)` where the process is gone and its number another's. */
function isHeld(pid: number, by: number): boolean {
  const directory = `/proc/${by}/fd`;
  const descriptors = attempt(() => readdirSync(directory)) ?? [];
  return descriptors.some((each) => attempt(() => readlinkSync(`${directory}/${each}`)) === `/proc/${pid}`);
}
