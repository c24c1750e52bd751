// Clients other than OpenSSH's own that log in to another host (mosh, dbclient, plink), and what prepares or uses a login.
import { known, show, slice, textWord, type Word } from "../syntax/word.ts";
import { type Connection, commandConnection, connectionEffects, connectionOf, hopTo, passwordEffect, sshLetters } from "./connection.ts";
import { code, request } from "./effect.ts";
import { locationOf } from "./location.ts";
import { fileEffects, loginEffects, remoteCommand, session, sessionEffects } from "./login.ts";
import { operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { readSshCall, type SshCall, sshGrammar } from "./ssh-call.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";

/** mosh(1) executes the words as they are; `--ssh` runs here, `--server` there. */
const mosh: Utility = {
  names: ["mosh"],
  grammar: { short: "an46op:", long: ["client=", "server=", "predict=", "family=", "port=", "bind-server=", "ssh=", "experimental-remote-ip="], permute: false },
  transport: true,
  effects: ({ arguments: given, words }) => {
    const { destination, command: operands } = readSshCall(words, mosh.grammar);
    if (destination === undefined) return [];
    const transport = wordsOf(given.argument("--ssh") ?? textWord("ssh"));
    const connection = commandConnection(transport, sshGrammar);
    const hops = [hopTo(destination, connection)];
    const server = given.argument("--server");
    const command = afterDashes(operands);
    return [
      ...connectionEffects(connection, hops),
      ...(given.has("--ssh") ? [{ does: "run", words: [...transport, destination, textWord("true")] } as const] : []),
      ...(server === undefined ? [] : [{ does: "code", source: [server], dialect: "bash", hops } as const]),
      command.length > 0 ? { does: "run", words: command, hops } : session(hops),
    ];
  },
};

function afterDashes(words: readonly Word[]): readonly Word[] {
  return known(words[0]) === "--" ? words.slice(1) : words;
}

/** dbclient(1) of Dropbear: `-J` runs here; hosts separated by commas are passed through one after the other. */
const dbclient: Utility = {
  names: ["dbclient"],
  grammar: { short: "46AaB:b:c:fgI:i:J:K:L:l:m:No:p:qR:sTtVvW:y", permute: false },
  transport: true,
  effects: (invocation) => {
    const call = readSshCall(invocation.words, dbclient.grammar);
    if (call.destination === undefined) return [];
    const proxy = call.options.find((option) => option.name === "-J")?.argument;
    const connection = connectionOf(
      call.options.filter((option) => option.name !== "-J"),
      sshLetters,
    );
    const hops = dropbearHops(call.destination, connection);
    return [...(proxy === undefined ? [] : [code(proxy, "bash")]), ...sessionEffects(invocation, call, connection, hops)];
  },
};

/** `[user@]host[/port][,…]`. */
function dropbearHops(list: Word, connection: Connection): readonly Hop[] {
  return partsOf(list, /,/g).map((word) => {
    const port = /[/^](\d+)$/.exec(flat(word));
    return port === null ? hopTo(word, connection) : hopTo(slice(word, 0, port.index), connection, slice(word, port.index + 1));
  });
}

const plinkLong = [
  "P=",
  "l=",
  "proxycmd=",
  "pw=",
  "pwfile=",
  "i=",
  "m=",
  "D=",
  "L=",
  "R=",
  "nc=",
  "sercfg=",
  "hostkey=",
  "load=",
  "sshlog=",
  "sshrawlog=",
  "logoverwrite",
  "logappend",
];

/** PuTTY's plink: `-m` names a local file of commands, `-pw` a password; `-proxycmd` runs here. */
const plink: Utility = {
  names: ["plink"],
  grammar: { long: plinkLong, singleDash: true, permute: false },
  transport: true,
  effects: (invocation) => {
    const call = readSshCall(invocation.words, plink.grammar);
    const option = (name: string) => call.options.find((each) => each.name === name)?.argument;
    const destination = call.destination ?? option("-load");
    if (destination === undefined) return [];
    const hops = [
      {
        kind: "host",
        destination,
        user: option("-l"),
        port: option("-P"),
        keys: call.options.flatMap((each) => (each.name === "-i" && each.argument !== undefined ? [each.argument] : [])),
      } as const,
    ];
    const proxy = option("-proxycmd");
    return [
      ...(proxy === undefined ? [] : [code(proxy, "bash")]),
      ...((option("-pw") ?? option("-pwfile")) ? [passwordEffect(hops, undefined)] : []),
      ...plinkSession(invocation, call, hops),
    ];
  },
};

function plinkSession(invocation: Invocation, call: SshCall, hops: readonly Hop[]): readonly Effect[] {
  const script = call.options.find(({ name }) => name === "-m")?.argument;
  if (call.options.some(({ name }) => name === "-N" || name === "-nc")) return [request("read", undefined, { hops })];
  return script === undefined ? remoteCommand(invocation, call.command, hops) : fileEffects(script, invocation, hops);
}

/** ssh-copy-id(1): the key it installs is how later connections prove themselves. */
const sshCopyId: Utility = {
  names: ["ssh-copy-id"],
  grammar: { short: "fnsxhi:p:o:F:t:" },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const key = given.argument("-i");
    const destination = operandsOf(invocation)[0] ?? (key !== undefined && flat(key).includes("@") ? key : undefined);
    if (destination === undefined || given.has("-n")) return [];
    const connection = connectionOf(
      given.options.filter((option) => option.name !== "-i"),
      sshLetters,
    );
    const hops = [hopTo(destination, connection)];
    return [...connectionEffects(connection, hops), request("authenticate", undefined, { name: "key-copy", hops, word: destination, note: "installs a key there" })];
  },
};

const sshKeyscan: Utility = {
  names: ["ssh-keyscan"],
  grammar: { short: "46cDHqvf:O:p:T:t:" },
  transport: true,
  effects: (invocation) => operandsOf(invocation).map((destination) => request("read", undefined, { hops: [{ kind: "host", destination }] })),
};

/** sshfs(1): whatever is written below the mount point later is written there. */
const sshfs: Utility = {
  names: ["sshfs", "mount.fuse.sshfs"],
  grammar: { short: "p:Co:F:fdsh" },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [source, mountPoint] = operandsOf(invocation);
    if (source === undefined) return [];
    const location = locationOf(source);
    if (location.kind === "local") return [];
    const mountOptions = given.all("-o").flatMap((list) => (known(list)?.split(",") ?? [show(list)]).map((each) => textWord(each, list.span)));
    const connection = connectionOf([...given.options, ...mountOptions.map((argument) => ({ name: "-o", argument, word: argument }))], sshLetters);
    const destination = location.kind === "remote" ? location.destination : location.word;
    const hops = [hopTo(destination, connection)];
    const path = location.kind === "remote" ? location.path : undefined;
    const names = mountOptions.map((each) => known(each));
    return [
      ...(connection.directive("ssh_command") === undefined ? [] : [{ does: "run", words: wordsOf(connection.directive("ssh_command") ?? source), more: true } as const]),
      ...connectionEffects(connection, hops),
      ...(names.includes("password_stdin") ? [passwordEffect(hops, undefined)] : []),
      names.includes("ro") ? request("read", path, { hops }) : request("write", path, { name: "mount", hops, word: mountPoint ?? source, note: "mounts it for writing" }),
    ];
  },
};

/** et(1), Eternal Terminal: `[user@]host[:port]`, a command with `-c`. */
const eternal: Utility = {
  names: ["et"],
  grammar: { short: "c:p:u:t:r:xNv", long: ["command=", "port=", "username=", "tunnel=", "reversetunnel=", "jumphost=", "jport=", "terminal-path=", "ssh-option="] },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [operand] = operandsOf(invocation);
    if (operand === undefined) return [];
    const port = /:\d+$/.exec(flat(operand));
    const hops = [{ kind: "host", destination: port === null ? operand : slice(operand, 0, port.index), user: given.argument("-u", "--username") } as const];
    if (given.has("-N")) return [request("read", undefined, { hops })];
    const command = given.argument("-c", "--command");
    return command === undefined ? loginEffects(invocation, hops) : [code(command, "bash", hops)];
  },
};

export const utilities: readonly Utility[] = [eternal, mosh, dbclient, plink, sshCopyId, sshKeyscan, sshfs];
