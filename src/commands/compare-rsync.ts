// A file or directory of the workspace and its copy on a server → what differs, as rsync would mend it: in a dry run, by checksums.
import { join } from "node:path";
import type { Difference } from "../report/drift.ts";
import { type Failure, type FleetServer, notFound } from "./fleet-server.ts";

/** One of each, both there and both of one kind. */
export interface Pair {
  /** Below the workspace's root. */
  readonly local: string;
  readonly remote: string;
  readonly directory: boolean;
  /** Files that are only on one side were not asked for. */
  readonly partial: boolean;
  /** Directories here that need no look, relative to `local`. */
  readonly without: readonly string[];
}

/** Of one file the name is empty. */
export type Named = Pick<Difference, "state"> & { readonly name: string };

/** `undefined` where there is no rsync, here or there. */
export async function compareByRsync(server: FleetServer, { local, remote, directory, partial, without }: Pair): Promise<readonly Named[] | undefined | Failure> {
  const slashed = (path: string) => (directory ? `${path.replace(/\/$/, "")}/` : path);
  const scope = directory ? [partial ? "--existing" : "--delete", "--exclude=.git", ...without.map((path) => `--exclude=/${literally(path)}/`)] : [];
  const options = ["--recursive", "--links", "--checksum", "--out-format=%i %n", ...scope];
  const answer = await server.run(server.rsync(options, slashed(join(server.root, local)), slashed(remote)));
  if ("failure" in answer) return answer;
  // What status it gives where there is none on the other side depends on which end notices first.
  if (answer.status === notFound || (answer.status !== 0 && (await isAbsent(server)))) return undefined;
  if (answer.status !== 0) return { failure: `rsync could not compare \`${local || "."}\` with \`${remote}\`: status ${answer.status}\n${answer.stderr.trim()}` };
  return answer.stdout.split("\n").flatMap((line) => itemized(line).map(([state, name]) => ({ state, name: directory ? name : "" })));
}

async function isAbsent(server: FleetServer): Promise<boolean> {
  const answer = await server.run(server.ssh(["command", "-v", "rsync"]));
  return "status" in answer && answer.status !== 0;
}

/** rsync(1) FILTER RULES: a backslash is one where there is no wildcard. */
function literally(path: string): string {
  return /[*?[]/.test(path) ? path.replaceAll(/[\\*?[]/g, String.raw`\$&`) : path;
}

/** rsync(1) --itemize-changes: eleven characters, a space, the name. Directories follow from what is in them. */
function itemized(line: string): readonly (readonly [Difference["state"], string])[] {
  const [item, name] = [line.slice(0, 11), unescaped(line.slice(12))];
  if (name === "" || name.endsWith("/")) return [];
  if (item.startsWith("*deleting")) return [["missing here", name]];
  if (!/^[<>ch][fL]/.test(item)) return [];
  return [[item.endsWith("+++++++++") ? "missing there" : "changed", name]];
}

/** rsync(1) --8-bit-output: what it does not print is `\#` and three octal digits, a byte each. */
function unescaped(name: string): string {
  if (!name.includes("\\#")) return name;
  const bytes = Buffer.from(name).toString("latin1");
  return Buffer.from(
    bytes.replaceAll(/\\#([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    "latin1",
  ).toString();
}
