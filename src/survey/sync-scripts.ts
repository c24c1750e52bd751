// A repository's shell scripts → those that send files to hosts of the fleet: how each is called, and which file is kept where. Told by
// the requests that the engine finds in a script when it is given words of ours as its arguments.
import { statSync } from "node:fs";
import { basename, relative } from "node:path";
import { type Context, decide, type Engine, type Request } from "../decide.ts";
import { needsMark, readerFor } from "../documents/index.ts";
import { findHost } from "../policy/fleet.ts";
import type { PathMap } from "../policy/schema.ts";
import { quotedLine } from "../world/words.ts";
import { createWorld } from "../world/world.ts";
import { readDocument } from "./document-files.ts";

export interface SyncScript {
  /** Below the repository's root. */
  readonly path: string;
  /** How it is called, as a route's `run`; undefined: the text does not tell. */
  readonly run?: string | undefined;
  /** The directory of the workspace that `{below}` starts from. */
  readonly below?: string | undefined;
  /** Names of the hosts that it is for; empty: the text does not tell. */
  readonly hosts: readonly string[];
  /** What it calls a host by, where that is not the host's name. */
  readonly sync: ReadonlyMap<string, string>;
  /** Which file of the workspace is where on which host. */
  readonly maps: readonly HostMap[];
  /** It changes containers and services there, too. */
  readonly actions: readonly Request["action"][];
  readonly key?: string | undefined;
}

export type HostMap = PathMap & { readonly host: string };

const marker = (index: number) => `autobot-init-${index}`;
const marked = /^(?:~\/)?autobot-init-(\d)$/;
const indexes = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
const mostScripts = 1000;

/** `root` absolute; `files` below it. The engine knows the fleet. */
export function findSyncScripts(root: string, files: readonly string[], engine: Engine): readonly SyncScript[] {
  const world = createWorld();
  const scripts = files.filter((file) => isScript(relative(root, file))).slice(0, mostScripts);
  return scripts.flatMap((file): readonly SyncScript[] => {
    const path = relative(root, file);
    const document = readDocument(file, needsMark(path));
    if ("skipped" in document) return [];
    const [piece] = readerFor(path)?.({ path, text: document.text }).pieces ?? [];
    if (piece === undefined || /\s/.test(path)) return [];
    const context: Context = { face: "scripts", tty: true, runtime: false, cwd: root, workspace: root, environment: { HOME: world.home }, world };
    const shell = piece.dialect === "bash" ? "bash" : "sh";
    const called = (words: readonly string[]) => decide(quotedLine([shell, path, ...words]), engine, context).requests;
    const found = syncScript(path, file, root, called, engine);
    return found === undefined ? [] : [found];
  });
}

function isScript(path: string): boolean {
  return /\.(sh|bash|zsh|ksh)$/.test(path) || (needsMark(path) && readerFor(path) !== undefined);
}

/** With its arguments. */
type Call = (words: readonly string[]) => readonly Request[];

function syncScript(path: string, file: string, root: string, call: Call, engine: Engine): SyncScript | undefined {
  const markers = indexes.map(marker);
  const found = call(markers);
  const loose = transfersIn(found);
  const unset = loose.length > 0 ? [] : transfersIn(call([]));
  if (loose.length === 0 && unset.length === 0 && !found.some(({ utility }) => carriers.has(utility))) return undefined;
  const fixed = loose.length > 0 && loose.every(({ host }) => findHost(engine.policies, host) !== undefined);
  const chosen = fixed ? undefined : chosenHosts(call, markers, engine);
  if (!fixed && chosen === undefined && !mentionsFleet([...loose, ...unset], engine)) return undefined;
  const requests = chosen?.requests ?? found;
  const transfers = transfersIn(requests);
  const shapes = transfers.map((request) => shapeOf(request, root, engine, fixed));
  const hosts = fixed ? [...new Set(transfers.flatMap(({ host }) => findHost(engine.policies, host)?.name ?? []))] : [...(chosen?.names.keys() ?? [])];
  const sync = chosen === undefined || isByName(chosen) ? new Map<string, string>() : chosen.names;
  const words = fixed || chosen !== undefined ? argumentsOf(shapes, chosen) : undefined;
  const on = requests.filter(({ host, action }) => host.kind === "remote" && (action === "container" || action === "service"));
  return {
    path,
    run: words === undefined ? undefined : [isExecutable(file) ? `./${path}` : `bash ${path}`, ...words].join(" "),
    below: shapes.find(({ below }) => below !== undefined)?.below,
    hosts,
    sync,
    maps: shapes.flatMap(({ map }) => (map === undefined ? [] : hosts.filter((host) => host === (map.host ?? host)).map((host) => ({ ...map, host })))),
    actions: [...new Set(on.map(({ action }) => action))],
    key: transfers.flatMap(({ keys = [] }) => keys).find((key) => !/[$`{]/.test(key)),
  };
}

function transfersIn(requests: readonly Request[]): readonly Request[] {
  return requests.filter(({ action, host, transfer, sources = [] }) => action === "write" && host.kind === "remote" && transfer === true && sources.length > 0);
}

function mentionsFleet(requests: readonly Request[], engine: Engine): boolean {
  return requests.some(({ host }) => host.kind === "remote" && (!host.known || marked.test(host.typed) || findHost(engine.policies, host) !== undefined));
}

interface ChosenHosts {
  /** Which argument says the host. */
  readonly index: number;
  /** A host's name, and the word that the script takes for it. */
  readonly names: ReadonlyMap<string, string>;
  readonly requests: readonly Request[];
}

/** A table in the script may make a host of words that ours are not among: then the transfer looks like one on this machine. */
const carriers: ReadonlySet<string> = new Set(["rsync", "scp", "sftp"]);
const mostTried = 60;

/** The argument that chooses the host, tried with what the hosts are called by. */
function chosenHosts(call: Call, markers: readonly string[], engine: Engine): ChosenHosts | undefined {
  for (const index of indexes.slice(0, 4)) {
    const names = new Map<string, string>();
    let requests: readonly Request[] | undefined;
    let tried = 0;
    for (const host of engine.policies.fleet.hosts ?? []) {
      const words = [host.name, ...(host.aliases ?? []), ...(host.groups ?? []), ...(host.addresses ?? [])];
      const word = words.find((each) => {
        if (tried++ > mostTried) return false;
        const given = call(markers.with(index - 1, each));
        const transfers = transfersIn(given);
        const reached = transfers.length > 0 && transfers.every((request) => findHost(engine.policies, request.host)?.name === host.name);
        if (reached) requests ??= given;
        return reached;
      });
      if (word !== undefined) names.set(host.name, word);
    }
    if (requests !== undefined) return { index, names, requests };
  }
  return undefined;
}

function isByName({ names }: ChosenHosts): boolean {
  return [...names].every(([name, word]) => name === word);
}

interface Shape {
  readonly local?: number | undefined;
  readonly remote?: number | undefined;
  readonly belowIndex?: number | undefined;
  readonly below?: string | undefined;
  readonly map?: (PathMap & { readonly host?: string | undefined }) | undefined;
}

/** Which arguments the paths of a transfer are, or what it sends where in any case. */
function shapeOf({ host, path, sources = [] }: Request, root: string, engine: Engine, fixed: boolean): Shape {
  const [source] = sources;
  if (source === undefined || sources.length > 1 || path === undefined || !source.known || !path.known || source.glob) return {};
  const local = source.text === root || source.text === `${root}/` ? "" : source.text.startsWith(`${root}/`) ? source.text.slice(root.length + 1) : undefined;
  if (local === undefined) return {};
  const remote = argumentIn(path.text);
  const [, directory = "", last = ""] = /^(.*\/)?([^/]*)\/?$/.exec(local) ?? [];
  const index = argumentIn(last);
  const owner = fixed ? findHost(engine.policies, host)?.name : undefined;
  if (index === undefined) return remote === undefined ? { map: mapOf(local, path.text, root, owner) } : { remote };
  if (directory === "") return remote === undefined ? { local: index, map: rootMap(path.text, index, "", owner) } : { local: index, remote };
  return remote === undefined ? { belowIndex: index, below: directory, map: rootMap(path.text, index, directory, owner) } : { belowIndex: index, below: directory, remote };
}

function argumentIn(text: string): number | undefined {
  const [, digit] = marked.exec(text.replace(/\/$/, "")) ?? [];
  return digit === undefined ? undefined : Number(digit);
}

/** `/srv/app/$1` from `app/$1`: the directories around it are kept in each other. */
function rootMap(path: string, index: number, directory: string, host: string | undefined): Shape["map"] {
  const end = marker(index);
  const text = path.replace(/\/$/, "");
  if (!path.startsWith("/") || !text.endsWith(`/${end}`)) return undefined;
  return { remote: text.slice(0, -end.length), local: directory, host };
}

function mapOf(local: string, path: string, root: string, host: string | undefined): Shape["map"] {
  if (!path.startsWith("/") || /autobot-init-\d/.test(path + local)) return undefined;
  const name = local.replace(/\/$/, "");
  if (name === "" || isDirectory(`${root}/${name}`)) {
    // rsync(1): without a slash at its end the directory itself lands there.
    const whole = name === "" || local.endsWith("/");
    const remote = path.endsWith("/") ? path : `${path}/`;
    return { remote: whole ? remote : `${remote}${basename(name)}/`, local: name === "" ? "" : `${name}/`, host };
  }
  return { remote: path.endsWith("/") ? path + basename(name) : path, local: name, host };
}

/** Each argument's placeholder, from the first to the last that is used; undefined where one of them is not understood. */
function argumentsOf(shapes: readonly Shape[], chosen: ChosenHosts | undefined): readonly string[] | undefined {
  const words = new Map<number, string>();
  if (chosen !== undefined) words.set(chosen.index, isByName(chosen) ? "{host.name}" : "{host.sync}");
  for (const { local, remote, belowIndex } of shapes) {
    if (local !== undefined) words.set(local, "{local}");
    if (belowIndex !== undefined) words.set(belowIndex, "{below}");
    if (remote !== undefined) words.set(remote, "{remote}");
  }
  const last = Math.max(0, ...words.keys());
  const all = indexes.slice(0, last).map((index) => words.get(index));
  return all.includes(undefined) ? undefined : all.flatMap((word) => word ?? []);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isExecutable(path: string): boolean {
  return ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;
}
