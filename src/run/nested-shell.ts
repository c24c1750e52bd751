// Shells that a line would start in the person's own terminal, and whose lines nobody would judge.
import type { Host, Response, Step } from "../decide.ts";

const shells = new Set("ash bash csh dash elvish fish ksh ksh93 mksh nu oksh posh rbash sh tcsh yash zsh".split(" "));

export function isShell(name: string): boolean {
  return shells.has(name);
}

/** Those that the shell's table of commands leads to as sessions (libexec/nested/). */
const gated = new Set(["bash", "zsh"]);

/** What a shell is of another user behind, or in another root directory, or on another login. Behind all else it is the same person's. */
const others = new Set(
  "sudo doas su runuser pkexec run0 gosu su-exec chpst setuidgid setpriv capsh systemd-run machinectl chroot nsenter unshare firejail bwrap proot docker podman nerdctl distrobox toolbox lxc flatpak ssh".split(
    " ",
  ),
);

/** What the shell's own table of commands is looked up for. */
const fromTable = new Set(["command", "exec", "nocorrect", "noglob"]);

export interface NestedShell {
  /** As it was typed. */
  readonly word: string;
  /** The same person's: there is another way to have it. */
  readonly own: boolean;
  /** What opens it: the program behind which it is another user's or in another root directory, or a script. */
  readonly by: string | undefined;
}

/** Whose windows are shells of their own, started by a server that may have been there before. */
const multiplexers = new Set("abduco byobu dtach dvtm screen tmux zellij".split(" "));

/** What opens or shows such windows here. */
export function multiplexer({ requests }: Response): string | undefined {
  return requests.find(({ action, host, utility }) => action === "session" && isHere(host) && multiplexers.has(utility))?.utility;
}

/** The first that would not be a session itself. `tabled`: the shell's table of commands has ours. */
export function ungatedShell({ requests, steps }: Response, tabled: boolean): NestedShell | undefined {
  for (const { action, host, utility, via, span } of requests) {
    if (action !== "session" || !isHere(host) || !shells.has(utility)) continue;
    const at = steps.findIndex(({ words: [name = ""], span: whole }) => name.replace(/^.*\//, "") === utility && whole.start <= span.start && span.end <= whole.end);
    const word = steps[at]?.words[0] ?? utility;
    if (tabled && gated.has(word) && via.every((each) => fromTable.has(each)) && isTableKept(steps.slice(0, at + 1))) continue;
    const other = via.find((each) => others.has(each));
    const by = other ?? (steps[at]?.inFile === true ? "a script" : undefined);
    return { word, own: other === undefined && (by === undefined || isServer(host)), by: other === undefined ? by : `\`${other}\`` };
  }
  return undefined;
}

/** On this machine; where that is a server, it counts as one of the fleet's (docs/adr/0017). */
function isHere(host: Host): boolean {
  return host.kind === "local" || isServer(host);
}

function isServer(host: Host): boolean {
  return host.kind === "remote" && host.here === true;
}

/** Of the table, what a command before may have changed; bash empties it where PATH is set. The last is the shell's own. */
function isTableKept(steps: readonly Step[]): boolean {
  return steps.at(-1)?.setsPath !== true && !steps.some(changesTable);
}

function changesTable({ words: [name = "", ...words] }: Step): boolean {
  switch (name) {
    case ".":
    case "source":
    case "unhash":
    case "rehash":
    case "emulate":
      return true;
    case "hash":
      return words.length > 0;
    case "set":
      return words.some((word) => /^\+\w*h/.test(word) || word === "hashall");
    case "shopt":
    case "setopt":
    case "unsetopt":
      return words.some((word) => /hash/i.test(word));
    case "command":
      return words.some((word) => /^-\w*p/.test(word));
    default:
      return false;
  }
}

/** How a program that runs at a terminal opens a shell there. `tabled`: by a name that can lead to a session. */
export function shellOf(response: Response): NestedShell | "tabled" | undefined {
  if (ungatedShell(response, false) === undefined) return undefined;
  return ungatedShell(response, true) ?? "tabled";
}
