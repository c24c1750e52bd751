// Whether a session with the launcher as login shell works, by starting one: before anybody's shell is changed, and nothing
// else would tell for certain.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { violation } from "../agent/proof.ts";
import type { Account } from "../world/accounts.ts";
import { quoted } from "../world/words.ts";

/** Why not; undefined: it is proven. */
export type Fault = string | undefined;

const limit = 60_000;
/** No program gives it by chance, and no failure of ours. */
const status = 7;
const rescued = "this is a rescue shell";

/** What a caller sees of a session. */
interface Session {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `root`: where the package is installed. */
export function proveLogin(root: string, launcher: string, account: Account): Fault {
  return writers(root, launcher, account) ?? commands(launcher, account) ?? refusal(launcher, account) ?? terminal(launcher, account);
}

/** The same program with nothing around it cannot judge, and has to become a shell for root. */
export function proveRescue(launcher: string): Fault {
  const directory = mkdtempSync(join(tmpdir(), "autobot-sh-rescue-"));
  try {
    const copy = join(directory, "bin", "autobot-sh");
    mkdirSync(dirname(copy));
    copyFileSync(launcher, copy);
    const { status: ended, stdout } = onTerminal(quoted(copy), { XDG_STATE_HOME: directory });
    return ended === status && stdout.includes(rescued) ? undefined : `a launcher that cannot work gives root no shell: status ${ended}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Whoever can write what the shell is made of has the account. */
function writers(root: string, launcher: string, account: Account): Fault {
  const node = join(root, "dist", "node-path");
  const recorded = existsSync(node) ? [readFileSync(node, "utf8").trim()] : [];
  const files = [launcher, join(root, "dist", "judge.cjs"), join(root, "libexec", "node.bash"), ...recorded];
  return files.filter((file) => existsSync(file)).flatMap((file) => above(realpathSync(file)).flatMap((each) => writerOf(each, account) ?? []))[0];
}

function above(path: string): readonly string[] {
  return path === "/" ? ["/"] : [path, ...above(dirname(path))];
}

function writerOf(path: string, { uid, name }: Account): Fault {
  const { uid: owner, gid, mode } = lstatSync(path);
  if (owner !== 0 && owner !== uid) return `\`${path}\` belongs to neither root nor ${name}\ninstall autobot-sh as root`;
  // In /tmp and its like others can make files, and neither change nor move what is root's.
  const sticky = (mode & 0o1000) !== 0;
  if (!sticky && ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0))) return `\`${path}\` can be written by others\nrun \`chmod go-w\` on it`;
  return undefined;
}

const program = `printf '%s|' "$(id -un)" "$HOME" "$LOGNAME" "$PWD"; umask; exit ${status}`;

function commands(launcher: string, account: Account): Fault {
  const plain = session("/bin/bash", account, program);
  if (plain.status !== status) return `bash itself runs no command in a session of ${account.name}: status ${plain.status}${said(plain)}\nsee their profile`;
  const ours = session(launcher, account, program);
  if (ours.status === plain.status && ours.stdout === plain.stdout) return undefined;
  return `a command in a session of ${account.name} goes otherwise than with bash: status ${ours.status}${said(ours)}`;
}

function refusal(launcher: string, account: Account): Fault {
  // A host that exists nowhere (RFC 6761): should the line run after all, it reaches nobody.
  const { status: ended } = session(launcher, account, violation);
  return ended === 126 ? undefined : `an edit on another host is not refused in a session of ${account.name}: status ${ended}`;
}

function terminal(launcher: string, account: Account): Fault {
  const start = isSelf(account) ? `exec -a -autobot-sh ${quoted(launcher)}` : `exec su -s ${quoted(launcher)} - ${quoted(account.name)}`;
  const ended = onTerminal(start, isSelf(account) ? ownEnvironment(launcher, account) : {});
  if (ended.stdout.includes(rescued)) return `a session of ${account.name} on a terminal is a rescue shell${said({ ...ended, stderr: ended.stdout })}`;
  return ended.status === status ? undefined : `a session of ${account.name} on a terminal ends with status ${ended.status}${said({ ...ended, stderr: ended.stdout })}`;
}

/** script(1) has the terminal. */
function onTerminal(command: string, environment: Readonly<Record<string, string>>): Session {
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TERM: "dumb", HOME: "/", ...environment, SHELL: "/bin/bash" };
  return spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8", env, input: `exit ${status}\n`, timeout: limit });
}

/** As login(1) and sshd start one: with a clean environment, by way of PAM where root may. */
function session(shell: string, account: Account, text: string): Session {
  if (!isSelf(account)) return spawnSync("su", ["-s", shell, "-", account.name, "-c", text], { encoding: "utf8", cwd: "/", input: "", timeout: limit });
  return spawnSync(shell, ["-c", text], { argv0: "-autobot-sh", encoding: "utf8", cwd: account.home, env: ownEnvironment(shell, account), input: "", timeout: limit });
}

function isSelf({ uid }: Account): boolean {
  return uid === process.getuid?.();
}

function ownEnvironment(shell: string, { name, home }: Account): Readonly<Record<string, string>> {
  return { HOME: home, USER: name, LOGNAME: name, SHELL: shell, PATH: "/usr/local/bin:/usr/bin:/bin" };
}

function said({ stderr }: Session): string {
  const text = stderr.trim();
  return text === "" ? "" : `\n${text.slice(0, 2000)}`;
}
