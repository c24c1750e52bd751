// The judge's own descriptors: whether one is a terminal, and writing to one at once. Node's streams and node:tty take
// longer to load than most commands take to judge.
import { fstatSync, readFileSync, writeSync } from "node:fs";

const firstPseudoTerminal = 136;
const lastPseudoTerminal = 143;
const interval = 5;

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
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
    }
  }
}

/** For people, on standard error. Where nobody can read it, nothing is changed by that: the status says the same. */
export function say(text: string): void {
  try {
    writeWhole(2, text);
  } catch {
    // Closed, or a pipe without a reader.
  }
}
