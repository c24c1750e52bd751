// Whether anybody may still write to a pipe: a program that arrives bit by bit cannot be read to its end before it runs.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { attempt } from "../world/attempt.ts";

const patience = 300;
const interval = 10;
/** proc(5), fdinfo; open(2): the two lowest bits of `flags` are 0 for a descriptor that only reads. */
const accessMode = 3;

/** True where another process keeps the other end of the pipe on this descriptor open for longer than it takes to write a command. */
export function staysOpen(descriptor: number): boolean {
  const pipe = attempt(() => readlinkSync(`/proc/self/fd/${descriptor}`));
  if (pipe === undefined) return false;
  const deadline = Date.now() + patience;
  while (hasWriter(pipe)) {
    if (Date.now() > deadline) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, interval);
  }
  return false;
}

/** Among the processes that can be looked at: one's own. */
function hasWriter(pipe: string): boolean {
  return list("/proc").some((pid) => /^\d+$/.test(pid) && list(`/proc/${pid}/fd`).some((each) => isWriter(pid, each, pipe)));
}

function isWriter(pid: string, descriptor: string, pipe: string): boolean {
  if (attempt(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`)) !== pipe) return false;
  const flags = /^flags:\s*(\d+)/m.exec(attempt(() => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, "latin1")) ?? "")?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & accessMode) !== 0;
}

function list(directory: string): readonly string[] {
  return attempt(() => readdirSync(directory)) ?? [];
}
