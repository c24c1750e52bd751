// What autobotctl takes, in one table: parsing, the help, the manual page and the shell completions are all made from it.
import { parseArgs } from "node:util";
import { dialects } from "./agent/dialect.ts";
import { suggestion } from "./policy/nearest.ts";

export interface OptionDefinition {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What it takes, for the help: `DIR`. */
  readonly takes?: string;
  /** The only values it takes. */
  readonly values?: readonly string[];
  readonly help: string;
  /** What its value is, for completion, where neither `values` nor `takes` says it: a FILE, a DIR. */
  readonly completes?: Completes;
}

/** What can be offered on Tab: kinds of names, or words. */
export type Completes = "files" | "directories" | "users" | "rules" | "hosts" | "filter" | readonly string[];

export interface CommandDefinition {
  /** `policy check` */
  readonly name: string;
  /** Operands as the synopsis shows them. */
  readonly operands: string;
  readonly least: number;
  readonly most: number;
  readonly help: string;
  readonly options: Readonly<Record<string, OptionDefinition>>;
  /** What its first operand is, for completion, and what further ones are. */
  readonly completes?: Completes;
  readonly more?: Completes;
  /** A call of it that somebody may make. */
  readonly example?: string;
}

const user = { type: "string", takes: "NAME", completes: "users", help: "whose; default: your own" } as const;
const filter = {
  type: "string",
  takes: "WORDS",
  completes: "filter",
  help: "only records that match each word: `user:`, `host:`, `rule:`, `decision:`, `face:`, `path:`, `route:`, or any text",
} as const;
const since = { type: "string", takes: "TIME", help: "from a time on: 2026-01-31, an RFC 3339 time, or 24h, 7d ago" } as const;
const until = { type: "string", takes: "TIME", help: "up to a time" } as const;
const cwd = { type: "string", takes: "DIR", help: "decide as if run in DIR" } as const;

const agents = ["claude", "codex", "gemini", "qwen", "copilot", "cursor", "opencode", "pi", "goose", "crush", "droid", "windsurf", "cline"] as const;
const place = {
  user: { type: "boolean", help: "your own configuration, for all projects (default)" },
  project: { type: "boolean", help: "the configuration of the project in this directory" },
  "dry-run": { type: "boolean", help: "print the changes as a unified diff, and write nothing" },
} as const;

export const commands: readonly CommandDefinition[] = [
  {
    name: "check",
    operands: "LINE",
    least: 0,
    most: 1,
    help: "decide a line without running it; status 0 if it would run, 126 if it would be refused",
    example: "autobotctl check 'ssh web1 systemctl restart nginx'",
    options: {
      json: { type: "boolean", help: "print the decision as one JSON object" },
      ndjson: { type: "boolean", help: 'decide one object `{"line": …}` for each line of standard input' },
      cwd,
      tty: { type: "boolean", help: "decide as if a person sat at a terminal" },
      runtime: { type: "boolean", help: "decide as if the runtime layer were on" },
      face: { type: "string", takes: "FACE", values: ["scripts", "login", "agent"], help: "who asks: scripts, login or agent (default: scripts)" },
    },
  },
  {
    name: "explain",
    operands: "LINE|RULE",
    least: 1,
    most: 1,
    help: "show why a line is decided as it is: its commands, hosts, options, requests, rules and advice; status as of check. Of a rule: what it is about, and lines of both kinds",
    example: "autobotctl explain 'ssh web1 systemctl restart nginx'",
    options: {
      json: { type: "boolean", help: "print the explanation as one JSON object" },
      text: { type: "boolean", help: "print text on a terminal too, in place of a screen" },
      cwd,
      tty: { type: "boolean", help: "decide as if a person sat at a terminal" },
      runtime: { type: "boolean", help: "decide as if the runtime layer were on" },
      face: { type: "string", takes: "FACE", values: ["scripts", "login", "agent"], help: "who asks: scripts, login or agent (default: scripts)" },
    },
    completes: "rules",
  },
  {
    name: "policy check",
    operands: "[FILE…]",
    least: 0,
    most: Number.POSITIVE_INFINITY,
    help: "validate policy files and decide every rule's examples; without FILE, the policies in force here",
    example: "autobotctl policy check .autobot-sh/fleet.yaml",
    options: { cwd },
    completes: "files",
    more: "files",
  },
  {
    name: "policy show",
    operands: "[FILE…]",
    least: 0,
    most: Number.POSITIVE_INFINITY,
    help: "list the rules in force here, or those of the files",
    example: "autobotctl policy show",
    options: {
      cwd,
      json: { type: "boolean", help: "print the policies as one JSON object" },
      list: { type: "string", takes: "WHAT", values: ["rules", "hosts"], help: "print the names of rules or hosts alone, one a line" },
    },
    completes: "files",
    more: "files",
  },
  { name: "policy schema", operands: "", least: 0, most: 0, help: "print the JSON Schema of policy files", example: "autobotctl policy schema > policy.schema.json", options: {} },
  {
    name: "doctor",
    operands: "",
    least: 0,
    most: 0,
    help: "look at what autobot-sh needs here, prove that it refuses, and list what it does not see; status 1 if something is at fault",
    options: { cwd, json: { type: "boolean", help: "print the findings as one JSON object" } },
  },
  {
    name: "init",
    operands: "",
    least: 0,
    most: 0,
    help: "make a policy of your own hosts, sync scripts and playbooks from what is there already; a form on a terminal; contacts no host, and writes nothing before it is told to",
    example: "autobotctl init --inventory inventory/",
    options: {
      cwd: { type: "string", takes: "DIR", help: "the repository is the one that DIR lies in" },
      inventory: { type: "string", takes: "FILE", help: "an Ansible inventory, a file or a directory (default: those of the repository)" },
      "ssh-config": { type: "string", takes: "FILE", help: "ssh's configuration (default: yours)" },
      ansible: { type: "boolean", help: "have `ansible-inventory` read the inventory, which runs what it may be: a program, a plug-in" },
      system: { type: "boolean", help: "write it to /etc/autobot-sh, for everybody; as root" },
      yes: { type: "boolean", help: "write it without asking" },
      json: { type: "boolean", help: "print what was found, the difference and the refusal as one JSON object" },
      text: { type: "boolean", help: "print text on a terminal too, in place of a form" },
    },
  },
  {
    name: "scan",
    operands: "[PATH…]",
    least: 0,
    most: Number.POSITIVE_INFINITY,
    help: "find what would be refused in scripts, makefiles, CI, Dockerfiles, playbooks and documents (default: of this directory); status 1 if there is any",
    example: "autobotctl scan --format sarif scripts/ .github/",
    options: {
      cwd: { type: "string", takes: "DIR", help: "name files relative to DIR" },
      format: { type: "string", takes: "FORMAT", values: ["text", "json", "sarif"], help: "text, json or sarif (default: text)" },
      baseline: { type: "string", takes: "FILE", help: "leave out the findings that FILE lists" },
      "update-baseline": { type: "boolean", help: "write the findings of now to that file" },
    },
    completes: "files",
    more: "files",
  },
  {
    name: "verify",
    operands: "VM [PATH…]",
    least: 1,
    most: Number.POSITIVE_INFINITY,
    help: "compare the workspace, or PATH in it, with what a host of the fleet has, without writing anything; status 0 the same, 1 it differs, 125 it cannot be told",
    example: "autobotctl verify frontend autobot-vue/src --diff",
    options: {
      cwd: { type: "string", takes: "DIR", help: "the workspace is the one that DIR lies in" },
      diff: { type: "boolean", help: "show what differs in text files, from there to here" },
      json: { type: "boolean", help: "print the differences as one JSON object" },
    },
    completes: "hosts",
    more: "files",
  },
  {
    name: "break-glass",
    operands: "LINE",
    least: 1,
    most: 1,
    help: "run one refused line all the same, where the policy has `break-glass: on`: a person at a terminal types the host's name and a reason; on record, with a follow-up due; never for agents",
    example: "autobotctl break-glass 'ssh web1 sudo systemctl restart nginx'",
    options: {},
  },
  {
    name: "install",
    operands: "AGENT",
    least: 1,
    most: 1,
    help: "have autobot-sh judge an agent's commands: its hook and its shell, with --mcp our server too; a copy of each changed file is kept beside it",
    example: "autobotctl install claude --dry-run",
    options: {
      ...place,
      "no-hook": { type: "boolean", help: "leave the hook out" },
      "no-shell": { type: "boolean", help: "leave the shell as it is" },
      mcp: { type: "boolean", help: "also offer the MCP server, and take the agent's own shell away where it can be" },
    },
    completes: agents,
  },
  {
    name: "uninstall",
    operands: "AGENT",
    least: 1,
    most: 1,
    help: "undo what `install` changed, and nothing else",
    example: "autobotctl uninstall claude",
    options: place,
    completes: agents,
  },
  {
    name: "login-shell enable",
    operands: "",
    least: 0,
    most: 0,
    help: "prove a session with autobot-sh, then make it the login shell",
    example: "sudo autobotctl login-shell enable --user deploy",
    options: { user },
  },
  { name: "login-shell disable", operands: "", least: 0, most: 0, help: "make bash the login shell again", options: { user } },
  {
    name: "login-shell status",
    operands: "",
    least: 0,
    most: 0,
    help: "tell whether it is the login shell, and prove a session; status 1 if it is one that does not work",
    options: { user },
  },
  {
    name: "audit tail",
    operands: "",
    least: 0,
    most: 0,
    help: "print the last records of decisions",
    example: "autobotctl audit tail --follow --filter 'decision:refused host:web1'",
    options: {
      lines: { type: "string", short: "n", takes: "N", help: "how many (default: 20)" },
      follow: { type: "boolean", short: "f", help: "go on printing records as they are written" },
      json: { type: "boolean", help: "print them as they are stored, one JSON object a line" },
      filter,
    },
  },
  { name: "audit show", operands: "ID", least: 1, most: 1, help: "print one record whole, and the deployment that followed a refusal", options: {} },
  {
    name: "audit stats",
    operands: "",
    least: 0,
    most: 0,
    help: "count records by rule, host, user, decision, face and day",
    example: "autobotctl audit stats --since 7d --by rule",
    options: {
      by: { type: "string", takes: "WHAT", values: ["rule", "host", "user", "decision", "face", "day"], help: "count by this only, and list all of it" },
      json: { type: "boolean", help: "print the counts as one JSON object" },
      since,
      until,
      filter,
    },
  },
  {
    name: "audit due",
    operands: "",
    least: 0,
    most: 0,
    help: "list what `break-glass` has run and nobody has followed up yet; status 1 if there is any",
    example: "autobotctl audit due",
    options: { json: { type: "boolean", help: "print them as they are stored, one JSON object a line" } },
  },
  {
    name: "audit close",
    operands: "ID REASON",
    least: 2,
    most: 2,
    help: "note why a follow-up is not due any more",
    example: "autobotctl audit close mff2k3x1-9q 'the same is in merge request 41'",
    options: {},
  },
  {
    name: "audit export",
    operands: "",
    least: 0,
    most: 0,
    help: "print records for other programs, the oldest first",
    example: "autobotctl audit export --format csv --since 2026-01-01",
    options: { format: { type: "string", takes: "FORMAT", values: ["jsonl", "csv"], help: "jsonl or csv (default: jsonl)" }, since, until, filter },
  },
  {
    name: "audit",
    operands: "",
    least: 0,
    most: 0,
    help: "look through the record on a screen, with a filter as you type; elsewhere, print the last records",
    options: { json: { type: "boolean", help: "print the last records as they are stored" }, filter },
  },
  {
    name: "mcp",
    operands: "",
    least: 0,
    most: 0,
    help: "serve an agent over standard input and output (Model Context Protocol): tools that run its commands, and refuse those that would change a server by hand",
    example: "autobotctl mcp",
    options: {},
  },
  {
    name: "hook",
    operands: "",
    least: 0,
    most: 0,
    help: "tell an agent, before it runs a command, that it must not; reads the call on standard input, and says nothing where it may run",
    options: {
      agent: {
        type: "string",
        takes: "NAME",
        values: Object.keys(dialects),
        help: "whose hook it is; auto tells it by the call (default: auto)",
      },
    },
  },
  {
    name: "completion",
    operands: "SHELL",
    least: 1,
    most: 1,
    help: "print the completion for bash, zsh or fish",
    example: "source <(autobotctl completion bash)",
    options: {},
    completes: ["bash", "zsh", "fish"],
  },
];

export const globalOptions: Readonly<Record<string, OptionDefinition>> = {
  help: { type: "boolean", short: "h", help: "print this help" },
  version: { type: "boolean", help: "print the version" },
};

/** Those of most commands; a command's help names its own. */
export const statuses: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "done or permitted"],
  ["126", "refused"],
  ["125", "failed"],
  ["2", "wrong call"],
];

export interface Options {
  readonly command: string;
  readonly operands: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** A wrong call. `message` in the house's form: what is wrong, the way out on the next line. */
export interface UsageError {
  readonly error: string;
}

/** The words after `autobotctl` → what they ask for. */
export function readOptions(args: readonly string[]): Options | UsageError {
  const definition = commandAt(args);
  if (definition === undefined) return withoutCommand(args);
  const words = args.slice(definition.name.split(" ").length);
  const options = { ...definition.options, ...globalOptions };
  const { tokens } = parseArgs({ args: [...words], options: parseArgsOptions(options), tokens: true, strict: false, allowPositionals: true });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const wrong = wrongOption(token, options, definition);
    if (wrong !== undefined) return wrong;
    if (token.value === undefined) flags.add(token.name);
    else values.set(token.name, token.value);
  }
  const result = { command: flags.has("help") ? "help" : definition.name, operands: flags.has("help") ? [definition.name] : operands, flags, values };
  return result.command === "help" ? result : (wrongOperands(operands, definition, flags) ?? result);
}

function commandAt(args: readonly string[]): CommandDefinition | undefined {
  return commands.find(({ name }) => name.split(" ").every((word, index) => args[index] === word));
}

function withoutCommand(args: readonly string[]): Options | UsageError {
  const [first, second] = args;
  const none = { operands: [], flags: new Set<string>(), values: new Map<string, string>() };
  if (first === undefined) return { error: "no command given\ntry `autobotctl --help`" };
  if (["help", "--help", "-h"].includes(first)) return { ...none, command: "help" };
  if (first === "--version") return { ...none, command: "version" };
  if (first.startsWith("-")) return unknown("option", first, Object.keys(globalOptions).map(dashed), "autobotctl --help");
  const group = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name);
  if (group.length > 0) {
    const rest = group.map((name) => name.slice(first.length + 1));
    if (second === undefined || second === "--help" || second === "-h") return { error: `\`${first}\` needs one of ${rest.map(quoted).join(", ")}` };
    return unknown(`${first} command`, second, rest, "autobotctl --help");
  }
  return unknown("command", first, [...new Set(commands.flatMap(({ name }) => name.split(" ", 1)))], "autobotctl --help");
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function wrongOption(token: OptionToken, options: Readonly<Record<string, OptionDefinition>>, command: CommandDefinition): UsageError | undefined {
  const definition = options[token.name];
  if (definition === undefined) return unknown("option", token.rawName, Object.keys(options).map(dashed), `autobotctl ${command.name} --help`);
  if (definition.type === "boolean") {
    return token.value === undefined ? undefined : { error: `\`${token.rawName}\` takes no value\ngive it alone` };
  }
  if (token.value === undefined) return { error: `\`${token.rawName}\` needs a value\ngive it as \`${token.rawName} ${definition.takes ?? "VALUE"}\`` };
  if (definition.values?.includes(token.value) === false) return unknown(`value of \`${token.rawName}\`:`, token.value, definition.values);
  return undefined;
}

function wrongOperands(operands: readonly string[], command: CommandDefinition, flags: ReadonlySet<string>): UsageError | undefined {
  const least = command.name === "check" && !flags.has("ndjson") ? 1 : command.least;
  const most = command.name === "check" && flags.has("ndjson") ? 0 : command.most;
  if (operands.length < least) return { error: `\`${command.name}\` needs ${command.operands}\ntry \`autobotctl ${command.name} --help\`` };
  if (operands.length > most) return { error: `\`${operands[most]}\` is one operand too many\nquote a line as one word; see \`autobotctl ${command.name} --help\`` };
  return undefined;
}

function unknown(what: string, given: string, known: readonly string[], help?: string): UsageError {
  const hint = suggestion(given, known);
  return { error: `unknown ${what} \`${given}\`${hint === "" && help !== undefined ? `\nsee \`${help}\`` : hint}` };
}

function parseArgsOptions(options: Readonly<Record<string, OptionDefinition>>) {
  const entries = Object.entries(options).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }] as const);
  return Object.fromEntries(entries);
}

const dashed = (name: string) => `--${name}`;
const quoted = (name: string) => `\`${name}\``;
