// sshpass(1) → the password it types for the command it runs, and that command.
import { known, type Word } from "../syntax/word.ts";
import { readArguments } from "./arguments.ts";
import { passwordEffect } from "./connection.ts";
import { utilities as remoteLogin } from "./remote-login.ts";
import { utilities as rsync } from "./rsync.ts";
import { utilities as sftp } from "./sftp.ts";
import { utilities as ssh } from "./ssh.ts";
import { utilities as transfer } from "./transfer.ts";
import type { Hop, Invocation, Utility } from "./utility.ts";

const transports = new Map([...ssh, ...remoteLogin, ...sftp, ...rsync, ...transfer].flatMap((utility) => utility.names.map((name) => [name, utility] as const)));

const sshpass: Utility = {
  names: ["sshpass"],
  grammar: { short: "p:f:d:eP:hVv", permute: false },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const command = words.slice(given.firstOperand);
    if (command.length === 0) return [];
    return [{ ...passwordEffect(hopsOf(command, invocation), undefined) }, { does: "run", words: command }];
  },
};

/** The host that the command reaches, where it or a wrapper around it is a transport that we know. */
function hopsOf(command: readonly Word[], invocation: Invocation): readonly Hop[] {
  const at = command.findIndex((word) => transports.has(nameOf(word)));
  const utility = transports.get(nameOf(command[at]));
  if (utility === undefined) return [{ kind: "host", destination: undefined }];
  const words = command.slice(at + 1);
  const effects = utility.effects({ ...invocation, name: nameOf(command[at]), words, arguments: readArguments(words, utility.grammar) });
  return effects.find((effect) => effect.hops !== undefined && effect.hops.length > 0)?.hops ?? [{ kind: "host", destination: undefined }];
}

function nameOf(word: Word | undefined): string {
  return known(word)?.replace(/^.*\//, "") ?? "";
}

export const utilities: readonly Utility[] = [sshpass];
