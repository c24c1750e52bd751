// The World of a real machine: local files, OpenSSH's configuration and /etc/hosts, without asking the network and
// without running anything that a configuration names (docs/adr/0007).
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from "node:fs";
import type { World } from "../decide.ts";
import { homeDirectory } from "./account.ts";
import { readToEnd } from "./descriptor.ts";
import { createDockerContexts } from "./docker-context.ts";
import { createKubeconfigs } from "./kubeconfig.ts";
import { realRoot } from "./namespace.ts";
import { identifies, readSshConfig, settingsFor } from "./ssh-config.ts";

type SshConfiguration = NonNullable<ReturnType<World["sshConfiguration"]>>;

const maximumFile = 1024 * 1024;
const longestKernels = 64 * 1024;
const sshLimit = 1000;

export interface WorldOptions {
  /** Default: the user's. ssh(1) takes it from the password file, not from HOME. */
  readonly home?: string | undefined;
  readonly hostsFile?: string | undefined;
}

/** Answers are kept for as long as the World is; those from files of clients, until a file changes. */
export function createWorld(options: WorldOptions = {}): World {
  const home = options.home ?? homeDirectory();
  const configurations = new Map<string, SshConfiguration | undefined>();
  let hosts: ReadonlyMap<string, readonly string[]> | undefined;
  let own: ReadonlySet<string> | undefined;
  let docker: World["dockerEndpoint"] | undefined;
  let kubernetes: World["kubernetesServer"] | undefined;
  return {
    readFile: readSmallFile,
    digest(path) {
      const text = readSmallFile(path);
      // Loaded only where a policy pins a script.
      return text === undefined ? undefined : process.getBuiltinModule("node:crypto").createHash("sha256").update(text).digest("hex");
    },
    sshConfiguration(args) {
      const key = args.join("\0");
      if (!configurations.has(key)) configurations.set(key, askSsh(args, home));
      return configurations.get(key);
    },
    dockerEndpoint(...asked) {
      docker ??= createDockerContexts(home);
      return docker(...asked);
    },
    kubernetesServer(...asked) {
      kubernetes ??= createKubeconfigs(home);
      return kubernetes(...asked);
    },
    addresses(name) {
      hosts ??= readHosts(options.hostsFile ?? "/etc/hosts");
      return hosts.get(name.toLowerCase()) ?? [];
    },
    get ownNames() {
      own ??= ownNames();
      return own;
    },
    home,
  };
}

/** A regular file of at most 1 MiB; never one that would wait for a writer. */
function readSmallFile(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    return stat.isFile() && stat.size <= maximumFile ? readFileSync(descriptor, "utf8") : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** hosts(5): address, names; a name may stand on several lines. */
function readHosts(path: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of (readSmallFile(path) ?? "").split("\n")) {
    const [address, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address === undefined || address === "") continue;
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address]);
  }
  return hosts;
}

/** Not by node:os, which takes as long to load as a short line to judge. */
function ownNames(): ReadonlySet<string> {
  const name = (readKernels("/proc/sys/kernel/hostname")?.trim() ?? process.getBuiltinModule("node:os").hostname()).toLowerCase();
  return new Set([name, name.split(".", 1)[0] ?? name, ...(routedAddresses() ?? interfaceAddresses())]);
}

function interfaceAddresses(): readonly string[] {
  const { networkInterfaces } = process.getBuiltinModule("node:os");
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address.toLowerCase()));
}

/** What the kernel takes for itself; undefined where it does not say so (without /proc), or says too much (on a router). */
function routedAddresses(): readonly string[] | undefined {
  const routes = readKernels("/proc/net/fib_trie");
  // Not there where IPv6 is off.
  const interfaces = existsSync("/proc/net/if_inet6") ? readKernels("/proc/net/if_inet6") : "";
  if (routes === undefined || interfaces === undefined) return undefined;
  const four = [...routes.matchAll(/\|-- (\S+)\n +\/32 host LOCAL$/gm)].map(([, address = ""]) => address);
  const six = [...interfaces.matchAll(/^[0-9a-f]{32}/gm)].map(([digits]) => compressed(digits));
  return [...four, ...six];
}

/** The 32 digits of an IPv6 address as RFC 5952 has it: the longest run of zeros, the first of two, is left out. */
function compressed(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, "")).join(":");
  const [longest] = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort((one, other) => other[0].length - one[0].length);
  if (longest === undefined) return groups;
  return `${groups.slice(0, longest.index).replace(/:$/, "")}::${groups.slice(longest.index + longest[0].length).replace(/^:/, "")}`;
}

/** A file whose text the kernel makes when it is read; undefined where it is long. */
function readKernels(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY);
    return readToEnd(descriptor, longestKernels)?.toString("latin1");
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function askSsh(args: readonly string[], home: string): SshConfiguration | undefined {
  const safe = safeOptions(args.slice(0, -1));
  const destination = args.at(-1);
  if (destination === undefined || destination.startsWith("-")) return undefined;
  const files = readSshConfig(safe.file, home);
  if (files.runsCommands || safe.includes) return fromFiles(files, destination);
  // A plain configuration says nothing that the arguments do not: spares a process.
  if (!identifies(files) && safe.options.length === 0) return undefined;
  const printed = runSsh(["-G", "-o", "CanonicalizeHostname=no", ...safe.options, "--", destination]);
  return printed === undefined ? fromFiles(files, destination) : parsePrinted(printed);
}

interface SafeOptions {
  readonly options: readonly string[];
  /** What `-F` names. */
  readonly file: string | undefined;
  /** `-o Include=…`, `-o Match=…`: files that we have not seen. */
  readonly includes: boolean;
}

/** Those that say who the destination is; `-E FILE` writes a file even under `-G`. */
function safeOptions(args: readonly string[]): SafeOptions {
  const options: string[] = [];
  let file: string | undefined;
  let includes = false;
  for (let index = 0; index < args.length; index++) {
    const [, letter, attached] = /^-([FJlpio])(.*)$/s.exec(args[index] ?? "") ?? [];
    if (letter === undefined) continue;
    const value = attached === "" ? args[++index] : attached;
    if (value === undefined) break;
    if (letter === "F") file = value;
    if (letter === "o" && /^\s*(include|match)\b/i.test(value)) includes = true;
    options.push(`-${letter}`, value);
  }
  return { options, file, includes };
}

const directories = ["/usr/local/bin", "/usr/bin", "/bin"];

function runSsh(args: readonly string[]): string | undefined {
  // Not imported at the top: most lines never need it, and it is a tenth of the time to start.
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  // Not the shim that may stand over it: that one would ask us again.
  const real = realRoot() ?? "";
  try {
    return execFileSync("ssh", args, {
      encoding: "utf8",
      env: { PATH: directories.map((each) => real + each).join(":"), HOME: homeDirectory() },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: sshLimit,
      killSignal: "SIGKILL",
    });
  } catch {
    return undefined;
  }
}

/** ssh -G prints `keyword argument` lines; those that may come more than once are listed. */
function parsePrinted(text: string): SshConfiguration {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) values.set(line.slice(0, space), [...(values.get(line.slice(0, space)) ?? []), line.slice(space + 1)]);
  }
  return configuration((keyword) => values.get(keyword) ?? []);
}

/** ssh_config(5), read without `Match`: what can be known where ssh itself may not be asked. */
function fromFiles(files: ReturnType<typeof readSshConfig>, destination: string): SshConfiguration {
  const host = destination
    .replace(/^ssh:\/\//, "")
    .replace(/^.*@/, "")
    .replace(/:\d+$/, "");
  const found = configuration((keyword) => settingsFor(files, host, keyword));
  return found.hostname === undefined ? found : { ...found, hostname: found.hostname.replaceAll("%h", host).replaceAll("%%", "%") };
}

function configuration(values: (keyword: string) => readonly string[]): SshConfiguration {
  const first = (keyword: string) => values(keyword).find((value) => value !== "none");
  return {
    hostname: first("hostname"),
    user: first("user"),
    port: first("port"),
    proxyjump: first("proxyjump"),
    remotecommand: first("remotecommand"),
    identityfile: values("identityfile"),
  };
}
