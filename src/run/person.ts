// Whether it is a person who sits at the terminal, as far as a process of the same user can know: what stands between it and us are shells
// and what people have terminals from, nothing that types for somebody, and no agent above (docs/adr/0028).
import { basename } from "node:path";
import { isInForeground, isTerminal } from "../world/descriptor.ts";
import { agentPrograms, agentVariableIn } from "./agent-variables.ts";
import { type Ancestor, agentAmong, ancestorsOf } from "./ancestor.ts";

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

/** Editors have one in them. */
const agents: ReadonlySet<string> = new Set([...agentPrograms, "cursor", "windsurf"]);

/** What would let somebody else's code answer in this process. */
const loaders = ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "NODE_OPTIONS"];

/** Undefined: nothing speaks against it. In the house's form. */
export function whyNoPerson(): string | undefined {
  if (!isTerminal(0) || !isTerminal(1) || !isTerminal(2)) return "it is for a person at a terminal, and no input or output of it may be a pipe or a file";
  if (!isInForeground()) return "it runs in the background of its terminal";
  const loader = loaders.find((name) => (process.env[name] ?? "") !== "");
  if (loader !== undefined) return `\`${loader}\` is set\nunset it first`;
  const variable = agentVariableIn(process.env);
  if (variable !== undefined) return `it is never for an agent, and \`${variable}\` says that one runs this`;
  return strangerAmong(ancestorsOf(process.ppid));
}

function strangerAmong(ancestors: readonly Ancestor[]): string | undefined {
  const agent = agentAmong(ancestors, agents);
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
