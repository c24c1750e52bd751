// A machine to log in to, in namespaces of this one: its own accounts, /etc/shells, policies, record and sshd, and no way out.
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

export interface Machine {
  readonly pid: number;
  /** When its first process started, as `/proc/PID/stat` has it: a PID alone may meanwhile be another's. */
  readonly started: string;
}

const environment = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };
const namespaces = ["--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

/** Why there can be none here. */
export function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const programs = [
    "ip",
    "nsenter",
    "unshare",
    "setpriv",
    "useradd",
    "chsh",
    "su",
    "login",
    "cron",
    "script",
    "ssh",
    "ssh-keygen",
    "/usr/sbin/sshd",
    "/usr/lib/openssh/sftp-server",
    "rsync",
    "git",
    "/usr/bin/node",
  ];
  const absent = programs.filter((program) => spawnSync("sh", ["-c", 'command -v "$0"', program], { env: environment }).status !== 0);
  if (absent.length > 0) return `needs ${absent.join(", ")} (Debian: openssh-server, rsync, iproute2, util-linux, passwd)`;
  const trial = `set -e
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/upper /mnt/work /mnt/root
    mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
    mount -t devpts -o newinstance devpts /mnt/work
    ip link set lo up`;
  const { status, stderr } = spawnSync("unshare", [...namespaces, "sh", "-c", trial], { env: environment, encoding: "utf8" });
  return status === 0 ? undefined : `needs namespaces: ${stderr.trim()}`;
}

/** Ends with this process, however that ends. */
export async function up(checkout: string): Promise<Machine> {
  const script = join(checkout, "tests", "login", "machine.bash");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", ...namespaces, "bash", script, checkout], {
    cwd: "/",
    detached: true,
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.unref();
  const said: string[] = [];
  try {
    for await (const line of createInterface(child.stdout)) {
      const [first = ""] = said;
      if (line === "ready") return await listening({ pid: Number(first), started: startOf(Number(first)) ?? "" });
      said.push(line);
    }
  } finally {
    child.stdout.destroy();
  }
  throw new Error(`the machine did not start\n${said.join("\n")}`);
}

async function listening(machine: Machine): Promise<Machine> {
  for (let tries = 0; tries < 200; tries++) {
    if (run(machine, "exec 3<>/dev/tcp/127.0.0.1/22").status === 0) return machine;
    await delay(50);
  }
  throw new Error("its sshd does not listen");
}

export async function down({ pid, started }: Machine): Promise<void> {
  if (startOf(pid) === started) process.kill(pid, "SIGKILL");
  while (startOf(pid) === started) await delay(5);
}

/** Field 22 of proc_pid_stat(5). Nothing for a process that is dead. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** What root's bash there makes of the script. */
export function run({ pid }: Machine, script: string, input = ""): SpawnSyncReturns<string> {
  const enter = ["-t", `${pid}`, "--net", "--mount", "--uts", "--ipc", "--pid", "--"];
  const within = [
    "env",
    "-i",
    "-C",
    "/root",
    "--default-signal",
    "HOME=/root",
    "USER=root",
    "LOGNAME=root",
    "SHELL=/bin/bash",
    "TERM=dumb",
    `PATH=${environment.PATH}`,
    "LANG=C.UTF-8",
  ];
  return spawnSync("nsenter", [...enter, ...within, "bash", "-c", script], { env: environment, input, encoding: "utf8", timeout: 100_000, maxBuffer: 64 * 1024 * 1024 });
}

/** Another sshd of the machine's, with PAM, on a port of its own. What ssh is called by to log in there. */
export function daemon(machine: Machine, port: number, ...settings: readonly string[]): (user: string) => string {
  const script = `sed 's/^UsePAM no/UsePAM yes/; s/^ListenAddress.*/ListenAddress 127.0.0.1:${port}/' /run/sshd_config >/run/sshd_${port}; cat >>/run/sshd_${port}
    sed 's/127.0.0.1/[127.0.0.1]:${port}/' /root/.ssh/known_hosts >>/root/.ssh/known_hosts2; /usr/sbin/sshd -f /run/sshd_${port}
    for ((n = 0; n < 400; n++)); do (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.05; done`;
  run(machine, script, `${settings.join("\n")}\n`);
  return (user) => `ssh -p ${port} ${user}@127.0.0.1`;
}

/** What a person, or a script, sees of it. */
export function seenIn(machine: Machine, script: string, input?: string): Pick<SpawnSyncReturns<string>, "status" | "stdout" | "stderr"> {
  const { status, stdout, stderr } = run(machine, script, input);
  return { status, stdout, stderr };
}
