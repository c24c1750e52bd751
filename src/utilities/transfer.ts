// scp and its kin → the files that leave this machine, and those that arrive at the other end.
import type { Grammar } from "../policy/descriptor.ts";
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { connectionEffects, connectionOf, copyLetters, hopTo, passwordEffect } from "./connection.ts";
import { transferEffects } from "./copy.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request, write, writes } from "./effect.ts";
import { copyOperands, operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { reads, withSubcommands } from "./subcommand.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

/** scp(1): sources, then the destination. `-t` and `-f` are what sshd runs at the other end. */
const scpGrammar: Grammar = { short: "12346ABCTdfOpqRrstvZD:F:J:M:P:S:c:i:l:o:X:", permute: false };

const scp: Utility = {
  names: ["scp", "hpnscp", "gsiscp"],
  grammar: scpGrammar,
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (given.has("-f")) return [];
    if (given.has("-t")) return writes(given.operands, { name: "far end" });
    const connection = connectionOf(given.options, copyLetters);
    const programs = given.all("-S", "-D").map((program): Effect => ({ does: "run", words: [program], more: true }));
    const operands = copyOperands(invocation);
    const destination = operands.at(-1);
    if (destination === undefined || operands.length < 2) return programs;
    const sources = operands.slice(0, -1);
    const copies = transferEffects({ sources, destination, hop: (host, port) => hopTo(host, connection, port) });
    return [...programs, ...connectionEffects(connection, hopsAmong(copies)), ...copies];
  },
};

/** The first place that these effects reach. */
function hopsAmong(effects: readonly Effect[]): readonly Hop[] {
  return effects.find((effect) => effect.hops !== undefined)?.hops ?? [];
}

/** PuTTY's pscp; the parallel one of the same name takes its hosts from `-H` or `-h` and lives in fleet.ts. */
export function puttyCopyEffects(invocation: Pick<Invocation, "arguments">): readonly Effect[] {
  const { arguments: given } = invocation;
  const operands = copyOperands(invocation);
  const destination = operands.at(-1);
  if (destination === undefined || operands.length < 2) return [];
  const hop = (host: Word, port: Word | undefined): Hop => ({
    kind: "host",
    destination: host,
    user: given.argument("-l"),
    port: given.argument("-P") ?? port,
    keys: given.all("-i"),
  });
  const copies = transferEffects({ sources: operands.slice(0, -1), destination, hop });
  return [...(given.has("-pw", "-pwfile") ? [passwordEffect(hopsAmong(copies), undefined)] : []), ...copies];
}

const ncftpput: Utility = {
  names: ["ncftpput"],
  grammar: { short: "u:p:P:j:d:e:U:t:f:acArRmvVzZFTS:DbBC:EW:X:Y:" },
  transport: true,
  effects: ({ arguments: given }) => {
    // With `-f` a file names the host.
    const destination = given.has("-f") ? undefined : given.operands[0];
    const [directory, ...sources] = given.operands.slice(given.has("-f") ? 0 : 1);
    return [request("write", directory, { hops: [{ kind: "host", destination, user: given.argument("-u") }], sources, transfer: true, note: "copies to it" })];
  },
};

const ncftpget: Utility = {
  names: ["ncftpget"],
  grammar: { short: "u:p:P:j:d:e:t:f:acArRvVzZFTDbBC:EW:X:Y:" },
  transport: true,
  effects: ({ arguments: given }) => {
    const [destination, directory] = given.operands;
    return [request("read", undefined, { hops: [{ kind: "host", destination }] }), ...write(directory ?? textWord("."))];
  },
};

/** unison(1) changes both of its roots. */
const unison: Utility = {
  names: ["unison"],
  grammar: { long: ["sshcmd=", "sshargs=", "servercmd=", "path=", "ignore=", "prefer=", "force=", "logfile=", "root="], singleDash: true },
  transport: true,
  effects: ({ arguments: given }) => {
    const roots = [...given.operands, ...given.all("-root")];
    const reaching = roots.some((root) => readUrl(root) !== undefined);
    if (!reaching) return [request("execute", undefined, { name: "unclassified", note: "brings two trees together" })];
    return roots.map((root) => {
      const url = readUrl(root);
      return url === undefined ? request("write", root) : request("write", url.path, { hops: hopsOf(url), transfer: true, word: root });
    });
  },
};

const rcloneLong = [
  "config=",
  "include=",
  "exclude=",
  "filter=",
  "include-from=",
  "exclude-from=",
  "filter-from=",
  "files-from=",
  "transfers=",
  "checkers=",
  "bwlimit=",
  "log-file=",
  "log-level=",
  "max-age=",
  "min-age=",
  "max-size=",
  "min-size=",
  "backup-dir=",
  "suffix=",
  "compare-dest=",
  "copy-dest=",
  "retries=",
  "stats=",
  "timeout=",
  "sftp-host=",
  "sftp-user=",
  "sftp-port=",
  "sftp-pass=",
  "sftp-key-file=",
  "format=",
  "max-depth=",
];
const rcloneOptions: Grammar = { short: "P", long: rcloneLong };

/** `remote:path`, `:sftp,host=h:path`: names of a configuration file are names, not addresses. */
function rcloneHop(destination: Word, { arguments: given }: Pick<Invocation, "arguments">): Hop {
  const inline = /^:[a-z0-9]+(.*)$/.exec(flat(destination));
  if (inline === null) return { kind: "host", destination, inventory: true };
  const host = /,host=([^,:]+)/.exec(inline[1] ?? "")?.[1];
  return {
    kind: "host",
    destination: host === undefined ? given.argument("--sftp-host") : textWord(host, destination.span),
    user: given.argument("--sftp-user"),
    keys: given.all("--sftp-key-file"),
  };
}

interface Stored {
  readonly remote: Word | undefined;
  readonly path: Word;
}

function rclonePlace(word: Word): Stored {
  const text = flat(word);
  const colon = text.startsWith(":") ? text.indexOf(":", 1) : text.search(/[:/]/);
  if (colon < 0 || text[colon] !== ":") return { remote: undefined, path: word };
  return { remote: slice(word, 0, colon), path: slice(word, colon + 1) };
}

function rcloneWrite(word: Word, sources: readonly Word[] | undefined, invocation: Invocation): Effect {
  const { remote, path } = rclonePlace(word);
  if (remote === undefined) return request("write", word);
  return request("write", path, { hops: [rcloneHop(remote, invocation)], sources, transfer: true, word });
}

/** Which operands a subcommand of rclone changes. */
function rcloneCommand(names: string, changed: "second" | "both" | "operands"): Utility {
  return {
    names: names.split(" "),
    grammar: rcloneOptions,
    effects: (invocation) => {
      const operands = operandsOf(invocation);
      const words = changed === "second" ? operands.slice(1, 2) : operands;
      const sources = changed === "operands" ? undefined : operands.slice(0, 1).filter((word) => rclonePlace(word).remote === undefined);
      return words.map((word) => rcloneWrite(word, sources, invocation));
    },
  };
}

const rclone = withSubcommands({
  names: ["rclone"],
  options: rcloneOptions,
  transport: true,
  inert: ["--dry-run", "-n"],
  commands: [
    rcloneCommand("copy copyto copyurl sync", "second"),
    rcloneCommand("move moveto bisync", "both"),
    rcloneCommand("delete deletefile purge mkdir rmdir rmdirs touch rcat dedupe cleanup settier mount", "operands"),
    reads("ls lsl lsd lsf lsjson cat check cryptcheck size tree about md5sum sha1sum hashsum listremotes version ncdu link help genautocomplete completion config obscure"),
  ],
  otherwise: fromDescriptor({ names: ["rclone"], unclassified: true }),
});

/** They hand a file to somebody who has the code word: no host is named. */
const handOver = reads("croc wormhole magic-wormhole transfer");

/** csync2(1) brings this machine's files to its peers, as its configuration says. */
const csync2: Utility = {
  names: ["csync2"],
  grammar: { short: "p:C:D:G:P:N:K:f:c:r:t:m:" },
  transport: true,
  effects: ({ arguments: given }) =>
    given.has("-x", "-u") && !given.has("-d") ? [request("execute", undefined, { name: "unclassified", note: "brings files to its peers" })] : [],
};

/** gio(1): files by their names or URLs, on a server too. */
const gio = withSubcommands({
  names: ["gio", "gvfs-copy"],
  transport: "optional",
  commands: [
    reads("cat info list tree mime monitor open version help"),
    { names: ["copy", "move"], grammar: {}, effects: ({ arguments: given }) => given.candidates.slice(-1).flatMap((word) => changedByUrl(word, given.candidates.slice(0, -1))) },
  ],
  otherwise: { names: ["*"], grammar: {}, effects: ({ arguments: given }) => given.candidates.flatMap((word) => changedByUrl(word)) },
});

function changedByUrl(word: Word, sources?: readonly Word[]): readonly Effect[] {
  const url = readUrl(word);
  if (url === undefined || url.scheme === "file") return write(url?.path ?? word);
  return [request("write", url.path, { hops: hopsOf(url), word, ...(sources === undefined ? {} : { transfer: true, sources }) })];
}

/** Tools that keep a tree here and one there the same: `mutagen sync create here host:there`. */
const mutagen: Utility = {
  names: ["mutagen"],
  grammar: { short: "n:l:m:i:c:" },
  transport: "optional",
  effects: ({ arguments: given }) => {
    const [, verb, ...roots] = given.operands;
    if (known(verb) !== "create" || roots.length < 2) return [];
    return roots.flatMap((root) => {
      const url = readUrl(root);
      const colon = flat(root).indexOf(":");
      if (url !== undefined) return [request("write", url.path, { hops: hopsOf(url), transfer: true, word: root })];
      if (colon < 0) return [];
      const at = flat(root).lastIndexOf("@", colon) + 1;
      return [request("write", slice(root, colon + 1), { hops: [{ kind: "host", destination: slice(root, at, colon) }], transfer: true, word: root })];
    });
  },
};

export const utilities: readonly Utility[] = [scp, ncftpput, ncftpget, unison, rclone, handOver, csync2, gio, mutagen];
