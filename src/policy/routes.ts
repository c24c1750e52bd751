// The approved ways to a host: which one brings a change there, and which scripts are such ways.
import { compileGlob, type Glob } from "./glob.ts";
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
}

/** The routes that bring such a change to its host, the first to be advised first. */
export function routesFor(set: PolicySet, change: Change): readonly KnownRoute[] {
  return set.routes.filter((route) => route.run !== undefined && serves(route, change));
}

function serves(route: KnownRoute, { action, host, local, remote }: Change): boolean {
  const actions = list(route.action);
  const hosts = list(route.host);
  if (actions.length > 0 && !actions.includes(action)) return false;
  if (hosts.length > 0 && (host === undefined || !hosts.includes(host))) return false;
  return matches(list(route.path), local) && matches(list(route.remote), remote);
}

const compiled = new Map<string, Glob>();

function matches(globs: readonly string[], text: string | undefined): boolean {
  if (globs.length === 0) return true;
  return text !== undefined && globs.some((glob) => globOf(glob)(text));
}

function globOf(glob: string): Glob {
  const known = compiled.get(glob) ?? compileGlob(glob);
  compiled.set(glob, known);
  return known;
}

/**
 * The route that a script is, by its path below the workspace's root. Where the route lists digests, the script's own
 * (SHA-256, lower-case hexadecimal) has to be among them.
 */
export function approvedScript(set: PolicySet, path: string, digest?: string): KnownRoute | undefined {
  return set.routes.find((route) => {
    const digests = list(route.sha256);
    const pinned = digests.length === 0 || (digest !== undefined && digests.includes(digest));
    return route.approved && route.script !== undefined && pinned && matches(list(route.script), path);
  });
}

/** The route that a utility is: `ansible-playbook`. */
export function approvedUtility(set: PolicySet, name: string): KnownRoute | undefined {
  return set.routes.find((route) => route.approved && route.utility === name);
}
