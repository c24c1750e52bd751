// A process → those that descend from it, also where they have left its process group. What has no parent any more, as a
// daemon has none, is not found: nothing says whose it was.
import { readdirSync } from "node:fs";
import { attempt } from "../shell/attempt.ts";
import { facts } from "../shell/process.ts";

/** Process ids, and when each was started: a number may be given to another process. */
export type ProcessTree = ReadonlyMap<number, number>;

/** Without the process itself. */
export function descendants(root: number): ProcessTree {
  const children = new Map<number, { readonly pid: number; readonly ticks: number }[]>();
  for (const name of readdirSync("/proc")) {
    const pid = /^\d+$/.test(name) ? Number(name) : undefined;
    const found = pid === undefined ? undefined : factsOf(pid);
    if (pid !== undefined && found !== undefined) children.set(found.parent, [...(children.get(found.parent) ?? []), { pid, ticks: found.ticks }]);
  }
  const tree = new Map<number, number>();
  for (const parents = [root]; parents.length > 0; ) {
    for (const { pid, ticks } of children.get(parents.pop() ?? 0) ?? []) {
      tree.set(pid, ticks);
      parents.push(pid);
    }
  }
  return tree;
}

export function signalAll(tree: ProcessTree, signal: NodeJS.Signals): void {
  for (const [pid, ticks] of tree) {
    if (factsOf(pid)?.ticks === ticks) signalOne(pid, signal);
  }
}

/** `pid`: a process, or a process group with a minus before it. False where there is none, or it is another user's. */
export function signalOne(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

function factsOf(pid: number): ReturnType<typeof facts> | undefined {
  return attempt(() => facts(pid));
}
