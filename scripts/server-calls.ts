// What a call of the server's `exec` takes, beside the same command given to bash, in turn: over the wire alone, and with the official client.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

export interface CallTimes {
  readonly command: string;
  /** Milliseconds, in the order in which they were measured. */
  readonly bash: readonly number[];
  readonly wire: readonly number[];
  readonly client: readonly number[];
}

const commands = ["true", "echo hi", "ls /usr/bin | wc -l", "git --version"];
const warmUp = 20;

export async function callTimes(root: string, rounds: number): Promise<readonly CallTimes[]> {
  const program = join(root, "bin", "autobotctl");
  const wire = await openWire(program);
  const client = new Client({ name: "bench", version: "1" });
  await client.connect(new StdioClientTransport({ command: program, args: ["mcp"], stderr: "ignore" }));
  const times: CallTimes[] = [];
  for (const command of commands) {
    const each = { command, bash: [] as number[], wire: [] as number[], client: [] as number[] };
    for (let round = -warmUp; round < rounds; round++) {
      const measured = [await timed(() => plainBash(command)), await timed(() => wire.exec(command)), await timed(() => client.callTool({ name: "exec", arguments: { command } }))];
      if (round >= 0) for (const [index, name] of (["bash", "wire", "client"] as const).entries()) each[name].push(measured[index] ?? 0);
    }
    times.push(each);
  }
  wire.close();
  await client.close();
  return times;
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await action();
  return performance.now() - before;
}

/** As a program that runs commands does it: through pipes, to the end of its output. */
function plainBash(command: string): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("/bin/bash", ["-c", command], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.resume();
    child.once("close", () => resolve());
  });
}

async function openWire(program: string): Promise<{ exec(command: string): Promise<void>; close(): void }> {
  const server = spawn(program, ["mcp"], { stdio: ["pipe", "pipe", "ignore"] });
  let waiting = (): void => {};
  let text = "";
  server.stdout.on("data", (chunk) => {
    text += String(chunk);
    if (!text.endsWith("\n")) return;
    text = "";
    waiting();
  });
  let id = 0;
  const request = (method: string, params: object) =>
    new Promise<void>((resolve) => {
      waiting = resolve;
      server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: id++, method, params })}\n`);
    });
  await request("initialize", { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } });
  server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
  return { exec: (command) => request("tools/call", { name: "exec", arguments: { command } }), close: () => void server.stdin.end() };
}
