// Starts the built autobot-sh, autobotctl and bash the way a test wants them: a home of their own, nothing of the machine's.
import { type SpawnSyncReturns, type StdioOptions, spawnSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../scratch.ts";

export { scratch } from "../scratch.ts";

export const root = join(import.meta.dirname, "..", "..");
export const autobotSh = join(root, "bin", "autobot-sh");
/** The same in bash, which serves where nothing was compiled. */
export const launcherInBash = join(root, "libexec", "autobot-sh");
export const autobotctl = join(root, "bin", "autobotctl");

/** A copy of what is installed, without code caches: to break, and to start for the first time. */
export function installation(): string {
  const copy = scratch();
  for (const folder of ["bin", "libexec"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
  mkdirSync(join(copy, "dist"));
  cpSync(join(root, "dist", "judge.cjs"), join(copy, "dist", "judge.cjs"));
  cpSync(join(root, "dist", "judge"), join(copy, "dist", "judge"), { recursive: true, filter: (file) => !file.endsWith(".cache") });
  return copy;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
  readonly stdio?: StdioOptions;
  /** Default: the built one. */
  readonly launcher?: string;
  /** Milliseconds. */
  readonly timeout?: number;
}

const state = scratch();

export const environment: Readonly<Record<string, string>> = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/home/tester",
  XDG_STATE_HOME: state,
  XDG_CACHE_HOME: join(state, "cache"),
  LANG: "C.UTF-8",
};

export function run(file: string, args: readonly string[], options: RunOptions & { readonly argv0?: string } = {}): SpawnSyncReturns<string> {
  const { cwd = root, env = {}, launcher: _launcher, ...rest } = options;
  return spawnSync(file, args, { cwd, encoding: "utf8", env: { ...environment, ...env }, timeout: 30_000, maxBuffer: 64 * 1024 * 1024, ...rest });
}

/** What a caller of a shell can see of how a command went. */
export interface Seen {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: string | null;
}

/** Apart from the directory of shims, which is first in PATH (docs/adr/0012). */
export function throughAutobot(args: readonly string[], options: RunOptions = {}): Seen {
  const { stdout, ...rest } = seen(run(options.launcher ?? autobotSh, args, options));
  return { ...rest, stdout: withoutShims(stdout) };
}

export function withoutShims(text: string): string {
  return text.replaceAll(/\/[^\s:=]*\/autobot-sh\/shims\/[\w-]+:/g, "");
}

/** bash under the launcher's name, so that `$0` and messages can be the same. */
export function throughBash(args: readonly string[], options: RunOptions = {}): Seen {
  return seen(run("/bin/bash", args, { ...options, argv0: options.launcher ?? autobotSh }));
}

function seen({ stdout, stderr, status, signal }: SpawnSyncReturns<string>): Seen {
  return { stdout, stderr, status, signal };
}
