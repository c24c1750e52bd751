// A server of the test's own: an sshd on the loopback of a network namespace that nothing leads out of, with users that
// only its mount namespace knows. Nothing of the machine is changed, and all of it ends with its process.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { scratch } from "./run.ts";

export interface Server {
  /** Whose network namespace it listens in. */
  readonly pid: number;
  /** What ssh reads: each user is a host. */
  readonly sshConfig: string;
  /** A user's home, as this machine has it. */
  home(user: string): string;
  down(): Promise<void>;
}

export interface ServerUser {
  readonly shell: string;
  readonly rc?: string;
}

const port = 2222;
/** Of the users there, in their order. */
export const firstUser = 61_000;

/** Why there can be none on this machine. */
export function missingServer(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  for (const file of ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/nsenter"]) if (!existsSync(file)) return `needs ${file}`;
  return spawnSync("unshare", ["--net", "--mount", "ip", "link", "set", "lo", "up"]).status === 0 ? undefined : "needs namespaces";
}

/** `users`: by the name of a host of the fleet, by which ssh logs in to them. `configuration`: more for sshd. */
export async function serve(users: Readonly<Record<string, ServerUser>>, configuration = ""): Promise<Server> {
  const directory = scratch();
  chmodSync(directory, 0o755);
  const key = (name: string) => execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(directory, name)]);
  key("host");
  key("user");
  const home = (user: string) => join(directory, user);
  const accounts = Object.entries(users).map(([user, { shell, rc = "" }], index) => {
    const id = firstUser + index;
    mkdirSync(join(home(user), ".ssh"), { recursive: true });
    writeFileSync(join(home(user), ".ssh", "authorized_keys"), readFileSync(join(directory, "user.pub")));
    writeFileSync(join(home(user), ".bashrc"), `PS1='${user}> ' HISTFILE=~/history PROMPT_COMMAND='echo "$?" >>~/prompts'\n${rc}\n`);
    // Without, zsh would ask for one first.
    writeFileSync(join(home(user), ".zshrc"), "PS1='zsh> '\n");
    for (const name of ["", ".ssh", ".ssh/authorized_keys", ".bashrc"]) chownSync(join(home(user), name), id, id);
    writeFileSync(join(home(user), ".bash_profile"), ". ~/.bashrc\n");
    return `${account(user)}:x:${id}:${id}::${homeThere(user)}:${shell}`;
  });
  writeFileSync(join(directory, "passwd"), `${readFileSync("/etc/passwd", "utf8")}${accounts.join("\n")}\n`);
  const settings = `ListenAddress 127.0.0.1:${port}\nHostKey ${directory}/host\nPidFile none\nUsePAM no\nUseDNS no\nPasswordAuthentication no\nStrictModes no\nPrintMotd no\nMaxStartups 100\nSubsystem sftp /usr/lib/openssh/sftp-server\n`;
  writeFileSync(join(directory, "sshd_config"), settings + configuration);
  const hosts = Object.keys(users).map((user) => `Host ${user}\n  User ${account(user)}\n`);
  const common = `Host *\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${directory}/user\n  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n`;
  writeFileSync(join(directory, "ssh_config"), hosts.join("") + common);
  const start =
    '{ [ -z "$AUTOBOT_SH_TEST_BASH" ] || mount --bind "$AUTOBOT_SH_TEST_BASH" "$(readlink -f /bin/bash)"; } && ip link set lo up && mount --bind "$0/passwd" /etc/passwd && mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /home && for home in $1; do mkdir "/home/$home" && mount --bind "$0/${home/autobot/frontend}" "/home/$home" || exit; done && mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f "$0/sshd_config" 2>"$0/log"';
  const server = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", "--net", "--mount", "bash", "-c", start, directory, Object.keys(users).map(directoryOf).join(" ")], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const log = join(directory, "log");
  for (let tries = 0; !(existsSync(log) && readFileSync(log, "utf8").includes("Server listening")); tries++) {
    if (tries > 400) throw new Error(`sshd did not start\n${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
    await delay(25);
  }
  return {
    pid: server.pid ?? 0,
    sshConfig: join(directory, "ssh_config"),
    home,
    down: async () => {
      server.kill("SIGKILL");
      await ended;
    },
  };
}

/** Of frontend the one that the fleet's path maps speak of. */
function directoryOf(user: string): string {
  return user === "frontend" ? "autobot" : user;
}

function homeThere(user: string): string {
  return `/home/${directoryOf(user)}`;
}

function account(user: string): string {
  return `at-${user}`;
}

export interface Process {
  readonly pid: number;
  readonly uid: number;
  readonly name: string;
  readonly words: string;
}

/** Those of the machine, and so of the server. */
export function processes(): readonly Process[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      const [comm, words] = ["comm", "cmdline"].map((file) => readFileSync(join("/proc", name, file), "utf8")) as [string, string];
      return /^\d+$/.test(name) ? [{ pid: Number(name), uid: statSync(join("/proc", name)).uid, name: comm.trimEnd(), words: words.replaceAll("\0", " ") }] : [];
    } catch {
      return [];
    }
  });
}
