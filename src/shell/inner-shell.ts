// Which shell the person gets, and how it is started so that it loads our gate before its own start-up files.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Invocation } from "./invocation.ts";
import { readProcess } from "./process.ts";
import type { TerminalCommand } from "./terminal.ts";
import { quoted } from "./words.ts";

export const innerShells = ["bash", "zsh"] as const;
export type InnerShell = (typeof innerShells)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** The person's own choice, else the policy's, else bash; `unknown`: what was asked for and cannot be had. */
export function chooseShell({ AUTOBOT_INNER_SHELL: asked = "" }: Environment, fallback: InnerShell = "bash"): { readonly shell: InnerShell; readonly unknown?: string } {
  const name = asked.replace(/^.*\//, "");
  if (name === "") return { shell: fallback };
  const shell = innerShells.find((each) => each === name);
  return shell === undefined ? { shell: fallback, unknown: name } : { shell };
}

export interface Start {
  readonly shell: InnerShell;
  /** The launcher's words. */
  readonly words: readonly string[];
  readonly invocation: Invocation;
  readonly login: boolean;
  /** Where the package is installed. */
  readonly root: string;
  /** The channel's directory, for the files that the shell is to load. */
  readonly directory: string;
  readonly environment: Environment;
}

export function startOf(start: Start): TerminalCommand {
  return start.shell === "bash" ? bashStart(start) : zshStart(start);
}

/** In POSIX mode an interactive bash reads the file that ENV names and nothing else, as login shell too (bash(1), INVOCATION). */
function bashStart({ words, invocation, login, root, directory, environment }: Start): TerminalCommand {
  const { ENV: env, HISTFILE: history } = environment;
  const flag = (letter: string, on: boolean) => (on ? letter : "");
  const has = (name: string) => invocation.words.has(name);
  const flags = [flag("l", login), flag("p", has("noprofile")), flag("r", has("norc")), flag("x", has("posix")), flag("h", history !== undefined)].join("");
  const file = join(directory, "start");
  const lines = [
    `autobot_session=${quoted(directory)} autobot_parent=${process.pid} autobot_root=${quoted(root)} autobot_environment=${flags}`,
    ...(env === undefined ? [] : [`autobot_env=${quoted(env)}`]),
    ...(invocation.startupFile === undefined ? [] : [`autobot_rcfile=${quoted(invocation.startupFile)}`]),
    `. ${quoted(join(root, "libexec", "gate-pipes.bash"))}`,
    `. ${quoted(join(root, "libexec", "gate.bash"))}`,
  ];
  writeFileSync(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  return { file: "/bin/bash", args: ["--posix", ...words], argv0: login ? "-bash" : "bash", env: { ...environment, ENV: file }, cwd: "." };
}

/** zsh looks for its start-up files in ZDOTDIR: ours load the gate, and read the person's from where they are (zsh(1), STARTUP/SHUTDOWN FILES). */
function zshStart({ words, login, root, directory, environment }: Start): TerminalCommand {
  const { ZDOTDIR: own } = environment;
  // Without start-up files there would be no gate either: they are left out by ours.
  const bare = words.some((word) => /^-[A-Za-z]*f/.test(word));
  const gate = [
    "unsetopt aliases",
    `autobot_session=${quoted(directory)} autobot_parent=${process.pid} autobot_root=${quoted(root)}`,
    `__autobot_had=${own === undefined ? "" : 1} __autobot_zdotdir=${quoted(own ?? "")} __autobot_bare=${bare ? 1 : ""}`,
    `. ${quoted(join(root, "libexec", "gate.zsh"))}`,
    "setopt aliases",
  ];
  for (const name of [".zshenv", ".zprofile", ".zshrc", ".zlogin"]) {
    const lines = [...(name === ".zshenv" ? gate : []), `autobot_file=${name}`, `. ${quoted(join(root, "libexec", "start.zsh"))}`];
    writeFileSync(join(directory, name), `${lines.join("\n")}\n`, { mode: 0o600 });
  }
  const args = words.map((word) => (/^-[A-Za-z]*f/.test(word) ? word.replace("f", "") : word)).filter((word) => word !== "-");
  return { file: "/bin/zsh", args, argv0: login ? "-zsh" : "zsh", env: { ...environment, ZDOTDIR: directory }, cwd: "." };
}

const loginParents = /^(?:sshd.*|login|su|tmux: server)$/;

/** A `#!` program never sees the `-` before its name: no SHLVL, and who has started it, tell a login shell (docs/adr/0015). */
export function isLogin({ login }: Invocation, { SHLVL: level = "0" }: Environment): boolean {
  return login || (Number(level) < 1 && loginParents.test(callerName()));
}

/** Of the process that has started the launcher, which waits for us. */
function callerName(): string {
  try {
    return readFileSync(`/proc/${readProcess(process.ppid)?.parent}/comm`, "utf8").trimEnd();
  } catch {
    return "";
  }
}
