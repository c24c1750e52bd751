// `autobotctl verify`: the workspace compared with what a server has, read-only, by checksums.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isatty } from "node:tty";
import { type Mirror, mirrorsBelow, mirrorsOf } from "../policy/mirror.ts";
import { suggestion } from "../policy/nearest.ts";
import { type Comparison, type Difference, type Drift, diffText, driftText } from "../report/drift.ts";
import { styleFor } from "../report/style.ts";
import { directoriesIgnoredByGit, ignoredByGit } from "../survey/document-files.ts";
import { complain } from "../world/complaint.ts";
import { loadEngine } from "../world/engine.ts";
import { layerPlaces } from "../world/layers.ts";
import { findWorkspace } from "../world/workspace.ts";
import { compareByChecksums, missingThere } from "./compare-checksums.ts";
import { compareByRsync, type Pair } from "./compare-rsync.ts";
import { type Failure, type FleetServer, reach } from "./fleet-server.ts";

export interface VerifyOptions {
  readonly cwd: string;
  readonly json: boolean;
  readonly diff: boolean;
}

const status = { same: 0, drift: 1, misuse: 2, failed: 125 } as const;

/** Exit status: 0 the same, 1 it differs, 2 a wrong call, 125 it cannot be told. */
export async function verify(name: string, paths: readonly string[], options: VerifyOptions): Promise<number> {
  const loaded = await loadEngine(layerPlaces(process.env, options.cwd));
  if ("failure" in loaded) return complain(loaded.failure, status.failed);
  const { engine } = loaded;
  const { fleet } = engine.policies;
  const host = fleet.byName.get(name.toLowerCase());
  if (host === undefined) return complain(`no host of the fleet is called \`${name}\`${suggestion(name, [...fleet.byName.keys()])}`, status.misuse);
  const root = findWorkspace(options.cwd, engine.policies) ?? fleet.root;
  if (root === undefined || !existsSync(root)) return complain(`no workspace: \`${root ?? options.cwd}\`\nrun it inside one`, status.misuse);
  const wanted = paths.map((path) => relative(root, resolve(options.cwd, path)) || ".");
  const outside = wanted.find((path) => path === ".." || path.startsWith("../"));
  if (outside !== undefined) return complain(`\`${outside}\` lies outside of the workspace \`${root}\`\nname one inside it`, status.misuse);
  const mirrors = wanted.length === 0 ? mirrorsOf(fleet, host) : wanted.flatMap((path) => mirrorsBelow(fleet, host, path));
  const server = reach(host, engine, root);
  const drift = await compare(server, mirrors);
  if ("failure" in drift) return complain(drift.failure, status.failed);
  return show(server, drift, options);
}

async function show(server: FleetServer, drift: Drift, { json, diff }: VerifyOptions): Promise<number> {
  const style = styleFor(process.env, isatty(1));
  process.stdout.write(json ? `${JSON.stringify(drift)}\n` : driftText(drift, style));
  const result = drift.differences.length > 0 ? status.drift : status.same;
  if (!diff || json) return result;
  for (const difference of drift.differences.filter(({ state, local }) => state === "changed" && statSync(join(server.root, local)).isFile())) {
    const there = await server.run(server.ssh(["cat", "--", difference.remote]));
    if ("failure" in there) return complain(there.failure, status.failed);
    if (there.status !== 0) return complain(`\`${difference.remote}\` cannot be read on ${server.name}: status ${there.status}\n${there.stderr.trim()}`, status.failed);
    process.stdout.write(`\n${diffText(drift, difference, there.stdout, readFileSync(join(server.root, difference.local), "utf8"), style)}`);
  }
  return result;
}

/** Each mirror in every place where the server has it; where it has it in none, in the first. */
async function compare(server: FleetServer, mirrors: readonly Mirror[]): Promise<Drift | Failure> {
  const places = await placesThere(server, [...new Set(mirrors.flatMap(({ remotes }) => remotes))]);
  if ("failure" in places) return places;
  const compared: Comparison[] = [];
  const differences = new Map<string, Difference>();
  for (const { local, remotes, partial } of mirrors) {
    const present = remotes.filter((remote) => places.has(remote));
    for (const remote of present.length > 0 || partial ? present : remotes.slice(0, 1)) {
      const found = await differencesBetween(server, { local, remote, partial }, places.get(remote));
      if ("failure" in found) return found;
      compared.push({ local, remote, partial });
      for (const each of found.differences) differences.set(each.remote, each);
    }
  }
  const sorted = [...differences.values()].toSorted((one, other) => compareText(one.local, other.local) || compareText(one.remote, other.remote));
  return { vm: server.name, address: server.address, differences: sorted, compared };
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

type Kind = "file" | "directory";

/** What of it is there, by its path. */
async function placesThere(server: FleetServer, remotes: readonly string[]): Promise<ReadonlyMap<string, Kind> | Failure> {
  if (remotes.length === 0) return new Map();
  const say = (kind: Kind) => ["-exec", "printf", String.raw`${kind} %s\0`, "{}", ";"];
  const answer = await server.run(server.ssh(["env", "LC_ALL=C", "find", "-L", ...remotes, "-maxdepth", "0", "-type", "d", ...say("directory"), "-o", ...say("file")]));
  if ("failure" in answer) return answer;
  // Of what is absent it says no more than that, and ends with another status. Banners and ssh's own warnings come on the same way.
  const fault = answer.stderr.split("\n").find((line) => line.startsWith("find: ") && !/: (No such file or|Not a) directory$/.test(line));
  if (fault !== undefined) return { failure: `${server.name} cannot tell what it has\n${fault}` };
  return new Map(answer.stdout.split("\0").flatMap((each): readonly [string, Kind][] => splitKind(each)));
}

function splitKind(each: string): readonly [string, Kind][] {
  const kinds: readonly Kind[] = ["directory", "file"];
  return kinds.flatMap((kind): readonly [string, Kind][] => (each.startsWith(`${kind} `) ? [[each.slice(kind.length + 1), kind]] : []));
}

async function differencesBetween(server: FleetServer, comparison: Comparison, there: Kind | undefined): Promise<{ readonly differences: readonly Difference[] } | Failure> {
  const { local, remote, partial } = comparison;
  const path = join(server.root, local);
  if (!existsSync(path)) return { differences: there === undefined ? [] : [{ state: "missing here", local, remote }] };
  const directory = statSync(path).isDirectory();
  if (there === undefined && !directory) return { differences: [{ state: "missing there", local, remote }] };
  if (there !== undefined && directory !== (there === "directory")) return { differences: [{ state: "changed", local, remote }] };
  // Whoever names what git ignores means it all the same.
  const isNamed = local !== "" && ignoredByGit(server.root, [local]).size > 0;
  const ignored = (names: readonly string[]): ReadonlySet<string> => {
    const found = isNamed
      ? new Set<string>()
      : ignoredByGit(
          server.root,
          names.map((name) => below(local, name)),
        );
    return new Set(names.filter((name) => found.has(below(local, name))));
  };
  const start = below(local, "x").slice(0, -1);
  const without = isNamed ? [] : directoriesIgnoredByGit(server.root).flatMap((each) => (each.startsWith(start) ? [each.slice(start.length)] : []));
  const pair: Pair = { local, remote, directory, partial, without };
  const found = there === undefined ? missingThere(server.root, pair) : ((await compareByRsync(server, pair)) ?? (await compareByChecksums(server, pair, ignored)));
  if ("failure" in found) return found;
  // What git does not keep is no part of what is deployed.
  const beside = ignored(found.map(({ name }) => name));
  const kept = found.filter(({ name }) => !beside.has(name));
  return { differences: kept.map(({ state, name }) => ({ state, local: below(local, name), remote: below(remote, name) })) };
}

/** `name`: empty for `start` itself. */
function below(start: string, name: string): string {
  return name === "" || start === "" ? start + name : `${start.replace(/\/$/, "")}/${name}`;
}
