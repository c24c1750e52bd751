// Container engines and the tools around them: what docker, compose, podman and their like change, on which engine,
// and the commands they run inside a container.
import type { Grammar } from "../policy/descriptor.ts";
import type { Assignment } from "../syntax/simple-command.ts";
import { known, prefix, show, slice, textWord, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import { commandFrom } from "./command-operand.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request, write } from "./effect.ts";
import { configuring, currentContext, endpointHops, filled, isKnown } from "./endpoint.ts";
import { operandsOf } from "./operand-list.ts";
import { flat } from "./path-word.ts";
import { changes, here, reached, reads, readsHere, withSubcommands } from "./subcommand.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

/** docker-run(1), docker-create(1): the options that take an argument. */
const runOptions: Grammar = {
  permute: false,
  short: "a:c:e:h:l:m:p:u:v:w:",
  long: [
    ..."add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop cgroup-parent cgroupns cidfile cpu-period cpu-quota".split(" "),
    ..."cpu-rt-period cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device device-cgroup-rule device-read-bps".split(" "),
    ..."device-read-iops device-write-bps device-write-iops dns dns-option dns-search domainname entrypoint env env-file expose gpus".split(" "),
    ..."group-add health-cmd health-interval health-retries health-start-period health-timeout hostname ip ip6 ipc isolation".split(" "),
    ..."kernel-memory label label-file link link-local-ip log-driver log-opt mac-address memory memory-reservation memory-swap".split(" "),
    ..."memory-swappiness mount name namespace net network net-alias network-alias oom-score-adj pid pids-limit platform pod publish pull".split(" "),
    ..."requires restart runtime secret security-opt shm-size stop-signal stop-timeout storage-opt subgidname subuidname sysctl systemd".split(" "),
    ..."tmpfs tz ulimit umask user userns uts variant volume volume-driver volumes-from workdir".split(" "),
  ].map((name) => `${name}=`),
};

const execOptions: Grammar = { permute: false, short: "e:u:w:", long: ["detach-keys=", "env=", "env-file=", "user=", "workdir=", "preserve-fds=", "index="] };

const composeRunOptions: Grammar = {
  permute: false,
  short: "e:l:p:u:v:w:",
  long: ["cap-add=", "cap-drop=", "entrypoint=", "env=", "env-from-file=", "label=", "name=", "publish=", "pull=", "user=", "volume=", "workdir="],
};

const buildOptions: Grammar = {
  short: "c:f:m:o:t:",
  long: [
    ..."add-host allow annotation attest build-arg build-context builder cache-from cache-to call cgroup-parent file iidfile label".split(" "),
    ..."metadata-file network no-cache-filter output platform progress provenance sbom secret shm-size ssh tag target ulimit".split(" "),
  ].map((name) => `${name}=`),
};

const waitOptions: Grammar = { short: "s:t:", long: ["signal=", "time=", "timeout="] };
const shells = new Set(["sh", "bash", "zsh", "ash", "dash", "fish", "ksh", "busybox"]);

/** A shell that nobody has given anything to run. */
function isInteractiveShell(words: readonly Word[]): boolean {
  const [name, ...rest] = words;
  if (name === undefined || !shells.has(known(name)?.split("/").at(-1) ?? "")) return false;
  return rest.every((word) => ["-l", "-i", "-il", "-li", "--login", "--norc", "--noprofile", "sh", "ash"].includes(known(word) ?? ""));
}

/** `-e NAME=value`; `-e NAME` hands on the client's own, which the text may not tell. */
function variablesOf(given: Arguments): readonly Assignment[] {
  return given.all("-e", "--env").flatMap((word) => {
    const equals = flat(word).indexOf("=");
    return equals > 0 ? [{ name: show(slice(word, 0, equals)), value: slice(word, equals + 1) }] : [];
  });
}

/** A command inside a container of the machine. */
function inside(container: Word | undefined, words: readonly Word[], terminal: boolean, { arguments: given, command }: Invocation): readonly Effect[] {
  if (words.length === 0) return [];
  const hops: readonly Hop[] = [{ kind: "container", destination: container }];
  if (!terminal || command.stdin.from !== "inherit" || !isInteractiveShell(words)) return [{ does: "run", words, hops, assignments: variablesOf(given) }];
  return [request("session", undefined, { name: container && show(container), hops, word: words[0], note: "opens a shell in the container" })];
}

const hasTerminal = (given: Arguments) => given.has("-t", "--tty");

/** `exec [options] container command…` */
function execUtility(names: readonly string[], options: Grammar, terminal: (given: Arguments) => boolean): Utility {
  return {
    names,
    grammar: options,
    effects: (invocation) => {
      const container = operandsOf(invocation)[0];
      return inside(container, commandFrom(invocation, 1), terminal(invocation.arguments), invocation);
    },
  };
}

/** `run [options] image [command…]`: a new container, and what it runs. */
function runUtility(names: readonly string[], options: Grammar, terminal: (given: Arguments) => boolean): Utility {
  return {
    names,
    grammar: options,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const name = given.argument("--name") ?? operandsOf(invocation)[0];
      const entrypoint = given.argument("--entrypoint");
      const program = entrypoint === undefined || known(entrypoint) === "" ? [] : [entrypoint];
      const words = [...program, ...commandFrom(invocation, 1)];
      const started = request("container", undefined, { name: name && show(name), note: "runs a container" });
      return [started, ...inside(name, words, terminal(given), invocation)];
    },
  };
}

/** `cp container:path local`, or the other way round. */
const copy: Utility = {
  names: ["cp", "copy"],
  grammar: { short: "c:n:", long: ["container=", "index=", "namespace=", "retries="] },
  effects: ({ arguments: given }) => copyEffects(given.candidates.at(-2), given.candidates.at(-1)),
};

function copyEffects(source: Word | undefined, target: Word | undefined): readonly Effect[] {
  if (source === undefined || target === undefined) return [];
  const colon = containerColon(target);
  if (colon > 0) {
    const hops: readonly Hop[] = [{ kind: "container", destination: slice(target, 0, colon) }];
    return write(slice(target, colon + 1), { hops, note: "copies into the container" });
  }
  return known(target) === "-" ? [] : write(target, { hops: [], note: "copies out of the container" });
}

/** Where `container:path` divides; -1 for a path on this side, which may hold a colon after a slash or a dot. */
function containerColon(word: Word): number {
  return /^[./]/.test(prefix(word)) ? -1 : flat(word).indexOf(":");
}

function attachEffects({ arguments: given }: Invocation): readonly Effect[] {
  if (given.has("--no-stdin")) return [];
  const name = given.candidates[0];
  return [request("session", undefined, { name: name && show(name), note: "attaches to the container" })];
}

const attach: Utility = { names: ["attach"], grammar: { short: "c:n:", long: ["detach-keys=", "container="] }, effects: attachEffects };

const otherwise = changes("container", "*");

/** Commands of which all but the reading ones change something: `network ls`, `network rm web`. */
function group(names: string, reading: string, more: readonly Utility[] = []): Utility {
  return withSubcommands({ names: names.split(" "), commands: [reads(reading), ...more], otherwise });
}

/** It writes a file where `-o` says so, on the client's side. */
function output(names: string, options: Grammar = { short: "o:", long: ["output="] }): Utility {
  return here(fromDescriptor({ names: names.split(" "), options, effects: [{ when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } }] }));
}

/** It changes a file of the client's own configuration. */
function settings(names: string, file: string, note: string): Utility {
  return {
    names: names.split(" "),
    grammar: {},
    effects: ({ command }) => write(textWord(file), { hops: [], word: command.words[0], note }),
  };
}

const credentials = settings("login logout", "~/.docker/config.json", "changes the stored credentials");

const build = fromDescriptor({
  names: ["build", "bud"],
  options: buildOptions,
  effects: [{ unless: { option: ["--check"] }, action: "container", name: { option: ["-t", "--tag"] }, note: "builds an image" }],
});

const containerCommands: readonly Utility[] = [
  reads("ps ls list logs inspect stats top events diff port wait"),
  execUtility(["exec"], execOptions, hasTerminal),
  runUtility(["run", "create"], runOptions, hasTerminal),
  changes("container", "stop restart kill", waitOptions),
  changes("container", "start rm pause unpause"),
  output("export"),
  copy,
  attach,
];

const imageCommands: readonly Utility[] = [reads("ls list inspect history tree"), build, output("save")];

const composeOptions: Grammar = {
  permute: false,
  short: "f:p:c:H:",
  long: [
    "file=",
    "project-name=",
    "profile=",
    "env-file=",
    "project-directory=",
    "workdir=",
    "parallel=",
    "progress=",
    "ansi=",
    "context=",
    "host=",
    "log-level=",
    "tlscacert=",
    "tlscert=",
    "tlskey=",
  ],
};

const composeCommands: readonly Utility[] = [
  reads("ps ls logs images top events port version stats volumes wait help viz"),
  output("config convert"),
  output("export"),
  execUtility(["exec"], execOptions, (given) => !given.has("-T", "--no-TTY", "--no-tty")),
  runUtility(["run"], composeRunOptions, (given) => !given.has("-T", "--no-TTY", "--no-tty")),
  changes("container", "stop restart kill", waitOptions),
  changes("container", "up", { short: "t:", long: ["scale=", "timeout=", "exit-code-from=", "attach=", "no-attach=", "pull=", "wait-timeout="] }),
  changes("container", "build pull push", { short: "m:", long: ["build-arg=", "builder=", "memory=", "progress=", "ssh=", "policy="] }),
  copy,
  attach,
];

function compose(names: readonly string[], hops?: typeof dockerEngine): Utility {
  return withSubcommands({
    names,
    options: composeOptions,
    commands: composeCommands,
    otherwise,
    inert: ["--dry-run"],
    ...(hops === undefined ? {} : { hops, transport: "optional" }),
  });
}

const engineCommands: readonly Utility[] = [
  ...containerCommands,
  reads("images info version history search help tree"),
  build,
  output("save"),
  credentials,
  changes("container", "rename update", { short: "c:m:", long: ["cpus=", "memory=", "memory-swap=", "restart=", "pids-limit="] }),
  changes("container", "pull push tag rmi load import commit", { short: "a:c:i:m:", long: ["author=", "change=", "input=", "message=", "platform="] }),
  withSubcommands({ names: ["container"], commands: containerCommands, otherwise }),
  group("image", "ls", imageCommands),
  group("system", "df info events", [group("connection", "ls list")]),
  group("network", "ls list inspect"),
  group("volume", "ls list inspect"),
  group("secret", "ls list inspect"),
  group("config", "ls inspect"),
  group("plugin", "ls list inspect"),
  group("manifest", "inspect"),
  group("trust", "inspect"),
  group("builder", "du", [build]),
  group("buildx", "ls inspect du version history", [build, withSubcommands({ names: ["imagetools"], commands: [reads("inspect")], otherwise })]),
  group("stack", "ls ps services config"),
  group("service", "ls ps logs inspect"),
  group("node", "ls ps inspect"),
  group("swarm", "help", [fromDescriptor({ names: ["ca", "join-token", "unlock-key"], effects: [{ when: { option: ["--rotate"] }, action: "container" }] })]),
  group("checkpoint", "ls"),
  group("scout", "cves quickview recommendations compare version sbom"),
  group("sbom", "version"),
  compose(["compose"]),
];

/** Contexts that stand for an engine on this machine, as their installers name them. */
const localContexts = new Set(["default", "desktop-linux", "desktop-windows", "rootless", "colima", "orbstack", "rancher-desktop"]);

/** These clients also take a short option's argument as `-H=address`. */
function unassigned(argument: Word): Word {
  return prefix(argument).startsWith("=") ? slice(argument, 1) : argument;
}

/** docker(1): the options first, then DOCKER_HOST, then DOCKER_CONTEXT, then the client's current context. */
function dockerEngine([given]: readonly Arguments[], { variable, clients }: Invocation): readonly Hop[] {
  const host = given?.argument("-H", "--host");
  if (host !== undefined) return endpointHops(unassigned(host));
  const option = given?.argument("-c", "--context");
  const named = filled(option && unassigned(option));
  const engine = filled(variable("DOCKER_HOST"));
  // What the variable says is also what the context `default` stands for.
  if (engine !== undefined && (named === undefined || known(named) === "default")) return endpointHops(engine);
  const context = named ?? filled(variable("DOCKER_CONTEXT")) ?? currentContext(clients?.current("docker"));
  const directory = filled(given?.argument("--config") ?? variable("DOCKER_CONFIG"));
  const endpoint = isKnown(context) && isKnown(directory) ? clients?.dockerEndpoint(known(context), known(directory)) : undefined;
  if (endpoint !== undefined) return endpointHops(textWord(endpoint));
  return context === undefined || localContexts.has(known(context) ?? "") ? [] : [{ kind: "host", destination: context, inventory: true }];
}

/** podman(1): `--url`, a connection's name, or the default connection with `--remote`. */
function podmanEngine([given]: readonly Arguments[], invocation: Invocation): readonly Hop[] {
  const url = given?.argument("--url", "--host") ?? invocation.variable("CONTAINER_HOST");
  if (url !== undefined) return endpointHops(unassigned(url));
  const connection = given?.argument("-c", "--connection", "--context") ?? invocation.variable("CONTAINER_CONNECTION");
  if (connection !== undefined) return [{ kind: "host", destination: connection, inventory: true }];
  return given?.has("-r", "--remote") === true ? [{ kind: "host", destination: undefined, inventory: true }] : [];
}

const engines = (names: string) => settings(names, "~/.docker/config.json", "changes the engines that docker talks to");

const useContext = configuring(engines("use"), ({ arguments: given }) => ({ of: "docker", current: given.candidates[0] ?? "another" }));

const docker = withSubcommands({
  names: ["docker"],
  options: { permute: false, short: "H:c:l:", long: ["host=", "context=", "config=", "log-level=", "tlscacert=", "tlscert=", "tlskey="] },
  transport: "optional",
  hops: dockerEngine,
  commands: [
    ...engineCommands,
    withSubcommands({
      names: ["context"],
      commands: [readsHere("ls list show inspect"), useContext],
      otherwise: engines("*"),
    }),
  ],
  otherwise,
});

const generate = fromDescriptor({ names: ["generate", "kube", "systemd", "spec"], effects: [{ when: { option: ["-f", "--file", "--files", "--filename"] }, action: "write" }] });

const podman = withSubcommands({
  names: ["podman", "podman-remote"],
  options: {
    permute: false,
    short: "c:",
    long: [
      ..."cgroup-manager conmon connection context config events-backend hooks-dir host identity imagestore log-level module namespace network-cmd-path".split(" "),
      ..."network-config-dir out root runroot runtime runtime-flag ssh storage-driver storage-opt tmpdir url volumepath".split(" "),
    ].map((name) => `${name}=`),
  },
  transport: "optional",
  hops: podmanEngine,
  commands: [
    ...engineCommands,
    reads("healthcheck mount untag-list"),
    group("pod", "ps ls list logs inspect stats top exists"),
    group("generate", "help", [generate]),
    group("kube", "help", [generate]),
    group("machine", "ls list info inspect", [
      fromDescriptor({ names: ["ssh"], options: { permute: false }, effects: [{ action: "session", note: "opens a shell in the machine" }] }),
    ]),
    group("quadlet", "ls list print"),
    fromDescriptor({ names: ["unshare"], options: { permute: false }, runs: [{ command: { from: 0 }, as: "argv" }] }),
  ],
  otherwise,
});

const nerdctl = withSubcommands({
  names: ["nerdctl", "finch"],
  options: {
    permute: false,
    short: "n:a:H:",
    long: ["address=", "host=", "namespace=", "snapshotter=", "storage-driver=", "cni-path=", "cni-netconfpath=", "data-root=", "cgroup-manager=", "hosts-dir="],
  },
  commands: [...engineCommands, group("namespace", "ls list inspect"), group("apparmor", "ls inspect")],
  otherwise,
});

const buildah = withSubcommands({
  names: ["buildah"],
  options: { permute: false, long: ["log-level=", "root=", "runroot=", "storage-driver=", "storage-opt=", "registries-conf="] },
  commands: [
    reads("containers ls list ps images info inspect version help"),
    execUtility(["run"], runOptions, hasTerminal),
    credentials,
    build,
    group("manifest", "inspect exists"),
  ],
  otherwise,
});

const skopeo = withSubcommands({
  names: ["skopeo"],
  options: { permute: false, long: ["command-timeout=", "override-arch=", "override-os=", "override-variant=", "policy=", "registries.d=", "tmpdir="] },
  commands: [reads("inspect list-tags manifest-digest standalone-verify help"), credentials],
  otherwise,
});

const ctr = withSubcommands({
  names: ["ctr"],
  options: { permute: false, short: "a:n:", long: ["address=", "namespace=", "timeout=", "connect-timeout="] },
  commands: [
    reads("version info events help plugins plugin"),
    ...["containers container c", "images image i", "snapshots snapshot", "content", "namespaces namespace ns", "leases", "sandboxes"].map((names) =>
      group(names, "ls list info check tree usage get metrics"),
    ),
    group("tasks task t", "ls list ps metrics", [execUtility(["exec"], { permute: false, long: ["exec-id=", "user=", "cwd=", "fifo-dir=", "log-uri="] }, hasTerminal), attach]),
  ],
  otherwise,
});

const crictl = withSubcommands({
  names: ["crictl"],
  options: { permute: false, short: "c:i:r:t:", long: ["config=", "image-endpoint=", "runtime-endpoint=", "timeout="] },
  commands: [
    reads("ps pods images image img logs inspect inspecti inspectp stats statsp info version imagefsinfo events metricsp runtime-config port-forward completion help"),
    execUtility(["exec"], { permute: false, short: "r:", long: ["timeout=", "transport="] }, hasTerminal),
    attach,
  ],
  otherwise,
});

export const utilities: readonly Utility[] = [
  docker,
  compose(["docker-compose"], dockerEngine),
  podman,
  compose(["podman-compose"]),
  nerdctl,
  buildah,
  skopeo,
  ctr,
  crictl,
  {
    names: ["lazydocker"],
    grammar: { short: "f:", long: ["file="] },
    transport: "optional",
    effects: (invocation) => reached(dockerEngine([], invocation), [request("container", undefined, { note: "manages containers from its menus" })]),
  },
  reads("dive hadolint"),
];
