// Archivers and compressors: which archive they write, where they extract to, and what their options run.
import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { code, request, unknown, write, writes } from "./effect.ts";
import { flat } from "./path-word.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

const here = textWord(".");

const tarGrammar: Grammar = {
  bundle: true,
  short: "b:C:F:f:g:H:I:K:L:N:T:V:X:",
  long: "file= directory= files-from= exclude= exclude-from= blocking-factor= record-size= info-script= new-volume-script= format= listed-incremental= level= use-compress-program= rsh-command= rmt-command= starting-file= tape-length= after-date= newer= newer-mtime= label= strip-components= transform= xform= suffix= backup=? owner= group= owner-map= group-map= mode= mtime= checkpoint=? checkpoint-action= to-command= index-file= volno-file= one-top-level=? occurrence=? sort= quoting-style= add-file= exclude-tag= exclude-vcs-ignores= hole-detection= pax-option= warning= totals=? atime-preserve=? sparse-version= no-quote-chars= quote-chars= recursion= test-label".split(
    " ",
  ),
};

const creates = ["-c", "--create", "-r", "--append", "-u", "--update", "-A", "--catenate", "--concatenate", "--delete"];
const extracts = ["-x", "--extract", "--get"];

/** tar(1): lists, or writes the archive of `-f`, or extracts into `-C`; some options run commands. */
const tar: Utility = {
  names: ["tar", "gtar", "bsdtar", "star"],
  grammar: tarGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [mode] = given.candidates;
    if (given.options.length === 0 && mode !== undefined && known(mode) === undefined) return [unknown("tar's options are only known at run time", mode)];
    return [
      ...tarPrograms(invocation),
      ...(holds({ option: creates }, invocation) ? tarCreates(invocation) : []),
      ...(holds({ option: extracts }, invocation) ? tarExtracts(invocation) : []),
      ...writes(given.all("--index-file", "--volno-file")),
    ];
  },
};

function tarPrograms(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const actions = given.all("--checkpoint-action").filter((word) => flat(word).startsWith("exec="));
  const programs = given.all("-I", "--use-compress-program", "--rsh-command", "-F", "--info-script", "--new-volume-script", "--to-command");
  return [...actions.map((word) => code(slice(word, "exec=".length))), ...programs.map((word) => code(word))];
}

function tarCreates(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const archive = given.argument("-f", "--file");
  const removed = holds({ option: ["--remove-files"] }, invocation)
    ? writes(given.candidates, { existing: true, directory: given.argument("-C", "--directory"), note: "removes it" })
    : [];
  return [...archiveEffects(archive, invocation), ...writes(given.all("-g", "--listed-incremental")), ...removed];
}

/** A write to the archive: on another host where a colon comes before the first slash (tar(1), `--force-local`). */
function archiveEffects(archive: Word | undefined, invocation: Invocation): readonly Effect[] {
  if (archive === undefined || known(archive) === "-") return [];
  const colon = /^[^/]*?:/.exec(flat(archive))?.[0].length ?? 0;
  if (colon < 2 || holds({ option: ["--force-local"] }, invocation)) return write(archive, { note: "writes the archive" });
  const at = flat(archive).lastIndexOf("@", colon) + 1;
  const hops: readonly Hop[] = [{ kind: "host", destination: slice(archive, at, colon - 1), user: at > 0 ? slice(archive, 0, at - 1) : undefined }];
  return [request("write", slice(archive, colon), { hops, word: archive, note: "writes the archive there" })];
}

function tarExtracts(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  if (holds({ option: ["-O", "--to-stdout", "--to-command"] }, invocation)) return [];
  const directory = given.argument("-C", "--directory");
  const top = given.argument("--one-top-level");
  return write(top ?? directory ?? here, { note: "extracts into it", directory: top === undefined ? undefined : directory });
}

interface Compressor {
  readonly names: readonly string[];
  readonly options: Grammar;
  readonly output?: readonly string[];
}

const compressors: readonly Compressor[] = [
  { names: ["gzip", "gunzip", "pigz", "unpigz", "compress", "uncompress"], options: { short: "S:b:p:", long: ["suffix=", "processes=", "blocksize="] } },
  { names: ["bzip2", "bunzip2", "pbzip2", "lbzip2", "lbunzip2"], options: { short: "n:p::m::b::" } },
  {
    names: ["xz", "unxz", "lzma", "unlzma", "pixz", "lzip", "plzip", "lunzip"],
    options: { short: "C:F:M:S:T:o:", long: ["suffix=", "format=", "check=", "memlimit=", "threads=", "block-size=", "files=?", "output="] },
    output: ["-o", "--output"],
  },
  {
    names: ["zstd", "unzstd", "pzstd", "zstdmt"],
    options: { short: "D:o:M::T::", long: ["output-dir-flat=", "output-dir-mirror=", "filelist=", "format=", "memory="] },
    output: ["-o", "--output-dir-flat", "--output-dir-mirror"],
  },
  { names: ["lz4", "unlz4", "lzop", "brotli", "unbrotli", "snzip"], options: { short: "o:S:w:q:", long: ["output=", "suffix=", "quality="] }, output: ["-o", "--output"] },
];

const toStdout = ["-c", "--stdout", "--to-stdout", "-l", "--list", "-t", "--test", "-h", "-V", "-L", "--license"];

/** gzip(1) and its kin: files in place, unless to standard output; without a file, a filter. */
function fromCompressor({ names, options, output = [] }: Compressor): Utility {
  return {
    names,
    grammar: options,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const outputs = given.all(...output);
      if (outputs.length > 0) return writes(outputs);
      return holds({ option: toStdout }, invocation)
        ? []
        : writes(
            given.candidates.filter((word) => known(word) !== "-"),
            { existing: true, note: "compresses or expands it in place" },
          );
    },
  };
}

const unzip: Utility = {
  names: ["unzip"],
  grammar: { short: "d:P:" },
  effects: (invocation) => {
    if (holds({ option: ["-l", "-v", "-t", "-p", "-c", "-z", "-Z", "-h"] }, invocation)) return [];
    const { arguments: given } = invocation;
    return given.candidates.length === 0 ? [] : write(given.argument("-d") ?? here, { note: "extracts into it" });
  },
};

const zip: Utility = {
  names: ["zip"],
  grammar: { short: "b:n:t:P:O:s:", long: ["temp-path=", "suffixes=", "password=", "out=", "output-file=", "split-size=", "exclude=", "include="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [archive, ...files] = given.candidates;
    if (archive === undefined || holds({ option: ["-T", "--test", "--show-files", "-h", "-h2", "-v"] }, invocation)) return [];
    const output = given.argument("-O", "--out", "--output-file") ?? archive;
    const moved = holds({ option: ["-m", "--move"] }, invocation) ? writes(files, { existing: true, note: "moves it into the archive" }) : [];
    return [...(known(output) === "-" ? [] : write(output, { note: "writes the archive" })), ...moved];
  },
};

/** 7z(1): a command letter, the archive, files; `-o` is where it extracts to. */
const sevenZip: Utility = {
  names: ["7z", "7za", "7zr", "7zz", "p7zip"],
  grammar: { short: "o::p::t::m::w::x::i::r::v::" },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const [command, archive] = given.operands;
    const verb = known(command)?.toLowerCase();
    if (given.options.some((option) => flat(option.word) === "-so")) return [];
    if (verb === "x" || verb === "e") return write(given.argument("-o") ?? here, { note: "extracts into it" });
    return /^(?:a|d|u|rn)$/.test(verb ?? "") ? write(archive, { note: "writes the archive" }) : [];
  },
};

const rar: Utility = {
  names: ["rar", "unrar"],
  grammar: { short: "p::o::" },
  effects: (invocation) => {
    const [command, archive, ...rest] = invocation.arguments.operands;
    const verb = known(command) ?? "";
    if (/^[xe]$/.test(verb)) return write(rest.findLast((word) => flat(word).endsWith("/")) ?? here, { note: "extracts into it" });
    return /^(?:[adfmu]|rn|ch|k|s|c|rr)/.test(verb) ? write(archive, { note: "writes the archive" }) : [];
  },
};

/** cpio(1): `-o` writes an archive, `-i` extracts here (`-t` lists), `-p` copies into a directory. */
const cpio: Utility = {
  names: ["cpio"],
  grammar: { short: "C:D:E:F:H:I:M:O:R:", long: ["io-size=", "directory=", "pattern-file=", "file=", "format=", "message=", "owner=", "rsh-command=", "block-size="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const programs = given.all("--rsh-command").map((word) => code(word));
    if (holds({ option: ["-o", "--create"] }, invocation)) return [...programs, ...archiveEffects(given.argument("-O", "-F", "--file"), invocation)];
    if (holds({ option: ["-p", "--pass-through"] }, invocation)) return write(given.operands[0], { note: "copies into it" });
    const extracting = holds({ option: ["-i", "--extract"] }, invocation) && !holds({ option: ["-t", "--list", "--to-stdout"] }, invocation);
    return [...programs, ...(extracting ? write(given.argument("-D", "--directory") ?? here, { note: "extracts into it" }) : [])];
  },
};

/** ar(1): a bundle of letters, the archive, members. */
const ar: Utility = {
  names: ["ar", "gcc-ar", "llvm-ar"],
  grammar: { bundle: true },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (given.has("-t", "-p")) return [];
    return given.has("-x") ? write(here, { note: "extracts into it" }) : write(given.operands[0], { note: "writes the archive" });
  },
};

/** jar(1): tar's letters, with the archive after `f`. */
const jar: Utility = {
  names: ["jar"],
  grammar: { bundle: true, short: "f:m:e:C:", long: ["file=", "manifest=", "main-class=", "release="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (given.has("-x", "--extract")) return write(here, { note: "extracts into it" });
    return given.has("-c", "-u", "-i", "--create", "--update") ? writes(given.all("-f", "--file"), { note: "writes the archive" }) : [];
  },
};

const others = (
  [
    { names: ["zipcloak", "zipsplit", "znew", "gzexe", "bzexe", "bzip2recover", "streamzip"], effects: [{ action: "write", path: "operands", note: "rewrites it" }] },
    { names: ["zipnote"], effects: [{ when: { option: ["-w"] }, action: "write", path: { operand: 0 }, note: "rewrites it" }] },
    { names: ["gzcat", "xzdiff", "zipinfo", "funzip", "zipgrep", "lsar"] },
    {
      names: ["unar"],
      options: { short: "o:p:e:", long: ["output-directory=", "password=", "encoding="] },
      effects: [
        { when: { option: ["-o", "--output-directory"] }, action: "write", path: { option: ["-o", "--output-directory"] }, note: "extracts into it" },
        { unless: { option: ["-o", "--output-directory"] }, action: "write", note: "extracts here" },
      ],
    },
    {
      names: ["dump", "xfsdump"],
      options: { bundle: true, short: "f:b:B:d:s:T:L:M:" },
      effects: [{ when: { option: ["-f"] }, action: "write", path: { option: ["-f"] }, note: "writes the dump" }],
    },
    {
      names: ["restore", "xfsrestore"],
      options: { bundle: true, short: "f:b:s:T:" },
      effects: [{ when: { option: ["-r", "-x", "-i", "-R"] }, action: "write", note: "restores files" }],
    },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

export const utilities: readonly Utility[] = [tar, ...compressors.map(fromCompressor), unzip, zip, sevenZip, rar, cpio, ar, jar, ...others];
