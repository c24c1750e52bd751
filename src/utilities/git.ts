// git and other version control: which subcommands change the working tree or the repository, which hosts they reach,
// and the local commands that their configuration, options and URLs run.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { commandConnection, connectionEffects, hopTo } from "./connection.ts";
import { code, request, unknown, write } from "./effect.ts";
import { locationOf } from "./location.ts";
import { baseName, flat } from "./path-word.ts";
import { readSshCall, sshGrammar } from "./ssh-call.ts";
import { changes, reads, withSubcommands } from "./subcommand.ts";
import { readUrl } from "./url.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { wordsOf } from "./word-list.ts";

const here = textWord(".");

/** A subcommand at work: its own arguments, and what stands before it. */
interface Call {
  readonly name: string;
  readonly words: readonly Word[];
  readonly given: Arguments;
  /** `-C`: where it works. */
  readonly directory: Word | undefined;
  /** `-c key=value`, keys in lower case. */
  readonly configuration: readonly Setting[];
  readonly invocation: Invocation;
}

interface Setting {
  readonly key: string;
  readonly value: Word;
}

interface Subcommand {
  readonly options?: Grammar;
  /** With any of these it only looks. */
  readonly looks?: readonly string[];
  readonly effects: (call: Call) => readonly Effect[];
}

const globalGrammar: Grammar = {
  permute: false,
  short: "C:c:",
  long: ["git-dir=", "work-tree=", "namespace=", "exec-path=?", "super-prefix=", "config-env=", "attr-source=", "list-cmds="],
};

function changesTree({ name, directory }: Call): readonly Effect[] {
  return write(here, { name: `git ${name}`, directory, note: "changes the repository there" });
}

/** It opens an editor for a message or a list, unless told the text. */
function editsMessage(call: Call): readonly Effect[] {
  return [...changesTree(call), request("edit", undefined, { note: "opens an editor on a message" })];
}

const look = (): readonly Effect[] => [];
const changing: Subcommand = { effects: changesTree };

function output(...options: readonly string[]): Subcommand {
  return {
    options: { short: "o:O:S:G:n:L:", long: ["output=", "output-directory=", "format=", "pretty=?", "since=", "until=", "author=", "grep="] },
    effects: ({ given, directory }) => given.all(...options).flatMap((file) => write(file, { directory })),
  };
}

/** Listing unless given something to do. */
function lists(options: Grammar, acts: (given: Arguments) => boolean, more: (call: Call) => readonly Effect[] = changesTree): Subcommand {
  return { options, effects: (call) => (acts(call.given) ? more(call) : []) };
}

/** The first operand says what it does; none is `bare`. */
function verbs(looking: string, options: { readonly bare: "reads" | "changes"; readonly others?: Readonly<Record<string, (call: Call) => readonly Effect[]>> }): Subcommand {
  const looks = new Set(looking.split(" "));
  return {
    options: { short: "m:b:B:", long: ["message=", "depth=", "ref=", "branch=", "name=", "reference="] },
    effects: (call) => {
      const verb = call.given.operands[0];
      if (verb === undefined) return options.bare === "reads" ? [] : changesTree(call);
      const name = known(verb) ?? "";
      return options.others?.[name]?.(call) ?? (looks.has(name) ? [] : changesTree({ ...call, name: `${call.name} ${show(verb)}` }));
    },
  };
}

const messageOptions: Grammar = {
  short: "m:F:C:c:t:u::S::",
  long: [
    "message=",
    "file=",
    "author=",
    "date=",
    "reuse-message=",
    "reedit-message=",
    "fixup=",
    "squash=",
    "template=",
    "cleanup=",
    "gpg-sign=?",
    "trailer=",
    "pathspec-from-file=",
    "untracked-files=?",
  ],
};
const messageGiven = ["-m", "--message", "-F", "--file", "-C", "--reuse-message", "--no-edit", "--fixup", "--squash"];

const remoteOptions: Grammar = {
  short: "o:j:b:u:c:",
  long: "depth= deepen= shallow-since= shallow-exclude= refmap= server-option= negotiation-tip= filter= upload-pack= receive-pack= exec= repo= branch= origin= reference= reference-if-able= separate-git-dir= template= config= jobs= strategy= strategy-option= push-option= recurse-submodules=? signed=? force-with-lease=? rebase=? sort= bundle-uri= remote= prefix= output= format= name=".split(
    " ",
  ),
};

const pullOptions: Grammar = { ...remoteOptions, short: "o:j:s:X:" };

/** Subcommands that work on the repository at hand, a clone of it, or a remote. */
const subcommands: Readonly<Record<string, Subcommand>> = {
  ...Object.fromEntries(
    "status blame annotate rev-parse rev-list ls-files ls-tree cat-file describe shortlog name-rev merge-base for-each-ref show-ref count-objects fsck cherry check-ignore check-attr check-ref-format check-mailmap help version var range-diff request-pull verify-commit verify-tag verify-pack column get-tar-commit-id patch-id stripspace merge-tree show-index show-branch credential credential-cache credential-store fmt-merge-msg instaweb web--browse gui gitk citool diagnose bugreport upload-pack upload-archive hash-object unpack-file mktree for-each-repo last-modified"
      .split(" ")
      .map((name): [string, Subcommand] => [name, { effects: look }]),
  ),
  log: output("--output"),
  show: output("--output"),
  diff: output("--output"),
  whatchanged: output("--output"),
  "diff-tree": output("--output"),
  "diff-index": output("--output"),
  "diff-files": output("--output"),
  grep: { options: { short: "O::e:f:A:B:C:m:", long: ["open-files-in-pager=?"] }, effects: ({ given }) => given.all("-O", "--open-files-in-pager").map((word) => code(word)) },
  "format-patch": {
    options: { short: "o:", long: ["output-directory=", "output="] },
    looks: ["--stdout"],
    effects: ({ given, directory }) => write(given.argument("-o", "--output-directory") ?? given.argument("--output") ?? here, { directory, note: "writes patches" }),
  },
  archive: {
    options: { ...remoteOptions, short: "o:" },
    effects: (call) => [...call.given.all("-o", "--output").flatMap((file) => write(file, { directory: call.directory })), ...fromRemote(call.given.argument("--remote"), call)],
  },
  bundle: verbs("verify list-heads", { bare: "reads", others: { create: (call) => bundleCreated(call) } }),
  branch: lists(
    { short: "u:t::", long: ["set-upstream-to=", "contains=?", "no-contains=?", "merged=?", "no-merged=?", "points-at=", "sort=", "format=", "column=?", "color=?", "abbrev=?"] },
    branchActs,
    (call) => (call.given.has("--edit-description") ? editsMessage(call) : changesTree(call)),
  ),
  tag: lists(
    {
      ...messageOptions,
      short: "m:F:u:n::",
      long: [...(messageOptions.long ?? []), "contains=?", "no-contains=?", "merged=?", "no-merged=?", "points-at=", "sort=", "format=", "column=?", "local-user="],
    },
    (given) =>
      given.has("-d", "--delete") ||
      (given.operands.length > 0 && !given.has("-l", "--list", "-n", "-v", "--verify", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at")),
    (call) => (call.given.has("-a", "-s", "-e") && !call.given.has(...messageGiven, "-d") ? editsMessage(call) : changesTree(call)),
  ),
  remote: verbs("show get-url -v", { bare: "reads" }),
  stash: verbs("list show", { bare: "changes" }),
  worktree: verbs("list", { bare: "reads" }),
  notes: verbs("list show get-ref", { bare: "reads" }),
  // What is no verb is the reference to show.
  reflog: { effects: (call) => (["expire", "delete", "drop", "write"].includes(known(call.given.operands[0]) ?? "") ? changesTree(call) : []) },
  submodule: verbs("status summary", {
    bare: "reads",
    others: { foreach: ({ given, directory }) => [{ does: "code", source: given.operands.slice(1), dialect: "sh", cwd: directory }] },
  }),
  bisect: verbs("log view visualize terms help", {
    bare: "reads",
    others: { run: (call) => [...changesTree(call), { does: "run", words: call.words.slice(1), cwd: call.directory }] },
  }),
  "sparse-checkout": verbs("list check-rules", { bare: "reads" }),
  lfs: verbs("env ls-files status logs version fsck pointer ext locks help", {
    bare: "reads",
    others: { track: (call) => (call.given.operands.length > 1 ? changesTree(call) : []) },
  }),
  flow: verbs("version help log", { bare: "reads" }),
  maintenance: verbs("help", { bare: "reads" }),
  rerere: verbs("status diff remaining", { bare: "changes" }),
  "symbolic-ref": lists({}, (given) => given.operands.length > 1 || given.has("-d", "--delete")),
  config: { options: { short: "f:t:", long: ["file=", "blob=", "type=", "default=", "value=", "url=", "comment="] }, effects: configEffects },
  commit: {
    options: messageOptions,
    looks: ["--dry-run"],
    effects: (call) => (call.given.has(...messageGiven) && !call.given.has("-e", "--edit") ? changesTree(call) : editsMessage(call)),
  },
  rebase: { options: { short: "s:X:x:C:S::", long: ["onto=", "exec=", "strategy=", "strategy-option=", "whitespace=", "empty="] }, effects: rebaseEffects },
  revert: {
    options: { short: "m:s:X:S::", long: ["mainline=", "strategy=", "strategy-option="] },
    effects: (call) => (call.given.has("--no-edit", "-n", "--no-commit", "--abort", "--quit", "--skip") ? changesTree(call) : editsMessage(call)),
  },
  add: {
    options: { long: ["chmod=", "pathspec-from-file="] },
    looks: ["-n", "--dry-run"],
    effects: (call) => (call.given.has("-e", "--edit") ? editsMessage(call) : changesTree(call)),
  },
  rm: { looks: ["-n", "--dry-run"], effects: changesTree },
  mv: { looks: ["-n", "--dry-run"], effects: changesTree },
  clean: { options: { short: "e:", long: ["exclude="] }, looks: ["-n", "--dry-run"], effects: changesTree },
  prune: { looks: ["-n", "--dry-run"], effects: changesTree },
  apply: {
    options: { short: "p:C:", long: ["directory=", "include=", "exclude=", "whitespace=", "build-fake-ancestor="] },
    effects: (call) => (call.given.has("--check", "--stat", "--numstat", "--summary") && !call.given.has("--apply") ? [] : changesTree(call)),
  },
  "interpret-trailers": lists({ long: ["trailer=", "where=", "if-exists=", "if-missing="] }, (given) => given.has("--in-place")),
  difftool: { options: { short: "x:t:", long: ["extcmd=", "tool="] }, effects: ({ given }) => given.all("-x", "--extcmd").map((word) => code(word)) },
  "filter-branch": {
    options: {
      short: "d:",
      long: "env-filter= tree-filter= index-filter= parent-filter= msg-filter= commit-filter= tag-name-filter= setup= subdirectory-filter= original= state-branch=".split(" "),
    },
    effects: (call) => [
      ...changesTree(call),
      ...call.given
        .all("--env-filter", "--tree-filter", "--index-filter", "--parent-filter", "--msg-filter", "--commit-filter", "--tag-name-filter", "--setup")
        .map((word) => code(word)),
    ],
  },
  init: {
    options: { short: "b:", long: ["template=", "separate-git-dir=", "initial-branch=", "object-format=", "shared=?"] },
    effects: ({ given, directory, name }) => write(given.operands[0] ?? here, { name: `git ${name}`, directory }),
  },
  clone: { options: remoteOptions, effects: cloneEffects },
  fetch: { options: pullOptions, looks: ["--dry-run"], effects: (call) => [...changesTree(call), ...fromRemote(call.given.operands[0], call)] },
  pull: { options: pullOptions, looks: ["--dry-run"], effects: (call) => [...changesTree(call), ...fromRemote(call.given.operands[0], call)] },
  "ls-remote": { options: { ...remoteOptions, short: "o:" }, effects: (call) => fromRemote(call.given.operands[0], call) },
  push: { options: { ...remoteOptions, short: "o:" }, effects: pushEffects },
  ...Object.fromEntries(
    "checkout switch restore reset merge cherry-pick am gc repack pack-refs update-ref update-index read-tree write-tree commit-tree checkout-index prune-packed replace svn p4 cvsimport fast-import index-pack unpack-objects receive-pack mergetool merge-file merge-index merge-one-file subtree filter-repo multi-pack-index commit-graph mktag quiltimport refs stage crypt annex secret hooks update-server-info scalar"
      .split(" ")
      .map((name): [string, Subcommand] => [name, changing]),
  ),
};

function branchActs(given: Arguments): boolean {
  const acting = "-d -D -m -M -c -C -f -u --delete --move --copy --force --set-upstream-to --unset-upstream --edit-description --track --no-track".split(" ");
  return (
    given.has(...acting) ||
    (given.operands.length > 0 &&
      !given.has("-l", "--list", "-a", "--all", "-r", "--remotes", "--contains", "--no-contains", "--merged", "--no-merged", "--points-at", "--show-current", "-v", "-vv"))
  );
}

function bundleCreated({ given, directory }: Call): readonly Effect[] {
  const [, file] = given.operands;
  return file === undefined || known(file) === "-" ? [] : write(file, { directory });
}

const configReads = "--get --get-all --get-regexp --get-urlmatch --get-color --get-colorbool --list -l".split(" ");
const configWrites = "--add --replace-all --unset --unset-all --rename-section --remove-section".split(" ");

function configEffects({ given, directory }: Call): readonly Effect[] {
  const [verb, ...rest] = given.operands;
  const file = given.argument("-f", "--file") ?? (given.has("--global") ? textWord("~/.gitconfig") : given.has("--system") ? textWord("/etc/gitconfig") : textWord(".git/config"));
  if (given.has("-e", "--edit") || known(verb) === "edit") return [request("edit", file, { directory })];
  if (given.has(...configReads) || verb === undefined || /^(?:list|get)$/.test(known(verb) ?? "")) return [];
  return rest.length > 0 || given.has(...configWrites) ? write(file, { directory, note: "changes git's settings" }) : [];
}

function rebaseEffects(call: Call): readonly Effect[] {
  const runs = call.given.all("-x", "--exec").map((word) => code(word));
  const edits = call.given.has("-i", "--interactive", "--edit-todo");
  return [...(edits ? editsMessage(call) : changesTree(call)), ...runs];
}

function cloneEffects(call: Call): readonly Effect[] {
  const [url, directory] = call.given.operands;
  if (url === undefined) return [];
  const name = baseName(url)
    ?.replace(/\.git$/, "")
    .replace(/^.*:/, "");
  const target = directory ?? (name === undefined || name === "" ? here : textWord(name, url.span));
  return [
    ...write(target, { name: "git clone", directory: call.directory, note: "clones into it" }),
    ...fromRemote(url, call),
    ...call.given.all("-c", "--config").flatMap((word) => settingEffects(settingOf(word), call)),
  ];
}

/** What reading from a remote reaches and runs; a remote by its name tells nothing. */
function fromRemote(url: Word | undefined, call: Call): readonly Effect[] {
  const remote = remoteOf(url, call);
  const program = call.given.argument("--upload-pack", "--exec", ...(call.name === "ls-remote" ? [] : ["-u"]));
  const runs = program === undefined ? [] : [code(program, "sh", remote.hops)];
  return [...remote.effects, ...runs, ...(remote.hops === undefined ? [] : [request("read", remote.path, { hops: remote.hops, word: url })])];
}

function pushEffects(call: Call): readonly Effect[] {
  const { given } = call;
  const url = given.argument("--repo") ?? given.operands[0];
  const remote = remoteOf(url, call);
  const program = given.argument("--receive-pack", "--exec");
  const runs = program === undefined ? [] : [code(program, "sh", remote.hops)];
  const inert = given.has("-n", "--dry-run");
  if (remote.hops === undefined) return [...remote.effects, ...runs, ...(inert ? [] : changesTree(call))];
  const detail = { hops: remote.hops, word: url, name: "git push" };
  return [...remote.effects, ...runs, inert ? request("read", remote.path, detail) : request("write", remote.path, { ...detail, transfer: true, note: "pushes to it" })];
}

interface Remote {
  readonly hops: readonly Hop[] | undefined;
  readonly path: Word | undefined;
  /** What reaching it runs here. */
  readonly effects: readonly Effect[];
}

const nowhere: Remote = { hops: undefined, path: undefined, effects: [] };

/** A repository's address (git-fetch(1), Git URLs): only those that go by ssh or run a command reach a host by command. */
function remoteOf(given: Word | undefined, call: Call): Remote {
  const url = configuredUrl(given, call) ?? given;
  if (url === undefined) return { ...nowhere, effects: namedRemote(call) };
  if (prefix(url).startsWith("ext::")) return { ...nowhere, effects: [code(slice(url, "ext::".length))] };
  const parsed = readUrl(url);
  if (parsed !== undefined && !/ssh/.test(parsed.scheme)) return nowhere;
  if (parsed !== undefined) return overSsh(parsed.host, parsed.user, parsed.port, parsed.path, call);
  const location = locationOf(url);
  return location.kind === "remote" && location.module === undefined
    ? overSsh(location.destination, undefined, undefined, location.path, call)
    : { ...nowhere, effects: namedRemote(call) };
}

/** What the repository's own configuration says that a remote's name stands for; without a name it is `origin`. */
function configuredUrl(given: Word | undefined, { directory, invocation, name: subcommand }: Call): Word | undefined {
  const name = given === undefined ? "origin" : known(given);
  const place = directory === undefined ? "" : known(directory);
  if (name === undefined || place === undefined || /[:/\\]/.test(name)) return undefined;
  const lines = invocation.readFile(`${place === "" ? "" : `${place}/`}.git/config`)?.split("\n") ?? [];
  const section = lines.findIndex((line) => line.trim() === `[remote "${name}"]`);
  if (section < 0) return undefined;
  const settings = lines.slice(section + 1);
  const end = settings.findIndex((line) => line.trim().startsWith("["));
  const value = (key: string) =>
    settings
      .slice(0, end < 0 ? undefined : end)
      .map((line) => line.trim().split(/\s*=\s*/))
      .find(([each]) => each === key)?.[1];
  const url = (subcommand === "push" ? value("pushurl") : undefined) ?? value("url");
  return url === undefined ? undefined : textWord(url, given?.span);
}

const somewhere: Word = { pieces: [{ hole: "…", why: "other", splits: false }], span: { start: 0, end: 0 } };

/** A remote's name does not tell where it is; a command given for ssh is run by a shell, with the host and git's own command behind it. */
function namedRemote(call: Call): readonly Effect[] {
  const command = sshCommand(call);
  return command === undefined ? [] : [{ does: "code", source: [command, somewhere, textWord("git-upload-pack")], dialect: "sh" }];
}

function overSsh(destination: Word | undefined, user: Word | undefined, port: Word | undefined, path: Word, call: Call): Remote {
  const command = sshCommand(call);
  const words = command === undefined ? [] : wordsOf(command, { escapes: true });
  const connection = commandConnection(words, sshGrammar);
  const hop = hopTo(destination, connection, port);
  const hops: readonly Hop[] = [{ ...hop, user: user ?? hop.user }];
  const other = command !== undefined && !isClient(command, words);
  return { hops, path, effects: other ? [code(command)] : connectionEffects(connection, hops) };
}

/** An ssh client with options, to which git adds the host: not a whole call of it, nor more than one command. */
function isClient(command: Word, words: readonly Word[]): boolean {
  if (/[;&|<>`#\n]|\$\(/.test(flat(command)) || !/(?:^|\/)(?:ssh|plink|tortoiseplink)$/.test(known(words[0]) ?? "")) return false;
  return readSshCall(words.slice(1)).destination === undefined;
}

/** GIT_SSH_COMMAND and GIT_SSH come before core.sshCommand (git(1), Environment Variables). */
function sshCommand({ invocation, configuration }: Call): Word | undefined {
  const setting = configuration.findLast(({ key }) => key === "core.sshcommand")?.value;
  return invocation.command.variable("GIT_SSH_COMMAND") ?? setting ?? invocation.command.variable("GIT_SSH");
}

/** Settings whose value is a command line that git runs. */
const runningKeys =
  /^(?:core\.(?:pager|fsmonitor|askpass|gitproxy|alternaterefscommand|editor)|pager\..*|diff\.(?:external|.*\.(?:command|textconv))|sequence\.editor|gpg\.(?:.*\.)?program|credential\.(?:.*\.)?helper|(?:mergetool|difftool|browser|man)\..*\.cmd|filter\..*\.(?:clean|smudge|process)|merge\..*\.driver|interactive\.difffilter|sendemail\..*cmd|trailer\..*\.(?:command|cmd)|tar\..*\.command|uploadpack\.packobjectshook|submodule\..*\.update|remote\..*\.(?:uploadpack|receivepack|vcs))$/;

const inertValues = /^(?:|true|false|yes|no|on|off|0|1|cat|less.*|more|store.*|cache.*|manager.*|osxkeychain|libsecret|wincred|checkout|rebase|merge|none|gpg2?)$/;

function settingOf(word: Word): Setting {
  const equals = flat(word).indexOf("=");
  return { key: (equals < 0 ? flat(word) : flat(word).slice(0, equals)).toLowerCase(), value: equals < 0 ? textWord("true") : slice(word, equals + 1) };
}

function settingEffects({ key, value }: Setting, call: Pick<Call, "invocation">): readonly Effect[] {
  if (!runningKeys.test(key) || inertValues.test(known(value) ?? "?")) return [];
  const text = flat(value);
  const shell = text.startsWith("!") ? slice(value, 1) : value;
  if (/helper$/.test(key) && !text.startsWith("!") && !text.startsWith("/")) return [];
  return [{ does: "code", source: [shell], dialect: "sh", stdin: call.invocation.command.stdin }];
}

const runningVariables = ["GIT_EDITOR", "GIT_SEQUENCE_EDITOR", "GIT_PAGER", "GIT_EXTERNAL_DIFF", "GIT_ASKPASS", "GIT_PROXY_COMMAND", "EDITOR", "VISUAL"];

/** Only variables that the text itself sets: those of the environment are the user's own settings. */
function variableEffects({ command }: Invocation): readonly Effect[] {
  return command.assignments.flatMap(({ name, value }) => (runningVariables.includes(name) && !inertValues.test(known(value) ?? "?") && known(value) !== ":" ? [code(value)] : []));
}

/** Those that neither reach another repository nor are told on the command line to run a program. */
const localSubcommands =
  "add am apply blame branch cat-file check-attr check-ignore check-ref-format checkout-index cherry commit commit-graph commit-tree count-objects describe diff diff-files diff-index diff-tree for-each-ref format-patch fsck hash-object log ls-files ls-tree merge-base mktree name-rev read-tree reflog rev-list rev-parse shortlog show show-branch show-ref stash status symbolic-ref tag update-index update-ref var verify-commit verify-pack verify-tag version whatchanged write-tree";

const git: Utility = {
  names: ["git", "hub"],
  transport: "optional",
  confinedSubcommands: localSubcommands,
  grammar: globalGrammar,
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const configuration = given.all("-c").map(settingOf);
    const settings = [...configuration.flatMap((setting) => settingEffects(setting, { invocation })), ...variableEffects(invocation)];
    const [word] = given.operands;
    const hidden = given.unknown[0] ?? (word !== undefined && known(word) === undefined ? word : undefined);
    if (hidden !== undefined) return [...settings, unknown(`its subcommand is \`${show(hidden)}\``, hidden)];
    if (word === undefined || given.has("--version", "-v", "--help", "-h")) return settings;
    return [...settings, ...subcommandEffects(known(word) ?? "", configuration, invocation)];
  },
};

function subcommandEffects(name: string, configuration: readonly Setting[], invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const words = invocation.words.slice(given.firstOperand + 1);
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand === undefined) return aliasEffects(name, words, configuration);
  const own = readArguments(words, subcommand.options ?? {});
  const call: Call = { name, words, given: own, directory: given.argument("-C") ?? given.argument("--work-tree"), configuration, invocation };
  if (own.has("--help", "-h", ...(subcommand.looks ?? []))) return [];
  return subcommand.effects(call);
}

/** `alias.x=!command` runs a shell, `alias.x=log -1` is git again (git-config(1)). */
function aliasEffects(name: string, words: readonly Word[], configuration: readonly Setting[]): readonly Effect[] {
  const alias = configuration.findLast(({ key }) => key === `alias.${name.toLowerCase()}`)?.value;
  if (alias === undefined) return [request("execute", undefined, { name: "unclassified", note: "runs a git alias or extension" })];
  if (flat(alias).startsWith("!")) return [{ does: "code", source: [slice(alias, 1), ...words], dialect: "sh" }];
  return [{ does: "run", words: [textWord("git"), ...wordsOf(alias), ...words] }];
}

/** Other version control: subcommands that look; all others change the working copy. */
const others: readonly Utility[] = (
  [
    [
      "hg",
      "status st log diff cat annotate blame summary sum branches branch tags heads paths incoming in outgoing out manifest identify id grep files locate parents tip root showconfig verify version help bookmarks phase resolve",
    ],
    ["svn", "status st stat log diff di info list ls cat blame praise annotate ann proplist pl propget pg help auth"],
    ["bzr", "status st log diff cat annotate info ls missing root tags version-info version help plugins"],
    ["brz", "status st log diff cat annotate info ls missing root tags version-info version help plugins"],
    ["jj", "status st log diff show evolog interdiff root version help"],
    ["fossil", "status changes diff timeline info ls finfo annotate blame version help cat"],
  ] satisfies readonly (readonly [string, string])[]
).map(([name, looking]) =>
  withSubcommands({
    names: [name],
    options: { short: "R:r:", long: ["repository=", "cwd=", "config=", "username=", "password="] },
    commands: [reads(looking)],
    otherwise: { names: ["otherwise"], grammar: {}, effects: ({ name: verb }) => write(here, { name: `${name} ${verb}`, note: "changes the working copy" }) },
  }),
);

/** `gh codespace ssh [-- ssh's options] [command]`. */
const codespaceLogin: Utility = {
  names: ["ssh"],
  grammar: { permute: false, short: "c:R:", long: ["codespace=", "profile=", "server-port=", "repo=", "repo-owner="] },
  effects: ({ arguments: given }) => {
    const hops: readonly Hop[] = [{ kind: "host", destination: given.argument("-c", "--codespace"), inventory: true }];
    const words = given.operands.slice(readArguments(given.operands, { ...sshGrammar, permute: false }).firstOperand);
    return words.length === 0 ? [request("session", undefined, { hops })] : [{ does: "code", source: words, dialect: "bash", hops }];
  },
};

/** Forges' own clients: calls of the forge's interface look; a few subcommands write files here. */
const forges: readonly Utility[] = [
  withSubcommands({
    names: ["gh", "glab", "tea"],
    options: { short: "R:", long: ["repo=", "hostname="] },
    commands: [
      nested("repo", { clone: "clones into it", sync: "changes the repository", fork: "changes the repository" }),
      nested("pr", { checkout: "changes the working tree" }),
      nested("mr", { checkout: "changes the working tree" }),
      nested("gist", { clone: "clones into it" }),
      nested("release", { download: "saves what it fetches" }),
      nested("run", { download: "saves what it fetches" }),
      withSubcommands({ names: ["extension", "ext"], commands: [reads("list ls search browse")], otherwise: changes("package", "otherwise") }),
      withSubcommands({
        names: ["codespace", "cs"],
        commands: [codespaceLogin],
        otherwise: reads("otherwise"),
      }),
    ],
    otherwise: reads("otherwise"),
  }),
];

function nested(name: string, writing: Readonly<Record<string, string>>): Utility {
  return withSubcommands({
    names: [name],
    commands: Object.entries(writing).map(
      ([verb, note]): Utility => ({
        names: [verb],
        grammar: { short: "D:p:n:", long: ["dir=", "pattern=", "name="] },
        effects: ({ arguments: given }) => write(given.argument("-D", "--dir") ?? here, { note }),
      }),
    ),
    otherwise: reads("otherwise"),
  });
}

/** The far end of a push or a fetch, and the shell of an account that only serves git. */
const services: readonly Utility[] = [
  { names: ["git-receive-pack"], grammar: {}, effects: ({ arguments: given }) => write(given.operands[0], { name: "git push", transfer: true, note: "receives a push" }) },
  reads("git-upload-pack git-upload-archive"),
  { names: ["git-shell"], grammar: { short: "c:" }, effects: ({ arguments: given }) => given.all("-c").map((word) => code(word)) },
];

export const utilities: readonly Utility[] = [git, ...services, ...others, ...forges];
