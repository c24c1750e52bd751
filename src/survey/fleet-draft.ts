// What was found on a machine and in a repository, and what its owner chose of it → a policy of the fleet's own.
import type { Fleet, FleetHost, PathMap, Policy, Route } from "../policy/schema.ts";
import type { HostDraft } from "./host-draft.ts";
import type { Playbook } from "./playbooks.ts";
import type { HostMap, SyncScript } from "./sync-scripts.ts";

/** A way to the hosts that could be an approved one. */
export type WayDraft = (
  | { readonly kind: "script"; readonly script: SyncScript }
  | {
      readonly kind: "playbook";
      readonly playbook: Playbook;
      /** How it is called from the root. */
      readonly run: string;
      /** It is what brings any change to its hosts, not one thing only. */
      readonly general: boolean;
      readonly files: readonly string[];
    }
) & { readonly path: string; readonly chosen: boolean; readonly why?: string | undefined };

export interface Findings {
  /** The repository; undefined: none here. */
  readonly root: string | undefined;
  /** What was read, for people. */
  readonly sources: readonly string[];
  readonly hosts: readonly HostDraft[];
  readonly ways: readonly WayDraft[];
  readonly compose: readonly string[];
  /** What could not be known, in the house's form. */
  readonly notes: readonly string[];
  readonly ansible: boolean;
  readonly user: string | undefined;
  readonly key: string | undefined;
}

export interface Choice {
  /** By name. */
  readonly hosts: ReadonlySet<string>;
  /** By path. */
  readonly ways: ReadonlySet<string>;
  /** The account on the hosts; "" none in particular. */
  readonly user: string;
  /** The key that every transfer has to name; "" whichever ssh takes. */
  readonly key: string;
}

export const policyName = "my-fleet";

export function firstChoice({ hosts, ways, user = "", key = "" }: Findings): Choice {
  const chosen = <Item extends { readonly chosen: boolean }>(items: readonly Item[], name: (item: Item) => string) => new Set(items.filter((item) => item.chosen).map(name));
  return { hosts: chosen(hosts, ({ host }) => host.name), ways: chosen(ways, ({ path }) => path), user, key };
}

export function policyOf(findings: Findings, choice: Choice): Policy {
  const names = findings.hosts.map(({ host }) => host.name).filter((name) => choice.hosts.has(name));
  const ways = findings.ways.filter(({ path }) => choice.ways.has(path));
  const routes = routesOf(ways, names);
  const fleet: Fleet = {
    ...(findings.root === undefined ? {} : { root: findings.root }),
    ...(choice.user === "" ? {} : { user: choice.user, home: choice.user === "root" ? "/root/" : `/home/${choice.user}/` }),
    ...(choice.key === "" ? {} : { key: choice.key }),
    ...deploymentOf(routes),
    hosts: findings.hosts.filter(({ host }) => choice.hosts.has(host.name)).map(({ host }) => hostOf(host, findings.user, choice, ways)),
    ...(findings.ansible ? { groups: ["all", "ungrouped"] } : {}),
  };
  const all = [...routes, ...(findings.ansible ? [{ id: "ansible-playbook", utility: "ansible-playbook" }] : [])];
  return {
    policy: policyName,
    description: "The hosts of my own fleet, where their files are kept, and the approved ways to them.",
    replaces: "fleet",
    fleet,
    ...(all.length === 0 ? {} : { routes: all }),
    disable: ["repository-cleanliness/*"],
  };
}

function hostOf({ user, ssh, ...host }: FleetHost, usual: string | undefined, choice: Choice, ways: readonly WayDraft[]): FleetHost {
  // Whoever names another account than the usual one means it for those that had that.
  const own = user === usual && choice.user !== "" ? undefined : user;
  const maps = ways.flatMap(mapsOf).filter((map) => map.host === host.name);
  const sync = ways.map((way) => (way.kind === "script" ? way.script.sync.get(host.name) : undefined)).find((name) => name !== undefined);
  return {
    ...host,
    ...(ssh === undefined ? {} : { ssh }),
    ...(own === undefined || own === choice.user ? {} : { user: own }),
    ...(sync === undefined ? {} : { sync }),
    ...(maps.length === 0 ? {} : { paths: distinct(maps) }),
  };
}

function mapsOf(way: WayDraft): readonly HostMap[] {
  return way.kind === "script" ? way.script.maps : way.playbook.maps;
}

/** The first that says where a path of the host is kept counts. */
function distinct(maps: readonly HostMap[]): PathMap[] {
  return [...new Map(maps.toReversed().map(({ remote, local }) => [remote, { remote, local }])).values()].toReversed();
}

/** What knows exactly which files it brings comes before what brings anything; of these, what is for few hosts first. */
function routesOf(ways: readonly WayDraft[], names: readonly string[]): readonly Route[] {
  const playbooks = ways.flatMap((way) => (way.kind === "playbook" ? [way] : [])).sort((left, right) => left.playbook.hosts.length - right.playbook.hosts.length);
  const scripts = ways.flatMap((way) => (way.kind === "script" ? [way.script] : []));
  const narrow = scripts.filter(({ run = "" }) => !run.includes("{local}"));
  const wide = scripts.filter((script) => !narrow.includes(script));
  const routes: readonly Route[] = [
    ...playbooks.flatMap((way) => filesRoute(way, names) ?? []),
    ...[...narrow, ...wide].flatMap((script) => scriptRoutes(script, names)),
    ...playbooks
      .filter(({ general }) => general)
      .map((way) => ({ id: idOf(way.path), for: { action: changes, ...on(way.playbook.hosts, names) }, run: way.run, file: [...way.files] })),
  ];
  return withOwnIds(routes);
}

type PlaybookWay = Extract<WayDraft, { kind: "playbook" }>;

const changes: NonNullable<Route["for"]>["action"] = ["edit", "write", "container", "service", "package", "execute"];

function filesRoute({ playbook, path, run, files }: PlaybookWay, names: readonly string[]): Route | undefined {
  const written = playbook.writes.filter(isPlain);
  if (written.length === 0) return undefined;
  const remote = written.map((each) => (each.endsWith("/") ? `${each}**` : `${each}{,/**}`));
  return { id: `${idOf(path)}-files`, for: { action: ["edit", "write"], ...on(playbook.hosts, names), remote }, run, file: [...files] };
}

/** The files that it brings there; and what else it does there, for which it is called the same. */
function scriptRoutes({ path, run, below, hosts, maps, actions }: SyncScript, names: readonly string[]): readonly Route[] {
  if (run === undefined) return [{ id: idOf(path), script: path }];
  const found = [...(below === undefined ? [] : [`${below}**`]), ...maps.flatMap(globsOf)];
  const paths = run.includes("{local}") ? ["?*/**", "[!.]*", ".?*"] : [...new Set(found)];
  const files: Route = {
    id: idOf(path),
    script: path,
    for: { action: ["edit", "write"], ...on(hosts, names), ...(paths.length === 0 ? {} : { path: paths }) },
    run,
    ...(below === undefined ? {} : { below }),
    file: path,
  };
  if (actions.length === 0 || /\{(?:local|remote|below)\}/.test(run)) return [files];
  return [files, { id: `${idOf(path)}-there`, for: { action: [...actions], ...on(hosts, names) }, run, file: path }];
}

function globsOf({ local }: HostMap): readonly string[] {
  if (!isPlain(local)) return [];
  return local === "" ? ["**"] : local.endsWith("/") ? [`${local}**`, local.slice(0, -1)] : [local];
}

function isPlain(path: string): boolean {
  return !/[*?[\]{}\\]/.test(path);
}

function on(hosts: readonly string[], names: readonly string[]): { host?: string[] } {
  const known = hosts.filter((host) => names.includes(host));
  return known.length === 0 || names.every((name) => known.includes(name)) ? {} : { host: known };
}

function idOf(path: string): string {
  const words = path
    .replace(/^.*\//, "")
    .replace(/\.\w+$/, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.join("-") || "route";
}

function withOwnIds(routes: readonly Route[]): readonly Route[] {
  const seen = new Set<string>(["ansible-playbook"]);
  return routes.map((route) => {
    let { id } = route;
    for (let number = 2; seen.has(id); number++) id = `${route.id}-${number}`;
    seen.add(id);
    return { ...route, id };
  });
}

/** The way that is for any change, in words. */
function deploymentOf(routes: readonly Route[]): { deployment?: string } {
  const run = routes.findLast(({ run: each }) => each !== undefined)?.run;
  const words: Readonly<Record<string, string>> = { "{host.name}": "HOST", "{host.sync}": "HOST", "{local}": "PATH", "{below}": "PATH", "{remote}": "PATH-THERE" };
  return run === undefined ? {} : { deployment: run.replaceAll(/\{[a-z.]+\}/g, (each) => words[each] ?? each) };
}
