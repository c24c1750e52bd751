// `autobotctl verify`: the workspace compared with what a server has, read-only: rsync in a dry run, by checksums. Each command
// is judged first, like anybody's.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isatty } from "node:tty";
import { execa } from "execa";
import { type Context, decide, type Engine } from "../decide.ts";
import { quoteWords } from "../policy/command.ts";
import { type Mirror, mirrorsBelow, mirrorsOf } from "../policy/mirror.ts";
import { suggestion } from "../policy/nearest.ts";
import type { FleetHost } from "../policy/schema.ts";
import { destinationOf } from "../policy/situation.ts";
import { type Comparison, type Difference, type Drift, diffText, driftText } from "../report/drift.ts";
import { styleFor } from "../report/style.ts";
import { account } from "./account.ts";
import { complain } from "./complaint.ts";
import { ignoredByGit } from "./document-files.ts";
import { loadEngine } from "./engine.ts";
import { layerPlaces } from "./layers.ts";
import { findWorkspace } from "./workspace.ts";
import { createWorld } from "./world.ts";

export interface VerifyOptions {
  readonly cwd: string;
  readonly json: boolean;
  readonly diff: boolean;
}

const status = { same: 0, drift: 1, misuse: 2, failed: 125 } as const;

/** A server that cannot be asked, or says something else than it should. */
interface Failure {
  readonly failure: string;
}

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

async function show(server: Server, drift: Drift, { json, diff }: VerifyOptions): Promise<number> {
  const style = styleFor(process.env, isatty(1));
  process.stdout.write(json ? `${JSON.stringify(drift)}\n` : driftText(drift, style));
  const result = drift.differences.length > 0 ? status.drift : status.same;
  if (!diff || json) return result;
  for (const difference of drift.differences.filter(({ state, local }) => state === "changed" && statSync(join(server.root, local)).isFile())) {
    const there = await server.run(server.ssh(["cat", "--", difference.remote]));
    if ("failure" in there) return complain(there.failure, status.failed);
    process.stdout.write(`\n${diffText(drift, difference, there.stdout, readFileSync(join(server.root, difference.local), "utf8"), style)}`);
  }
  return result;
}

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Server {
  readonly name: string;
  readonly address: string;
  readonly root: string;
  /** A command there, as words to run here. */
  ssh(words: readonly string[]): readonly string[];
  rsync(options: readonly string[], local: string, remote: string): readonly string[];
  /** Only what the policies permit; `failure` where the server cannot be reached. */
  run(words: readonly string[]): Promise<Answer | Failure>;
}

const connection = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10"];
/** ssh(1): it has failed itself. */
const sshFailed = 255;
const maximumOutput = 256 * 1024 * 1024;

function reach(host: FleetHost, engine: Engine, root: string): Server {
  const { fleet } = engine.policies;
  const address = destinationOf(host);
  const user = host.user ?? fleet.user;
  const login = user === undefined ? address : `${user}@${address}`;
  const ssh = ["ssh", ...(fleet.key === undefined ? [] : ["-i", fleet.key]), ...connection];
  const world = createWorld();
  const context: Context = { face: "scripts", tty: false, runtime: false, user: account()?.name, cwd: root, workspace: root, environment: process.env, world };
  return {
    name: host.name,
    address,
    root,
    ssh: (words) => [...ssh, login, quoteWords(words) ?? ""],
    // rsync(1) -e: divided at blanks, without a shell.
    rsync: (options, local, remote) => ["rsync", "--dry-run", ...options, "-e", ssh.join(" "), "--", local, `${login}:${remote}`],
    run: async (words) => {
      const [file = "", ...rest] = words;
      const line = quoteWords(words);
      if (line === undefined || decide(line, engine, context).effective !== "permit") return { failure: `the policies in force refuse \`${line ?? file}\`` };
      const { exitCode, stdout, stderr, message } = await execa(file, rest, { cwd: root, reject: false, stdin: "ignore", stripFinalNewline: false, maxBuffer: maximumOutput });
      if (exitCode === undefined) return { failure: `\`${file}\` cannot be run: ${message ?? "no such program"}` };
      if (exitCode === sshFailed) return { failure: `${host.name} (${address}) cannot be reached\n${stderr.trim()}` };
      return { status: exitCode, stdout, stderr };
    },
  };
}

/** Each mirror in every place where the server has it; where it has it in none, in the first. */
async function compare(server: Server, mirrors: readonly Mirror[]): Promise<Drift | Failure> {
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
  const found = [...differences.values()];
  const ignored = ignoredByGit(
    server.root,
    found.map(({ local }) => local),
  );
  // What git does not keep is no part of what is deployed.
  return { vm: server.name, address: server.address, differences: found.filter(({ local }) => !ignored.has(local)), compared };
}

type Kind = "file" | "directory";

/** What of it is there, by its path. */
async function placesThere(server: Server, remotes: readonly string[]): Promise<ReadonlyMap<string, Kind> | Failure> {
  if (remotes.length === 0) return new Map();
  const answer = await server.run(server.ssh(["stat", "--dereference", "--format", "%F\t%n", "--", ...remotes]));
  if ("failure" in answer) return answer;
  const lines = answer.stdout.split("\n").filter((line) => line.includes("\t"));
  return new Map(lines.map((line): [string, Kind] => [line.slice(line.indexOf("\t") + 1), line.startsWith("directory\t") ? "directory" : "file"]));
}

async function differencesBetween(server: Server, comparison: Comparison, there: Kind | undefined): Promise<{ readonly differences: readonly Difference[] } | Failure> {
  const { local, remote, partial } = comparison;
  const path = join(server.root, local);
  if (!existsSync(path)) return { differences: there === undefined ? [] : [{ state: "missing here", local, remote }] };
  const directory = statSync(path).isDirectory();
  if (there === undefined && !directory) return { differences: [{ state: "missing there", local, remote }] };
  if (there !== undefined && directory !== (there === "directory")) return { differences: [{ state: "changed", local, remote }] };
  const slashed = (each: string) => (directory ? `${each.replace(/\/$/, "")}/` : each);
  // Spares the checksums of most that git ignores.
  const scope = directory ? [partial ? "--existing" : "--delete", "--exclude=.git/", "--filter=:- .gitignore"] : [];
  const options = ["--recursive", "--links", "--checksum", "--out-format=%i %n", ...scope];
  const answer = await server.run(server.rsync(options, slashed(path), slashed(remote)));
  if ("failure" in answer) return answer;
  if (answer.status !== 0) return { failure: `rsync could not compare \`${local || "."}\` with \`${remote}\`: status ${answer.status}\n${answer.stderr.trim()}` };
  const below = (start: string, name: string) => (directory ? `${start === "" ? "" : slashed(start)}${name}` : start);
  const items = answer.stdout.split("\n").flatMap(itemized);
  return { differences: items.map(([state, name]) => ({ state, local: below(local, name), remote: below(remote, name) })) };
}

/** rsync(1) --itemize-changes: eleven characters, a space, the name. Directories follow from what is in them. */
function itemized(line: string): readonly (readonly [Difference["state"], string])[] {
  const [item, name] = [line.slice(0, 11), line.slice(12)];
  if (name === "" || name.endsWith("/")) return [];
  if (item.startsWith("*deleting")) return [["missing here", name]];
  if (!/^[<>ch][fL]/.test(item)) return [];
  return [[item.endsWith("+++++++++") ? "missing there" : "changed", name]];
}
