// A process → those that descend from it, also where they have left its process group. What has no parent any more, as a
// daemon has none, is not found: nothing says whose it was.
import { readdirSync } from "node:fs";
import { attempt } from "../world/attempt.ts";
import { facts } from "../world/process.ts";

/** Process ids, and when each was started: a number may be given to another process. */
export type ProcessTree = ReadonlyMap<number, number>;

/** Without the process itself. */
export function descendants(root: number): ProcessTree {
  const children = new Map<number, { readonly pid: number; readonly ticks: number }[]>();
  for (const { pid, parent, ticks } of running()) children.set(parent, [...(children.get(parent) ?? []), { pid, ticks }]);
  const tree = new Map<number, number>();
  for (const parents = [root]; parents.length > 0; ) {
    for (const { pid, ticks } of children.get(parents.pop() ?? 0) ?? []) {
      tree.set(pid, ticks);
      parents.push(pid);
    }
  }
  return tree;
}

/** Those of a session, by the process that it is named by, which may have ended. */
export function membersOf(session: number): ProcessTree {
  return new Map(running().flatMap((each) => (each.session === session ? [[each.pid, each.ticks]] : [])));
}

function running(): readonly (ReturnType<typeof facts> & { readonly pid: number })[] {
  return readdirSync("/proc").flatMap((name) => {
    const found = /^\d+$/.test(name) ? factsOf(Number(name)) : undefined;
    return found === undefined || found.ended ? [] : [{ ...found, pid: Number(name) }];
  });
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
