// A path on a host or in a command → the file of the workspace that it is a copy of.
import { globOf } from "./glob.ts";
import { list } from "./list.ts";
import { absolute, below, withoutSlash } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Path } from "./request.ts";
import type { Fleet, FleetHost, PathMap } from "./schema.ts";

/** Path on the host, `~` replaced by the home directory there. */
export function remotePath(path: Path, fleet: Fleet): Path {
  const home = fleet.home;
  if (home === undefined || !/^(~(\/|$)|[^/~$`])/.test(path.text)) return path;
  const inHome = (text: string) => (text === "~" || text === "." ? withoutSlash(home) : home + text.replace(/^~\//, ""));
  return { ...path, text: inHome(path.text), prefix: inHome(path.prefix) };
}

/** Relative to the workspace's root, `.` for the root itself. A host's own maps count first, then the longest. */
export function localPath(path: Path, fleet: Fleet, host: FleetHost | undefined): Path | undefined {
  if (!path.known) return undefined;
  const remote = remotePath(path, fleet);
  if (fleet["only-there"]?.some((glob) => globOf(glob)(withoutSlash(remote.text))) === true) return undefined;
  for (const maps of [host?.paths ?? [], fleet.paths ?? []]) {
    const text = longestFirst(maps).flatMap((map) => mapped(remote.text, map) ?? [])[0];
    if (text !== undefined) return { text, known: true, prefix: text, glob: path.glob };
  }
  return undefined;
}

function longestFirst(maps: readonly PathMap[]): readonly PathMap[] {
  return [...maps].sort((left, right) => right.remote.length - left.remote.length);
}

function mapped(path: string, { remote, local }: PathMap): string | undefined {
  if (path === remote || `${path}/` === remote) return local === "" ? "." : path.endsWith("/") ? local : withoutSlash(local);
  return remote.endsWith("/") && path.startsWith(remote) ? local + path.slice(remote.length) : undefined;
}

/** A local path relative to the workspace's root; undefined where it lies outside. */
export function workspacePath(path: Path, root: string | undefined, cwd: string | undefined): Path | undefined {
  if (!path.known) return undefined;
  if (root === undefined || cwd === undefined) return /^[/~]|^\.\.(\/|$)/.test(path.text) ? underRoot(path, root) : path;
  return underRoot(absolute(path, cwd), root);
}

function underRoot(path: Path, root: string | undefined): Path | undefined {
  const inside = root === undefined ? undefined : below(path, root);
  return inside?.text === "" ? { ...inside, text: "." } : inside;
}

export function parent(path: string): string {
  const slash = withoutSlash(path).lastIndexOf("/");
  return slash <= 0 ? (slash === 0 ? "/" : "./") : path.slice(0, slash + 1);
}

export function basename(path: string): string {
  return withoutSlash(path).slice(withoutSlash(path).lastIndexOf("/") + 1);
}

/** What marks a directory as a workspace's root, relative to it: the policies of a project, or a script that the routes call. */
export function workspaceMarkers(set: PolicySet): readonly string[] {
  const scripts = set.routes.filter(({ script }) => script !== undefined).flatMap(({ file }) => list(file));
  return [".autobot-sh", ...new Set(scripts)];
}
