// The runtime layer's directory: a small bash program under the name of each utility that may reach another host, to be
// put first in PATH. One directory for each PATH, because `command -v docker` must not find what is not installed.
import { accessSync, chmodSync, constants, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import type { Engine } from "../decide.ts";
import { homeDirectory } from "../world/account.ts";
import { builtIn } from "../world/built-in.ts";
import { makeDirectories, temporaryDirectory } from "../world/directory.ts";
import { quoted } from "../world/words.ts";

export interface Layer {
  /** Where the package is installed, absolute. */
  readonly root: string;
  /** The utilities whose calls are judged when they run, sorted. Asked for only where a directory is made. */
  readonly names: readonly string[];
  /** git's subcommands that stay on this machine, which need not be judged, with spaces between. Asked for there too. */
  readonly confined: string;
  /** No policy says more of them than the built-in ones: a call that stays on this machine need not be judged. */
  readonly usual: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const marker = ".autobot-sh";
const mostDirectories = 256;
const longUnused = 30 * 24 * 3600 * 1000;

/** The directory of shims for these policies and the caller's PATH; undefined where none can be made. */
export function shimsFor(engine: Engine, environment: Environment, root?: string): string | undefined {
  return shimDirectory(layerOf(engine, root), environment);
}

/** `root`: where the package is installed; by default what the program that runs says. */
export function layerOf({ policies, registry }: Engine, root = dirname(dirname(resolve(process.argv[1] ?? "")))): Layer {
  const rules = builtIn.policies.reduce((count, { policy }) => count + (policy.rules?.length ?? 0), 0);
  const utilities = builtIn.policies.reduce((count, { policy }) => count + (policy.utilities?.length ?? 0), 0);
  const usual = policies.utilities.length === utilities && policies.rules.length <= rules && policies.settings.role !== "managed-host";
  return {
    root,
    usual,
    get names() {
      return [...registry.judged].sort();
    },
    get confined() {
      return registry.find("git")?.confinedSubcommands ?? "";
    },
  };
}

export const ours = /\/autobot-sh\/shims\/[^/]+\/\.bash-env/;

/** BASH_ENV as the user has set it: ours keeps it in a variable of its own. */
export function ownBashEnv({ BASH_ENV: value, AUTOBOT_SH_BASH_ENV: kept }: Environment): string | undefined {
  return value !== undefined && ours.test(value) ? kept : value;
}

/** The directory for this PATH, made now where there is none or it is older than a program; undefined where none can be. */
export function shimDirectory(layer: Layer, environment: Environment): string | undefined {
  const path = plainPath(searchPath(environment));
  const name = directoryName(path) + variant(layer);
  const head = `${layer.root}\n${path}\n`;
  for (const base of bases(environment)) {
    const directory = join(base, name);
    if (isFresh(directory, head, path, layer.root)) return directory;
    try {
      prepare(base);
      make(directory, head, path, layer);
      return directory;
    } catch {
      // Not a place to write to, or to run from.
    }
  }
  return undefined;
}

/** The same under the built-in policies alone, where it is there already: what a session can tell without them. */
export function usualDirectory(root: string, environment: Environment): string | undefined {
  const path = plainPath(searchPath(environment));
  const [base = ""] = bases(environment);
  const directory = join(base, directoryName(path));
  return isFresh(directory, `${root}\n${path}\n`, path, root) ? directory : undefined;
}

/** A variable can lead elsewhere, as PATH itself can: who sets them to go round the layer can go round it anyway. */
function bases(environment: Environment): readonly string[] {
  const { XDG_CACHE_HOME: cache } = environment;
  const home = homeDirectory(environment);
  const user = process.getuid?.() ?? 0;
  const first = cache?.startsWith("/") ? [cache] : home.startsWith("/") && existsSync(home) ? [join(home, ".cache")] : [];
  return [...first.map((directory) => join(directory, "autobot-sh", "shims")), join(temporaryDirectory(), `autobot-sh-${user}`, "autobot-sh", "shims")];
}

/** PATH; where it is not set, what bash was compiled with, which each system chooses for itself. */
export function searchPath({ PATH: path }: Environment): string {
  if (path !== undefined) return path;
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  return execFileSync("/bin/bash", ["-p", "-c", 'printf %s "$PATH"'], { env: {}, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });
}

/** PATH with one directory of shims, in front. */
export function behindShims(shims: string, path: string): string {
  return `${shims}:${plainPath(path)}`;
}

/** PATH without directories of shims. An empty entry, the current directory, stays one. */
export function plainPath(path: string): string {
  // Most have none, which can be told sooner.
  if (!path.includes("/autobot-sh/shims/")) return path;
  return path
    .split(delimiter)
    .filter((entry) => !/\/autobot-sh\/shims\/[^/]+$/.test(entry))
    .join(delimiter);
}

/** Length and hash as libexec/path.bash computes them: ten characters at a time, as numbers of base 64, in 64 bits. */
export function directoryName(path: string): string {
  const bytes = Buffer.from(path);
  let hash = 0n;
  for (let start = 0; start < bytes.length; start += 10) {
    const middle = Math.min(start + 5, bytes.length);
    const end = Math.min(start + 10, bytes.length);
    hash = BigInt.asIntN(64, (hash * 33n) ^ ((numberOf(bytes, start, middle) << BigInt(6 * (end - middle))) | numberOf(bytes, middle, end)));
  }
  return `${bytes.length}-${BigInt.asUintN(64, hash).toString(16)}`;
}

/** Of at most five digits: what fits a small integer. */
function numberOf(bytes: Buffer, start: number, end: number): bigint {
  let number = 0;
  for (let index = start; index < end; index++) number = number * 64 + digitOf(bytes[index] ?? 0);
  return BigInt(number);
}

/** As bash writes numbers of base 64: 0 to 9, a to z, A to Z, `@`, `_`. What is no letter and no digit counts as `_`. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 10;
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41 + 36;
  return 63;
}

/** Policies that describe more utilities, or rule on more, have directories of their own. */
export function variant(layer: Layer): string {
  return layer.usual ? "" : `-${directoryName(layer.names.join(" "))}`;
}

function isFresh(directory: string, head: string, path: string, root: string): boolean {
  try {
    const { uid, mode } = lstatSync(directory);
    if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700) return false;
    const file = join(directory, marker);
    if (readFileSync(file, "utf8") !== head) return false;
    const made = statSync(file).mtimeMs;
    return [...entries(path), join(root, "libexec"), join(root, "dist")].every((entry) => modified(entry) <= made);
  } catch {
    return false;
  }
}

/** Those that do not depend on where one stands. */
function entries(path: string): readonly string[] {
  return path.split(delimiter).filter((entry) => entry.startsWith("/"));
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Nobody else may be able to put something in our place. */
function prepare(base: string): void {
  makeDirectories(base, 0o700);
  for (const directory of [dirname(base), base]) {
    const { uid, mode } = lstatSync(directory);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new Error(`others may write \`${directory}\``);
  }
}

/** In place, file by file: whoever looks meanwhile finds the old shim or the new one, never none. */
function make(directory: string, head: string, path: string, layer: Layer): void {
  const started = new Date();
  makeDirectories(directory, 0o700);
  chmodSync(directory, 0o700);
  put(directory, ".shim", shimText(layer), 0o500);
  // On a file system mounted noexec shells would pass by the shims in silence.
  accessSync(join(directory, ".shim"), constants.X_OK);
  put(directory, ".bash-env", bashEnvText(directory, path, layer), 0o400);
  put(directory, ".profile", profileText(directory, path, layer), 0o400);
  const names = installed(layer.names, path);
  const present = list(directory);
  for (const name of names) if (!present.includes(name)) link(directory, name);
  for (const name of present) if (!name.startsWith(".") && !names.has(name)) rmSync(join(directory, name), { force: true });
  put(directory, marker, head, 0o600, started);
  sweep(dirname(directory));
}

/** `time`: of its last change; a program installed since is newer. */
function put(directory: string, name: string, text: string, mode: number, time?: Date): void {
  const draft = join(directory, `${name}.${process.pid}`);
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode, flag: "wx" });
  chmodSync(draft, mode);
  if (time !== undefined) utimesSync(draft, time, time);
  renameSync(draft, join(directory, name));
}

function link(directory: string, name: string): void {
  try {
    symlinkSync(".shim", join(directory, name));
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function installed(names: readonly string[], path: string): ReadonlySet<string> {
  const wanted = new Set(names);
  const found = new Set<string>();
  for (const entry of entries(path)) {
    for (const name of list(entry)) if (wanted.has(name)) found.add(name);
  }
  return found;
}

function list(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function sweep(base: string): void {
  const names = list(base);
  if (names.length <= mostDirectories) return;
  for (const name of names) {
    const directory = join(base, name);
    if (Date.now() - modified(join(directory, marker)) > longUnused) rmSync(directory, { recursive: true, force: true });
  }
}

function shimText({ root, usual, confined }: Layer): string {
  return `#!/bin/bash -p
# Written by autobot-sh: has this call judged, then becomes the utility.
autobot_root=${quoted(root)} autobot_usual=${usual ? 1 : ""} autobot_target= autobot_shims=\${0%/*}
autobot_confined=${quoted(` ${confined} `)}
. ${quoted(join(root, "libexec", "shim.bash"))}
printf 'autobot-sh: cannot read \`%s\`; nothing was run\\n  install autobot-sh again\\n' "$autobot_root/libexec/shim.bash" >&2
exit 125
`;
}

/** Puts the shims first in PATH again, where something has changed it. */
function pathText(directory: string, path: string, layer: Layer): string {
  return `if [[ \${PATH-} != ${quoted(`${directory}:${path}`)} ]]; then
  autobot_shims=${quoted(directory)} autobot_root=${quoted(layer.root)} autobot_variant=${variant(layer)}
  . ${quoted(join(layer.root, "libexec", "path.bash"))}
  autobot_set_path
  unset autobot_root autobot_variant autobot_shims autobot_node autobot_limit autobot_judge_options autobot_answer autobot_status
  unset -f autobot_plain_path autobot_directory_name autobot_fresh_directory autobot_set_path autobot_find_node autobot_is_node autobot_run_node autobot_judge
fi`;
}

/** Read by each bash that is not interactive (bash(1), BASH_ENV). Quiet under `set -x`; leaves no variable behind. */
function bashEnvText(directory: string, path: string, layer: Layer): string {
  return `# Written by autobot-sh: puts its shims first in PATH again, then does what BASH_ENV said before.
{ [[ $- == *x* ]] && autobot_trace=1; set +x; } 2>/dev/null
${pathText(directory, path, layer)}
if [[ -n \${AUTOBOT_SH_BASH_ENV-} ]]; then
  eval "autobot_file=\\"\${AUTOBOT_SH_BASH_ENV//\\"/\\\\\\"}\\""
  [[ $autobot_file == "~/"* ]] && autobot_file=$HOME/\${autobot_file:2}
  [[ $autobot_file == */* ]] || autobot_file=./$autobot_file
  if [[ -f $autobot_file && -r $autobot_file ]]; then
    { [[ \${autobot_trace-} ]] && set -x; } 2>/dev/null
    . "$autobot_file"
    { autobot_trace=; [[ $- == *x* ]] && autobot_trace=1; set +x; } 2>/dev/null
  fi
fi
if [[ \${autobot_trace-} ]]; then unset autobot_trace autobot_file; set -x; else unset autobot_trace autobot_file; fi
`;
}

/** Read before the program of \`-l -c\` and \`-i -c\`, behind the user's own start-up files. */
function profileText(directory: string, path: string, layer: Layer): string {
  return `# Written by autobot-sh: puts its shims first in PATH again, whatever start-up files have made of it.
BASH_EXECUTION_STRING=\${BASH_EXECUTION_STRING#*'} 2>/dev/null;'}
${pathText(directory, path, layer)}
`;
}
