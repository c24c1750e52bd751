// Where this process stands: behind `runtime: strict`, other files stand over the utilities, and their owners may have no
// number. Told by what is mounted, which no variable can claim: docs/adr/0013.
import { readFileSync } from "node:fs";

/** A bound shim: its file is in a directory of shims, and it stands over one that is not. */
const overUtility = /\/autobot-sh\/shims\/[^/]+\/\.strict\/[^/]+\/\d+(?:\/\/deleted)?$/;

/** The whole file system without the shims, as src/run/strict.ts has it mounted. */
const mirror = /\/autobot-sh-strict-\d+\/[^/]+$/;

/** What no user of a namespace is called: files of those that have no number there show it (user_namespaces(7)). */
const overflow = 65534;

/** The directory in which the real utilities are, at their own paths; undefined: no shim stands over any. */
export function realRoot(): string | undefined {
  // proc_pid_mountinfo(5): the fourth field is the mounted directory or file, the fifth where it is.
  const mounts = textOf("/proc/self/mountinfo")
    .split("\n")
    .map((line) => line.split(" ").slice(3, 5).map(unescaped) as [string?, string?]);
  const bound = mounts.some(([source = "", point = ""]) => overUtility.test(source) && !overUtility.test(point));
  return bound ? mounts.map(([, point = ""]) => point).findLast((point) => mirror.test(point)) : undefined;
}

/** A path as it is called everywhere else. */
export function usualPath(path: string, real: string | undefined): string {
  return real !== undefined && path.startsWith(`${real}/`) ? path.slice(real.length) : path;
}

/** Whether a file's user or group is root, or what root is called where only the caller has a number. */
export function isRoots(id: number): boolean {
  return id === 0 || (id === overflow && realRoot() !== undefined && !hasRoot());
}

/** uid_map: first number inside, first number outside, how many. */
function hasRoot(): boolean {
  return textOf("/proc/self/uid_map")
    .split("\n")
    .some((line) => line.trim().split(/\s+/)[0] === "0");
}

/** A space in a path is written `\040`. */
function unescaped(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
