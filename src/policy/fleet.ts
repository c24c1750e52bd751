// A host as a request names it → the fleet's host it is, or whether it may be one.
import { compileGlob } from "./glob.ts";
import { type Network, parseNetwork } from "./network.ts";
import type { Host } from "./request.ts";
import type { Fleet, FleetHost } from "./schema.ts";

/** A fleet, ready to be asked. */
export interface FleetIndex extends Fleet {
  /** By every name and address, in lower case. */
  readonly byName: ReadonlyMap<string, FleetHost>;
  /** The hosts of each inventory group, in lower case; a group known only by name has none. */
  readonly byGroup: ReadonlyMap<string, readonly FleetHost[]>;
  readonly ranges: readonly Network[];
  /** Answers about hosts that are only partly known, by what is known. */
  readonly partly: Map<string, boolean>;
}

interface HasFleet {
  readonly fleet: FleetIndex;
}

export function namesOf(host: FleetHost): readonly string[] {
  return [host.name, ...(host.addresses ?? []), ...(host.aliases ?? []), ...(host.sync === undefined ? [] : [host.sync])].map((name) => name.toLowerCase());
}

export function indexFleet(fleet: Fleet): FleetIndex {
  const byName = new Map<string, FleetHost>();
  const byGroup = new Map<string, FleetHost[]>((fleet.groups ?? []).map((group) => [group.toLowerCase(), []]));
  for (const host of fleet.hosts ?? []) {
    for (const name of namesOf(host)) byName.set(name, host);
    for (const group of host.groups ?? []) {
      const members = byGroup.get(group.toLowerCase());
      if (members === undefined) byGroup.set(group.toLowerCase(), [host]);
      else members.push(host);
    }
  }
  let ranges: readonly Network[] | undefined;
  return {
    ...fleet,
    byName,
    byGroup,
    get ranges() {
      ranges ??= (fleet.networks ?? []).flatMap((text) => parseNetwork(text) ?? []);
      return ranges;
    },
    partly: new Map(),
  };
}

/** The host of the fleet that this is for certain: by a name, an address, or a group that has no other member. */
export function findHost(set: HasFleet, host: Host): FleetHost | undefined {
  if (host.kind === "local" || !host.known) return undefined;
  for (const name of host.names) {
    const group = set.fleet.byGroup.get(name);
    const found = set.fleet.byName.get(name) ?? (group?.length === 1 ? group[0] : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether it is one of the fleet, is judged as one, or no known part of its name says otherwise. */
export function mayBeFleet(set: HasFleet, host: Host): boolean {
  if (host.kind === "local") return false;
  if (host.here === true) return true;
  if (!host.known) return partlyNamed(set.fleet, host.prefix ?? "", host.suffix ?? "");
  return host.names.some((name) => isFleetName(set.fleet, name)) || host.names.some((name) => mayStandForName(set.fleet, name));
}

function isFleetName(fleet: FleetIndex, name: string): boolean {
  return fleet.byName.has(name) || fleet.byGroup.has(name) || fleet.ranges.some((range) => range.contains(name));
}

const placeholder = /[{}<>%]/;
const pattern = /[*?,!&[\]]|:(?!:)/;

/** A template's placeholder (`{target_ip}`) says nothing; an inventory pattern (`web*`, `redis:&prod`) may name several. */
function mayStandForName(fleet: FleetIndex, name: string): boolean {
  const start = name.search(placeholder);
  if (start >= 0) return partlyNamed(fleet, name.slice(0, start), /[^{}<>%]*$/.exec(name)?.[0] ?? "");
  if (!pattern.test(name)) return false;
  return name.split(/[,:]/).some((part) => {
    const plain = part.replace(/^[&!]/, "").replace(/\[[\d:-]*\]$/, "");
    if (plain === "" || part.startsWith("!")) return false;
    return isFleetName(fleet, plain) || matchesSome(fleet, plain);
  });
}

function matchesSome(fleet: FleetIndex, glob: string): boolean {
  if (!/[*?]/.test(glob) || glob.length > 255) return false;
  const matches = compileGlob(glob.replaceAll(/[[\]\\{}]/g, "\\$&"));
  return [...fleet.byName.keys(), ...fleet.byGroup.keys()].some((name) => matches(name));
}

const remembered = 10_000;

function partlyNamed(fleet: FleetIndex, prefix: string, suffix: string): boolean {
  if (prefix === "" && suffix === "") return true;
  const key = `${prefix}\0${suffix}`;
  const known = fleet.partly.get(key);
  if (known !== undefined) return known;
  const fits = (name: string) => name.length >= prefix.length + suffix.length && name.startsWith(prefix) && name.endsWith(suffix);
  const answer =
    [...fleet.byName.keys()].some(fits) || [...fleet.byGroup.keys()].some(fits) || (/^[\d.:a-f]*$/.test(suffix) && fleet.ranges.some((range) => range.mayContain(prefix)));
  if (fleet.partly.size < remembered) fleet.partly.set(key, answer);
  return answer;
}
