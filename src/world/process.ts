// A process of this machine as /proc shows it (proc(5)), and those that started it.
import { readFileSync, readlinkSync } from "node:fs";
import { realRoot, usualPath } from "./namespace.ts";

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** When it was started, in clock ticks since the machine was: processes can be compared by it. */
  readonly ticks: number;
  /** The same as milliseconds since the epoch. */
  readonly started: number;
  /** Paths in it, and that of the program, as they are without `runtime: strict`. */
  readonly words: readonly string[];
  /** The file that it executes. */
  readonly program: string;
  readonly cwd: string;
  /** What it was started with. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const ticksPerSecond = 100;
const mostAncestors = 64;

/** Undefined where it is gone, or another user's. */
export function readProcess(pid: number): Process | undefined {
  const directory = `/proc/${pid}`;
  try {
    const { parent, ticks } = facts(pid);
    const real = realRoot();
    const words = commandLineOf(pid).map((word) => usualPath(word, real));
    const executed = readlinkSync(`${directory}/exe`);
    const cwd = readlinkSync(`${directory}/cwd`);
    const environment = Object.fromEntries(readFileSync(`${directory}/environ`, "utf8").split("\0").slice(0, -1).map(entryOf));
    // Read in pieces: it may have become another program, or another process, meanwhile.
    if (facts(pid).ticks !== ticks || readlinkSync(`${directory}/exe`) !== executed) return undefined;
    return { pid, parent, ticks, started: Date.now() - uptime() + (ticks * 1000) / ticksPerSecond, words, program: usualPath(executed, real), cwd, environment };
  } catch {
    return undefined;
  }
}

/** What it was started with, its name first. Throws where there is no such process. */
export function commandLineOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
}

/** The process's parent, that one's parent, and so on, as far as they can be read. */
export function ancestors({ parent, ticks }: Process): readonly Process[] {
  const found: Process[] = [];
  for (let pid = parent, before = ticks; pid > 1 && found.length < mostAncestors; ) {
    const process = readProcess(pid);
    // A number that was given to a younger process is not the parent's any more.
    if (process === undefined || process.ticks > before) break;
    found.push(process);
    pid = process.parent;
    before = process.ticks;
  }
  return found;
}

interface Facts extends Pick<Process, "parent" | "ticks"> {
  /** The process that its session is named by. */
  readonly session: number;
  /** It has ended, and its parent has not asked how. */
  readonly ended: boolean;
  /** Its process group, and the one in the foreground of its terminal; -1 without one. */
  readonly group: number;
  readonly foreground: number;
}

/** proc_pid_stat(5). Throws where there is no such process. */
export function facts(pid: number): Facts {
  const text = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The second field, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "", parent, group, session] = fields;
  return { parent: Number(parent), group: Number(group), session: Number(session), ended: /[ZX]/.test(state), foreground: Number(fields[5]), ticks: Number(fields[19]) };
}

/** Milliseconds since the machine was started. */
function uptime(): number {
  return Number.parseFloat(readFileSync("/proc/uptime", "latin1")) * 1000;
}

function entryOf(text: string): readonly [string, string] {
  const equals = text.indexOf("=", 1);
  return equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** Where it stands. Undefined where it is gone, or another user's. */
export function directoryOf(pid: number | undefined): string | undefined {
  try {
    return pid === undefined ? undefined : readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}
