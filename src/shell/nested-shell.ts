// Shells that a line would start in the person's own terminal, and whose lines nobody would judge.
import type { Response } from "../decide.ts";

const shells = new Set("ash bash csh dash elvish fish ksh ksh93 mksh nu oksh posh rbash sh tcsh yash zsh".split(" "));

export function isShell(name: string): boolean {
  return shells.has(name);
}

/** Those that a session has in the shell's table of commands, as sessions (libexec/nested/). */
const gated = new Set(["bash", "zsh"]);

/** What starts a shell in its own place or below itself, and as the same user. Others (sudo, su, chroot) have another's. */
const transparent = new Set("builtin command env exec ionice nice nocorrect noglob nohup script setsid stdbuf time timeout unbuffer".split(" "));

/** What the shell's own table of commands is looked up for. */
const fromTable = new Set(["command", "exec", "nocorrect", "noglob"]);

export interface NestedShell {
  /** As it was typed. */
  readonly word: string;
  /** The same person's: there is another way to have it. Else another user's, or in another root directory. */
  readonly own: boolean;
}

/** The first that would not be a session itself. `tabled`: the shell's table of commands has ours. */
export function ungatedShell({ requests, steps }: Response, tabled: boolean): NestedShell | undefined {
  for (const { action, host, utility, via, span } of requests) {
    if (action !== "session" || host.kind !== "local" || !shells.has(utility)) continue;
    const step = steps.find(({ words: [name = ""], span: whole }) => name.replace(/^.*\//, "") === utility && whole.start <= span.start && span.end <= whole.end);
    const word = step?.words[0] ?? utility;
    if (tabled && gated.has(word) && via.every((each) => fromTable.has(each))) continue;
    return { word, own: via.every((each) => transparent.has(each)) };
  }
  return undefined;
}
