// Hosts as an inventory and ssh's configuration name them → the hosts of a fleet, each once, with every name it goes by.
import type { FleetHost } from "../policy/schema.ts";
import type { InventoryHost } from "./inventory.ts";
import type { SshHost } from "./ssh-hosts.ts";

export interface HostDraft {
  readonly host: FleetHost;
  /** Where it was found, for people: `inventory`, `ssh configuration`. */
  readonly from: readonly string[];
  /** Ansible knows it by this name. */
  readonly inventory?: string | undefined;
  readonly key?: string | undefined;
  readonly chosen: boolean;
  /** Why it is not chosen. */
  readonly why?: string | undefined;
}

interface Known {
  inventory?: InventoryHost;
  readonly ssh: SshHost[];
}

const loopback = /^(?:localhost|127\.[\d.]+|::1|0\.0\.0\.0)$/i;

/** Inventory first: its names are what playbooks are called with. */
export function draftHosts(inventory: readonly InventoryHost[], ssh: readonly SshHost[]): readonly HostDraft[] {
  const known: Known[] = inventory.map((each) => ({ inventory: each, ssh: [] }));
  for (const each of ssh) {
    const same = known.find((one) => isSame(one, each));
    if (same === undefined) known.push({ ssh: [each] });
    else same.ssh.push(each);
  }
  return withoutDoubles(known.map(draftOf));
}

/** A forwarded port of one address is another machine. */
function isSame({ inventory, ssh }: Known, other: SshHost): boolean {
  const names = [inventory?.name, inventory?.address, ...ssh.flatMap(({ name, address }) => [name, address])].flatMap((name) => name?.toLowerCase() ?? []);
  const port = inventory?.port ?? ssh[0]?.port;
  if (inventory !== undefined && inventory.name.toLowerCase() === other.name.toLowerCase()) return true;
  const address = (other.address ?? other.name).toLowerCase();
  if (port !== undefined && other.port !== undefined && port !== other.port) return false;
  return loopback.test(address) ? false : names.includes(address) || names.includes(other.name.toLowerCase());
}

function draftOf({ inventory, ssh }: Known): HostDraft {
  const [first] = ssh;
  const name = inventory?.name ?? first?.name ?? "";
  const addresses = unique([inventory?.address, ...ssh.map(({ address }) => address)]).filter((address) => !loopback.test(address));
  const aliases = unique(ssh.map((each) => each.name)).filter((alias) => alias !== name && !addresses.includes(alias));
  const special = ssh.find((each) => each.special) ?? (addresses.length === 0 ? first : undefined);
  const user = inventory?.user ?? ssh.find((each) => each.user !== undefined)?.user;
  const groups = inventory?.groups ?? [];
  const forge = inventory === undefined && ssh.some((each) => each.forge);
  return {
    host: {
      name,
      ...(addresses.length === 0 ? {} : { addresses }),
      ...(aliases.length === 0 ? {} : { aliases }),
      ...(groups.length === 0 ? {} : { groups: [...groups] }),
      ...(special === undefined ? {} : { ssh: special.name }),
      ...(user === undefined ? {} : { user }),
    },
    from: [...(inventory === undefined ? [] : ["inventory"]), ...(ssh.length === 0 ? [] : ["ssh configuration"])],
    inventory: inventory?.name,
    key: inventory?.key,
    chosen: !forge,
    why: forge ? "keeps repositories" : undefined,
  };
}

/** A name belongs to one host: what the first has, the others leave out. */
function withoutDoubles(drafts: readonly HostDraft[]): readonly HostDraft[] {
  const owners = new Map<string, string>(drafts.map(({ host }) => [host.name.toLowerCase(), host.name]));
  return drafts.map((draft) => {
    const free = (names: readonly string[] | undefined) =>
      (names ?? []).filter((each) => {
        const owner = owners.get(each.toLowerCase()) ?? draft.host.name;
        owners.set(each.toLowerCase(), owner);
        return owner === draft.host.name;
      });
    const { name, addresses: _addresses, aliases: _aliases, ...rest } = draft.host;
    const addresses = free(draft.host.addresses);
    const aliases = free(draft.host.aliases);
    return { ...draft, host: { name, ...(addresses.length === 0 ? {} : { addresses }), ...(aliases.length === 0 ? {} : { aliases }), ...rest } };
  });
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.flatMap((name) => name ?? []))];
}

/** The most frequent of the words. */
export function commonest(words: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const word of words) if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, left], [, right]) => right - left)[0]?.[0];
}
