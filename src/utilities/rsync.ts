// rsync → what it sends, fetches and removes, and what its remote shell and remote program run.
import type { Grammar } from "../policy/descriptor.ts";
import { known, show, textWord, type Word } from "../syntax/word.ts";
import { commandConnection, hopTo } from "./connection.ts";
import { transferEffects } from "./copy.ts";
import { request, writes } from "./effect.ts";
import { locationOf } from "./location.ts";
import { copyOperands } from "./operand-list.ts";
import { sshGrammar } from "./ssh-call.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { wordsOf } from "./word-list.ts";

const takesArgument =
  "address backup-dir block-size bwlimit cc checksum-choice checksum-seed chmod chown compare-dest compress-choice compress-level compress-threads config " +
  "contimeout copy-as copy-dest debug dparam early-input exclude exclude-from files-from filter groupmap iconv include include-from info link-dest " +
  "log-file log-file-format log-format max-alloc max-delete max-size min-size modify-window only-write-batch out-format outbuf partial-dir " +
  "password-file port protocol read-batch remote-option rsh rsync-path skip-compress sockopts stop-after stop-at suffix temp-dir time-limit " +
  "timeout usermap write-batch zc zl zt";

const grammar: Grammar = { short: "e:B:f:M:T:@:", long: takesArgument.split(" ").map((name) => `${name}=`) };

function rsyncEffects(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  if (given.has("--server")) return serverEffects(invocation);
  if (given.has("--daemon")) return [request("service", undefined, { name: "rsyncd", note: "starts a file server" })];
  const shell = remoteShell(invocation);
  const connection = commandConnection(shell ?? [], sshGrammar);
  const hop = (destination: Word, port: Word | undefined): Hop => hopTo(destination, connection, given.argument("--port") ?? port);
  const operands = withHostsFilledIn(copyOperands(invocation));
  const reached = firstRemote(operands);
  return [
    ...(shell === undefined ? [] : shellEffects(shell, reached)),
    ...(reached === undefined ? [] : programEffects(invocation, [hop(reached, undefined)])),
    ...logEffects(invocation),
    ...copyEffects(invocation, operands, hop),
  ];
}

function copyEffects({ arguments: given }: Invocation, operands: readonly Word[], hop: (destination: Word, port: Word | undefined) => Hop): readonly Effect[] {
  const destination = operands.at(-1);
  if (destination === undefined) return [];
  const inert = given.has("-n", "--dry-run", "--list-only") || operands.length < 2;
  if (inert) return operands.flatMap((word) => readEffect(word, hop));
  const sources = operands.slice(0, -1);
  const note = given.options.some(({ name }) => name === "--del" || name.startsWith("--delete")) ? "copies to it, and deletes there what is not here" : undefined;
  return [
    ...transferEffects({ sources, destination, hop, note, contents: true }),
    ...(given.has("--remove-source-files", "--remove-sent-files") ? sources.flatMap((word) => removeEffect(word, hop)) : []),
  ];
}

function readEffect(word: Word, hop: (destination: Word, port: Word | undefined) => Hop): readonly Effect[] {
  const location = locationOf(word);
  return location.kind === "remote" ? [request("read", location.path, { hops: [hop(location.destination, location.port)] })] : [];
}

function removeEffect(word: Word, hop: (destination: Word, port: Word | undefined) => Hop): readonly Effect[] {
  const location = locationOf(word);
  const note = "removes it once it is copied";
  if (location.kind === "local") return [request("write", location.path, { existing: true, note })];
  if (location.kind === "unknown") return [];
  return [request("write", location.path, { hops: [hop(location.destination, location.port)], existing: true, transfer: true, word, note })];
}

/** `-e`, `--rsh` or RSYNC_RSH: split at blanks, quotes respected; it runs here. */
function remoteShell({ arguments: given, variable }: Invocation): readonly Word[] | undefined {
  const shell = given.argument("-e", "--rsh") ?? variable("RSYNC_RSH");
  const words = shell === undefined ? [] : wordsOf(shell);
  return words.length === 0 ? undefined : words;
}

/** It starts rsync's other end there; what that does is judged from the operands. */
function shellEffects(shell: readonly Word[], destination: Word | undefined): readonly Effect[] {
  if (destination === undefined) return [];
  return [{ does: "run", words: [...shell, destination, ...["rsync", "--server", "--sender"].map((text) => textWord(text))] }];
}

/** `--rsync-path` is a command line for the remote shell. */
function programEffects({ arguments: given }: Invocation, hops: readonly Hop[]): readonly Effect[] {
  const program = given.argument("--rsync-path");
  return program === undefined ? [] : [{ does: "code", source: [program, textWord("--server"), textWord("--sender")], dialect: "bash", hops }];
}

function logEffects({ arguments: given }: Invocation): readonly Effect[] {
  return writes(given.all("--log-file", "--write-batch", "--only-write-batch"));
}

/** The far end of a transfer: `--server --sender …` reads; `--server … . path` writes there. */
function serverEffects({ arguments: given }: Invocation): readonly Effect[] {
  return given.has("--sender", "-n", "--dry-run") ? [] : writes(given.operands.slice(1), { transfer: true });
}

function firstRemote(operands: readonly Word[]): Word | undefined {
  for (const word of operands) {
    const location = locationOf(word);
    if (location.kind === "remote" && location.module !== true && !show(word).startsWith("rsync://")) return location.destination;
  }
  return undefined;
}

/** `host:a :b`: a source that begins with a colon is on the host of the one before. */
function withHostsFilledIn(operands: readonly Word[]): readonly Word[] {
  let host: Word | undefined;
  return operands.map((word) => {
    const location = locationOf(word);
    if (location.kind === "remote") host = location.destination;
    return host !== undefined && known(word)?.startsWith(":") === true ? { ...word, pieces: [...host.pieces, ...word.pieces] } : word;
  });
}

const rsync: Utility = { names: ["rsync"], grammar, transport: true, effects: rsyncEffects };

export const utilities: readonly Utility[] = [rsync];
