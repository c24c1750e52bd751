// A subcommand that leads to another machine (`gcloud compute ssh`, `lxc exec`, `fly ssh console`), as a table row.
import type { Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import { known, maySplit, textWord, type Word } from "../syntax/word.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { connectionEffects, connectionOf, sshLetters } from "./connection.ts";
import { matchesGlob } from "./descriptor.ts";
import { code, request, unknown } from "./effect.ts";
import { listed } from "./host-list.ts";
import { remoteCommand } from "./login.ts";
import { sshGrammar } from "./ssh-call.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

export interface Door {
  /** The operands that lead there, separated by blanks, each a glob; "" where the utility itself does. */
  readonly at: string;
  /** Which machine: the next operand, the argument of an option, or one that has no name in the words. */
  readonly host: "operand" | readonly string[] | { readonly fixed: string };
  /** Options whose argument is shell code for it. */
  readonly code?: readonly string[];
  /**
   * What the words after the host are: shell code, a command as it stands, or, after `--`, what ssh(1) takes after its
   * destination. Default: nothing of weight.
   */
  readonly rest?: "shell" | "argv" | "ssh";
  /** What it does when it is given no command; default: it opens a shell. Another action is all it does. */
  readonly does?: Action;
  readonly note?: string;
  /** Its name is an address or a host name, not one of a list that the provider keeps. */
  readonly address?: true;
}

interface Doors {
  readonly names: readonly string[];
  readonly grammar: Grammar;
  readonly doors: readonly Door[];
  /** Subcommands that are no doors. Default: they read. */
  readonly otherwise?: (invocation: Invocation) => readonly Effect[];
}

export function throughDoors(shape: Doors): Utility {
  return {
    names: shape.names,
    grammar: shape.grammar,
    transport: true,
    effects: (invocation) => {
      if (invocation.arguments.has("--help", "-h") && invocation.words.length <= 4) return [];
      const before = readArguments(invocation.words.slice(0, dashesIn(invocation.words)), shape.grammar);
      const door = shape.doors.find((each) => leadsTo(each, before.operands));
      if (door !== undefined) return doorEffects(door, invocation, before);
      return shape.otherwise?.(invocation) ?? [];
    },
  };
}

function dashesIn(words: readonly Word[]): number {
  const index = words.findIndex((word) => known(word) === "--");
  return index < 0 ? words.length : index;
}

function path(door: Door): readonly string[] {
  return door.at === "" ? [] : door.at.split(" ");
}

function leadsTo(door: Door, operands: readonly Word[]): boolean {
  return path(door).every((glob, index) => matchesGlob(known(operands[index]), glob));
}

function doorEffects(door: Door, invocation: Invocation, before: Arguments): readonly Effect[] {
  const { words } = invocation;
  const depth = path(door).length;
  const operand = before.operands[depth] ?? before.unknown.find(maySplit);
  const hops = [hopOf(door, before, operand)];
  if (door.does !== undefined && door.does !== "read") return [request(door.does, undefined, { hops, word: operand, note: door.note })];
  const texts = before.all(...(door.code ?? []));
  if (texts.length > 0) return texts.map((text) => code(text, "bash", hops));
  const rest = restOf(words, door.host === "operand" ? operand : undefined, before.operands[depth]);
  if (door.rest === "ssh") return sshRest(invocation, words.slice(dashesIn(words) + 1), hops, door);
  if (rest.length > 0 && door.rest === "argv") return [{ does: "run", words: rest, hops }];
  if (door.rest === "shell" && rest.length > 0) return [{ does: "code", source: rest, dialect: "bash", hops }];
  return entered(invocation, hops, door);
}

function entered(invocation: Invocation, hops: readonly Hop[], door: Door): readonly Effect[] {
  return door.does === "read" ? [request("read", undefined, { hops })] : remoteCommand(invocation, [], hops);
}

/** The command: what follows `--`, else what follows the host, else the operands from `first` on. */
function restOf(words: readonly Word[], host: Word | undefined, first: Word | undefined): readonly Word[] {
  const dashes = dashesIn(words);
  if (dashes < words.length) return words.slice(dashes + 1);
  if (host !== undefined) return words.slice(words.indexOf(host) + 1);
  return first === undefined ? [] : words.slice(words.indexOf(first));
}

function hopOf(door: Door, given: Arguments, operand: Word | undefined): Hop {
  const user = given.argument("--user", "--username", "--login");
  if (door.host === "operand") return door.address === true ? { kind: "host", destination: operand, user } : { ...listed(operand), user };
  if ("fixed" in door.host) return listed(textWord(door.host.fixed));
  const destination = given.argument(...door.host);
  return door.address === true ? { kind: "host", destination, user } : { ...listed(destination), user };
}

/** Options for ssh, then perhaps a command. */
function sshRest(invocation: Invocation, words: readonly Word[], hops: readonly Hop[], door: Door): readonly Effect[] {
  const given = readArguments(words, sshGrammar);
  const connection = connectionOf(given.options, sshLetters);
  const command = words.slice(given.firstOperand);
  const tunnel = given.has("-N", "-W");
  return [
    ...connectionEffects(connection, hops),
    ...(tunnel
      ? [request("read", undefined, { hops })]
      : command.length > 0
        ? remoteCommand(invocation, command, hops)
        : given.unknown.length > 0
          ? [unknown("words after `--` may be a command", given.unknown[0], hops)]
          : entered(invocation, hops, door)),
  ];
}
