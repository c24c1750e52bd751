// An ordinary user for the tests of others to run as: shells behave differently for root, and a test may do anything.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";

export interface Account {
  readonly name: string;
  readonly home: string;
  /** For root: the account was made for this run. */
  readonly isTemporary: boolean;
}

/** Made for this run where root asks, and to be removed; anybody else runs the tests as themselves. Throws where useradd does not work. */
export function openAccount(home: string): Account {
  mkdirSync(home);
  if (process.getuid?.() !== 0) return { name: userInfo().username, home, isTemporary: false };
  const name = `conformance-${process.pid}`;
  must("useradd", ["--no-create-home", "--home-dir", home, "--shell", "/bin/bash", "--user-group", name]);
  must("chown", [`${name}:`, home]);
  return { name, home, isTemporary: true };
}

export function closeAccount({ name, isTemporary }: Account): void {
  if (!isTemporary) return;
  // What tests left running is theirs alone: nobody else is this user.
  spawnSync("/bin/bash", ["-c", 'id=$(id -u "$1") && for each in /proc/[0-9]*; do [[ $(stat -c %u "$each") == "$id" ]] && kill -KILL "${each##*/}"; done', "-", name], {
    stdio: "ignore",
  });
  spawnSync("userdel", [name], { stdio: "ignore" });
}

export function setLoginShell({ name }: Account, shell: string): void {
  must("usermod", ["--shell", shell, name]);
}

export function give(tree: string, { name, isTemporary }: Account): void {
  if (isTemporary) must("chown", ["-R", `${name}:`, tree]);
}

// Each of these traps has given differences between shells that were none: descriptors left open by npm, signals that
// `&` or nohup had ignored, the caller's environment.
const gate = 'for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd > 2)) && exec {fd}>&-; done; exec -- "$@"';

/** The words that run `command` as the account: default signals, no descriptor but 0 to 2, no variable but `env`. */
export function asAccount({ name, home, isTemporary }: Account, command: readonly string[], env: Readonly<Record<string, string>> = {}): readonly [string, ...string[]] {
  const become = isTemporary ? ["setpriv", `--reuid=${name}`, `--regid=${name}`, "--init-groups"] : [];
  // A place for autobot-sh's record and shims, whatever a test makes of HOME.
  const own = { XDG_STATE_HOME: `${home}/state`, XDG_CACHE_HOME: `${home}/cache` };
  const variables = { HOME: home, USER: name, LOGNAME: name, LANG: "C.UTF-8", TERM: "xterm", PATH: "/usr/local/bin:/usr/bin:/bin", ...own, ...env };
  const assignments = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`);
  return ["/bin/bash", "-p", "-c", gate, "-", ...become, "env", "--default-signal", "-i", ...assignments, ...command];
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs to its end with nothing to read. */
export function ended([file, ...args]: readonly [string, ...string[]], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) child[stream].setEncoding("utf8").on("data", (chunk: string) => (text[stream] += chunk));
    // Not `close`: a job that a test has left behind may hold the pipes.
    child.on("exit", (status) => setTimeout(() => resolve({ status, ...text }), 20));
    child.on("error", reject);
  });
}

/** Runs what has to succeed; throws with what it said where it does not. */
export function must(file: string, args: readonly string[], cwd = "/"): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status === 0) return stdout;
  throw new Error(`\`${[file, ...args].join(" ").slice(0, 200)}\` failed: ${error?.message ?? stderr.trim().split("\n").slice(-3).join("; ")}`);
}
