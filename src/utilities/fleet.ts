// Utilities that run one command on many hosts (pdsh, pssh, clush, dsh, cssh, fab) → that command on each of them.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, slice, textWord, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { type Connection, connectionOf, hopTo, passwordEffect, sshLetters } from "./connection.ts";
import { code, request, unknown, write } from "./effect.ts";
import { hostsIn, hostsInFile, listed } from "./host-list.ts";
import { remoteCommand } from "./login.ts";
import { copyOperands, operandsOf } from "./operand-list.ts";
import { baseName, inside, isDirectory } from "./path-word.ts";
import { sshGrammar } from "./ssh-call.ts";
import { puttyCopyEffects } from "./transfer.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { wordsOf } from "./word-list.ts";

/** What is done on each host; with no host named, on hosts that are not said. */
function onEach(hops: readonly Hop[], effects: (hops: readonly Hop[]) => readonly Effect[]): readonly Effect[] {
  const reached = hops.length > 0 ? hops : [{ kind: "host", destination: undefined } as const];
  return reached.flatMap((hop) => effects([hop]));
}

function plainHop(destination: Word, user: Word | undefined): Hop {
  return { kind: "host", destination, user };
}

/** Hosts of a file that can be read, else one that is not said. */
function fileHosts(file: Word, { readFile }: Invocation): readonly (Word | undefined)[] {
  const name = known(file);
  const text = name === undefined ? undefined : readFile(name);
  return text === undefined ? [undefined] : hostsInFile(text, file);
}

function copyTo(sources: readonly Word[], path: Word | undefined, hops: readonly Hop[]): readonly Effect[] {
  return onEach(hops, (each) => [request("write", path, { hops: each, sources, transfer: true, note: "copies to it" })]);
}

function fetchFrom(paths: readonly Word[], target: Word, hops: readonly Hop[]): readonly Effect[] {
  const files = isDirectory(target) ? paths.map((path) => inside(target, baseName(path))) : [target];
  return [...onEach(hops, (each) => paths.map((path) => request("read", path, { hops: each }))), ...files.flatMap((file) => write(file))];
}

/** pdsh(1): `-w ssh:user@host[1-3],^file`, groups with `-g`, every host with `-a`. */
const pdshGrammar: Grammar = { short: "w:x:R:M:l:t:u:f:g:G:X:j:n:F:e:D:haAsSqbLVdkKNiI", permute: false };

function pdshHops(invocation: Invocation): readonly Hop[] {
  const { arguments: given } = invocation;
  const user = given.argument("-l");
  const named = given
    .all("-w")
    .flatMap(hostsIn)
    .flatMap((host): readonly Hop[] => {
      const text = prefix(host);
      if (text.startsWith("-")) return [];
      if (text.startsWith("^")) return fileHosts(slice(host, 1), invocation).map((destination) => ({ kind: "host", destination, user }));
      const method = /^[a-z]+:/.exec(text)?.[0].length ?? 0;
      return [plainHop(slice(host, method), user)];
    });
  const groups = given.all("-g").flatMap(hostsIn).map(listed);
  return [...named, ...groups, ...(given.has("-a", "-A") ? [listed(textWord("all"))] : [])];
}

const pdsh: Utility = {
  names: ["pdsh"],
  grammar: pdshGrammar,
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    if (given.has("-h", "-V", "-L", "-q")) return [];
    return onEach(pdshHops(invocation), (hops) => remoteCommand(invocation, words.slice(given.firstOperand), hops));
  },
};

const pdcp: Utility = {
  names: ["pdcp", "rpdcp"],
  grammar: { ...pdshGrammar, short: `${pdshGrammar.short}rpzy` },
  transport: true,
  effects: (invocation) => {
    const operands = copyOperands(invocation);
    const target = operands.at(-1);
    if (target === undefined || operands.length < 2) return [];
    const hops = pdshHops(invocation);
    return invocation.name === "rpdcp" ? fetchFrom(operands.slice(0, -1), target, hops) : copyTo(operands.slice(0, -1), target, hops);
  },
};

const psshGrammar: Grammar = {
  short: "h:H:l:p:o:e:t:O:x:X:g:L:S:vAiIPraz",
  long: ["hosts=", "host=", "user=", "par=", "outdir=", "errdir=", "timeout=", "option=", "extra-args=", "extra-arg=", "host-glob=", "localdir=", "ssh-args="],
  permute: false,
};

function psshConnection(given: Arguments): Connection {
  const extra = given.all("-x", "--extra-args", "-S", "--ssh-args").flatMap((text) => wordsOf(text));
  const options = readArguments([...extra, ...given.all("-X", "--extra-arg")], sshGrammar).options;
  const directives = given.all("-O", "--option").map((argument) => ({ name: "-o", argument, word: argument }));
  const users = given.all("-l", "--user").map((argument) => ({ name: "-l", argument, word: argument }));
  return connectionOf([...users, ...directives, ...options], sshLetters);
}

function psshHops(invocation: Invocation): readonly Hop[] {
  const { arguments: given } = invocation;
  const connection = psshConnection(given);
  const files = given.all("-h", "--hosts").flatMap((file) => fileHosts(file, invocation));
  return [...given.all("-H", "--host").flatMap(hostsIn), ...files].map((host) => hopTo(host, connection));
}

/** What each of the parallel-* utilities does once its hosts are known. */
function psshUtility(names: readonly string[], effects: (invocation: Invocation, hops: readonly Hop[]) => readonly Effect[]): Utility {
  return {
    names,
    grammar: psshGrammar,
    transport: true,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const hops = psshHops(invocation);
      const proof = given.has("-A", "--askpass") ? onEach(hops, (each) => [passwordEffect(each, undefined)]) : [];
      return [...proof, ...effects(invocation, hops)];
    },
  };
}

const pssh = psshUtility(["pssh", "parallel-ssh"], (invocation, hops) => {
  const { arguments: given, words } = invocation;
  const command = words.slice(given.firstOperand);
  const sends = given.has("-I", "--send-input");
  if (command.length === 0) return sends ? onEach(hops, (each) => remoteCommand(invocation, [], each)) : [];
  return onEach(hops, (each) => remoteCommand(invocation, command, each, sends ? undefined : { from: "text", text: textWord("") }));
});

function parallelCopy(invocation: Invocation, hops: readonly Hop[]): readonly Effect[] {
  const operands = copyOperands(invocation);
  return copyTo(operands.slice(0, -1), operands.at(-1), hops);
}

const parallelScp = psshUtility(["parallel-scp", "parallel-rsync", "prsync", "pscp.pssh"], parallelCopy);

const pslurp = psshUtility(["pslurp", "parallel-slurp"], ({ arguments: given }, hops) => {
  const [path, name] = given.operands;
  return path === undefined ? [] : fetchFrom([path], inside(given.argument("-L", "--localdir") ?? textWord("."), known(name ?? path)), hops);
});

const pnuke = psshUtility(["pnuke", "parallel-nuke"], ({ arguments: given }, hops) =>
  onEach(hops, (each) => [request("service", undefined, { name: known(given.operands[0]), hops: each, note: "kills processes" })]),
);

/** Two utilities share this name: the parallel one takes its hosts from `-H` or `-h`, PuTTY's from an operand. */
const pscp: Utility = {
  names: ["pscp"],
  grammar: { long: ["P=", "l=", "pw=", "pwfile=", "i=", "load=", "hostkey=", "proxycmd="], singleDash: true },
  transport: true,
  effects: (invocation) => {
    const given = readArguments(invocation.words, psshGrammar);
    const parallel = { ...invocation, arguments: given };
    return given.has("-H", "-h", "--host", "--hosts") ? parallelCopy(parallel, psshHops(parallel)) : puttyCopyEffects(invocation);
  },
};

/** clush(1): `-c` copies its operands to the same place or to `--dest`. */
const clush: Utility = {
  names: ["clush"],
  grammar: {
    short: "w:x:g:X:l:f:o:O:t:u:R:m:acrpbBLNnqvdSG",
    long: [
      "user=",
      "fanout=",
      "options=",
      "connect_timeout=",
      "command_timeout=",
      "worker=",
      "mode=",
      "dest=",
      "hostfile=",
      "machinefile=",
      "pick=",
      "option=",
      "nodes=",
      "exclude=",
      "group=",
    ],
    permute: false,
  },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const hops = clushHops(invocation);
    const fetches = given.has("--rcopy", "-r");
    if (!fetches && !given.has("-c", "--copy")) return onEach(hops, (each) => remoteCommand(invocation, words.slice(given.firstOperand), each));
    // Options may follow the files that are copied.
    const files = readArguments(words, { ...clush.grammar, permute: true });
    if (fetches) return fetchFrom(files.operands, files.argument("--dest") ?? textWord("."), hops);
    return files.operands.flatMap((file) => copyTo([file], files.argument("--dest") ?? file, hops));
  },
};

function clushHops(invocation: Invocation): readonly Hop[] {
  const given = readArguments(invocation.words, { ...clush.grammar, permute: invocation.arguments.has("-c", "--copy", "-r", "--rcopy") });
  const user = given.argument("-l", "--user");
  const named = given
    .all("-w", "--nodes")
    .flatMap(hostsIn)
    .map((host) => (prefix(host).startsWith("@") ? listed(slice(host, 1)) : plainHop(host, user)));
  const files = given.all("--hostfile", "--machinefile").flatMap((file) => fileHosts(file, invocation));
  const groups = given.all("-g", "--group").flatMap(hostsIn).map(listed);
  return [...named, ...files.map((destination): Hop => ({ kind: "host", destination, user })), ...groups, ...(given.has("-a", "--all") ? [listed(textWord("all"))] : [])];
}

const dsh: Utility = {
  names: ["dsh"],
  grammar: { short: "m:ag:f:r:o:Mcwiqvn:F:Hh", long: ["machine=", "group=", "file=", "remoteshell=", "remoteshellopt=", "forklimit=", "num-topology="], permute: false },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const named = given
      .all("-m", "--machine")
      .flatMap(hostsIn)
      .map((host) => plainHop(host, undefined));
    const files = given
      .all("-f", "--file")
      .flatMap((file) => fileHosts(file, invocation))
      .map((destination): Hop => ({ kind: "host", destination }));
    const groups = given.all("-g", "--group").flatMap(hostsIn).map(listed);
    const hops = [...named, ...files, ...groups, ...(given.has("-a", "--all") ? [listed(textWord("all"))] : [])];
    return onEach(hops, (each) => remoteCommand(invocation, words.slice(given.firstOperand), each));
  },
};

/** clusterssh(1) and its kin: a terminal for every host, or `-a` a command. */
const cssh: Utility = {
  names: ["cssh", "clusterssh", "crsh", "csshX", "csshx", "tmux-cssh", "i2cssh"],
  grammar: { short: "a:A:c:C:d:D:g:G:K:l:L:o:p:T:t:x:e:f:u", long: ["action=", "username=", "port=", "options=", "cluster-file=", "config-file=", "tag-file=", "title="] },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const action = given.argument("-a", "--action");
    const hops = operandsOf(invocation).map((host) => plainHop(host, given.argument("-l", "--username")));
    return onEach(hops, (each) => [action === undefined ? request("session", undefined, { hops: each, note: "opens a shell there" }) : code(action, "bash", each)]);
  },
};

/** mussh(1): `-c` a command, `-C` a local script; `-h` takes every word up to the next option. */
const mussh: Utility = {
  names: ["mussh"],
  grammar: { short: "H:h:c:C:l:L:i:o:s:t:p:P:D:VabBuUqm", permute: true },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, readFile } = invocation;
    const user = given.argument("-l");
    const hosts = [...given.all("-h"), ...operandsOf(invocation)].map((host) => plainHop(host, user));
    const files = given
      .all("-H")
      .flatMap((file) => fileHosts(file, invocation))
      .map((destination): Hop => ({ kind: "host", destination, user }));
    return onEach([...hosts, ...files], (each) => [
      ...given.all("-c").map((text) => code(text, "bash", each)),
      ...given.all("-C").map((script) => {
        const text = readFile(known(script) ?? "");
        return text === undefined ? unknown("it runs there what a script holds", script, each) : code(textWord(text, script.span), "bash", each);
      }),
    ]);
  },
};

/** fab(1) of Fabric: words after `--` are a command for the hosts, words before it tasks of a Python file. */
const fab: Utility = {
  names: ["fab", "fab2"],
  grammar: {
    short: "H:i:c:f:r:S:t:T:u:p:I:x:z:lhVdeDwn",
    long: [
      "hosts=",
      "identity=",
      "collection=",
      "search-root=",
      "ssh-config=",
      "connect-timeout=",
      "config=",
      "fabfile=",
      "user=",
      "password=",
      "exclude-hosts=",
      "roles=",
      "set=",
    ],
  },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    if (given.has("-l", "--list", "-V", "--version", "-h", "-d", "--display")) return [];
    const hops = given
      .all("-H", "--hosts")
      .flatMap(hostsIn)
      .map((host) => ({ ...plainHop(host, given.argument("-u", "--user")), keys: given.all("-i", "--identity") }));
    const dashes = words.findIndex((word) => known(word) === "--");
    const command = dashes < 0 ? [] : words.slice(dashes + 1);
    const proof = given.has("--prompt-for-login-password", "-p", "--password") ? onEach(hops, (each) => [passwordEffect(each, undefined)]) : [];
    if (command.length > 0) return [...proof, ...onEach(hops, (each) => [{ does: "code", source: command, dialect: "bash", hops: each }])];
    const task: Effect = request("execute", undefined, { name: "unclassified", note: "runs tasks of a Python file" });
    return [...proof, ...(hops.length > 0 ? hops.map((hop) => ({ ...task, hops: [hop] })) : [task])];
  },
};

export const utilities: readonly Utility[] = [pdsh, pdcp, pssh, parallelScp, pslurp, pnuke, pscp, clush, dsh, cssh, mussh, fab];
