// Managers of virtual machines on this machine (vagrant, multipass, lxc, lima, wsl) → what they run or copy in one of them.
import type { Grammar } from "../policy/descriptor.ts";
import { known, slice, textWord, type Word } from "../syntax/word.ts";
import { matchesGlob } from "./descriptor.ts";
import { throughDoors } from "./door.ts";
import { request, write } from "./effect.ts";
import { listed } from "./host-list.ts";
import { flat } from "./path-word.ts";
import { copiesByName, long, looking, power, providerEffects } from "./provider.ts";
import type { Effect, Hop, Utility } from "./utility.ts";

const vagrantGrammar: Grammar = { short: "c:p:s:", long: long("command plain provision-with provider machine-readable destination") };

const vagrant: Utility = {
  names: ["vagrant"],
  grammar: vagrantGrammar,
  transport: true,
  effects: (invocation) => {
    const { operands } = invocation.arguments;
    const verb = known(operands[0]);
    const named = operands[1] !== undefined && invocation.words.indexOf(operands[1]) < dashes(invocation.words);
    const host = named ? "operand" : { fixed: "default" };
    if (verb === "ssh" || verb === "winrm")
      return throughDoors({ names: [], grammar: vagrantGrammar, doors: [{ at: verb, host, code: ["-c", "--command"], rest: "ssh" }] }).effects(invocation);
    if (verb === "scp") return copiesByName(operands.slice(1));
    if (verb === "upload") return [request("write", operands[2], { hops: [listed(operands[3] ?? textWord("default"))], sources: operands.slice(1, 2), transfer: true })];
    return looking.some((glob) => matchesGlob(verb, glob)) || ["global-status", "ssh-config", "port", "validate", "box", "plugin"].includes(verb ?? "")
      ? []
      : [request("execute", undefined, { name: "unclassified" })];
  },
};

function dashes(words: readonly Word[]): number {
  const index = words.findIndex((word) => known(word) === "--");
  return index < 0 ? words.length : index;
}

const multipass = throughDoors({
  names: ["multipass"],
  grammar: { short: "d:n:", long: long("working-directory name") },
  doors: [
    { at: "exec", host: "operand", rest: "argv" },
    { at: "{shell,sh,connect}", host: "operand" },
  ],
  otherwise: (invocation) => {
    const [verb, ...operands] = invocation.arguments.operands;
    return ["transfer", "copy-files"].includes(known(verb) ?? "") ? copiesByName(operands) : providerEffects(invocation);
  },
});

/** LXD and Incus: `file push source… instance/path`. */
const lxc = throughDoors({
  names: ["lxc", "incus"],
  grammar: { short: "T", long: long("project cwd env group mode user uid gid type"), permute: true },
  doors: [
    { at: "exec", host: "operand", rest: "argv" },
    { at: "{shell,console}", host: "operand" },
  ],
  otherwise: (invocation) => {
    const [verb, command, ...operands] = invocation.arguments.operands;
    if (known(verb) === "file") return instanceFileEffects(known(command), operands);
    if (["list", "ls", "info", "show", "monitor", "version", "help"].includes(known(verb) ?? "") || ["list", "show", "get", "info", "export"].includes(known(command) ?? ""))
      return [];
    return [request("container", undefined, { name: known(command), note: "changes an instance" })];
  },
});

function instanceFileEffects(command: string | undefined, operands: readonly Word[]): readonly Effect[] {
  const target = operands.at(-1);
  if (target === undefined) return [];
  const at = (action: "write" | "edit", word: Word, sources?: readonly Word[]): Effect => {
    const slash = flat(word).indexOf("/");
    const [host, path] = slash < 0 ? [word, undefined] : [slice(word, 0, slash), slice(word, slash)];
    return request(action, path, { hops: [listed(host)], sources, word, ...(sources === undefined ? {} : { transfer: true }) });
  };
  switch (command) {
    case "push":
      return [at("write", target, operands.slice(0, -1))];
    case "edit":
      return [at("edit", target)];
    case "delete":
    case "create":
      return operands.map((word) => at("write", word));
    case "pull":
      return write(target);
    default:
      return [];
  }
}

/** lxc-attach(1) of LXC. */
const lxcAttach: Utility = {
  names: ["lxc-attach", "lxc-execute", "lxc-console"],
  grammar: { short: "n:f:a:e:s:P:v:l:o:u:g:c:R", long: long("name rcfile arch logfile logpriority lxcpath namespaces set-var keep-var uid gid context"), permute: false },
  transport: true,
  effects: ({ arguments: given, words }) => {
    const command = words.slice(given.firstOperand);
    const hops = [listed(given.argument("-n", "--name"))];
    return [command.length > 0 ? { does: "run", words: command, hops } : request("session", undefined, { hops, note: "opens a shell there" })];
  },
};

const limactl = throughDoors({
  names: ["limactl"],
  grammar: { long: long("workdir shell tty") },
  doors: [{ at: "shell", host: "operand", rest: "argv" }],
  otherwise: (invocation) => {
    const [verb, ...operands] = invocation.arguments.operands;
    return ["copy", "cp"].includes(known(verb) ?? "") ? copiesByName(operands) : providerEffects(invocation);
  },
});

/** Each leads to the one machine that it keeps. */
const lima = throughDoors({ names: ["lima"], grammar: { permute: false }, doors: [{ at: "", host: { fixed: "default" }, rest: "argv" }] });

const colima = throughDoors({
  names: ["colima"],
  grammar: { short: "p:", long: long("profile") },
  doors: [{ at: "ssh", host: { fixed: "colima" }, rest: "argv" }],
  otherwise: providerEffects,
});

const dockerMachine = throughDoors({
  names: ["docker-machine"],
  grammar: {},
  doors: [{ at: "ssh", host: "operand", rest: "shell" }, power("{stop,restart,rm,kill,upgrade,provision}", "operand")],
  otherwise: (invocation) => {
    const [verb, ...operands] = invocation.arguments.operands;
    return known(verb) === "scp"
      ? copiesByName(operands)
      : ["env", "ip", "url", "active", "ls", "inspect", "status"].includes(known(verb) ?? "")
        ? []
        : providerEffects(invocation);
  },
});

/** wsl.exe: `-e` runs words as they stand, other words go through the distribution's shell. A distribution is a container of this machine. */
const wsl: Utility = {
  names: ["wsl"],
  grammar: { short: "d:u:e", long: long("distribution user cd shell-type"), permute: false },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    if (given.has("-l", "--list", "--status", "--version")) return [];
    if (given.has("--shutdown", "--terminate", "-t", "--unregister", "--import", "--install")) return [request("execute", undefined, { name: "unclassified" })];
    const hops: readonly Hop[] = [{ kind: "container", destination: given.argument("-d", "--distribution"), user: given.argument("-u", "--user") }];
    const command = words.slice(given.firstOperand);
    if (command.length === 0) return [request("session", undefined, { hops, note: "opens a shell there" })];
    return [given.has("-e", "--exec") ? { does: "run", words: command, hops } : { does: "code", source: command, dialect: "bash", hops }];
  },
};

export const utilities: readonly Utility[] = [vagrant, multipass, lxc, lxcAttach, limactl, lima, colima, dockerMachine, wsl];
