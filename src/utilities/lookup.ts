// Whether a command is looked for in the caller's own PATH: only there does the runtime layer stand before it.
import type { SimpleCommand } from "../syntax/simple-command.ts";
import { known, prefix, show, type Word } from "../syntax/word.ts";

/** What these run is found by a PATH of their own, or of a process that was there before. */
export const elsewhere: ReadonlySet<string> = new Set(
  "sudo doas su runuser pkexec run0 gosu su-exec chpst setuidgid sg newgrp capsh systemd-run machinectl chroot nsenter unshare firejail proot at batch tmux screen zellij tsp".split(
    " ",
  ),
);

/** bash alone puts the shims back behind its profile: it reads BASH_ENV. */
const login = /^-[a-zA-Z]*l[a-zA-Z]*$|^--login$/;

/** These with such a word. */
const givenWord: Readonly<Record<string, RegExp>> = {
  env: /^-$|^-[a-zA-Z]*[iu]|^--(?:i|unset)|^PATH=/,
  command: /^-[a-zA-Z]*p/,
  exec: /^-[a-zA-Z]*[cl]/,
  sh: login,
  dash: login,
  zsh: login,
  ksh: login,
};

interface Reaching {
  readonly reaching: ReadonlySet<string>;
}

/** True where the shims do not see it, nor what it runs. `path`: PATH as the line found it. */
export function leavesPath(command: SimpleCommand, name: string, words: readonly Word[], registry: Reaching, path: string | undefined): boolean {
  const [first] = command.words;
  if (elsewhere.has(name) || (first !== undefined && show(first).includes("/") && registry.reaching.has(name))) return true;
  const pattern = givenWord[name];
  return (pattern !== undefined && words.some((word) => pattern.test(known(word) ?? prefix(word)))) || replaces(command.variable("PATH"), path);
}

/** The same of a name that is not known: a file by a pattern, or in a directory where the system's utilities are. */
export function mayLeavePath(name: Word): boolean {
  const text = show(name);
  return text.startsWith("/") && (name.glob === true || systemDirectory.test(text));
}

/** hier(7); `/usr/local` too. */
const systemDirectory = /^\/+(?:usr\/+(?:local\/+)?)?s?bin\/+[^/]*$/;

/** The line sets PATH, and to more than an addition. */
function replaces(value: Word | undefined, path: string | undefined): boolean {
  if (value === undefined) return false;
  const text = show(value);
  return text !== path && !/\$\{?PATH\b/.test(text) && (path === undefined || !text.includes(path));
}

/** `path`: as the line found it. */
export function setsPath(command: SimpleCommand, path: string | undefined): boolean {
  const value = command.variable("PATH");
  return value === undefined ? path !== undefined : show(value) !== path;
}
