// Utilities that run a command or a shell as another user: sudo(8), su(1), runuser(1) and their like.
import type { Grammar } from "../policy/descriptor.ts";
import { known, textWord, type Word } from "../syntax/word.ts";
import { request } from "./effect.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { commandsOf, shellAt, splitAssignments } from "./wrapped-command.ts";

const sudoGrammar: Grammar = {
  short: "a:C:c:D:g:h:p:R:r:t:T:u:U:",
  long: [
    "auth-type=",
    "close-from=",
    "login-class=",
    "chdir=",
    "group=",
    "host=",
    "prompt=",
    "chroot=",
    "role=",
    "type=",
    "command-timeout=",
    "user=",
    "other-user=",
    "preserve-env=?",
  ],
  permute: false,
};

const sudo: Utility = {
  names: ["sudo"],
  grammar: sudoGrammar,
  effects: ({ arguments: given, command }) => {
    if (given.has("-l", "--list", "-v", "--validate", "-V", "--version", "-K", "--remove-timestamp")) return [];
    if (given.has("-e", "--edit")) return given.operands.map((file) => request("edit", file));
    const root = given.has("-R", "--chroot") ? chrooted : undefined;
    const cwd = given.argument("-D", "--chdir");
    const commands = commandsOf(given, 0).flatMap((words): Effect[] => {
      const { assignments, rest } = splitAssignments(words);
      return rest.length > 0 ? [{ does: "run", words: rest, assignments, hops: root, cwd }] : [];
    });
    // With a command, -s and -i quote it before their shell sees it: the words stay as they are.
    if (commands.length > 0) return commands;
    const shell = given.options.find(({ name }) => ["-s", "--shell", "-i", "--login"].includes(name));
    return shell === undefined ? [] : [{ does: "run", words: [shellAt(shell.word ?? command.words[0])], hops: root, cwd }];
  },
};

const sudoedit: Utility = {
  names: ["sudoedit", "doasedit"],
  grammar: sudoGrammar,
  effects: ({ arguments: given }) => given.operands.map((file) => request("edit", file)),
};

const chrooted: readonly Hop[] = [{ kind: "container", destination: undefined }];

const suGrammar: Grammar = {
  short: "c:g:G:s:u:w:",
  long: ["command=", "session-command=", "group=", "supp-group=", "shell=", "user=", "whitelist-environment="],
};

const su: Utility = {
  names: ["su"],
  grammar: suGrammar,
  effects: (invocation) => throughShell(invocation, userOperands(invocation)),
};

const runuser: Utility = {
  names: ["runuser"],
  grammar: suGrammar,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    if (!given.has("-u", "--user")) return throughShell(invocation, userOperands(invocation));
    const command = given.operands.length > 0 ? words.slice(given.firstOperand) : given.unknown;
    return command.length > 0 ? [{ does: "run", words: command }] : [];
  },
};

/** What follows the user's name goes to the shell: `su - www-data script.sh`. */
function userOperands({ arguments: given }: Invocation): readonly Word[] {
  const operands = [...given.unknown, ...given.operands];
  return operands.slice(known(operands[0]) === "-" ? 2 : 1);
}

/** The user's shell, given `-c code` and the other operands. */
function throughShell({ arguments: given, command, words }: Invocation, operands: readonly Word[]): readonly Effect[] {
  const shell = given.argument("-s", "--shell") ?? shellAt(words[0] ?? command.words[0]);
  const source = given.argument("-c", "--command", "--session-command");
  return [{ does: "run", words: source === undefined ? [shell, ...operands] : [shell, textWord("-c"), source, ...operands] }];
}

/** sg(1): the command is one operand, parsed by a shell. newgrp(1) only starts a shell. */
const sg: Utility = {
  names: ["sg", "newgrp"],
  grammar: { short: "c:" },
  effects: ({ arguments: given, name, command }) => {
    const source = given.argument("-c") ?? (name === "sg" ? given.operands[1] : undefined);
    return source === undefined ? [{ does: "run", words: [shellAt(command.words[0])] }] : [{ does: "code", source: [source], dialect: "sh" }];
  },
};

/** capsh(1): what follows `--` or `==` are arguments of a shell. */
const capsh: Utility = {
  names: ["capsh"],
  grammar: { permute: false },
  effects: ({ words }) => {
    const at = words.findIndex((word) => ["--", "=="].includes(known(word) ?? ""));
    return at < 0 ? [] : [{ does: "run", words: [shellAt(words[at], "bash"), ...words.slice(at + 1)] }];
  },
};

const systemdRun: Utility = {
  names: ["systemd-run"],
  grammar: {
    short: "H:M:u:p:E:C:d",
    long: "host machine unit property description slice service-type uid gid nice working-directory setenv on-active on-boot on-startup on-unit-active on-unit-inactive on-calendar on-clock-change timer-property path-property socket-property background job-mode"
      .split(" ")
      .map((name) => `${name}=`),
    permute: false,
  },
  effects: ({ arguments: given, command }) => {
    const hops = machineHops(given.argument("-H", "--host"), given.argument("-M", "--machine"));
    const timer = given.options.find(({ name }) => /^--on-|^--timer-property|^--path-property|^--socket-property/.test(name));
    const scheduled = timer === undefined ? [] : [request("service", undefined, { hops, word: timer.word, note: "schedules a command" })];
    const shell = given.options.find(({ name }) => name === "-S" || name === "--shell");
    const words = commandsOf(given, 0)[0] ?? (shell === undefined ? [] : [shellAt(shell.word ?? command.words[0])]);
    const cwd = given.argument("--working-directory");
    return words.length === 0 ? scheduled : [...scheduled, { does: "run", words, hops, cwd }];
  },
};

function machineHops(host: Word | undefined, machine: Word | undefined): readonly Hop[] | undefined {
  if (host !== undefined) return [{ kind: "host", destination: host }];
  return machine === undefined ? undefined : [{ kind: "container", destination: machine }];
}

const machinectlReads = ["list", "list-images", "status", "show", "image-status", "show-image"];

const machinectl: Utility = {
  names: ["machinectl"],
  grammar: { short: "H:M:p:n:o:P:", long: ["host=", "machine=", "uid=", "setenv=", "property=", "lines=", "output="], permute: false },
  effects: ({ arguments: given, command }) => {
    const [subcommand, machine, ...words] = given.operands;
    const hops = machineHops(given.argument("-H", "--host"), undefined) ?? [];
    const name = known(subcommand);
    if (subcommand === undefined || machinectlReads.includes(name ?? "")) return hops.length > 0 ? [request("read", undefined, { hops })] : [];
    if (name !== "shell" && name !== "login") return [request("container", undefined, { hops, word: subcommand, name: known(machine) })];
    return [{ does: "run", words: words.length > 0 ? words : [shellAt(command.words[0])], hops: [...hops, ...(machineHops(undefined, machine) ?? [])] }];
  },
};

export const utilities: readonly Utility[] = [capsh, machinectl, runuser, sg, su, sudo, sudoedit, systemdRun];
