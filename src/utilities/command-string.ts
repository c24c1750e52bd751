// Utilities that take a whole command line as one string, or as words that they join for a shell: watch(1), flock(1) …
import { outputOf } from "../syntax/output.ts";
import type { Stdin } from "../syntax/simple-command.ts";
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { request, unknown, writes } from "./effect.ts";
import { flat } from "./path-word.ts";
import { hiddenCode, isStandardInput, type Program, programInFile, programOnStdin } from "./program.ts";
import type { Effect, Utility } from "./utility.ts";
import { commandsOf, shellAt } from "./wrapped-command.ts";

function code(source: readonly Word[]): Effect {
  return { does: "code", source, dialect: "sh" };
}

const watch: Utility = {
  names: ["watch", "viddy"],
  grammar: { short: "n:q:d::s:", long: ["interval=", "equexit=", "shotsdir=", "differences=?"], permute: false },
  effects: ({ arguments: given }) => commandsOf(given, 0).map((words): Effect => (given.has("-x", "--exec") ? { does: "run", words } : code(words))),
};

/** watchexec(1) joins the words of its command for a shell, too. */
const watchexec: Utility = {
  names: ["watchexec"],
  grammar: {
    short: "w:e:i:f:s:d:",
    long: ["watch=", "exts=", "ignore=", "filter=", "signal=", "debounce=", "shell=", "workdir="],
    permute: false,
  },
  effects: ({ arguments: given }) => commandsOf(given, 0).map(code),
};

/** Windows' own shell, from WSL: `cmd.exe /c command`. */
const commandPrompt: Utility = {
  names: ["cmd"],
  grammar: { permute: false },
  effects: ({ words }) => {
    const at = words.findIndex((word) => /^\/[ck]$/i.test(known(word) ?? ""));
    return at < 0 || at === words.length - 1 ? [request("session", undefined, { note: "opens a shell" })] : [code(words.slice(at + 1))];
  },
};

const flock: Utility = {
  names: ["flock", "lockf"],
  grammar: { short: "w:E:c:t:", long: ["timeout=", "wait=", "conflict-exit-code=", "command="], permute: false },
  effects: ({ arguments: given }) => {
    const early = given.argument("-c", "--command");
    if (early !== undefined) return [code([early])];
    return commandsOf(given, 1).map((command): Effect => {
      const option = known(command[0]) === "-c" || known(command[0]) === "--command";
      return option && command[1] !== undefined ? code([command[1]]) : { does: "run", words: command };
    });
  },
};

const script: Utility = {
  names: ["script"],
  grammar: { short: "B:c:E:I:O:T:m:o:t::", long: ["log-io=", "command=", "echo=", "log-in=", "log-out=", "log-timing=", "logging-format=", "output-limit=", "timing=?"] },
  effects: ({ arguments: given, command }) => {
    if (given.has("-V", "--version", "-h")) return [];
    const records = [...given.all("-B", "--log-io", "-I", "--log-in", "-O", "--log-out", "-T", "--log-timing"), ...given.operands.slice(0, 1)];
    const source = given.argument("-c", "--command");
    const [, ...rest] = given.operands;
    const words = rest.length > 0 ? rest : [shellAt(command.words[0])];
    const recorded = records.length > 0 ? records : [textWord("typescript", command.words[0]?.span)];
    return [...writes(recorded, { note: "records the session to it" }), source === undefined ? { does: "run", words } : code([source])];
  },
};

/** Windows of a terminal: `xterm -e command argument…`, `konsole -e "command"`, `gnome-terminal -- command argument…`. */
const terminal: Utility = {
  names:
    "xterm uxterm rxvt urxvt st stterm x-terminal-emulator lxterminal terminology qterminal xfce4-terminal mate-terminal terminator tilix konsole alacritty ghostty sakura gnome-terminal ptyxis kgx".split(
      " ",
    ),
  grammar: { permute: false, singleDash: true, long: ["command=", "execute="] },
  effects: ({ arguments: given, words }) => {
    const at = words.findIndex((word) => ["-e", "-x", "--command", "--execute", "--"].includes(known(word) ?? ""));
    const command = at < 0 ? given.all("--command", "--execute", "-e") : words.slice(at + 1);
    if (command.length === 0) return [];
    return [command.length === 1 ? code(command) : { does: "run", words: command }];
  },
};

/** foot(1) takes the command as its operands. */
const foot: Utility = {
  names: ["foot", "footclient"],
  grammar: {
    permute: false,
    short: "c:o:t:T:a:w:W:D:",
    long: "config override term title app-id window-size-pixels window-size-chars working-directory".split(" ").map((name) => `${name}=`),
  },
  effects: ({ arguments: given }) => commandsOf(given, 0).map((words): Effect => ({ does: "run", words })),
};

/** gdb(1): `--args` runs a program; `-ex 'shell …'` a command line. */
const gdb: Utility = {
  names: ["gdb", "lldb", "gdbserver"],
  grammar: {
    singleDash: true,
    long: "ex -ex x command -command eval-command -eval-command iex -init-eval-command o p pid d directory cd s symbols e exec c core -pid".split(" ").map((name) => `${name}=`),
    permute: false,
  },
  effects: ({ arguments: given, name }) => {
    const typed = given.all("-ex", "--ex", "-eval-command", "--eval-command", "-iex", "--init-eval-command", "-o");
    const shells = typed.flatMap((text) => {
      const start = /^\s*(?:shell\s|!)/.exec(flat(text));
      return start === null ? [] : [slice(text, start[0].length)];
    });
    const scripts = given.all("-x", "--command", "-command", "-s").map((file) => request("execute", file, { name: "script" }));
    const runs = given.has("-args", "--args") || name !== "gdb" ? given.operands.slice(name === "gdbserver" ? 1 : 0) : [];
    return [...shells.map((text) => code([text])), ...scripts, ...(runs.length > 0 ? [{ does: "run", words: runs } as const] : [])];
  },
};

/** `nix-shell --run command`, `sops exec-env file command`; sops(1) on a file opens it in an editor. */
const optionString: Utility = {
  names: ["nix-shell", "sops"],
  grammar: { short: "p:A:I:c:", long: ["run=", "command="] },
  effects: ({ arguments: given, name }) => {
    const source = given.argument("--run", "--command") ?? (name === "sops" && /^exec-/.test(known(given.operands[0]) ?? "") ? given.operands[2] : undefined);
    if (source !== undefined) return [code([source])];
    if (name === "sops" && given.operands.length > 0 && !given.has("-d", "-e", "--decrypt", "--encrypt")) return given.operands.slice(-1).map((file) => request("edit", file));
    return name === "sops" ? [] : [request("execute", undefined, { name: "unclassified" })];
  },
};

/** at(1), batch(1): code for /bin/sh on standard input or in a file, run later. */
const at: Utility = {
  names: ["at", "batch", "atq", "atrm"],
  grammar: { short: "q:f:t:c:r:d:" },
  effects: (invocation) => {
    const { arguments: given, name, readFile } = invocation;
    if (name === "atq" || given.has("-l", "-c", "-V")) return [];
    const schedule = request("service", undefined, { note: name === "atrm" ? "removes a scheduled job" : "schedules a job" });
    if (name === "atrm" || given.has("-r", "-d")) return [schedule];
    const file = given.argument("-f");
    return [schedule, ...laterEffects(file === undefined ? programOnStdin(invocation) : programInFile(file, readFile))];
  },
};

function laterEffects(program: Program): readonly Effect[] {
  if (program.from === "text") return [{ does: "code", source: [program.text], dialect: "sh", stdin: { from: "file", path: textWord("/dev/null") } }];
  return program.from === "terminal" ? [unknown("the job that is typed at the terminal")] : hiddenCode(program);
}

/** crontab(1): a table of commands for /bin/sh, on standard input or in a file, run again and again. */
const crontab: Utility = {
  names: ["crontab"],
  grammar: { short: "u:T:x:n:" },
  effects: (invocation) => {
    const { arguments: given, readFile } = invocation;
    if (given.has("-l", "-V", "-T")) return [];
    if (given.has("-e")) return [request("edit", undefined, { name: "crontab", note: "opens an editor on a crontab" })];
    const [file] = given.operands;
    const program = file === undefined || isStandardInput(file) ? programOnStdin(invocation) : programInFile(file, readFile);
    const tables = given.has("-r") ? [] : program.from === "text" ? [program.text] : program.from === "pipe" ? printedBy(invocation.command.stdin) : [];
    const jobs = tables.flatMap(jobsIn).flatMap((text) => laterEffects({ from: "text", text }));
    return [request("service", undefined, { name: "crontab", note: "replaces a crontab" }), ...jobs];
  },
};

/** What is known of the lines that come through a pipe: `(crontab -l; echo "…") |`. */
function printedBy(stdin: Stdin): readonly Word[] {
  if (stdin.from !== "pipe") return [];
  return stdin.commands.flatMap((command) => {
    const pieces = outputOf(command, true);
    return pieces === undefined ? [] : [{ pieces, span: command.words[0]?.span ?? { start: 0, end: 0 } }];
  });
}

/** crontab(5): five fields or `@daily`, then the command, to its end or to an unescaped `%`. Settings and comments are none. */
function jobsIn(table: Word): readonly Word[] {
  const text = flat(table);
  return [...text.matchAll(/^[ \t]*(?:@[a-z]+|(?:[\d*][\w*,/~-]*[ \t]+){4}[\d*][\w*,/~-]*)[ \t]+((?:\\.|[^%\n\\])+)/gm)].map((line) => {
    const start = line.index + line[0].length - (line[1]?.length ?? 0);
    return slice(table, start, start + (line[1]?.length ?? 0));
  });
}

/** start-stop-daemon(8): operands are arguments of the program that --exec or --startas names. */
const startStopDaemon: Utility = {
  names: ["start-stop-daemon"],
  grammar: {
    short: "p:x:n:u:g:c:s:a:r:d:N:P:I:k:O:R:",
    long: "pid ppid pidfile exec name user group chuid signal startas chroot chdir nicelevel procsched iosched umask notify-timeout output retry"
      .split(" ")
      .map((name) => `${name}=`),
    permute: false,
  },
  effects: ({ arguments: given }) => {
    if (given.has("-T", "--status", "-t", "--test", "-H", "-V")) return [];
    const program = given.argument("-a", "--startas") ?? given.argument("-x", "--exec");
    const starts = given.has("-S", "--start");
    const change = request("service", undefined, { name: known(program ?? given.argument("-n", "--name")), word: program, note: starts ? "starts a daemon" : "stops a daemon" });
    return starts && program !== undefined ? [change, { does: "run", words: [program, ...given.operands], cwd: given.argument("-d", "--chdir") }] : [change];
  },
};

export const utilities: readonly Utility[] = [at, commandPrompt, crontab, flock, foot, gdb, optionString, script, startStopDaemon, terminal, watch, watchexec];
