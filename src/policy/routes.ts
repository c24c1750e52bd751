// The approved ways to a host: which one brings a change there, and which scripts are such ways.
import { globOf } from "./glob.ts";
import { list } from "./list.ts";
import type { KnownRoute, PolicySet } from "./policies.ts";
import type { Action } from "./request.ts";

export interface Change {
  readonly action: Action;
  /** The fleet host's name; undefined: not known which. */
  readonly host: string | undefined;
  /** Below the workspace's root, without a slash at its end; undefined: not kept there. */
  readonly local: string | undefined;
  readonly remote: string | undefined;
  readonly utility: string;
  readonly name: string | undefined;
}

/** The routes that bring such a change to its host, the first to be advised first. */
export function routesFor(set: PolicySet, change: Change): readonly KnownRoute[] {
  return set.routes.filter((route) => route.run !== undefined && serves(route, change));
}

function serves(route: KnownRoute, change: Change): boolean {
  const { action, host, path, remote, utility, name } = route.for ?? {};
  if (action !== undefined && !list(action).includes(change.action)) return false;
  if (host !== undefined && !list(host).includes(change.host ?? "")) return false;
  return matches(path, change.local) && matches(remote, change.remote) && matches(utility, change.utility) && matches(name, change.name);
}

function matches(globs: string | readonly string[] | undefined, text: string | undefined): boolean {
  return globs === undefined || (text !== undefined && list(globs).some((glob) => globOf(glob)(text)));
}

/**
 * The route that a script is, by its path below the workspace's root. Where some route lists digests of that script, its own
 * (SHA-256, lower-case hexadecimal) has to be among them: whoever pins one approves no other by whatever else names it.
 */
export function approvedScript(set: PolicySet, path: string, digest?: string): KnownRoute | undefined {
  const routes = set.routes.filter((route) => route.approved && route.script !== undefined && matches(route.script, path));
  const pins = routes.filter(({ sha256 }) => sha256 !== undefined);
  if (pins.length === 0) return routes[0];
  return digest === undefined ? undefined : pins.find(({ sha256 }) => list(sha256).includes(digest));
}

/**
 * The route that a file is, below the root of its workspace, by default the fleet's. `digest` is asked for only where a
 * route pins that script.
 */
export function approvedFile(set: PolicySet, file: string, workspace: string | undefined, digest: (file: string) => string | undefined): KnownRoute | undefined {
  const root = workspace ?? set.fleet.root;
  if (root === undefined) return undefined;
  const start = root.endsWith("/") ? root : `${root}/`;
  if (!file.startsWith(start)) return undefined;
  const path = file.slice(start.length);
  const pinned = set.routes.some(({ script, sha256 }) => script !== undefined && sha256 !== undefined && matches(script, path));
  return approvedScript(set, path) ?? (pinned ? approvedScript(set, path, digest(file)) : undefined);
}

/** The route that a utility is: `ansible-playbook`. */
export function approvedUtility(set: PolicySet, name: string): KnownRoute | undefined {
  return set.routes.find((route) => route.approved && route.utility === name);
}
