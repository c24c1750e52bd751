// A program that an agent's configuration names, started as the agent would start it: once with a line that has to be refused, once with
// one that has to pass. What a file says proves nothing.
import { spawn, spawnSync } from "node:child_process";
import { said } from "./config-file.ts";
import { type Json, valueAt } from "./edit.ts";

/** A host that exists nowhere (RFC 6761): should the line run after all, it reaches nobody. */
export const violation = "ssh autobot-sh-canary.invalid vim /etc/hosts";
export const harmless = "echo autobot-sh";

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Answer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What was printed, where it is JSON. */
  readonly body: Json | undefined;
  readonly failure: string | undefined;
}

const timeLimit = 10_000;

export function answerOf({ file, args }: Program, input: string, cwd: string): Answer {
  const { status, stdout, stderr, error } = spawnSync(file, args, { input, cwd, encoding: "utf8", env: bareEnvironment(), timeout: timeLimit });
  return { status, stdout: stdout ?? "", stderr: stderr ?? "", body: jsonOf(stdout ?? ""), failure: error === undefined ? undefined : said(error) };
}

/** For people: why, or how it ended and the first that it said. */
export function outcome({ status, stderr, stdout, failure }: Answer): string {
  const [line = ""] = (stderr.trim() || stdout.trim()).split("\n");
  return failure ?? `status ${status}${line === "" ? "" : `, \`${line.slice(0, 120)}\``}`;
}

/** An agent that was started from a desktop has no more: node must be found without a login shell's PATH. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => /^(HOME|USER|LOGNAME|LANG|TMPDIR|XDG_\w+)$/.test(name));
  return { ...Object.fromEntries(kept), PATH: "/usr/local/bin:/usr/bin:/bin" };
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What the server's `exec` says of the two lines, as two results of `tools/call`; or why there are none. By hand, because a client library
 * for three messages would be the larger risk.
 */
export function serverAnswers({ file, args }: Program, cwd: string): Promise<readonly Json[] | string> {
  return new Promise((done) => {
    const server = spawn(file, args, { cwd, env: bareEnvironment(), stdio: ["pipe", "pipe", "ignore"] });
    const results = new Map<Json, Json>();
    let text = "";
    const end = (answer: readonly Json[] | string) => {
      clearTimeout(timer);
      server.stdin.destroy();
      server.kill();
      done(answer);
    };
    const timer = setTimeout(() => end("no answer within 10 s"), timeLimit);
    const send = (message: Json) => server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...(message as object) })}\n`);
    const exec = (id: number, command: string) => send({ id, method: "tools/call", params: { name: "exec", arguments: { command, cwd } } });
    server.on("error", (error) => end(said(error)));
    server.stdin.on("error", () => undefined);
    server.on("close", (status) => end(`it ended with status ${status}`));
    server.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const message of lines.map(jsonOf)) {
        const id = valueAt(message, ["id"]);
        if (id === undefined) continue;
        results.set(id, valueAt(message, ["result"]) ?? null);
        if (id === 0) {
          send({ method: "notifications/initialized" });
          exec(1, violation);
          exec(2, harmless);
        }
      }
      const [refused, ran] = [results.get(1), results.get(2)];
      if (refused !== undefined && ran !== undefined) end([refused, ran]);
    });
    send({ id: 0, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "autobotctl doctor", version: "1" } } });
  });
}
