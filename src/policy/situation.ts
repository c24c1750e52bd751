// A denial in its circumstances: which host of the fleet it is about, where the file is kept in the workspace, and the words for both.
import { type Context, type Denial, evaluate } from "./evaluate.ts";
import { findHost, mayBeFleet } from "./fleet.ts";
import { workspaceOf } from "./match.ts";
import type { PolicySet } from "./policies.ts";
import type { Path, Request } from "./request.ts";
import type { FleetHost } from "./schema.ts";
import type { Placeholder } from "./template.ts";
import { localPath, remotePath, workspacePath } from "./workspace.ts";

export interface Situation {
  readonly set: PolicySet;
  readonly context: Context;
  readonly denial: Denial;
  readonly request: Request;
  readonly inFleet: boolean;
  readonly host: FleetHost | undefined;
  readonly root: string | undefined;
  /** The file's copy in the workspace, relative to its root. */
  readonly local: Path | undefined;
  /** The file on the host. */
  readonly remote: Path | undefined;
}

export function situationOf(set: PolicySet, denial: Denial, context: Context): Situation {
  const { request } = denial;
  const inFleet = mayBeFleet(set, request.host);
  const host = findHost(set, request.host);
  const root = workspaceOf(set, context) ?? set.fleet.root;
  const remote = request.host.kind === "remote" && request.path !== undefined ? remotePath(request.path, set.fleet) : undefined;
  const situation = { set, context, denial, request, inFleet, host, root, remote };
  return { ...situation, local: localOf(situation, request) };
}

const containers: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl", "kubectl", "oc", "lxc", "incus"]);

/** Where the workspace keeps a request's file, relative to its root; for a transfer, the file that is sent where it is in the workspace. */
export function localOf({ set, inFleet, host, root, context }: Omit<Situation, "local">, request: Request): Path | undefined {
  const { path, sources } = request;
  if (request.host.kind === "local") return path === undefined ? undefined : workspacePath(path, root, context.cwd);
  const [source] = sources ?? [];
  const sent = request.transfer !== true || source === undefined || sources?.length !== 1 ? undefined : workspacePath(source, root, context.cwd);
  if (sent !== undefined) return sent;
  // A path inside a container is not one of the host's.
  if (!inFleet || path === undefined || request.via.some((name) => containers.has(name))) return undefined;
  const local = localPath(path, set.fleet, host);
  return local === undefined || !welcome(set, local, request, root) ? undefined : local;
}

/** A file that must not be in the workspace, such as a backup in its root, is not advised to be put there. */
function welcome(set: PolicySet, local: Path, request: Request, workspace: string | undefined): boolean {
  if (workspace === undefined) return true;
  const text = `${workspace}/${local.text}`;
  const here: Request = { ...request, host: { kind: "local" }, path: { ...local, text, prefix: text }, via: [] };
  return evaluate(set, [here], { tty: false, face: "scripts", cwd: workspace, workspace }).denials.length === 0;
}

const words = {
  local: ({ local }: Situation) => local?.text,
  remote: ({ remote }: Situation) => (remote?.known === true && !remote.glob ? remote.text : undefined),
  "host.name": ({ host, request }: Situation) => host?.name ?? (request.host.kind === "remote" && request.host.known ? request.host.typed : undefined),
  "host.address": (situation: Situation) => addressOf(situation),
  "host.sync": ({ host }: Situation) => host?.sync,
  "host.user": ({ host, set }: Situation) => host?.user ?? set.fleet.user,
  key: ({ set }: Situation) => set.fleet.key,
  deployment: ({ set }: Situation) => set.fleet.deployment ?? "an approved script or playbook",
  unit: ({ request }: Situation) => (request.name !== undefined && /^[\w@.:-]+$/.test(request.name) ? request.name : undefined),
  verb: ({ request }: Situation) => verbOf(request),
  home: ({ denial }: Situation) => denial.rule.home,
} satisfies Partial<Record<Placeholder, (situation: Situation) => string | undefined>>;

/** What a placeholder stands for, as it is; undefined where that is not known. */
export function plainWord(placeholder: string, situation: Situation): string | undefined {
  return (words as Readonly<Record<string, (situation: Situation) => string | undefined>>)[placeholder]?.(situation);
}

function verbOf({ note }: Request): string | undefined {
  const [, verb] = /^(start|stop|restart|reload)s?\b/.exec(note ?? "") ?? [];
  return verb === "reload" ? "restart" : verb;
}

export function addressOf({ host, request, set }: Situation): string | undefined {
  if (host !== undefined) return destinationOf(host);
  if (request.host.kind === "local" || !request.host.known) return undefined;
  return request.host.names.find((name) => set.fleet.ranges.some((range) => range.contains(name)));
}

/** What ssh and its like reach a host of the fleet by. */
export function destinationOf({ name, ssh, addresses = [] }: FleetHost): string {
  return ssh ?? addresses[0] ?? name;
}

/** `user@`, or nothing. */
export function loginOf({ host, set }: Situation): string {
  const user = host?.user ?? set.fleet.user;
  return user === undefined ? "" : `${user}@`;
}
