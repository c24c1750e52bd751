// Which shell the person gets, and how it is started so that it loads our gate before its own start-up files. The launcher starts
// most of them so: src/launcher/terminal.c.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Invocation } from "../run/invocation.ts";
import { readProcess } from "../world/process.ts";
import type { TerminalCommand } from "./terminal.ts";

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
  /** The channel's. */
  readonly directory: string;
  readonly environment: Environment;
}

export function startOf(start: Start): TerminalCommand {
  return start.shell === "bash" ? bashStart(start) : zshStart(start);
}

/**
 * In POSIX mode an interactive bash reads the file that ENV names and nothing else, as login shell too (bash(1), INVOCATION). It
 * expands the name.
 */
function bashStart({ words, invocation, login, root, directory, environment }: Start): TerminalCommand {
  const { ENV: own, HISTFILE: history } = environment;
  const flag = (letter: string, on: boolean) => (on ? letter : "");
  const has = (name: string) => invocation.words.has(name);
  const flags = [flag("l", login), flag("p", has("noprofile")), flag("r", has("norc")), flag("x", has("posix")), flag("h", history !== undefined)].join("");
  const gate = { ...told(root, directory), autobot_environment: flags, autobot_env: own, autobot_rcfile: invocation.startupFile };
  const env = { ...environment, ...gate, ENV: "$autobot_root/libexec/start.bash" };
  return { file: "/bin/bash", args: ["--posix", ...words], argv0: login ? "-bash" : "bash", env, cwd: "." };
}

/** zsh looks for its start-up files in ZDOTDIR: ours load the gate, and read the person's from where they are (zsh(1), STARTUP/SHUTDOWN FILES). */
function zshStart({ words, login, root, directory, environment }: Start): TerminalCommand {
  // Without start-up files there would be no gate either: they are left out by ours.
  const bare = words.some((word) => /^-[A-Za-z]*f/.test(word));
  const gate = { ...told(root, directory), autobot_zdotdir: environment["ZDOTDIR"], autobot_bare: bare ? "1" : undefined };
  const args = words.map((word) => (/^-[A-Za-z]*f/.test(word) ? word.replace("f", "") : word)).filter((word) => word !== "-");
  return { file: "/bin/zsh", args, argv0: login ? "-zsh" : "zsh", env: { ...environment, ...gate, ZDOTDIR: join(root, "libexec", "zsh") }, cwd: "." };
}

/** Where the gate asks. */
function told(root: string, directory: string): Environment {
  return { autobot_session: directory, autobot_parent: String(process.pid), autobot_root: root };
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
