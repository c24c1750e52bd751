// Command lines of clouds, access proxies and remote controllers → what they run or copy on the machine they lead to.
import type { Grammar } from "../policy/descriptor.ts";
import { known, prefix, slice, textWord, type Word } from "../syntax/word.ts";
import { connectionOf, copyLetters, hopTo } from "./connection.ts";
import { fromDescriptor } from "./descriptor.ts";
import { type Door, throughDoors } from "./door.ts";
import { code, request, unknown, write } from "./effect.ts";
import { listed } from "./host-list.ts";
import { flat } from "./path-word.ts";
import { copiesByName, long, power, providerEffects } from "./provider.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";
import { partsOf } from "./word-list.ts";

const gcloudGrammar: Grammar = {
  long: long(
    "command zone project region account configuration container ssh-key-file ssh-flag strict-host-key-checking scp-flag format filter impersonate-service-account worker instance service app-version",
  ),
  short: "q",
};

const gcloud = throughDoors({
  names: ["gcloud"],
  grammar: gcloudGrammar,
  doors: [
    ...["compute ssh", "{beta,alpha} compute ssh", "compute tpus tpu-vm ssh", "app instances ssh"].map((at): Door => ({ at, host: "operand", code: ["--command"], rest: "ssh" })),
    { at: "cloud-shell ssh", host: { fixed: "cloud-shell" }, code: ["--command"], rest: "ssh" },
    power("compute instances {stop,reset,delete,suspend}", "operand"),
  ],
  otherwise: (invocation) => {
    const { operands } = invocation.arguments;
    const scp = operands.findIndex((word) => known(word) === "scp");
    return scp >= 0 ? copiesByName(operands.slice(scp + 1)) : providerEffects(invocation);
  },
});

/** `az vm run-command invoke --scripts "…" "…"`: every word up to the next option is a line of the script. */
const azGrammar: Grammar = {
  short: "n:g:o:u:",
  long: long("name vm-name ip resource-group command-id scripts parameters output subscription query local-user private-key-file port hostname"),
};

const az = throughDoors({
  names: ["az"],
  grammar: azGrammar,
  doors: [
    { at: "ssh {vm,arc}", host: ["--ip", "--hostname", "-n", "--name", "--vm-name"], rest: "ssh" },
    power("vm {restart,stop,deallocate,delete,redeploy,reimage}", ["-n", "--name"]),
  ],
  otherwise: (invocation) => {
    const { arguments: given } = invocation;
    const [group, command, verb, ...lines] = given.operands;
    if (known(group) !== "vm" || known(command) !== "run-command") return known(group) === "storage" ? [] : providerEffects(invocation);
    if (known(verb) !== "invoke" && known(verb) !== "create") return [];
    const hops = [listed(given.argument("-n", "--name", "--vm-name"))];
    const texts = [...given.all("--scripts", "--script"), ...lines];
    return texts.map((text) => scriptEffect(text, invocation, hops));
  },
});

/** A script as text, or `@file`. */
function scriptEffect(text: Word, { readFile }: Invocation, hops: readonly Hop[]): Effect {
  if (!prefix(text).startsWith("@")) return code(text, "bash", hops);
  const body = readFile(known(text)?.slice(1) ?? "");
  return body === undefined ? unknown("it runs a script there", text, hops) : code(textWord(body, text.span), "bash", hops);
}

const awsGrammar: Grammar = {
  long: long(
    "target targets document-name parameters instance-ids instance-id instance-ip os-user region profile output query cli-input-json comment cluster task container command private-key-file connection-type local-forwarding endpoint-url document-version",
  ),
};

const aws = throughDoors({
  names: ["aws"],
  grammar: awsGrammar,
  doors: [{ at: "ec2-instance-connect ssh", host: ["--instance-id", "--instance-ip"], rest: "ssh" }, power("ec2 {stop,reboot,terminate}-instances", ["--instance-ids"])],
  otherwise: (invocation) => {
    const [service, command, ...rest] = invocation.arguments.operands.map(known);
    switch (`${service} ${command}`) {
      case "ssm start-session":
        return startSession(invocation);
      case "ssm send-command":
        return sendCommand(invocation, rest);
      case "ecs execute-command":
        return executeCommand(invocation);
      default:
        return service === "s3" ? storageEffects(invocation.arguments.operands.slice(2)) : providerEffects(invocation);
    }
  },
});

function startSession(invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const hops = [listed(given.argument("--target"))];
  const document = known(given.argument("--document-name")) ?? "";
  // Forwarded ports carry what their users send; no shell is opened.
  if (/PortForwarding|StartSSHSession/.test(document)) return [request("read", undefined, { hops })];
  const commands = parameterValues(given.argument("--parameters"), ["command"]);
  if (commands.length > 0) return commands.map((text) => code(text, "bash", hops));
  return [request("session", undefined, { hops, note: "opens a shell there" })];
}

function sendCommand({ arguments: given }: Invocation, moreIds: readonly (string | undefined)[]): readonly Effect[] {
  const ids = [...given.all("--instance-ids"), ...given.operands.slice(2, 2 + moreIds.length)];
  const hops = ids.length > 0 ? ids.map((id) => listed(id)) : [listed(given.argument("--targets"))];
  const commands = parameterValues(given.argument("--parameters"), ["commands"]);
  return hops.flatMap((hop) =>
    commands.length > 0 ? commands.map((text) => code(text, "bash", [hop])) : [request("execute", undefined, { name: "unclassified", hops: [hop], note: "runs a document there" })],
  );
}

function executeCommand({ arguments: given }: Invocation): readonly Effect[] {
  const command = given.argument("--command");
  const hops: readonly Hop[] = [listed(given.argument("--cluster")), { kind: "container", destination: given.argument("--task") }];
  return command === undefined ? [] : [code(command, "sh", hops)];
}

/** `commands="a","b"`, `commands=["a","b"]`, or JSON: the values of one parameter. */
function parameterValues(text: Word | undefined, names: readonly string[]): readonly Word[] {
  if (text === undefined) return [];
  const json = jsonValues(known(text) ?? "", names);
  if (json !== undefined) return json.map((value) => textWord(value, text.span));
  const source = flat(text);
  const start = names.map((name) => source.indexOf(`${name}=`) + name.length + 1).find((at) => at > 0) ?? -1;
  if (start < 0 || !names.some((name) => source.includes(`${name}=`))) return [];
  return partsOf(slice(text, start), /^\[?["']?|["']?,["']?|["']?\]?$/g);
}

function jsonValues(text: string, names: readonly string[]): readonly string[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null) return undefined;
    return Object.entries(parsed).flatMap(([key, value]) => (names.includes(key) ? [value].flat().map(String) : []));
  } catch {
    return undefined;
  }
}

/** Objects in a store are no files of a host; what is fetched from it is one here. */
function storageEffects(operands: readonly Word[]): readonly Effect[] {
  const target = operands.at(-1);
  if (target === undefined || operands.length < 2 || /^[a-z0-9]+:\/\//.test(prefix(target))) return [];
  return write(target);
}

/** Google's and others' object stores. */
const store: Utility = {
  names: ["gsutil", "s3cmd", "s5cmd", "azcopy", "mc"],
  grammar: {},
  effects: ({ arguments: given }) =>
    ["cp", "mv", "rsync", "sync", "get", "copy", "mirror"].includes(known(given.operands[0]) ?? "") ? storageEffects(given.operands.slice(1)) : [],
};

const tsh = throughDoors({
  names: ["tsh"],
  grammar: { short: "l:i:p:L:D:R:o:P:", long: long("login proxy user identity cluster port forward ssh-option ttl auth") },
  doors: [
    { at: "ssh", host: "operand", rest: "shell", address: true },
    { at: "{play,ls,status,login,logout,db,apps,kube,config,version,clusters,request,mfa}", host: { fixed: "proxy" }, does: "read" },
  ],
  otherwise: ({ arguments: given }) => (known(given.operands[0]) === "scp" ? copiesByName(given.operands.slice(1), true) : []),
});

const tailscale = throughDoors({
  names: ["tailscale"],
  grammar: { long: long("socket") },
  doors: [{ at: "ssh", host: "operand", rest: "shell", address: true }],
  otherwise: ({ arguments: given }) => {
    const [group, verb, ...files] = given.operands;
    const target = files.at(-1);
    if (known(group) === "file" && known(verb) === "cp" && target !== undefined) return copiesByName(files, true);
    return ["up", "down", "set", "login", "logout", "serve", "funnel", "cert", "switch"].includes(known(group) ?? "")
      ? [request("service", undefined, { name: "tailscaled" })]
      : [];
  },
});

const boundary = throughDoors({
  names: ["boundary"],
  grammar: { long: long("target-id target-name target-scope-id username addr token exec listen-port"), singleDash: true },
  doors: [
    { at: "connect ssh", host: ["-target-id", "-target-name", "--target-id", "--target-name"], rest: "ssh" },
    { at: "connect", host: ["-target-id", "-target-name", "--target-id", "--target-name"], does: "read" },
  ],
});

const doctl = throughDoors({
  names: ["doctl"],
  grammar: { short: "t:c:", long: long("ssh-command ssh-user ssh-key-path ssh-port access-token config context output") },
  doors: [
    { at: "compute ssh", host: "operand", code: ["--ssh-command"] },
    power("compute droplet-action {reboot,shutdown,power-off,power-cycle,rebuild,restore}", "operand"),
    power("compute droplet delete", "operand"),
  ],
  otherwise: providerEffects,
});

const hcloud = throughDoors({
  names: ["hcloud"],
  grammar: { short: "u:p:", long: long("user port context config") },
  doors: [{ at: "server ssh", host: "operand", rest: "shell" }, power("server {reboot,reset,poweroff,shutdown,delete,rebuild}", "operand")],
  otherwise: providerEffects,
});

const linode = throughDoors({
  names: ["linode-cli"],
  grammar: { long: long("format page as-user label") },
  doors: [power("linodes {reboot,shutdown,delete,rebuild,rescue}", "operand")],
  otherwise: providerEffects,
});

const fly = throughDoors({
  names: ["fly", "flyctl"],
  grammar: { short: "a:C:u:r:o:A:c:t:", long: long("app command user region org address config access-token machine") },
  doors: [
    { at: "ssh console", host: ["-a", "--app"], code: ["-C", "--command"] },
    { at: "ssh sftp {shell,put}", host: ["-a", "--app"], does: "write", note: "copies to it" },
  ],
  otherwise: providerEffects,
});

const heroku = throughDoors({
  names: ["heroku"],
  grammar: { short: "a:r:s:e:d:", long: long("app remote size env dyno type") },
  doors: [
    { at: "run*", host: ["-a", "--app", "-r", "--remote"], rest: "shell" },
    { at: "ps:exec", host: ["-a", "--app", "-r", "--remote"], rest: "shell" },
    power("{ps,dyno}:{restart,stop,kill}", ["-a", "--app", "-r", "--remote"]),
  ],
  otherwise: ({ arguments: given }) =>
    /:(restart|stop|scale|set|unset|add|remove|destroy)$/.test(known(given.operands[0]) ?? "") ? [request("execute", undefined, { name: "unclassified" })] : [],
});

const railway = throughDoors({
  names: ["railway"],
  grammar: { short: "s:e:p:", long: long("service environment project deployment-instance") },
  doors: [{ at: "ssh", host: ["-s", "--service"], rest: "shell" }],
  otherwise: (invocation) => {
    const [verb] = invocation.arguments.operands;
    // It runs here, with the variables of the service.
    if (known(verb) === "run") return [{ does: "run", words: invocation.arguments.operands.slice(1) }];
    return providerEffects(invocation);
  },
});

/** Nomad: a command in one task of an allocation. */
const nomad: Utility = {
  names: ["nomad"],
  grammar: { long: long("task job address region namespace e meta"), singleDash: true, permute: true },
  transport: true,
  effects: (invocation) => {
    const { arguments: given, words } = invocation;
    const [group, verb, allocation] = given.operands;
    const exec = known(group) === "exec" || (known(group) === "alloc" && known(verb) === "exec");
    if (exec) {
      const host = known(group) === "exec" ? verb : allocation;
      const command = words.slice(host === undefined ? words.length : words.indexOf(host) + 1);
      return [
        {
          does: "run",
          words: command,
          hops: [
            { kind: "host", destination: given.argument("-address") },
            { kind: "container", destination: host },
          ],
        },
      ];
    }
    const changes = ["run", "stop", "restart", "scale", "dispatch", "revert", "signal", "drain", "eligibility", "deregister", "purge"];
    return given.operands.slice(0, 2).some((word) => changes.includes(known(word) ?? ""))
      ? [request("container", undefined, { name: known(allocation), hops: [{ kind: "host", destination: given.argument("-address") }] })]
      : [];
  },
};

/** Baseboard controllers: they switch the machine, or open its console. */
const ipmitool = throughDoors({
  names: ["ipmitool", "ipmi-power"],
  grammar: { short: "H:U:P:I:p:L:k:y:A:f:o:b:B:t:T:S:l:e:C:N:R:z:d:O:" },
  doors: ["{power,chassis} {off,on,reset,cycle,soft,power,bootdev,bootparam,policy}", "mc reset", "user *", "lan set", "raw"]
    .map((at): Door => ({ at, host: ["-H"], does: "service", note: "switches the machine", address: true }))
    .concat({ at: "sol activate", host: ["-H"], address: true }),
  otherwise: ({ arguments: given }) => {
    const destination = given.argument("-H");
    return destination === undefined ? [] : [request("read", undefined, { hops: [{ kind: "host", destination }] })];
  },
});

/** Windows' `winrs -r:host command`, `psexec \\host command`. */
const winrs: Utility = {
  names: ["winrs"],
  grammar: { permute: false, singleDash: true },
  transport: true,
  effects: ({ words }) => {
    const at = words.findIndex((word) => !/^[-/]/.test(prefix(word)));
    const option = words.find((word) => /^[-/]r(emote)?:/i.test(prefix(word)));
    const destination = option === undefined ? undefined : slice(option, prefix(option).indexOf(":") + 1);
    return at < 0 ? [] : [{ does: "code", source: words.slice(at), dialect: "bash", hops: [{ kind: "host", destination }] }];
  },
};

const psexec: Utility = {
  names: ["psexec", "psexec64", "PsExec", "PsExec64"],
  grammar: { long: long("u p n w a r"), singleDash: true, permute: false },
  transport: true,
  effects: ({ arguments: given, words }) => {
    const [target] = given.operands;
    if (target === undefined || !/^(\\\\|\/\/)/.test(prefix(target))) return [];
    const rest = words.slice(given.firstOperand + 1);
    const command = rest.slice(rest.findIndex((word) => !prefix(word).startsWith("-")));
    return [{ does: "run", words: command, hops: [{ kind: "host", destination: slice(target, 2) }] }];
  },
};

/** A tunnel made from an ssh login: nothing runs there but the tunnel. */
const sshuttle: Utility = {
  names: ["sshuttle"],
  grammar: { short: "r:e:x:l:X:N", long: long("remote ssh-cmd exclude listen method python") },
  transport: true,
  effects: ({ arguments: given }) => given.all("-r", "--remote").map((host) => request("read", undefined, { hops: [hopTo(host, connectionOf([], copyLetters))] })),
};

/** They plan and apply infrastructure from files kept here; what that changes is the provider's. */
const infrastructure = fromDescriptor({
  names: ["terraform", "tofu", "pulumi", "packer", "terragrunt", "cdktf"],
  effects: [
    {
      action: "execute",
      name: "unclassified",
      unless: {
        subcommand: [
          "plan",
          "preview",
          "validate",
          "show",
          "output",
          "fmt",
          "version",
          "state list",
          "state show",
          "providers",
          "graph",
          "workspace list",
          "workspace show",
          "inspect",
          "stack ls",
          "config get",
          "refresh",
          "console",
        ],
      },
    },
  ],
});

export const utilities: readonly Utility[] = [
  gcloud,
  az,
  aws,
  store,
  tsh,
  tailscale,
  boundary,
  doctl,
  hcloud,
  linode,
  fly,
  heroku,
  railway,
  nomad,
  ipmitool,
  winrs,
  psexec,
  sshuttle,
  infrastructure,
];
