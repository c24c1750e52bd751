// autobotctl: words → a command → an exit status. Wires the world together; the only process.exit.
import { realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Piece } from "./agent/agents.ts";
import type { InstallRequest } from "./agent/install.ts";
import { browseAudit, closeAudit, dueAudit, exportAudit, type Selection, showAudit, statsAudit, tailAudit } from "./commands/audit-commands.ts";
import { type CheckOptions, checkLine, checkLines } from "./commands/check.ts";
import type { PoliciesForm } from "./commands/policy-commands.ts";
import type { ScanOptions } from "./commands/scan.ts";
import type { Face } from "./decide.ts";
import { type Options, readOptions } from "./options.ts";
import { helpText } from "./usage.ts";
import { complain } from "./world/complaint.ts";
import { version } from "./world/version.ts";

const wrongCall = 2;

type Command = (options: Options) => number | Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  help: ({ operands }) => print(helpText(operands[0])),
  version: () => print(`autobot-sh ${version}\n`),
  check: (options) => (options.flags.has("ndjson") ? checkLines(checkOptions(options)) : checkLine(options.operands[0] ?? "", checkOptions(options), options.flags.has("json"))),
  explain: async (options) =>
    (await import("./commands/explain.ts")).explainLine(
      options.operands[0] ?? "",
      checkOptions(options),
      formOf(options),
      async () => (await screens(() => import("./ui/explain.tsx"))).showExplanation,
    ),
  "policy check": async (options) => (await import("./commands/policy-commands.ts")).checkPolicies(options.operands, directory(options)),
  "policy show": async (options) => (await import("./commands/policy-commands.ts")).showPolicies(options.operands, directory(options), formOfPolicies(options)),
  "policy schema": async () => (await import("./commands/policy-commands.ts")).printSchema(),
  doctor: async (options) => (await import("./commands/doctor.ts")).doctor(directory(options), options.flags.has("json")),
  init: async (options) =>
    (await import("./commands/init.ts")).init({ ...initOptions(options), form: formOf(options) }, async () => (await screens(() => import("./ui/init.tsx"))).showInit),
  scan: async (options) => (await import("./commands/scan.ts")).scan(options.operands, scanOptions(options)),
  verify: async (options) => {
    const [vm = "", ...paths] = options.operands;
    const { flags } = options;
    return (await import("./commands/verify.ts")).verify(vm, paths, { cwd: directory(options), diff: flags.has("diff"), json: flags.has("json") });
  },
  "break-glass": async (options) => (await import("./commands/break-glass.ts")).breakGlass(options.operands[0] ?? "", directory(options)),
  install: (options) => installed(options),
  uninstall: (options) => uninstalled(options),
  "login-shell enable": async ({ values }) => (await import("./login/login-shell.ts")).enableLoginShell(values.get("user")),
  "login-shell disable": async ({ values }) => (await import("./login/login-shell.ts")).disableLoginShell(values.get("user")),
  "login-shell status": async ({ values }) => (await import("./login/login-shell.ts")).showLoginShell(values.get("user")),
  "audit tail": (options) => tail(options),
  "audit show": ({ operands }) => showAudit(operands[0] ?? ""),
  "audit stats": ({ flags, values }) => statsAudit(selection(values), flags.has("json"), values.get("by")),
  "audit due": ({ flags }) => dueAudit(flags.has("json")),
  "audit close": ({ operands: [id = "", reason = ""] }) => closeAudit(id, reason),
  "audit export": ({ values }) => exportAudit(selection(values), values.get("format") ?? "jsonl"),
  audit: ({ flags, values }) =>
    browseAudit({ lines: 20, follow: false, json: flags.has("json"), filter: values.get("filter") }, async () => (await screens(() => import("./ui/audit.tsx"))).showRecords),
  hook: async ({ values }) => (await import("./agent/hook.ts")).hook(values.get("agent") ?? "auto"),
  mcp: async () => (await import("./agent/mcp.ts")).serve(),
  completion: ({ operands }) => complete(operands[0] ?? ""),
};

function formOfPolicies({ flags, values }: Options): PoliciesForm {
  return (values.get("list") as PoliciesForm | undefined) ?? (flags.has("json") ? "json" : "text");
}

function directory({ values }: Options): string {
  return resolve(values.get("cwd") ?? ".");
}

function checkOptions(options: Options): CheckOptions {
  const { flags, values } = options;
  return {
    cwd: directory(options),
    tty: flags.has("tty"),
    runtime: flags.has("runtime"),
    face: (values.get("face") ?? "scripts") as Face,
  };
}

function initOptions(options: Options) {
  const { flags, values } = options;
  const named = (name: string) => {
    const file = values.get(name);
    return file === undefined ? undefined : resolve(file);
  };
  return {
    cwd: directory(options),
    inventory: named("inventory"),
    sshConfig: named("ssh-config"),
    ansible: flags.has("ansible"),
    system: flags.has("system"),
    yes: flags.has("yes"),
  };
}

function scanOptions(options: Options): ScanOptions {
  const { flags, values } = options;
  const format = (values.get("format") ?? "text") as ScanOptions["format"];
  return { cwd: directory(options), format, baseline: values.get("baseline"), updateBaseline: flags.has("update-baseline") };
}

/** What draws knows FORCE_COLOR alone, and reads it when it is loaded. */
function screens<Module>(load: () => Promise<Module>): Promise<Module> {
  const { env } = process;
  if ((env["NO_COLOR"] ?? "") !== "" && (env["FORCE_COLOR"] ?? "") === "") env["FORCE_COLOR"] = "0";
  return load();
}

/** A screen is for a terminal, and for those who did not ask for another form. */
function formOf({ flags }: Options): "json" | "text" | "screen" {
  return flags.has("json") ? "json" : flags.has("text") ? "text" : "screen";
}

async function installed(options: Options): Promise<number> {
  const { flags } = options;
  if (bothScopes(options)) return complain(oneScope, wrongCall);
  const pieces = new Set<Piece>([
    ...(flags.has("no-hook") ? [] : ["hook" as const]),
    ...(flags.has("no-shell") ? [] : ["shell" as const]),
    ...(flags.has("mcp") ? ["mcp" as const] : []),
  ]);
  return (await import("./agent/install.ts")).install(installation(), await installRequest(options), pieces);
}

async function uninstalled(options: Options): Promise<number> {
  if (bothScopes(options)) return complain(oneScope, wrongCall);
  return (await import("./agent/install.ts")).uninstall(installation(), await installRequest(options));
}

const oneScope = "`--user` and `--project` cannot both be given\ngive one of them";

function bothScopes({ flags }: Options): boolean {
  return flags.has("user") && flags.has("project");
}

async function installRequest({ operands, flags }: Options): Promise<InstallRequest> {
  const { repositoryRoot } = await import("./world/repository.ts");
  return { agent: operands[0] ?? "", project: flags.has("project") ? (repositoryRoot(process.cwd()) ?? process.cwd()) : undefined, dryRun: flags.has("dry-run") };
}

/** Where this autobotctl is installed. */
function installation(): string {
  return dirname(dirname(realpathSync(process.argv[1] ?? "")));
}

function tail({ flags, values }: Options): number | Promise<number> {
  const lines = values.get("lines") ?? "20";
  if (!/^\d+$/.test(lines)) return complain(`not a number of lines: \`${lines}\``, wrongCall);
  return tailAudit({ lines: Number(lines), follow: flags.has("follow"), json: flags.has("json"), filter: values.get("filter") });
}

function selection(values: Options["values"]): Selection {
  return { since: values.get("since"), until: values.get("until"), filter: values.get("filter") };
}

async function complete(shell: string): Promise<number> {
  const text = (await import("./completion.ts")).completion(shell);
  return text === undefined ? complain(`no completion for \`${shell}\`\none of \`bash\`, \`zsh\`, \`fish\``, wrongCall) : print(text);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ("error" in options) return complain(options.error, wrongCall);
  const command = commands[options.command];
  return command === undefined ? complain(`unknown command \`${options.command}\``, wrongCall) : command(options);
}

// A reader that has seen enough, as `head` does, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 125));

process.exitCode = await main(process.argv.slice(2));
