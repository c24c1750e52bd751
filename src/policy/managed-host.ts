// `role: managed-host`: this machine is a server itself, so that what is done here is done on one of the fleet's hosts. What
// arrives from the approved ways is told by what they run at their far end.
import { findHost } from "./fleet.ts";
import { compileMatcher, type Test } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Host, Request } from "./request.ts";
import type { Arrival, Matcher } from "./schema.ts";

/** Who asks, on which machine. */
export interface Asker {
  readonly user?: string | undefined;
  readonly tty: boolean;
  /** Of this machine: its names and addresses, in lower case. Asked for only where it is a server. */
  readonly world: { readonly ownNames: ReadonlySet<string> };
}

export interface Placement {
  /** This machine, as a host of the fleet. */
  readonly self: Host;
  /** Part of a deployment that the policy lets arrive: what it does here is its own. */
  arrives(request: Request): boolean;
}

/** Undefined: this machine is where people work. */
export function placementOf(set: PolicySet, asker: Asker): Placement | undefined {
  const { role, "managed-host": managed } = set.settings;
  if (role !== "managed-host") return undefined;
  const { users = [], by = usual } = managed?.deploy ?? {};
  const tests = asker.user !== undefined && users.includes(asker.user) ? by.flatMap((each) => arrivals[each].map(testOf)) : [];
  const context = { tty: asker.tty, face: "scripts" } as const;
  return { self: selfOf(set, managed?.name, asker.world.ownNames), arrives: (request) => request.host.kind === "local" && tests.some((test) => test(request, context, set)) };
}

function selfOf(set: PolicySet, name: string | undefined, ownNames: ReadonlySet<string>): Host {
  const names = [...(name === undefined ? [] : [name.toLowerCase()]), ...ownNames];
  const host: Host = { kind: "remote", typed: names[0] ?? "this server", known: true, names, here: true };
  return { ...host, typed: findHost(set, host)?.name ?? host.typed };
}

/** A push runs whatever hooks are there: only a policy that names it lets it arrive. */
const usual: readonly Arrival[] = ["rsync", "scp", "sftp", "ansible"];

const modules = ["/**/.ansible/tmp", "/**/.ansible/tmp/**", "/{,var/}tmp/ansible-tmp-*", "/{,var/}tmp/ansible-tmp-*/**"];

/** Sync scripts make the place first: neither rsync nor scp makes the directories above it. */
const place: Matcher = { action: "write", utility: "mkdir", tty: false };

/** What each runs at its far end, told from what a person would type. */
const arrivals: Readonly<Record<Arrival, readonly Matcher[]>> = {
  rsync: [{ utility: "rsync", transfer: true }, place],
  scp: [{ utility: "scp", name: "far end" }, place],
  sftp: [{ utility: "sftp-server", name: "far end" }],
  git: [{ utility: "git-receive-pack", transfer: true }],
  ansible: [
    { action: "write", path: modules },
    { action: "execute", utility: "python*", path: modules.filter((glob) => glob.endsWith("/**")).map((glob) => `${glob}/AnsiballZ_*.py`) },
    // With pipelining a module comes on standard input.
    { action: "session", utility: "python*", tty: false },
  ],
};

const compiled = new Map<Matcher, Test>();

function testOf(matcher: Matcher): Test {
  const known = compiled.get(matcher) ?? compileMatcher(matcher, "certain");
  compiled.set(matcher, known);
  return known;
}

/** The same policies where people work: for examples, and for advice on what to do there instead. */
export function asWorkstation(set: PolicySet): PolicySet {
  return { ...set, settings: { ...set.settings, role: "workstation" } };
}
