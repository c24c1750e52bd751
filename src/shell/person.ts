// Whether it is a person who sits at the terminal, as far as a process of the same user can know: what stands between it and us are shells
// and what people have terminals from, nothing that types for somebody, and no agent above (docs/adr/0028).
import { readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { agentVariables } from "./agent-variables.ts";
import { attempt } from "./attempt.ts";
import { isInForeground, isTerminal } from "./descriptor.ts";

interface Ancestor {
  readonly pid: number;
  readonly parent: number;
  /** Of the file that it executes; where that is not shown to us, what the kernel calls it. */
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: string;
}

const shells = /^(?:ba|da|z|k|mk|fi|a|ya)?sh$/;

/** They stand between a shell and its terminal, and type nothing. bwrap(1): `runtime: strict`. */
const between: ReadonlySet<string> = new Set(["sudo", "su", "doas", "runuser", "login", "autobot-sh", "autobot-bash", "bwrap"]);

/** What people have terminals from. Editors' own are not among them: agents type there too. */
const terminals: ReadonlySet<string> = new Set(
  (
    "sshd sshd-session sshd-auth dropbear mosh-server login agetty getty tmux screen xterm uxterm urxvt rxvt rxvt-unicode st foot footclient kitty alacritty wezterm-gui " +
    "gnome-terminal-server gnome-terminal- ptyxis-agent kgx konsole yakuake xfce4-terminal lxterminal qterminal mate-terminal deepin-terminal tilix terminology ghostty zellij"
  ).split(" "),
);

const agents: ReadonlySet<string> = new Set("claude codex gemini qwen copilot opencode pi goose crush droid windsurf cline cursor-agent amp aider".split(" "));

/** What would let somebody else's code answer in this process. */
const loaders = ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "NODE_OPTIONS"];

const mostAncestors = 64;

/** Undefined: nothing speaks against it. In the house's form. */
export function whyNoPerson(): string | undefined {
  if (!isTerminal(0) || !isTerminal(1) || !isTerminal(2)) return "it is for a person at a terminal, and no input or output of it may be a pipe or a file";
  if (!isInForeground()) return "it runs in the background of its terminal";
  const loader = loaders.find((name) => (process.env[name] ?? "") !== "");
  if (loader !== undefined) return `\`${loader}\` is set\nunset it first`;
  const variable = agentVariables.find((name) => (process.env[name] ?? "") !== "");
  if (variable !== undefined) return `it is never for an agent, and \`${variable}\` says that one runs this`;
  return strangerAmong(ancestorsOf(process.ppid));
}

function strangerAmong(ancestors: readonly Ancestor[]): string | undefined {
  const agent = ancestors.find(
    ({ name, words, environment }) =>
      agents.has(name) || words.slice(0, 2).some((word) => agents.has(basename(word))) || agentVariables.some((each) => environment.includes(`\0${each}=`)),
  );
  if (agent !== undefined) return `it is never for an agent, and this was started below one: \`${agent.name}\` (${agent.pid})`;
  const maker = ancestors.findIndex(({ name }) => terminals.has(name));
  const way = maker < 0 ? ancestors : ancestors.slice(0, maker);
  const stranger = way.find(({ name, words }) => !shells.test(name) && !between.has(name) && !isOurs(name, words));
  if (stranger !== undefined) return `\`${stranger.name}\` (${stranger.pid}) stands between this and the terminal\nrun it from a shell of your terminal`;
  return maker < 0 ? "what this terminal belongs to cannot be told" : undefined;
}

/** A session of autobot-sh: its shell has its terminal from it. */
function isOurs(name: string, words: readonly string[]): boolean {
  return name === basename(process.execPath) && words.some((word) => /\/dist\/(?:session|terminal)\.c?js$/.test(word));
}

function ancestorsOf(first: number): readonly Ancestor[] {
  const found: Ancestor[] = [];
  for (let pid = first; pid > 1 && found.length < mostAncestors; ) {
    const ancestor = ancestorAt(pid);
    if (ancestor === undefined) break;
    found.push(ancestor);
    pid = ancestor.parent;
  }
  return found;
}

function ancestorAt(pid: number): Ancestor | undefined {
  const read = (name: string) => attempt(() => readFileSync(`/proc/${pid}/${name}`, "latin1"));
  const stat = read("stat");
  if (stat === undefined) return undefined;
  const executed = attempt(() => readlinkSync(`/proc/${pid}/exe`))?.replace(/ \(deleted\)$/, "");
  const called = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
  return {
    pid,
    parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]),
    // tmux calls its server `tmux: server`.
    name: executed === undefined ? called.replace(/:.*$/, "") : basename(executed),
    words: (read("cmdline") ?? "").split("\0"),
    environment: `\0${read("environ") ?? ""}`,
  };
}
