// Utilities that create, change, move or remove files: which of their operands, and where those land.
import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import { known, prefix, slice, textWord, type Word } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { code, type Detail, request, write, writes } from "./effect.ts";
import { baseName, inside, isDirectory } from "./path-word.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

const existing = true;

const simple: readonly Utility[] = (
  [
    {
      names: ["rm", "rmdir", "unlink", "trash", "trash-put", "srm"],
      options: { long: ["interactive=?", "preserve-root=?"] },
      effects: [{ action: "write", path: "operands", existing, note: "removes it" }],
    },
    {
      names: ["shred", "wipe"],
      options: { short: "n:s:", long: ["iterations=", "random-source=", "size=", "remove=?"] },
      effects: [{ action: "write", path: "operands", existing, note: "overwrites it" }],
    },
    {
      names: ["mkdir", "mkfifo"],
      options: { short: "m:", long: ["mode=", "context=?"] },
      effects: [{ action: "write", path: "operands", note: "creates it" }],
    },
    {
      names: ["mknod"],
      options: { short: "m:", long: ["mode=", "context=?"] },
      effects: [{ action: "write", path: { operand: 0 }, note: "creates it" }],
    },
    {
      names: ["touch"],
      options: { short: "d:r:t:", long: ["date=", "reference=", "time="] },
      effects: [{ action: "write", path: "operands", note: "creates it, or changes its time" }],
    },
    {
      names: ["truncate", "fallocate"],
      options: { short: "s:r:l:o:", long: ["size=", "reference=", "length=", "offset="] },
      effects: [{ action: "write", path: "operands", note: "changes its size" }],
    },
    {
      names: ["tmpreaper", "tmpwatch"],
      options: { short: "x:X:" },
      effects: [{ unless: { option: ["-t", "--test"] }, action: "write", path: { from: 1 }, existing, note: "removes old files" }],
    },
    {
      names: ["tee"],
      options: { long: ["output-error=?"] },
      effects: [{ when: { atLeast: 1 }, action: "write", path: "operands", note: "writes it" }],
    },
    {
      names: ["strip", "objcopy", "ranlib", "hardlink", "savelog", "patchelf", "chrpath"],
      options: { short: "o:F:I:O:R:j:K:N:c:u:m:g:", long: ["output=", "set-rpath=", "set-interpreter=", "target="] },
      effects: [
        { when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } },
        {
          unless: { option: ["-o", "--output", "-n", "--dry-run", "--print-rpath", "--print-needed", "--print-interpreter", "-l"] },
          action: "write",
          path: "operands",
          existing,
          note: "rewrites it",
        },
      ],
    },
    {
      names: ["sponge"],
      effects: [{ when: { atLeast: 1 }, action: "write", path: "last", note: "writes it" }],
    },
    {
      names: ["setfacl"],
      options: { short: "m:x:M:X:", long: ["modify=", "remove=", "modify-file=", "remove-file=", "set=", "set-file=", "restore="] },
      effects: [
        { unless: { option: ["--test", "-t"] }, when: { atLeast: 1 }, action: "write", path: "operands", existing, note: "changes its permissions" },
        { when: { option: ["--restore"] }, action: "write", note: "changes permissions" },
      ],
    },
    {
      names: ["setfattr", "xattr"],
      options: { short: "n:v:x:", long: ["name=", "value=", "remove=", "restore="] },
      effects: [{ action: "write", path: "operands", existing, note: "changes its attributes" }],
    },
  ] satisfies readonly Descriptor[]
).map(fromDescriptor);

const copyGrammar: Grammar = {
  short: "S:t:",
  long: ["suffix=", "target-directory=", "backup=?", "sparse=", "preserve=?", "no-preserve=", "context=?", "reflink=?", "update=?"],
};

interface Operands {
  readonly sources: readonly Word[];
  /** Undefined where the last operand is missing. */
  readonly destination: Word | undefined;
  /** Known to be a directory, so that each source lands inside it. */
  readonly directory: boolean;
}

/** `source… destination`, or `-t directory source…` (cp(1), mv(1), ln(1), install(1)). */
function operandsOf(invocation: Invocation): Operands {
  const { arguments: given } = invocation;
  const target = given.argument("-t", "--target-directory");
  const files = given.candidates;
  if (target !== undefined) return { sources: files, destination: target, directory: true };
  const sources = files.slice(0, -1);
  const destination = files.length > 1 ? files.at(-1) : undefined;
  const directory = destination !== undefined && !given.has("-T", "--no-target-directory") && (sources.length > 1 || isDirectory(destination));
  return { sources, destination, directory };
}

/** What lands at the destination: the destination itself, or each source's name inside it. */
function landing({ sources, destination, directory }: Operands, detail: Detail): readonly Effect[] {
  if (destination === undefined) return [];
  if (!directory) return write(destination, detail);
  return sources.flatMap((source) => write(inside(destination, baseName(source)), { ...detail, word: destination }));
}

const cp: Utility = {
  names: ["cp", "gcp"],
  confined: "new",
  grammar: copyGrammar,
  effects: (invocation) => landing(operandsOf(invocation), { note: "copies to it" }),
};

const mv: Utility = {
  names: ["mv", "gmv"],
  confined: "new",
  grammar: copyGrammar,
  effects: (invocation) => {
    const operands = operandsOf(invocation);
    return [...landing(operands, { note: "moves to it" }), ...writes(operands.sources, { existing, note: "moves it away" })];
  },
};

const ln: Utility = {
  names: ["ln", "link"],
  confined: "new",
  grammar: copyGrammar,
  effects: (invocation) => {
    const operands = operandsOf(invocation);
    const [target] = invocation.arguments.candidates;
    const named = writes(otherNames(operands, invocation), { existing, note: "gives it another name" });
    if (operands.destination !== undefined || target === undefined) return [...landing(operands, { note: "links it" }), ...named];
    return [...write(inside(textWord("."), baseName(target)), { note: "links it", word: target }), ...named];
  },
};

/** What may be changed by the link from then on, wherever that is: not what lies beside it. */
function otherNames({ sources, destination }: Operands, invocation: Invocation): readonly Word[] {
  const symbolic = invocation.arguments.has("-s", "--symbolic");
  const files = destination === undefined ? invocation.arguments.candidates : sources;
  return files.filter((file) => !symbolic || known(file) === undefined || /^[/~]|(?:^|\/)\.\.(?:\/|$)/.test(prefix(file)));
}

const install: Utility = {
  names: ["install", "ginstall"],
  confined: "new",
  grammar: { short: "g:m:o:S:t:", long: ["group=", "mode=", "owner=", "suffix=", "target-directory=", "backup=?", "strip-program=", "context=?"] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["-d", "--directory"] }, invocation)) return writes(given.candidates, { note: "creates it" });
    return landing(operandsOf(invocation), { note: "copies to it" });
  },
};

/** `if=`, `of=` and the like are operands (POSIX dd). */
const dd: Utility = {
  names: ["dd", "dcfldd", "ddrescue", "dc3dd"],
  confined: "new",
  grammar: {},
  effects: (invocation) => invocation.words.filter((word) => prefix(word).startsWith("of=")).flatMap((word) => write(slice(word, 3), { word, note: "writes it" })),
};

/** The first operand is the mode or owner, unless another file gives it or it looks like an option (`chmod -x f`). */
function attributes(names: readonly string[], note: string, modes: RegExp): Utility {
  return {
    names,
    confined: "existing",
    grammar: { long: ["reference=", "from="] },
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const elsewhere = holds({ option: ["--reference"] }, invocation) || given.options.some((option) => modes.test(option.name));
      const files = given.candidates.slice(elsewhere ? 0 : 1);
      return files.length > 0 ? writes(files, { existing, note }) : given.candidates.length > 0 ? [request("write", undefined, { existing, note })] : [];
    },
  };
}

const chattr: Utility = {
  names: ["chattr"],
  confined: "existing",
  grammar: { short: "p:v:" },
  effects: (invocation) =>
    writes(
      invocation.arguments.candidates.filter((word) => !/^[+=]/.test(prefix(word))),
      { existing, note: "changes its attributes" },
    ),
};

/** setcap(8): pairs of capabilities and a file; `-r` stands for the capabilities. */
const setcap: Utility = {
  names: ["setcap"],
  confined: "existing",
  grammar: { short: "n:" },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (given.has("-v")) return [];
    return writes(given.has("-r") ? given.candidates : given.candidates.filter((_, index) => index % 2 === 1), { existing, note: "changes its capabilities" });
  },
};

/** rename(1), of util-linux (`from to file…`) and of Perl (`s/a/b/ file…`). */
const rename: Utility = {
  names: ["rename", "prename", "file-rename", "rename.ul", "perl-rename"],
  confined: "new",
  grammar: { short: "e:E:", long: ["expr="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["-n", "--nono", "--no-act", "--just-print", "--dry-run"] }, invocation)) return [];
    const expression = /^(?:s|y|tr)\W|[$;(]/.test(known(given.candidates[0]) ?? "");
    const skipped = given.has("-e", "-E", "--expr") ? 0 : expression ? 1 : 2;
    const files = given.candidates.slice(skipped);
    return files.length > 0 ? writes(files, { existing, note: "renames it" }) : [request("write", undefined, { existing, note: "renames files" })];
  },
};

/** mktemp(1): a new name from a template, in `-p`, `$TMPDIR` or /tmp. */
const mktemp: Utility = {
  names: ["mktemp", "tempfile"],
  confined: "new",
  grammar: { short: "p:", long: ["tmpdir=?", "suffix="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    if (holds({ option: ["-u", "--dry-run"] }, invocation)) return [];
    const [template] = given.operands;
    const named = given.argument("-p", "--tmpdir");
    if (template !== undefined && named === undefined && !given.has("-t", "-p", "--tmpdir")) return write(template, { note: "creates it" });
    return write(inside(named ?? invocation.variable("TMPDIR") ?? textWord("/tmp"), template === undefined ? "tmp.XXXXXXXXXX" : baseName(template)), { note: "creates it" });
  },
};

/** split(1): `split [file [prefix]]`, or `--filter`, a command that each part is piped to. */
const split: Utility = {
  names: ["split"],
  confined: "new",
  commandAfter: "--filter",
  grammar: {
    short: "a:b:C:l:n:t:",
    long: ["suffix-length=", "additional-suffix=", "bytes=", "line-bytes=", "lines=", "number=", "separator=", "filter=", "numeric-suffixes=?", "hex-suffixes=?"],
  },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const filter = given.argument("--filter");
    return filter === undefined ? write(given.operands[1] ?? textWord("xaa"), { note: "writes the parts" }) : [code(filter)];
  },
};

const csplit: Utility = {
  names: ["csplit"],
  confined: "new",
  grammar: { short: "b:f:n:", long: ["suffix-format=", "prefix=", "digits="] },
  effects: (invocation) => write(invocation.arguments.argument("-f", "--prefix") ?? textWord("xx00"), { note: "writes the parts" }),
};

export const utilities: readonly Utility[] = [
  ...simple,
  cp,
  mv,
  ln,
  install,
  dd,
  attributes(["chmod"], "changes its mode", /^-[rwxXstugo0-7]$/),
  attributes(["chown", "chgrp", "chcon"], "changes its owner", /^$/),
  chattr,
  setcap,
  rename,
  mktemp,
  split,
  csplit,
];
