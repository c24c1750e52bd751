// OpenSSH's ssh and the clients that take its options → the code that runs at the other end, or the session that opens
// there (ssh(1), ssh_config(5)).
import type { Grammar } from "../policy/descriptor.ts";
import { known } from "../syntax/word.ts";
import { connectionEffects, connectionOf, hopTo, sshLetters } from "./connection.ts";
import { request, write } from "./effect.ts";
import { sessionEffects } from "./login.ts";
import { readSshCall, sshGrammar } from "./ssh-call.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

/** autossh(1): ssh's options, but `-M` takes the monitoring port. */
const autosshGrammar: Grammar = { ...sshGrammar, short: sshGrammar.short?.replace("KL:M", "KL:M:") };

/** rsh(1), rlogin(1): the same shape, fewer options. */
const rshGrammar: Grammar = { short: "468Kdnl:e:p:", permute: false };

function sshEffects(invocation: Invocation, grammar: Grammar): readonly Effect[] {
  const call = readSshCall(invocation.words, grammar);
  const has = (name: string) => call.options.some((option) => option.name === name);
  if (call.destination === undefined || has("-G") || has("-V") || has("-Q")) return [];
  const connection = connectionOf(call.options, sshLetters);
  const hops = [hopTo(call.destination, connection)];
  if (has("-O")) return [request("read", undefined, { hops })];
  const logs = call.options.flatMap((option) => (option.name === "-E" ? write(option.argument) : []));
  return [...logs, ...connectionEffects(connection, hops), ...sessionEffects(invocation, call, connection, hops)];
}

function client(names: readonly string[], grammar: Grammar): Utility {
  return { names, grammar, transport: true, effects: (invocation) => sshEffects(invocation, grammar) };
}

/** `kitten ssh …`: what follows is ssh's command line. */
function behindSubcommand(names: readonly string[]): Utility {
  return {
    names,
    grammar: {},
    transport: true,
    effects: (invocation) => {
      const at = invocation.words.findIndex((word) => known(word) === "ssh");
      return at < 0 ? [] : sshEffects({ ...invocation, words: invocation.words.slice(at + 1) }, sshGrammar);
    },
  };
}

export const utilities: readonly Utility[] = [
  client(["ssh", "slogin", "hpnssh", "gsissh", "sshrc", "tssh"], sshGrammar),
  client(["autossh"], autosshGrammar),
  client(["rsh", "remsh", "rlogin", "rexec"], rshGrammar),
  behindSubcommand(["kitten", "kitty", "waypipe", "wezterm"]),
];
