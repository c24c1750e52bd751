// ssh and what speaks its protocol for a login or a command → the code that runs at the other end, or the session
// that opens there. Arguments are read exactly as OpenSSH's own loop reads them (ssh(1), ssh_config(5)).
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import type { Stdin } from "../syntax/simple-command.ts";
import type { Grammar } from "../policy/descriptor.ts";
import { readArguments, type Option } from "./arguments.ts";
import { commandConnection, connectionEffects, connectionOf, hopTo, passwordEffect, sshLetters, type Connection } from "./connection.ts";
import { code, request, unknown } from "./effect.ts";
import { locationOf } from "./location.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { namesOptions, operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { partsOf, wordsOf } from "./word-list.ts";

export const sshGrammar: Grammar = {
  short: "1246ab:c:e:fgi:kl:m:no:p:qstvxAB:CD:E:F:GI:J:KL:MNO:P:Q:R:S:TVw:W:XYy",
  permute: false,
};

/** autossh(1): ssh's options, but `-M` takes the monitoring port. */
const autosshGrammar: Grammar = { ...sshGrammar, short: `${sshGrammar.short?.replace("KL:M", "KL:M:")}` };

/** One call of an ssh client, divided. */
export interface SshCall {
  readonly options: readonly Option[];
  readonly destination: Word | undefined;
  /** Operands after the destination. */
  readonly command: readonly Word[];
}

/** Options count before the destination and, once, right after it; a `--` ends them for good. */
export function readSshCall(words: readonly Word[], grammar: Grammar = sshGrammar): SshCall {
  const at = destinationIndex(words, grammar);
  const before = readArguments(words.slice(0, at), grammar).options;
  const destination = words[at];
  if (at > 0 && known(words[at - 1]) === "--") return { options: before, destination, command: words.slice(at + 1) };
  const rest = words.slice(at + 1);
  const cut = firstSplit(rest, grammar);
  const after = readArguments(rest.slice(0, cut), grammar);
  return { options: [...before, ...after.options], destination, command: rest.slice(Math.min(after.firstOperand, cut)) };
}

/** Index of the first option-less word that may be several or none. */
function firstSplit(words: readonly Word[], grammar: Grammar): number {
  const first = readArguments(words, grammar).unknown[0];
  return first === undefined ? words.length : words.indexOf(first);
}

/** An unquoted `$OPTIONS` before the destination hides where the options end: names and looks decide. */
function destinationIndex(words: readonly Word[], grammar: Grammar): number {
  const given = readArguments(words, grammar);
  const next = given.operands[0];
  if (given.unknown.length === 0 || looksLikeHost(next)) return given.firstOperand;
  const host = given.unknown.find((word) => !namesOptions(word) && words.indexOf(word) < given.firstOperand);
  if (host !== undefined) return words.indexOf(host);
  const last = given.unknown.at(-1);
  return next === undefined && last !== undefined ? words.indexOf(last) : given.firstOperand;
}

function looksLikeHost(word: Word | undefined): boolean {
  if (word === undefined) return false;
  const text = flat(word);
  if (/\s/.test(text)) return false;
  return /^ssh:\/\/|^[^/=]+@[^/]/.test(text) || /^[\w\0]+(\.[\w\0-]+)+$/.test(text) && !/\.(sh|py|pl|rb|js)$/.test(text);
}

/** The account that forges keep for git: it greets and closes, there is no shell behind it. */
const gitAccount = "git";

function session(hops: readonly Hop[]): Effect {
  const last = hops.at(-1);
  const user = known(last?.user) ?? /^(?:ssh:\/\/)?([^@]*)@/.exec(last?.destination === undefined ? "" : prefix(last.destination))?.[1];
  return user === gitAccount ? request("read", undefined, { hops }) : request("session", undefined, { hops, note: "opens a shell there" });
}

const nothing: Stdin = { from: "text", text: textWord("") };

function sshEffects(invocation: Invocation, grammar: Grammar): readonly Effect[] {
  const call = readSshCall(invocation.words, grammar);
  const has = (name: string) => call.options.some((option) => option.name === name);
  if (call.destination === undefined || has("-G") || has("-V") || has("-Q")) return [];
  const connection = connectionOf(call.options, sshLetters);
  const hops = [hopTo(call.destination, connection)];
  if (has("-O")) return [request("read", undefined, { hops })];
  return [...connectionEffects(connection, hops), ...sessionEffects(invocation, call, connection, hops)];
}

function sessionEffects(invocation: Invocation, call: SshCall, connection: Connection, hops: readonly Hop[]): readonly Effect[] {
  const has = (name: string) => call.options.some((option) => option.name === name);
  const type = known(connection.directive("sessiontype"))?.toLowerCase();
  // A tunnel or a forwarded stream: no program is started there.
  if (has("-N") || has("-W") || type === "none") return [request("read", undefined, { hops })];
  if (has("-s") || type === "subsystem") return [request("execute", undefined, { name: "unclassified", hops, note: "talks to a subsystem" })];
  const closed = has("-n") || has("-f") || connection.says("stdinnull") || connection.says("forkafterauthentication");
  const stdin = closed ? nothing : undefined;
  const configured = connection.directive("remotecommand");
  const commands = [call.command, configured === undefined || known(configured) === "none" ? [] : [configured]];
  // A command of no characters is none: a login shell is started.
  const given = commands.filter((source) => source.length > 1 || (source[0] !== undefined && known(source[0]) !== ""));
  if (given.length > 0) return given.flatMap((source) => remoteCommand(invocation, source, hops, stdin));
  return closed ? [request("read", undefined, { hops })] : loginEffects(invocation, hops);
}

type Local = Pick<Invocation, "command" | "readFile">;

/** A login shell with no command: it reads its commands from standard input. */
export function loginEffects(invocation: Local, hops: readonly Hop[]): readonly Effect[] {
  const { stdin } = invocation.command;
  switch (stdin.from) {
    case "inherit":
      return [session(hops)];
    case "text":
      return [{ does: "code", source: [stdin.text], dialect: "bash", hops, stdin: nothing }];
    case "pipe":
      return [unknown("it runs there what a pipe brings", undefined, hops)];
    case "file":
      return fileEffects(stdin.path, invocation, hops);
  }
}

function fileEffects(path: Word, invocation: Pick<Local, "readFile">, hops: readonly Hop[]): readonly Effect[] {
  const name = known(path);
  if (name === "/dev/null") return [request("read", undefined, { hops })];
  if (name === "/dev/tty" || name === "/dev/stdin") return [session(hops)];
  const text = name === undefined ? undefined : invocation.readFile(name);
  if (text === undefined) return [unknown(`it runs there what \`${show(path)}\` holds`, path, hops)];
  return [{ does: "code", source: [textWord(text, path.span)], dialect: "bash", hops, stdin: nothing }];
}

/** What runs at the end of `hops`: the operands joined, or what a login shell reads. */
export function remoteCommand(invocation: Local, source: readonly Word[], hops: readonly Hop[], stdin?: Stdin): readonly Effect[] {
  if (source.length === 0) return loginEffects(invocation, hops);
  return [{ does: "code", source, dialect: "bash", hops, stdin: stdin ?? carriedOver(invocation) }];
}

/** Standard input crosses over, but the name of a file here means nothing there: its text goes instead. */
export function carriedOver({ command: { stdin }, readFile }: Local): Stdin {
  if (stdin.from !== "file" || known(stdin.path) === "/dev/null") return stdin;
  const name = known(stdin.path);
  const text = name === undefined ? undefined : readFile(name);
  return text === undefined ? { from: "pipe", commands: [] } : { from: "text", text: textWord(text, stdin.path.span) };
}

const ssh: Utility = {
  names: ["ssh", "slogin"],
  grammar: sshGrammar,
  transport: true,
  effects: (invocation) => sshEffects(invocation, sshGrammar),
};

const autossh: Utility = {
  names: ["autossh"],
  grammar: autosshGrammar,
  transport: true,
  effects: (invocation) => sshEffects(invocation, autosshGrammar),
};

/** rsh(1), rlogin(1): the same shape, fewer options. */
const rsh: Utility = {
  names: ["rsh", "remsh", "rlogin", "rexec"],
  grammar: { short: "468Kdnl:e:p:", permute: false },
  transport: true,
  effects: (invocation) => sshEffects(invocation, { short: "468Kdnl:e:p:", permute: false }),
};

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
    const connection = connectionOf(call.options.filter((option) => option.name !== "-J"), sshLetters);
    const hops = dropbearHops(call.destination, connection);
    return [
      ...(proxy === undefined ? [] : [code(proxy, "bash")]),
      ...sessionEffects(invocation, call, connection, hops),
    ];
  },
};

/** `[user@]host[/port][,…]`. */
function dropbearHops(list: Word, connection: Connection): readonly Hop[] {
  return partsOf(list, /,/g).map((word) => {
    const port = /[/^](\d+)$/.exec(flat(word));
    return port === null ? hopTo(word, connection) : hopTo(slice(word, 0, port.index), connection, slice(word, port.index + 1));
  });
}

const plinkLong = ["P=", "l=", "proxycmd=", "pw=", "pwfile=", "i=", "m=", "D=", "L=", "R=", "nc=", "sercfg=", "hostkey=", "load=", "sshlog=", "sshrawlog=", "logoverwrite", "logappend"];

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
    const hops = [{ kind: "host", destination, user: option("-l"), port: option("-P"), keys: call.options.flatMap((each) => (each.name === "-i" && each.argument !== undefined ? [each.argument] : [])) } as const];
    const proxy = option("-proxycmd");
    return [
      ...(proxy === undefined ? [] : [code(proxy, "bash")]),
      ...(option("-pw") ?? option("-pwfile") ? [passwordEffect(hops, undefined)] : []),
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
    const connection = connectionOf(given.options.filter((option) => option.name !== "-i"), sshLetters);
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
      names.includes("ro")
        ? request("read", path, { hops })
        : request("write", path, { name: "mount", hops, word: mountPoint ?? source, note: "mounts it for writing" }),
    ];
  },
};

export const utilities: readonly Utility[] = [ssh, autossh, rsh, mosh, dbclient, plink, sshCopyId, sshKeyscan, sshfs];
