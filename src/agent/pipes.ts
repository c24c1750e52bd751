// Real pipes for what a command writes. Node's own are sockets, which cannot be opened by name: `echo no >/dev/stderr` would fail.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isMainThread } from "node:worker_threads";
import { temporaryDirectory } from "../world/directory.ts";

export interface Pipe {
  readonly reader: Readable;
  /** A descriptor to give away, and then to close. */
  readonly writer: number;
}

interface Ends {
  readonly read: number;
  readonly write: number;
}

/** Node can make none, and mkfifo(1) is a process: for some commands to come. */
const atOnce = 32;
const ready: Ends[] = [];

/** Undefined where none can be made. */
export function openPipe(): Pipe | undefined {
  if (ready.length === 0) make();
  const ends = ready.pop();
  if (ends === undefined) return undefined;
  return { reader: isMainThread ? new Socket({ fd: ends.read, readable: true, writable: false }) : relayed(ends.read), writer: ends.write };
}

/**
 * When a worker ends, node closes each number that it has ever opened, also one that a socket has closed and that is somebody else's
 * by then. So no socket is given one there: a process reads for it.
 */
function relayed(read: number): Readable {
  const relay = spawn("/bin/cat", [], { stdio: [read, "pipe", "ignore"], env: {}, cwd: "/", detached: true });
  relay.on("error", () => {});
  relay.unref();
  closeSync(read);
  if (relay.stdout === null) throw new Error("a pipe was asked for");
  return relay.stdout;
}

/** They have names for a moment. */
function make(): void {
  let directory: string | undefined;
  try {
    directory = mkdtempSync(join(temporaryDirectory(), "autobot-sh-pipes-"));
    const names = Array.from({ length: atOnce }, (_, index) => join(directory ?? "", String(index)));
    spawnSync("mkfifo", ["-m", "600", ...names], { env: { PATH: "/usr/bin:/bin" }, stdio: "ignore" });
    for (const name of names) ready.push(open(name));
  } catch {
    // A full disk, or too many descriptors: node's own have to do.
  } finally {
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  }
}

function open(name: string): Ends {
  // The other order would wait for a reader.
  const read = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const write = openSync(name, constants.O_WRONLY);
    return { read: isMainThread ? read : waiting(name, read), write };
  } catch (error) {
    closeSync(read);
    throw error;
  }
}

/** Another in its place, for a reader that waits. */
function waiting(name: string, read: number): number {
  const descriptor = openSync(name, constants.O_RDONLY);
  closeSync(read);
  return descriptor;
}
