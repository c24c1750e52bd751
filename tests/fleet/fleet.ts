// Five real servers and a workstation in namespaces of this machine, each with its own sshd, and what reached them:
// the witness that a refused line has done nothing anywhere. Only their own namespaces know their addresses.
import { type SpawnSyncReturns, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

const addresses = {
  frontend: "172.16.168.21",
  "npu-worker": "172.16.168.22",
  redis: "172.16.168.23",
  "ai-stack": "172.16.168.24",
  browser: "172.16.168.25",
  workstation: "172.16.168.20",
} as const;

export type Name = keyof typeof addresses;

const names = Object.keys(addresses) as Name[];
export const servers: readonly Name[] = names.filter((name) => name !== "workstation");
export const workspace = "/home/kali/Desktop/AutoBot";

/** The first processes: the world's, in whose namespaces all hosts are, and each host's. Plain data, so that it can be kept in a file. */
export interface Fleet {
  readonly pids: Readonly<Record<Name | "world", number>>;
  /** When the world's process started, as `/proc/PID/stat` has it: a PID alone may meanwhile be another's. */
  readonly started: string;
  readonly start: Mark;
}

/** What a host had seen at one moment. */
interface Seen {
  readonly commands: number;
  readonly connections: number;
  readonly files: Readonly<Record<string, string>>;
}

export type Mark = Readonly<Record<Name, Seen>>;

/** Why there can be no fleet on this machine. */
export function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  const programs = ["ip", "nsenter", "unshare", "setpriv", "useradd", "ssh", "ssh-keygen", "/usr/sbin/sshd", "/usr/lib/openssh/sftp-server", "rsync", "ansible-playbook"];
  const absent = programs.filter((program) => spawnSync("sh", ["-c", 'command -v "$0"', program], { env: machine }).status !== 0);
  if (absent.length > 0) return `needs ${absent.join(", ")} (Debian: openssh-server, rsync, ansible-core, iproute2, util-linux, passwd)`;
  const trial = `set -e
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/upper /mnt/work /mnt/root
    mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
    ip link add name bridge type bridge
    ip link add name left type veth peer name right`;
  const { status, stderr } = spawnSync("unshare", [...namespaces, "sh", "-c", trial], { env: machine, encoding: "utf8" });
  return status === 0 ? undefined : `needs namespaces: ${stderr.trim()}`;
}

export const machine = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
const namespaces = ["--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"];

/** Starts all hosts. They end with this process, however it ends, unless they shall `outlive` it. */
export async function up(checkout: string, { outlive = false } = {}): Promise<Fleet> {
  const tie = outlive ? [] : ["--pdeathsig", "KILL"];
  const hosts = names.map((name) => `${name}=${addresses[name]}`);
  const world = spawn("setpriv", [...tie, "--", "unshare", ...namespaces, "bash", join(checkout, "tests", "fleet", "world.bash"), checkout, ...hosts], {
    cwd: "/",
    detached: true,
    env: machine,
    stdio: ["ignore", "pipe", "ignore"],
  });
  world.unref();
  const pids: Record<string, number> = {};
  const said: string[] = [];
  try {
    for await (const line of createInterface(world.stdout)) {
      if (line === "ready") return started(pids as Fleet["pids"]);
      said.push(line);
      const [name = "", pid] = line.split(" ");
      pids[name] = Number(pid);
    }
  } finally {
    world.stdout.destroy();
  }
  throw new Error(`the fleet did not start\n${said.join("\n")}`);
}

function started(pids: Fleet["pids"]): Fleet {
  for (const name of names) {
    const { stdout } = exec({ pids }, name, ["ip", "-4", "-oneline", "address"]);
    if (!stdout.includes(` ${addresses[name]}/24 `)) throw new Error(`\`${name}\` is not at ${addresses[name]}`);
  }
  return { pids, started: startOf(pids.world) ?? "", start: mark({ pids }) };
}

/** Ends every process of the fleet; its namespaces, mounts and files go with them. */
export async function down({ pids, started }: Fleet): Promise<void> {
  if (startOf(pids.world) === started) process.kill(pids.world, "SIGKILL");
  while (startOf(pids.world) === started) await delay(5);
}

export function isUp({ pids, started }: Fleet): boolean {
  return startOf(pids.world) === started;
}

/** Field 22 of proc_pid_stat(5); the name in field 2 may hold anything. Nothing for a process that is dead. */
function startOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export interface ExecOptions {
  readonly user?: string;
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdio?: StdioOptions;
}

/** Runs a program on a host, behind ssh's back: as its ordinary user, in a fresh environment. */
export function exec(fleet: Pick<Fleet, "pids">, name: Name, command: readonly string[], options: ExecOptions = {}): SpawnSyncReturns<string> {
  const { user: _user, cwd: _cwd, env: _env, ...rest } = options;
  const { file, args } = execution(fleet, name, command, options);
  return spawnSync(file, args, { env: machine, input: "", encoding: "utf8", maxBuffer: 64 * 1024 * 1024, ...rest });
}

/** The program that does so, to be started with `machine` as environment. */
export function execution(
  { pids }: Pick<Fleet, "pids">,
  name: Name,
  command: readonly string[],
  { user = name === "workstation" ? "kali" : "autobot", cwd = "/", env = {} }: Pick<ExecOptions, "user" | "cwd" | "env"> = {},
): { readonly file: string; readonly args: readonly string[] } {
  // A process that is gone leaves its PID to others: nothing runs but in a network that is none of the machine's.
  if (networkOf(pids[name]) === networkOf("self")) throw new Error(`\`${name}\` is in the machine's own network`);
  const enter = ["-t", `${pids[name]}`, "--net", "--mount", "--uts", "--ipc", "--pid", "--"];
  const become = ["setpriv", "--reuid", user, "--regid", user, "--init-groups", "--reset-env", "--"];
  const variables = Object.entries({ LANG: "C.UTF-8", ...env }).map(([variable, value]) => `${variable}=${value}`);
  const within = ["env", "-C", cwd, "--default-signal", ...variables];
  return { file: "nsenter", args: [...enter, ...become, ...within, ...command] };
}

function networkOf(pid: number | "self"): string {
  return readlinkSync(`/proc/${pid}/ns/net`);
}

/** A moment to compare with. */
export function mark(fleet: Pick<Fleet, "pids">): Mark {
  const seen = names.map((name) => [name, { commands: commandsOf(fleet, name).length, connections: connectionsOf(fleet, name), files: filesOf(fleet, name) }]);
  return Object.fromEntries(seen);
}

/** `HOST: COMMAND` for each that ssh has asked a server to run since then, and `HOST: (connection)` for each that asked nothing. */
export function commands(fleet: Fleet, since: Mark = fleet.start): readonly string[] {
  return servers.flatMap((name) => {
    const asked = commandsOf(fleet, name).slice(since[name].commands);
    const silent = Math.max(0, connectionsOf(fleet, name) - since[name].connections - asked.length);
    return [...asked, ...Array<string>(silent).fill("(connection)")].map((command) => `${name}: ${command}`);
  });
}

/** `HOST: PATH` for each file of a server that was created, changed or deleted since then. */
export function changes(fleet: Fleet, since: Mark = fleet.start): readonly string[] {
  return servers.flatMap((name) => {
    const before = since[name].files;
    const after = filesOf(fleet, name);
    const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...paths].filter((path) => before[path] !== after[path]).map((path) => `${name}: ${path}`);
  });
}

/** The directory of a host's layers and records, which only the world's own mount namespace has. */
function stateOf({ pids }: Pick<Fleet, "pids">, name: Name): string {
  return `/proc/${pids.world}/root/mnt/${name}`;
}

function commandsOf(fleet: Pick<Fleet, "pids">, name: Name): readonly string[] {
  return readFileSync(join(stateOf(fleet, name), "commands"), "utf8")
    .split("\0")
    .slice(0, -1);
}

function connectionsOf(fleet: Pick<Fleet, "pids">, name: Name): number {
  return readFileSync(join(stateOf(fleet, name), "log"), "utf8").match(/^Connection from /gm)?.length ?? 0;
}

/** Where writes end up, and what sshd writes of its own accord when somebody logs in. */
const layers = { upper: "/", home: "/home", tmp: "/tmp", superuser: "/root" };
const logins = new Set(["/var", "/var/log", "/var/log/lastlog", "/var/log/wtmp", "/var/log/btmp"]);

function filesOf(fleet: Pick<Fleet, "pids">, name: Name): Readonly<Record<string, string>> {
  const files = Object.entries(layers).flatMap(([layer, mountPoint]) => {
    const directory = join(stateOf(fleet, name), layer);
    const entries = readdirSync(directory, { recursive: true, encoding: "utf8" });
    return entries.map((entry) => [join(mountPoint, entry), stateOfFile(join(directory, entry))] as const);
  });
  return Object.fromEntries(files.filter(([path]) => !logins.has(path)));
}

/** Differs whenever the file, or what is known about it, was changed; of a directory, only its mode and owner. */
function stateOfFile(path: string): string {
  const { mode, uid, gid, ino, size, ctimeNs } = lstatSync(path, { bigint: true });
  const directory = (Number(mode) & 0o170000) === 0o040000;
  return [mode, uid, gid, ...(directory ? [] : [ino, size, ctimeNs])].join(" ");
}
