// Clients that work through file commands at another host (sftp, ftp, lftp, smbclient) → what those commands change.
import { known, show, slice, textWord, type Word } from "../syntax/word.ts";
import { connectionEffects, connectionOf, copyLetters, hopTo, passwordEffect } from "./connection.ts";
import { request, unknown, write } from "./effect.ts";
import { batchEffects, type Client, ftpClient, lftpClient, sftpClient, siteHops, smbClient } from "./file-commands.ts";
import { locationOf } from "./location.ts";
import { operandsOf } from "./operand-list.ts";
import { baseName, flat, inside, isDirectory } from "./path-word.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

/** sftp(1): a batch with `-b`, otherwise commands from standard input. `-S` and `-D` name programs that run here. */
const sftp: Utility = {
  names: ["sftp", "hpnsftp", "gsisftp"],
  grammar: { short: "1246AafhNpqrvCc:D:i:l:o:s:S:b:B:F:J:P:R:X:", permute: false },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const programs = given.all("-S", "-D").map((program): Effect => ({ does: "run", words: [program], more: true }));
    const [operand, target] = operandsOf(invocation);
    if (operand === undefined) return programs;
    const connection = connectionOf(given.options, copyLetters);
    const location = locationOf(operand);
    const remote = location.kind === "remote" ? location : undefined;
    const hops = [hopTo(remote?.destination ?? operand, connection, remote?.port)];
    const path = remote === undefined || known(remote.path) === "~" ? undefined : remote.path;
    return [...programs, ...connectionEffects(connection, hops), ...sftpEffects(invocation, hops, path, target)];
  },
};

function sftpEffects(invocation: Invocation, hops: readonly Hop[], path: Word | undefined, target: Word | undefined): readonly Effect[] {
  const { arguments: given } = invocation;
  const batch = given.argument("-b");
  const asked = target !== undefined || invocation.command.stdin.from === "inherit";
  const fetches = path !== undefined && batch === undefined && asked && !isDirectory(path);
  if (!fetches) return commandEffects(sftpClient, invocation, known(batch) === "-" ? undefined : batch, hops, path);
  const here = target ?? textWord(".", path.span);
  return [request("read", path, { hops }), ...write(isDirectory(here) ? inside(here, baseName(path)) : here)];
}

/** The commands of a batch file, or those that standard input brings; with neither, a session. */
function commandEffects(client: Client, invocation: Invocation, batch: Word | undefined, hops: readonly Hop[], directory?: Word): readonly Effect[] {
  const { stdin } = invocation.command;
  if (batch !== undefined) return fileEffects(client, invocation, batch, hops, directory);
  switch (stdin.from) {
    case "inherit":
      return [request("session", undefined, { name: invocation.name, hops, note: "opens a file session there" })];
    case "text":
      return batchEffects(client, stdin.text, hops, directory);
    case "file":
      return fileEffects(client, invocation, stdin.path, hops, directory);
    case "pipe":
      return [unknown("it carries out there what a pipe brings", undefined, hops)];
  }
}

function fileEffects(client: Client, invocation: Invocation, file: Word, hops: readonly Hop[], directory: Word | undefined): readonly Effect[] {
  const name = known(file);
  if (name === "/dev/null") return [request("read", undefined, { hops })];
  const text = name === undefined ? undefined : invocation.readFile(name);
  if (text === undefined) return [unknown(`it carries out there what \`${show(file)}\` holds`, file, hops)];
  return batchEffects(client, textWord(text, file.span), hops, directory);
}

const ftp: Utility = {
  names: ["ftp", "tnftp", "pftp", "ftp-ssl", "lukemftp"],
  grammar: { short: "46AadefginpRtvVN:o:P:q:r:s:T:u:x:", permute: false },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [site, port] = operandsOf(invocation);
    const upload = given.argument("-u");
    if (upload !== undefined) return [request("write", undefined, { hops: siteHops(upload, given), sources: given.operands, transfer: true, word: upload, note: "copies to it" })];
    const hops: readonly Hop[] = site === undefined ? [{ kind: "host", destination: undefined }] : siteHops(site, given).map((hop) => ({ ...hop, port: port ?? hop.port }));
    return commandEffects(ftpClient, invocation, undefined, hops);
  },
};

/** lftp(1): commands with `-c` or `-e`, a script with `-f`, otherwise standard input. */
const lftp: Utility = {
  names: ["lftp"],
  grammar: { short: "de:c:f:u:p:v", permute: true, long: ["norc"] },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [site] = operandsOf(invocation);
    const hops: readonly Hop[] = site === undefined ? [] : siteHops(site, given);
    const commands = given.argument("-c", "-e");
    const password = given.argument("-u");
    const proof = password !== undefined && flat(password).includes(",") ? [passwordEffect(hops, undefined)] : [];
    const unreached = hops.length === 0 && commands === undefined ? [{ kind: "host", destination: undefined } as const] : hops;
    if (commands !== undefined) return [...proof, ...batchEffects(lftpClient, commands, unreached)];
    return [...proof, ...commandEffects(lftpClient, invocation, given.argument("-f"), unreached)];
  },
};

/** smbclient(1): `//host/share`, commands with `-c`, otherwise standard input. */
const smbclient: Utility = {
  names: ["smbclient"],
  grammar: { short: "c:D:U:W:p:I:A:d:s:m:O:R:i:n:t:T:b:l:", long: ["command=", "directory=", "user=", "workgroup=", "port=", "ip-address=", "authentication-file="] },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [service] = given.operands;
    const host =
      given.argument("-I", "--ip-address") ??
      (service &&
        slice(
          service,
          2,
          2 +
            flat(service)
              .slice(2)
              .search(/[\\/]|$/),
        ));
    if (host === undefined) return [];
    const hops: readonly Hop[] = [{ kind: "host", destination: host }];
    const commands = given.argument("-c", "--command");
    return commands === undefined ? commandEffects(smbClient, invocation, undefined, hops) : batchEffects(smbClient, commands, hops);
  },
};

/** PuTTY's psftp. */
const psftp: Utility = {
  names: ["psftp"],
  grammar: { long: ["b=", "P=", "l=", "pw=", "pwfile=", "i=", "load=", "hostkey=", "proxycmd="], singleDash: true },
  transport: true,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const hops = [{ kind: "host", destination: operandsOf(invocation)[0], user: given.argument("-l"), port: given.argument("-P"), keys: given.all("-i") } as const];
    return [...(given.has("-pw", "-pwfile") ? [passwordEffect(hops, undefined)] : []), ...commandEffects(sftpClient, invocation, given.argument("-b"), hops)];
  },
};

/** sftp-server(8), what sshd starts for a transfer: it does what the client then says, without `-R` writing too. */
const server: Utility = {
  names: ["sftp-server"],
  grammar: { short: "ehRd:f:l:P:p:Q:u:" },
  effects: ({ arguments: given }) => (given.has("-R", "-Q") ? [] : [request("write", undefined, { name: "far end", note: "takes the files that are sent" })]),
};

export const utilities: readonly Utility[] = [server, sftp, ftp, lftp, psftp, smbclient];
