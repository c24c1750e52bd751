// `autobotctl mcp`: the server on standard input and output, for as long as its client is there, and nothing that it has started longer.
import { constants } from "node:os";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { ownEnvironment } from "../session/attended.ts";
import { say } from "../world/descriptor.ts";
import { createJudging } from "./judging.ts";
import { createServer, type Serving } from "./server.ts";
import { createSessions } from "./sessions.ts";

/** The process's status. */
export async function serve(): Promise<number> {
  const environment = ownEnvironment(process.env);
  const sessions = createSessions();
  const serving: Serving = { judging: createJudging(environment), sessions, environment, timesRefused: createRepeats() };
  const status = await served(serving);
  await sessions.close();
  return status;
}

function served(serving: Serving): Promise<number> {
  return new Promise((done) => {
    const wire = new StdioServerTransport();
    serveStdio(() => createServer(serving), { transport: wire, onerror: (error) => say(`autobotctl: ${error.message.split("\n", 1)[0]}\n`) });
    const { onclose } = wire;
    wire.onclose = () => {
      onclose?.();
      done(0);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        done(128 + constants.signals[signal]);
        void wire.close();
      });
    }
  });
}

const mostRefusals = 1000;

/** How often the same was refused by this server, which is one session of its agent. */
function createRepeats(): Serving["timesRefused"] {
  const counts = new Map<string, number>();
  return (line, cwd, rule) => {
    const key = JSON.stringify([line, cwd, rule]);
    const times = (counts.get(key) ?? 0) + 1;
    if (counts.size >= mostRefusals) counts.clear();
    counts.set(key, times);
    return times;
  };
}
