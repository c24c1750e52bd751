// Configuration systems that send a function or a command to the hosts they manage (salt, bolt, knife) → what it does there.
import type { Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import { known, prefix, show, textWord, type Word } from "../syntax/word.ts";
import { passwordEffect } from "./connection.ts";
import { fromDescriptor, matchesGlob } from "./descriptor.ts";
import { code, request, unknown } from "./effect.ts";
import { divide, hostsIn, listed } from "./host-list.ts";
import { loginEffects } from "./login.ts";
import { operandsOf } from "./operand-list.ts";
import { reads, withSubcommands } from "./subcommand.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

interface SaltFunction {
  readonly functions: readonly string[];
  readonly action: Action;
  /** The first argument is a path instead of a name. */
  readonly path?: true;
}

/** Salt's execution modules; the first row that matches counts. */
const saltFunctions: readonly SaltFunction[] = [
  {
    action: "read",
    functions: [
      "test.*",
      "grains.{get,item,items,ls,fetch,has_value}",
      "pillar.*",
      "status.*",
      "disk.{usage,inodeusage,percent,blkid}",
      "sys.*",
      "match.*",
      "config.{get,option}",
      "pkg.{list_pkgs,version,latest_version,list_upgrades,info_installed,upgrade_available,owner,file_list}",
      "service.{status,available,get_all,enabled,disabled,show,missing}",
      "file.{read,stats,file_exists,directory_exists,get_hash,get_mode,get_user,grep,contains,find,ls,readdir,search,check_hash,lstat}",
      "network.*",
      "ps.{top,num_cpus,psaux,pgrep,get_pid_list}",
      "state.show_*",
      "user.{info,list_users,getent,list_groups}",
      "group.{info,getent}",
      "cron.{ls,list_tab,raw_cron}",
      "docker.{ps,inspect*,logs,info,images,version}",
      "saltutil.{running,find_job,is_running}",
      "cmd.{which,has_exec}",
      "system.get_*",
      "timezone.get_*",
      "hosts.list_hosts",
      "cp.list_*",
      "mine.get",
      "event.*",
    ],
  },
  { action: "execute", functions: ["state.*"] },
  { action: "package", functions: ["pkg.*", "pip.*", "npm.*", "gem.*", "aptpkg.*", "yumpkg.*"] },
  { action: "service", functions: ["service.*", "systemd_service.*", "supervisord.*", "system.*", "cron.*", "ps.*", "timezone.*", "firewalld.*", "iptables.*", "sysctl.*"] },
  { action: "container", functions: ["docker.*", "dockercompose.*", "podman.*", "k8s.*", "kubernetes.*"] },
  { action: "write", path: true, functions: ["file.*", "archive.*", "git.*", "cp.get_file", "hosts.*", "ssh.*"] },
  { action: "write", functions: ["user.*", "group.*", "shadow.*", "useradd.*"] },
];

const saltGrammar: Grammar = {
  short: "c:t:b:l:u:a:p:W:i",
  long: [
    "config-dir=",
    "timeout=",
    "batch-size=",
    "batch-wait=",
    "log-level=",
    "log-file=",
    "out=",
    "output=",
    "out-file=",
    "user=",
    "username=",
    "password=",
    "eauth=",
    "return=",
    "subset=",
    "roster=",
    "roster-file=",
    "priv=",
    "passwd=",
    "max-procs=",
    "state-output=",
    "file-root=",
    "pillar-root=",
    "module-dirs=",
    "id=",
    "args-separator=",
    "extra-filerefs=",
  ],
};

function saltEffects(call: readonly Word[], hops: readonly Hop[]): readonly Effect[] {
  const [name, ...args] = call;
  if (name === undefined) return [];
  const text = known(name);
  if (text === undefined) return [unknown(`the function is \`${show(name)}\``, name, hops)];
  const values = args.filter((word) => !/^[a-z_]+=/.test(prefix(word)));
  if (/^cmd\.(run|shell|run_all|run_stdout|run_stderr|run_bg|retcode|powershell)$/.test(text)) return values.slice(0, 1).map((source) => code(source, "sh", hops));
  if (/^cmd\.(script|script_retcode|exec_code|exec_code_all)$/.test(text)) return [unknown("it runs a script there", values[0], hops)];
  if (args.some((word) => /^test=true$/i.test(show(word)))) return [request("read", undefined, { hops })];
  const row = saltFunctions.find((each) => each.functions.some((glob) => matchesGlob(text, glob)));
  if (row === undefined) return [request("execute", undefined, { name: "unclassified", hops, word: name })];
  const [first] = values;
  const path = row.path === true ? first : undefined;
  const touched = row.action === "execute" ? "state" : path === undefined && first !== undefined ? show(first) : undefined;
  return [request(row.action, path, { name: touched, hops, word: path ?? name })];
}

/** salt(1), salt-ssh(1): a target, then a function with its arguments. */
const salt: Utility = {
  names: ["salt", "salt-ssh"],
  grammar: saltGrammar,
  transport: true,
  effects: (invocation) => {
    const { arguments: given, name } = invocation;
    const [target, ...call] = operandsOf(invocation);
    if (target === undefined || given.has("-d", "--doc", "--version")) return [];
    const list = given.has("-L", "--list") || given.has("-N", "--nodegroup");
    const hops = (list ? divide(target, /,/) : [target]).map((host) => ({
      ...listed(host),
      user: name === "salt-ssh" ? given.argument("--user") : undefined,
      keys: given.all("--priv"),
    }));
    const proof = given.has("--passwd", "--askpass") ? [passwordEffect(hops.slice(0, 1), undefined)] : [];
    const raw = name === "salt-ssh" && given.has("-r", "--raw", "--raw-shell");
    return [...proof, ...hops.flatMap((hop) => (raw ? [{ does: "code", source: call, dialect: "bash", hops: [hop] } as const] : saltEffects(call, [hop])))];
  },
};

/** salt-call(1) runs the function on the machine it is called on. */
const saltCall: Utility = {
  names: ["salt-call"],
  grammar: saltGrammar,
  effects: ({ arguments: given }) => saltEffects(given.operands, []),
};

/** salt-cp(1): files to the minions of a target. */
const saltCopy: Utility = {
  names: ["salt-cp"],
  grammar: saltGrammar,
  transport: true,
  effects: (invocation) => {
    const [target, ...files] = operandsOf(invocation);
    return files.length < 2 ? [] : [request("write", files.at(-1), { hops: [listed(target)], sources: files.slice(0, -1), transfer: true, note: "copies to it" })];
  },
};

/** Agents that bring the machine they run on to the state their server says. */
const agent = fromDescriptor({
  names: ["puppet", "chef-client", "chef-solo", "cinc-client", "cf-agent"],
  options: { short: "o:j:r:", long: ["server=", "environment=", "config=", "json-attributes=", "override-runlist="] },
  effects: [
    {
      action: "execute",
      name: "state",
      note: "brings the machine to its configured state",
      unless: { option: ["--noop", "--why-run", "-W", "--version", "--help", "--dry-run", "-n"] },
    },
  ],
});

/** `knife ssh QUERY COMMAND` of Chef. */
const knife = withSubcommands({
  names: ["knife"],
  transport: true,
  commands: [
    {
      names: ["ssh"],
      grammar: { short: "a:A:C:G:i:p:P:x:m", long: ["attribute=", "concurrency=", "ssh-gateway=", "ssh-identity-file=", "ssh-port=", "ssh-password=", "ssh-user="] },
      effects: (invocation) => {
        const { arguments: given } = invocation;
        const [query, ...command] = given.operands;
        const hops = given.has("-m", "--manual-list") && query !== undefined ? hostsIn(query).map((destination): Hop => ({ kind: "host", destination })) : [listed(query)];
        const interactive = command.length === 0 || ["interactive", "tmux", "screen", "macterm", "cssh"].includes(known(command[0]) ?? "");
        const proof = given.has("-P", "--ssh-password") ? [passwordEffect(hops, undefined)] : [];
        return [
          ...proof,
          ...hops.flatMap((hop): readonly Effect[] => (interactive ? loginEffects(invocation, [hop]) : [{ does: "code", source: command, dialect: "bash", hops: [hop] }])),
        ];
      },
    },
    {
      names: ["bootstrap"],
      grammar: { short: "x:P:i:N:r:E:", long: ["ssh-user=", "ssh-password=", "node-name=", "run-list="] },
      effects: ({ arguments: given }) =>
        given.operands.slice(0, 1).map((destination) => request("execute", undefined, { name: "unclassified", hops: [{ kind: "host", destination }] })),
    },
  ],
  otherwise: reads("node client cookbook environment role search status"),
});

/** Puppet's bolt: `bolt command run 'cmd' --targets h1,h2`. */
const bolt: Utility = {
  names: ["bolt"],
  grammar: {
    short: "t:q:r:u:p:i:",
    long: ["targets=", "query=", "rerun=", "user=", "password=", "private-key=", "inventoryfile=", "transport=", "run-as=", "params=", "concurrency=", "modulepath=", "project="],
  },
  transport: true,
  effects: ({ arguments: given, readFile }) => {
    const [object, action, subject, target] = given.operands;
    const hops = given
      .all("-t", "--targets")
      .flatMap((list) => divide(list, /,/))
      .map((host): Hop => ({ ...listed(host), user: given.argument("-u", "--user"), keys: given.all("--private-key") }));
    const each = (effects: (hops: readonly Hop[]) => readonly Effect[]) => [
      ...(given.has("-p", "--password", "--password-prompt") ? [passwordEffect(hops, undefined)] : []),
      ...hops.flatMap((hop) => effects([hop])),
    ];
    switch (`${known(object)} ${known(action)}`) {
      case "command run":
        return subject === undefined ? [] : each((reached) => [code(subject, "bash", reached)]);
      case "script run":
        return each((reached) => [scriptEffect(subject, readFile, reached)]);
      case "file upload":
        return each((reached) => [request("write", target, { hops: reached, sources: subject === undefined ? [] : [subject], transfer: true })]);
      case "task run":
      case "plan run":
      case "apply undefined":
        return each((reached) => [request("execute", undefined, { name: "unclassified", hops: reached })]);
      default:
        return [];
    }
  },
};

function scriptEffect(script: Word | undefined, readFile: Invocation["readFile"], hops: readonly Hop[]): Effect {
  const text = readFile(known(script) ?? "");
  return text === undefined ? unknown("it runs a script there", script, hops) : code(textWord(text, script?.span), "bash", hops);
}

export const utilities: readonly Utility[] = [salt, saltCall, saltCopy, agent, knife, bolt];
