// Utilities that start another one with the words after their own options: a table row each.
import type { Grammar } from "../policy/descriptor.ts";
import { known } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { request, writes } from "./effect.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { commandsOf, shellAt } from "./wrapped-command.ts";

interface Wrapper {
  /** Separated by spaces, as all lists in a row. */
  readonly names: string;
  /** Short options, as getopt(3) takes them. */
  readonly short?: string;
  /** Long options that take an argument. */
  readonly long?: string;
  /** The command follows one of these subcommands; with any other, it is not known to run one. */
  readonly after?: string;
  /** The subcommand may be left out. */
  readonly optional?: true;
  /** Operands of its own before the command: timeout's duration. */
  readonly own?: number;
  /** `NAME=value` words before the command set its environment. */
  readonly assigns?: true;
  /** The option that names the command's directory. */
  readonly directory?: string;
  /** Options whose argument is shell code that it runs. */
  readonly code?: string;
  /** Each operand is shell code that it runs. */
  readonly codes?: true;
  /** Options with which it only looks. */
  readonly reads?: string;
  /** Options that name a process that runs already: given more than its own operands, or one of the `sets`, it changes that one. */
  readonly process?: string;
  readonly sets?: string;
  /** Options that name a file it writes. */
  readonly writes?: string;
  /** The command runs inside a container or another root directory. */
  readonly container?: true;
  /** With no command it starts a shell. */
  readonly shell?: true;
}

const wrappers: readonly Wrapper[] = [
  { names: "doas", short: "a:C:u:", reads: "-C -L", shell: true },
  { names: "pkexec", long: "user", shell: true },
  { names: "run0", short: "u:g:D:", long: "user group unit slice property chdir setenv background nice description", directory: "-D --chdir", shell: true },
  { names: "gosu su-exec setuidgid s6-setuidgid s6-applyuidgid envuidgid", own: 1 },
  { names: "chpst", short: "u:U:e:/:C:n:l:L:m:d:o:p:f:c:t:" },
  { names: "softlimit", short: "a:c:d:f:l:m:o:p:r:s:t:" },
  { names: "envdir s6-envdir setlock pgrphack", short: "", own: 1 },
  { names: "tini dumb-init catatonit", short: "p:e:r:" },
  { names: "with-contenv s6-notifyoncheck" },
  { names: "nohup eatmydata unbuffer chronic catchsegv proxychains proxychains4 torsocks torify", short: "f:" },
  { names: "caffeinate", short: "t:w:" },
  { names: "trickle", short: "d:u:w:t:l:n:" },
  { names: "retry", short: "t:d:m:s:", long: "times delay min max sleep tries" },
  { names: "tsp", short: "i:c:t:r:w:k:p:u:s:U:S:L:D:N:d", reads: "-i -c -t -l -h -V -p -s" },
  { names: "dtach", short: "A:c:n:N:a:p:r:e:" },
  { names: "abduco", short: "e:", own: 1 },
  { names: "daemonize", short: "a:c:e:E:l:o:p:u:" },
  { names: "zellij", after: "run", long: "name cwd direction", short: "n:d:" },
  { names: "nice", short: "n:", long: "adjustment" },
  { names: "ionice", short: "c:n:p:P:u:", long: "class classdata pid pgid uid", process: "-p --pid -P --pgid -u --uid", sets: "-c --class -n --classdata" },
  { names: "chrt", short: "T:P:D:", long: "sched-runtime sched-period sched-deadline", own: 1, reads: "-m --max", process: "-p --pid" },
  { names: "taskset", own: 1, process: "-p --pid" },
  { names: "numactl", short: "i:N:C:p:m:P:l", long: "interleave cpunodebind physcpubind membind preferred", reads: "-s -H --show --hardware" },
  { names: "choom", short: "n:p:", long: "adjust pid", process: "-p --pid", sets: "-n --adjust" },
  {
    names: "prlimit",
    short: "p:o:c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y::",
    long: "pid output",
    process: "-p --pid",
    sets: "-c --core -d --data -e --nice -f --fsize -i --sigpending -l --memlock -m --rss -n --nofile -q --msgqueue -r --rtprio -s --stack -t --cpu -u --nproc -v --as -x --locks -y --rttime",
  },
  { names: "cpulimit", short: "l:p:e:P:", long: "limit pid exe path" },
  { names: "cgexec", short: "g:" },
  { names: "uclampset", short: "m:M:p:", process: "-p --pid", sets: "-m -M" },
  { names: "setarch", own: 1 },
  { names: "linux32 linux64 i386 x86_64 uname26" },
  { names: "timeout gtimeout", short: "k:s:", long: "kill-after signal", own: 1 },
  { names: "setsid" },
  { names: "stdbuf", short: "i:o:e:", long: "input output error" },
  { names: "time gtime", short: "f:o:", long: "format output", writes: "-o --output" },
  { names: "command", reads: "-v -V" },
  { names: "builtin" },
  // zsh's precommand modifiers, zshmisc(1).
  { names: "noglob nocorrect" },
  { names: "exec", short: "a:" },
  { names: "strace", short: "a:b:e:E:I:o:O:p:P:s:S:u:U:X:", long: "attach output env trace user string-limit", reads: "-p --attach", writes: "-o --output" },
  { names: "ltrace", short: "a:A:D:e:F:l:n:o:p:s:u:w:x:X:", reads: "-p", writes: "-o --output" },
  { names: "valgrind" },
  { names: "perf", short: "e:o:F:p:C:r:I:", after: "stat record trace" },
  {
    names: "hyperfine",
    short: "w:m:M:r:s:p:c:S:P:D:L:n:i",
    long: "warmup min-runs max-runs runs setup prepare conclude cleanup shell parameter-scan parameter-list style sort output input time-unit command-name export-json export-csv export-markdown export-asciidoc export-orgmode",
    code: "-s --setup -p --prepare -c --cleanup --conclude",
    writes: "--export-json --export-csv --export-markdown",
    codes: true,
  },
  { names: "entr" },
  { names: "nodemon", short: "x:e:w:i:d:s:V", long: "exec ext watch ignore delay signal config cwd", code: "-x --exec" },
  {
    names: "concurrently",
    short: "n:p:c:l:t:i",
    long: "names name-separator max-processes success prefix prefix-colors prefix-length pad-prefix hide timestamp-format restart-tries restart-after kill-signal default-input-target",
    codes: true,
  },
  { names: "fakeroot fakechroot", short: "l:s:i:b:d:e:c:", long: "lib faked use-system environment config-dir" },
  { names: "toolbox", short: "c:d:r:", long: "container distro release", after: "run" },
  { names: "chroot", long: "userspec groups", own: 1, container: true, shell: true },
  {
    names: "unshare",
    short: "R:w:S:G:",
    long: "map-user map-group map-users map-groups propagation setgroups root wd setuid setgid monotonic boottime",
    directory: "-w --wd",
    shell: true,
  },
  { names: "nsenter", short: "t:S:G:W:m::u::i::n::p::U::C::T::r::w::", long: "target setuid setgid wdns", shell: true },
  { names: "setpriv", long: "ambient-caps inh-caps bounding-set ruid euid rgid egid reuid regid groups securebits pdeathsig selinux-label apparmor-profile", reads: "-d --dump" },
  { names: "firejail", reads: "--list --tree --top" },
  { names: "proot", short: "r:b:m:q:w:v:k:R:S:", long: "rootfs bind mount qemu pwd cwd kernel-release", container: true, shell: true },
  { names: "systemd-nspawn", short: "D:M:u:i:S:E:p:b", long: "directory machine user image bind bind-ro setenv chdir", container: true, shell: true },
  { names: "systemd-inhibit", long: "what who why mode", reads: "--list" },
  { names: "systemd-cat", short: "t:p:", long: "identifier priority stderr-priority level-prefix" },
  { names: "dbus-run-session", long: "config-file dbus-daemon" },
  { names: "dbus-launch", long: "config-file" },
  { names: "xvfb-run", short: "e:f:n:p:s:w:", long: "error-file auth-file server-num xauth-protocol server-args wait", writes: "-e --error-file" },
  { names: "ssh-agent", short: "a:t:E:O:P:" },
  { names: "faketime", short: "f:", long: "date-prog", own: 1 },
  { names: "rlwrap", short: "a::b:C:D:f:g:H:l:M:O:p::P:q:s:S:t:w:z:", long: "history-filename file logfile", writes: "-l --logfile" },
  { names: "autoexpect", short: "f:", writes: "-f" },
  { names: "distrobox", short: "n:", long: "name", after: "enter", own: 1, container: true },
  { names: "flatpak-spawn", long: "env directory" },
  { names: "direnv", after: "exec", own: 1 },
  { names: "dotenv dotenvx", short: "e:v:f:", long: "env-file env-vault-file", after: "run", optional: true },
  { names: "op", long: "env-file account", after: "run" },
  { names: "doppler", short: "p:c:t:", long: "project config token fallback command", after: "run", code: "--command" },
  { names: "infisical", long: "env path projectId token command", after: "run", code: "--command" },
  { names: "aws-vault chamber", short: "d:n:t:", long: "duration region mfa-token backend", after: "exec", own: 1 },
  { names: "teller", short: "c:", long: "config", after: "run" },
  { names: "envchain", own: 1 },
  { names: "busybox toybox", reads: "--list --list-full --install" },
];

function fromWrapper(row: Wrapper): Utility {
  const grammar = grammarOf(row);
  return {
    names: row.names.split(" "),
    grammar,
    ...(isPlain(row) ? { wraps: row.own ?? 0 } : {}),
    effects: (invocation) => (row.after === undefined ? wrapped(row, invocation) : afterSubcommand(row, grammar, invocation)),
  };
}

/** It takes nothing but options and operands of its own, and starts the command as it is. */
function isPlain({ names: _names, short: _short, long: _long, own: _own, ...rest }: Wrapper): boolean {
  return Object.keys(rest).length === 0;
}

function grammarOf(row: Wrapper): Grammar {
  return { short: row.short ?? "", long: list(row.long).map((name) => `${name}=`), permute: false };
}

function list(names: string | undefined): readonly string[] {
  return names === undefined ? [] : names.split(" ");
}

function afterSubcommand(row: Wrapper, grammar: Grammar, invocation: Invocation): readonly Effect[] {
  const { words, arguments: given } = invocation;
  const first = given.operands[0];
  if (first === undefined) return [];
  if (!list(row.after).includes(known(first) ?? "")) {
    return row.optional === true ? wrapped(row, invocation) : [request("execute", undefined, { name: "unclassified" })];
  }
  const rest = words.slice(given.firstOperand + 1);
  return wrapped(row, { ...invocation, words: rest, arguments: readArguments(rest, grammar) });
}

function wrapped(row: Wrapper, invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const written = writes(given.all(...list(row.writes)), { note: "records to it" });
  if (given.has(...list(row.reads))) return written;
  if (given.has(...list(row.process))) return changesProcess(row, given) ? [request("service", undefined, { name: "process", note: "changes a process that runs" })] : written;
  const hops: readonly Hop[] | undefined = row.container === true ? [{ kind: "container", destination: given.operands[0] }] : undefined;
  const inner = { hops, cwd: given.argument(...list(row.directory)) };
  return [
    ...written,
    ...given.all(...list(row.code)).map((source): Effect => ({ does: "code", source: [source], dialect: "sh", ...inner })),
    ...commandEffects(row, invocation, inner),
  ];
}

function changesProcess(row: Wrapper, given: Arguments): boolean {
  const set = list(row.sets).some((name) => given.options.some((option) => option.name === name && option.argument !== undefined));
  return set || (row.own !== undefined && given.candidates.length > row.own);
}

function commandEffects(row: Wrapper, { arguments: given, command }: Invocation, inner: Pick<Extract<Effect, { does: "run" }>, "hops" | "cwd">): readonly Effect[] {
  const found = commandsOf(given, row.own ?? 0);
  if (found.length === 0) return row.shell === true ? [{ does: "run", words: [shellAt(command.words[0])], ...inner }] : [];
  if (row.codes === true) return found.flatMap((words) => words.map((source): Effect => ({ does: "code", source: [source], dialect: "sh", ...inner })));
  return found.map((words): Effect => ({ does: "run", words, ...inner }));
}

export const utilities: readonly Utility[] = wrappers.map(fromWrapper);
