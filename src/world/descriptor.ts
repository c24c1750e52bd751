// The judge's own descriptors: whether one is a terminal, and reading or writing one at once. Node's streams and node:tty take
// longer to load than most commands take to judge.
import { fstatSync, readFileSync, readSync, writeSync } from "node:fs";

const firstPseudoTerminal = 136;
const lastPseudoTerminal = 143;
const interval = 5;
const chunkSize = 65_536;

/** isatty(3). */
export function isTerminal(descriptor: number): boolean {
  const device = deviceOf(descriptor);
  if (device === undefined) return false;
  // devices.txt of Linux: 1 is memory (/dev/null), 136 to 143 are pseudo-terminals.
  const major = (device >> 8) & 0xfff;
  if (major === 1) return false;
  if (major >= firstPseudoTerminal && major <= lastPseudoTerminal) return true;
  return process.getBuiltinModule("node:tty").isatty(descriptor);
}

/** proc_pid_stat(5): after the name in brackets come state, ppid, pgrp, session, tty_nr and tpgid, -1 without a controlling terminal. */
export function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "latin1");
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return foreground === "-1" || foreground === group;
}

/** The number of a character device; undefined of anything else. */
function deviceOf(descriptor: number): number | undefined {
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() ? stat.rdev : undefined;
  } catch {
    return undefined;
  }
}

/** Writes all of it before it returns: the process may end at once. Waits where another has set the pipe to not block. */
export function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      pause();
    }
  }
}

/** All that it gives until its end; undefined where that is more than `maximum` bytes. */
export function readToEnd(descriptor: number, maximum: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let total = 0; total <= maximum; ) {
    const chunk = Buffer.allocUnsafe(chunkSize);
    const length = readSome(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    total += length;
  }
  return undefined;
}

/** So that whoever writes is not told of a pipe that broke. */
export function discard(descriptor: number): void {
  const chunk = Buffer.allocUnsafe(chunkSize);
  while (readSome(descriptor, chunk) > 0);
}

/** Waits where the other end has set the pipe to not block, which its other readers cannot undo. */
function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk, 0, chunk.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      pause();
    }
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
}

/** For people, on standard error. Where nobody can read it, nothing is changed by that: the status says the same. */
export function say(text: string): void {
  try {
    writeWhole(2, text);
  } catch {
    // Closed, or a pipe without a reader.
  }
}
