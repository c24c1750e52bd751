// The same question where there is no rsync: names by find, contents by sha256sum there and by our own digest here.
import { createHash } from "node:crypto";
import { createReadStream, lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { quoteWord } from "../policy/command.ts";
import type { Named, Pair } from "./compare-rsync.ts";
import type { Failure, FleetServer } from "./fleet-server.ts";

/** A link by where it leads; a file is `undefined`. Devices, pipes and sockets are nobody's edits. */
type Entries = ReadonlyMap<string, string | undefined>;

export async function compareByChecksums(server: FleetServer, pair: Pair, isIgnored: (names: readonly string[]) => ReadonlySet<string>): Promise<readonly Named[] | Failure> {
  const here = entriesHere(server.root, pair);
  const there = await entriesThere(server, pair);
  if ("failure" in there) return there;
  const both = [...here.keys()].filter((name) => there.has(name));
  const files = both.filter((name) => here.get(name) === undefined && there.get(name) === undefined);
  const ignored = isIgnored(files);
  const contents = await differingFiles(
    server,
    pair,
    files.filter((name) => !ignored.has(name)),
  );
  if ("failure" in contents) return contents;
  const named = (state: Named["state"], names: readonly string[]) => names.map((name) => ({ state, name }));
  const links = both.filter((name) => here.get(name) !== there.get(name));
  // As rsync has it: a link that should take a file's place is missing there, and so is the file in the place of a link.
  const isLink = (name: string) => here.get(name) !== undefined && there.get(name) !== undefined;
  const found = [
    ...named("changed", [...contents.names, ...links.filter(isLink)]),
    ...named(
      "missing there",
      links.filter((name) => !isLink(name)),
    ),
  ];
  if (pair.partial) return found;
  const alone = (one: Entries, other: Entries) => [...one.keys()].filter((name) => !other.has(name));
  return [...found, ...named("missing there", alone(here, there)), ...named("missing here", alone(there, here))];
}

/** Of a directory that is not there at all. */
export function missingThere(root: string, pair: Pair): readonly Named[] {
  return [...entriesHere(root, pair).keys()].map((name) => ({ state: "missing there", name }));
}

function entriesHere(root: string, { local, directory, without }: Pair): Entries {
  const passed = new Set(without);
  const entries = new Map<string, string | undefined>();
  const enter = (name: string): void => {
    const at = join(root, local, name);
    // As rsync does with a slash at the end, what is named may lead to a directory.
    const stat = directory && name === "" ? statSync(at) : lstatSync(at);
    if (stat.isSymbolicLink()) entries.set(name, readlinkSync(at));
    else if (stat.isFile()) entries.set(name, undefined);
    else if (stat.isDirectory() && !passed.has(name)) for (const each of readdirSync(at)) if (each !== ".git") enter(join(name, each));
  };
  enter("");
  return entries;
}

/** Two looks, because what find prints itself and what its commands print need not come in order. */
async function entriesThere(server: FleetServer, { remote, directory }: Pair): Promise<Entries | Failure> {
  const start = directory ? `${remote.replace(/\/$/, "")}/` : remote;
  const look = (...expression: readonly string[]) => server.run(server.ssh(["find", start, "-name", ".git", "-prune", "-o", ...expression]));
  const files = await look("-type", "f", "-print0");
  const links = await look("-type", "l", "-exec", "printf", String.raw`%s\0`, "{}", ";", "-exec", "readlink", "-n", "{}", ";", "-exec", "printf", String.raw`\0`, ";");
  for (const answer of [files, links]) {
    if ("failure" in answer) return answer;
    if (answer.status !== 0) return { failure: `find could not read \`${remote}\` on ${server.name}: status ${answer.status}\n${answer.stderr.trim()}` };
  }
  const words = (answer: typeof files) => ("failure" in answer ? [] : answer.stdout.split("\0").slice(0, -1));
  const name = (path: string) => path.slice(start.length);
  const targets = words(links);
  const linked = targets.flatMap((path, index): (readonly [string, string])[] => (index % 2 === 0 ? [[name(path), targets[index + 1] ?? ""]] : []));
  return new Map<string, string | undefined>([...words(files).map((path) => [name(path), undefined] as const), ...linked]);
}

/** What the kernel takes as one argument (execve(2): 128 KiB), which a shell there gets once more, with room for the rest. */
const longest = 64 * 1024;

async function differingFiles(server: FleetServer, { local, remote }: Pair, names: readonly string[]): Promise<{ readonly names: readonly string[] } | Failure> {
  const differing: string[] = [];
  for (const some of portions(names, (name) => (quoteWord(join(remote, name))?.length ?? 0) + 1)) {
    const paths = some.map((name) => (name === "" ? remote : join(remote, name)));
    const answer = await server.run(server.ssh(["sha256sum", "--", ...paths]));
    if ("failure" in answer) return answer;
    const digests = answer.stdout.split("\n").slice(0, -1).map(digestIn);
    // One a line in the order asked for, so that no name has to be read back. busybox leaves line breaks in names as they are.
    if (answer.status !== 0 || digests.length !== some.length || digests.includes(undefined)) {
      return { failure: `sha256sum could not read all of \`${remote}\` on ${server.name}: status ${answer.status}\n${answer.stderr.trim()}` };
    }
    const own = await Promise.all(some.map((name) => digestOf(join(server.root, local, name))));
    differing.push(...some.filter((_, index) => own[index] !== digests[index]));
  }
  return { names: differing };
}

function portions(names: readonly string[], cost: (name: string) => number): readonly (readonly string[])[] {
  const found: string[][] = [];
  let room = 0;
  for (const name of names) {
    room -= cost(name);
    if (room < 0 || found.length === 0) {
      found.push([]);
      room = longest - cost(name);
    }
    found.at(-1)?.push(name);
  }
  return found;
}

/** GNU sha256sum(1): a backslash comes first where the name had to be escaped. */
function digestIn(line: string): string | undefined {
  return /^\\?([0-9a-f]{64}) /.exec(line)?.[1];
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash("sha256");
  await pipeline(createReadStream(path), digest);
  return digest.digest("hex");
}
