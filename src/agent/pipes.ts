// Real pipes for what a command writes. Node's own are sockets, which cannot be opened by name: `echo no >/dev/stderr` would fail.
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { temporaryDirectory } from "../shell/directory.ts";

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
  return ends === undefined ? undefined : { reader: new Socket({ fd: ends.read, readable: true, writable: false }), writer: ends.write };
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
    return { read, write: openSync(name, constants.O_WRONLY) };
  } catch (error) {
    closeSync(read);
    throw error;
  }
}
