// What a test sees of a program on a terminal: its output, and whether it is still there.
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Pty } from "../../src/session/pty.ts";

/** All output from here on. */
export async function bytes(pty: Pty): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of pty.output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Output up to the chunk with `mark`: the program is then ready for what the test types. */
export async function until(pty: Pty, mark: string): Promise<string> {
  let text = "";
  while (!text.includes(mark)) {
    const chunk: Buffer | null = pty.output.read();
    if (chunk === null) await delay(2);
    else text += chunk.toString();
  }
  return text;
}

/** Killed, but not yet waited for by whoever inherited it, counts as not running. */
export function isRunning(pid: number | undefined): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && /\) [^ZX] /.test(readFileSync(file, "utf8"));
}

/** Processes below, nearest first: of a launcher the session, its shell, what that runs. */
export function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = (existsSync(file) ? readFileSync(file, "utf8") : "").split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
