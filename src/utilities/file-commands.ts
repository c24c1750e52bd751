// The commands of a file-transfer client (sftp(1), ftp(1), lftp(1)) → what they write there and here.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, slice, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { code, request, write } from "./effect.ts";
import { baseName, inside, isDirectory } from "./path-word.ts";
import { hopsOf, readUrl } from "./url.ts";
import type { Effect, Hop } from "./utility.ts";
import { partsOf, wordsOf } from "./word-list.ts";

/** Where the client stands while it works through its commands. */
interface Standing {
  readonly hops: readonly Hop[];
  /** The remote directory that relative names start from; undefined: the login directory. */
  readonly directory: Word | undefined;
}

interface Step {
  readonly effects: readonly Effect[];
  readonly standing: Standing;
}

type Command = (given: Arguments, standing: Standing) => Step;

export interface Client {
  readonly separator: RegExp;
  readonly commands: ReadonlyMap<string, Command>;
  readonly grammars: Readonly<Record<string, Grammar>>;
}

/** Runs `batch` as the client would, one command after the other. */
export function batchEffects(client: Client, batch: Word, hops: readonly Hop[], directory?: Word): readonly Effect[] {
  let standing: Standing = { hops, directory };
  const effects: Effect[] = hops.length > 0 ? [request("read", undefined, { hops })] : [];
  for (const part of partsOf(batch, client.separator)) {
    const step = stepOf(client, part, standing);
    effects.push(...step.effects);
    standing = step.standing;
  }
  return effects;
}

function stepOf(client: Client, part: Word, standing: Standing): Step {
  const lead = /^[\s@-]*/.exec(prefix(part))?.[0].length ?? 0;
  const start = prefix(part)[lead];
  if (start === "#" || start === undefined) return { effects: [], standing };
  if (start === "!") return { effects: [code(slice(part, lead + 1))], standing };
  const [verb, ...rest] = wordsOf(slice(part, lead), { escapes: true });
  const name = known(verb)?.toLowerCase() ?? "";
  const command = client.commands.get(name);
  return command?.(readArguments(rest, client.grammars[name] ?? {}), standing) ?? { effects: [], standing };
}

/** Changes the files that its operands from `from` on name. */
function changing(from: number, existing: boolean, note: string): Command {
  return ({ operands }, standing) => ({
    effects: operands.slice(from).map((path) => request("write", path, { ...standing, existing: existing ? true : undefined, note })),
    standing,
  });
}

/** `put local [remote]`: without the second, the same name in the current directory there. */
const put: Command = ({ operands }, standing) => {
  const [source, target] = operands;
  if (source === undefined) return { effects: [], standing };
  return { effects: [uploadEffect([source], target ?? nameAlone(source), standing)], standing };
};

/** `mput a b c`: every operand is a source. */
const mput: Command = (given, standing) => ({
  effects: given.operands.map((source) => uploadEffect([source], nameAlone(source), standing)),
  standing,
});

function uploadEffect(sources: readonly Word[], path: Word, standing: Standing): Effect {
  return request("write", path, { ...standing, sources, transfer: true, word: sources[0], note: "copies to it" });
}

function nameAlone(path: Word): Word {
  const name = baseName(path);
  return name === undefined ? path : { ...path, pieces: [{ text: name }] };
}

const get: Command = ({ operands }, standing) => {
  const [source, target] = operands;
  if (source === undefined) return { effects: [], standing };
  const path = target === undefined ? nameAlone(source) : isDirectory(target) ? inside(target, baseName(source)) : target;
  return { effects: write(path), standing };
};

const mget: Command = ({ operands }, standing) => ({ effects: operands.flatMap((source) => write(nameAlone(source))), standing });

const cd: Command = ({ operands }, standing) => {
  const [target] = operands;
  if (target === undefined) return { effects: [], standing: { ...standing, directory: undefined } };
  const relative = standing.directory !== undefined && !/^[/~]/.test(prefix(target));
  return { effects: [], standing: { ...standing, directory: relative ? inside(standing.directory, known(target)) : target } };
};

const lmkdir: Command = ({ operands }, standing) => ({ effects: operands.flatMap((path) => write(path)), standing });

/** ftp's and lftp's `open [user@]host`, `open url`. */
const open: Command = (given, standing) => {
  const [site] = given.operands;
  if (site === undefined) return { effects: [], standing };
  const hops = siteHops(site, given);
  return { effects: [request("read", undefined, { hops })], standing: { hops, directory: undefined } };
};

/** A host as a transfer client is given it: a name or a URL. */
export function siteHops(site: Word, given: Arguments): readonly Hop[] {
  const url = readUrl(site);
  if (url?.scheme === "file") return [];
  return (url === undefined ? undefined : hopsOf(url)) ?? [{ kind: "host", destination: site, port: given.argument("-p") }];
}

const remove = changing(0, true, "removes it");
const make = changing(0, false, "creates it");
const change = changing(1, true, "changes its mode or owner");
const name = changing(1, false, "creates it");
const rename = changing(0, true, "renames it");

/** lftp's `mirror [-R] source [target]`: from there to here, or with `-R` the other way. */
const mirror: Command = (given, standing) => {
  const [source, target] = given.operands;
  if (given.has("-R", "--reverse")) {
    const from = source ?? { pieces: [{ text: "." }], span: { start: 0, end: 0 } };
    return { effects: [uploadEffect([from], target ?? nameAlone(from), standing)], standing };
  }
  return { effects: source === undefined ? [] : write(target ?? nameAlone(source)), standing };
};

/** lftp's `edit file` opens an editor on a copy and sends it back. */
const edit: Command = ({ operands }, standing) => ({ effects: operands.map((path) => request("edit", path, { ...standing })), standing });

const common = {
  put,
  get,
  mput,
  mget,
  cd,
  rm: remove,
  rmdir: remove,
  mkdir: make,
  rename,
  chmod: change,
  open,
} satisfies Record<string, Command>;

/** sftp(1), "Interactive commands". */
export const sftpClient: Client = {
  separator: /\r?\n/g,
  commands: new Map(
    Object.entries<Command>({
      ...common,
      mput: put,
      mget: get,
      reput: put,
      reget: get,
      chdir: cd,
      chown: change,
      chgrp: change,
      ln: name,
      symlink: name,
      cp: name,
      copy: name,
      lmkdir,
    }),
  ),
  grammars: {},
};

/** ftp(1), of netkit, tnftp and lukemftp. */
export const ftpClient: Client = {
  separator: /\r?\n/g,
  commands: new Map(Object.entries<Command>({ ...common, send: put, append: put, recv: get, reget: get, delete: remove, mdelete: remove })),
  grammars: {},
};

/** smbclient(1). */
export const smbClient: Client = {
  separator: /\r?\n|;/g,
  commands: new Map(Object.entries<Command>({ ...common, del: remove, deltree: remove, md: make, rd: remove, setmode: change, chown: change, hardlink: name, symlink: name })),
  grammars: {},
};

/** lftp(1). */
export const lftpClient: Client = {
  separator: /\r?\n|;|&&|\|\|/g,
  commands: new Map(
    Object.entries<Command>({
      ...common,
      put: mput,
      reput: mput,
      get: mget,
      reget: mget,
      pget: mget,
      mrm: remove,
      glob: ({ operands, ...rest }, standing) => (known(operands[0]) === "rm" ? remove({ ...rest, operands: operands.slice(1) }, standing) : { effects: [], standing }),
      mv: rename,
      ln: name,
      mirror,
      edit,
    }),
  ),
  grammars: {
    open: { short: "u:p:e:" },
    put: { short: "O:o:ecEa" },
    mput: { short: "O:ca" },
    get: { short: "O:o:ecEa" },
    mirror: { short: "P:x:i:I:X:N:f:F:O:", long: ["parallel=", "exclude=", "include=", "newer-than=", "use-pget-n=", "exclude-glob=", "include-glob="] },
  },
};
