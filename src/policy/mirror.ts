// Which files of the workspace a host holds copies of, and where: the path maps, read from the workspace's side.
import type { Fleet, FleetHost, PathMap } from "./schema.ts";

export interface Mirror {
  /** Below the workspace's root, "" the root itself; a directory ends in `/` where its map says so. */
  readonly local: string;
  /** Where the host may have it, the most likely first. */
  readonly remotes: readonly string[];
  /** All of the workspace has a place there, though no host needs all of it: only what is there already can differ. */
  readonly partial: boolean;
}

/** What the maps name for a host, its own first. */
export function mirrorsOf(fleet: Fleet, host: FleetHost): readonly Mirror[] {
  return joined([...(host.paths ?? []), ...(fleet.paths ?? [])].map(({ local, remote }) => ({ local, remotes: [remote], partial: local === "" })));
}

/** Where a path of the workspace has its copies: by the host's own maps where one covers it, else by the fleet's. And what the host has below it. */
export function mirrorsBelow(fleet: Fleet, host: FleetHost, path: string): readonly Mirror[] {
  const wanted = path === "." ? "" : path.replace(/\/$/, "");
  const own = (host.paths ?? []).flatMap((map) => copiesOf(wanted, map));
  const inside = (host.paths ?? [])
    .filter(({ local }) => wanted === "" || local.startsWith(`${wanted}/`))
    .map(({ local, remote }) => ({ local, remotes: [remote], partial: false }));
  const common = own.length > 0 ? [] : (fleet.paths ?? []).flatMap((map) => copiesOf(wanted, map));
  return joined([...own, ...inside, ...common.map((each) => ({ ...each, partial: wanted === "" }))]);
}

function copiesOf(path: string, { local, remote }: PathMap): readonly Mirror[] {
  if (path === local.replace(/\/$/, "")) return [{ local: path, remotes: [remote], partial: false }];
  return local === "" || (local.endsWith("/") && path.startsWith(local)) ? [{ local: path, remotes: [remote + path.slice(local.length)], partial: false }] : [];
}

function joined(mirrors: readonly Mirror[]): readonly Mirror[] {
  const byLocal = new Map<string, Mirror>();
  for (const mirror of mirrors) {
    const before = byLocal.get(mirror.local);
    byLocal.set(mirror.local, before === undefined ? mirror : { ...before, remotes: [...before.remotes, ...mirror.remotes] });
  }
  return [...byLocal.values()];
}
