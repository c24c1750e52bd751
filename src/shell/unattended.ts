// Whether nobody sits at the terminal that a process has: an agent's tools make terminals too (docs/adr/0025).
import { basename } from "node:path";
import type { Response } from "../decide.ts";
import { ancestors, readProcess } from "./process.ts";

/** In the environment of all that an agent's run starts: which run, as the session that it is part of, a dash and a number. */
export const runVariable = "AUTOBOT_SH_RUN";

export function sessionOfRun(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return environment[runVariable]?.replace(/-\d+$/, "");
}

/** Unsetting the variable takes it from no process that has started already, and nothing from the server above them. */
export function isUnattended(): boolean {
  if (process.env[runVariable] !== undefined) return true;
  const own = readProcess(process.pid);
  return own !== undefined && ancestors(own).some(({ environment, words }) => environment[runVariable] !== undefined || isServer(words));
}

/** `autobotctl mcp`, as bin/autobotctl starts it. */
function isServer([program = "", script = "", command]: readonly string[]): boolean {
  return command === "mcp" && script.endsWith("/dist/main.js") && basename(program).startsWith("node");
}

/** Who sits there matters to nothing that stays on this machine. */
export function asksForAttention({ requests }: Response): boolean {
  return requests.some(({ host }) => host.kind === "remote");
}
