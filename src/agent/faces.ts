// What of each agent's commands autobot-sh judges in fact: its configuration files are read, and what they name is started with a line
// that has to be refused and one that has to pass.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Finding } from "../report/doctor-text.ts";
import { mark } from "./adapters.ts";
import type { Agent, Target } from "./agents.ts";
import { codexDigest, trustPath } from "./codex-trust.ts";
import { isObject, type Json, type JsonPath, valueAt } from "./edit.ts";
import { formats, placeOf, type Scope } from "./plan.ts";
import { answerOf, harmless, outcome, type Program, serverAnswers, violation } from "./proof.ts";
import { examineVersion } from "./version.ts";

interface Configured {
  readonly agent: Agent;
  readonly target: Target;
  readonly file: string;
  /** Of a file with edits. */
  readonly value: Json;
  readonly cwd: string;
  /** A project's file comes from whoever wrote the project: of what it names, only what we would have written is started. */
  readonly foreign: boolean;
}

type Result = Pick<Finding, "state" | "found" | "mend">;

/** One finding for each piece that is configured; one that says so for an agent that is here without any; and its program's version. */
export async function examineAgents(agents: readonly Agent[], home: string, project: string): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const agent of agents) {
    const scopes: readonly Scope[] = home === project ? [{ home }] : [{ home }, { project }];
    const configured = scopes.flatMap((scope) => configuredIn(agent, scope, project));
    const findings: Finding[] = [...scopes.flatMap((scope) => unreadable(agent, scope)), ...shellsIgnored(agent)];
    for (const each of configured) findings.push(...(await examine(each)));
    if (findings.length === 0 && existsSync(agent.directory)) {
      findings.push({
        of: agent.name,
        state: "not proven" as const,
        found: `${agent.title} is here, and its commands are not judged`,
        mend: `run \`autobotctl install ${agent.name}\``,
      });
    }
    found.push(...findings, ...examineVersion(agent));
  }
  return found;
}

function configuredIn(agent: Agent, scope: Scope, cwd: string): readonly Configured[] {
  return agent.targets.flatMap((target): readonly Configured[] => {
    const file = placeOf(target, scope);
    if (file === undefined || !existsSync(file)) return [];
    const read = target.format === "whole" ? { value: null } : formats[target.format].read(readFileSync(file, "utf8"));
    return "value" in read ? [{ agent, target, file, value: read.value, cwd, foreign: "project" in scope }] : [];
  });
}

/** Files that name us and that the agent cannot read. */
function unreadable(agent: Agent, scope: Scope): readonly Finding[] {
  const files = new Map(agent.targets.flatMap((target) => (target.format === "whole" ? [] : [[placeOf(target, scope), formats[target.format]] as const])));
  return [...files].flatMap(([file, format]): readonly Finding[] => {
    if (file === undefined || !existsSync(file)) return [];
    const text = readFileSync(file, "utf8");
    const read = format.read(text);
    if ("value" in read || !text.includes("autobot")) return [];
    return [{ of: agent.name, state: "broken", found: `\`${file}\` is not valid: ${read.error}`, mend: "mend it" }];
  });
}

/** A shell of ours that a variable names in vain. Without the agent it is somebody's shell. */
function shellsIgnored({ name, title, directory, shellName, shellVariables = [] }: Agent): readonly Finding[] {
  const [variable] = shellVariables.filter((each) => process.env[each]);
  const shell = variable === undefined ? undefined : process.env[variable];
  if (shell === undefined || !basename(shell).startsWith("autobot") || shellName?.test(shell) !== false || !existsSync(directory)) return [];
  const found = `${title} takes no shell of the name \`${shell}\`, which ${variable} says, and starts another without a word`;
  return [{ of: `${name} shell`, state: "not proven", found, mend: `run \`autobotctl install ${name}\`, or name \`${join(dirname(shell), "autobot-bash")}\`` }];
}

async function examine(each: Configured): Promise<readonly Finding[]> {
  const { agent, target } = each;
  const of = `${agent.name} ${target.piece}`;
  if (statSync(each.file).uid !== process.geteuid?.()) return [];
  const results = target.piece === "hook" ? hooks(each) : target.piece === "shell" ? shells(each) : await servers(each);
  const others = results.length > 0 && (statSync(each.file).mode & 0o022) !== 0;
  const writable: readonly Result[] = others ? [{ state: "not proven", found: `others may write \`${each.file}\``, mend: `run \`chmod go-w ${each.file}\`` }] : [];
  return [...results, ...writable].map((result) => ({ of, ...result, found: `${result.found} (${each.file})` }));
}

/** Whatever at the agent's list of hooks starts us, also where somebody has changed it since. */
function hooks(each: Configured): readonly Result[] {
  const { agent, target, value } = each;
  if (target.format === "whole") return wholes(each, target);
  const list = valueAt(value, agent.hook.list ?? []);
  if (!Array.isArray(list)) return [];
  const off = agent.off?.find(({ path, value: wanted }) => valueAt(value, path) === wanted);
  return list.flatMap((entry: Json, index) => {
    if (!isOurs(entry)) return [];
    if (off !== undefined) return [{ state: "broken" as const, found: `\`${off.path.join(".")}\` switches every hook off`, mend: "remove it" }];
    return handlersOf(entry).map((handler) => handled(each, entry, handler, index));
  });
}

/** A file that is ours as a whole, and that another version may have written. */
function wholes(each: Configured, { text, loads }: Extract<Target, { readonly format: "whole" }>): readonly Result[] {
  const { agent, file, foreign } = each;
  const there = readFileSync(file, "utf8");
  if (there !== text && (foreign || !there.includes(mark))) return [];
  const result = loads === undefined ? judged(each, { file, args: [] }) : loaded(each, loads);
  return [there === text || result.state !== "proven" ? result : { state: "not proven", found: "it is not what this version would write", mend: again(agent) }];
}

function isOurs(entry: Json): boolean {
  return JSON.stringify(entry).includes("hook --agent") || JSON.stringify(entry).includes('"hook","--agent"');
}

function handlersOf(entry: Json): readonly Json[] {
  const inner = valueAt(entry, ["hooks"]);
  return (Array.isArray(inner) ? inner : [entry]).filter(isOurs);
}

function handled(each: Configured, entry: Json, handler: Json, index: number): Result {
  const { agent, target, file, foreign } = each;
  const { shells: names = [], closed } = agent.hook;
  const program = programOf(handler);
  if (program === undefined) return { state: "broken", found: "the hook names no command", mend: again(agent) };
  const known = programsWritten(target);
  if (foreign && !known.some((own) => isDeepStrictEqual(own, program))) return { ...unstarted, mend: again(agent, " --project") };
  const result = judged(each, program);
  if (result.state !== "proven") return result;
  const matcher = valueAt(entry, ["matcher"]);
  const missed = typeof matcher === "string" && matcher !== "" ? names.filter((name) => !matches(matcher, name)) : [];
  if (missed.length > 0) return { state: "not proven", found: `its matcher \`${matcher}\` misses ${missed.map((name) => `\`${name}\``).join(", ")}`, mend: again(agent) };
  if (closed !== undefined && valueAt(handler, [closed.key]) !== closed.value) {
    return { state: "not proven", found: `should the hook fail, the command runs: \`${closed.key}\` is not \`${closed.value}\``, mend: again(agent) };
  }
  const skipped = agent.name === "codex" ? distrust(agent, file, entry, handler, index) : undefined;
  if (skipped !== undefined) return { state: "not proven", found: `Codex skips it, because ${skipped}`, mend: "start `codex`, enter `/hooks`, trust it" };
  return result;
}

/** As agents match: the whole name, or any. */
function matches(matcher: string, name: string): boolean {
  try {
    return matcher === "*" || new RegExp(`^(?:${matcher})$`).test(name);
  } catch {
    return false;
  }
}

/** Why Codex skips it, if it does. Where the digest cannot be told, an entry for the place is taken for the present one. */
function distrust({ directory }: Agent, file: string, entry: Json, handler: Json, index: number): string | undefined {
  const config = join(directory, "config.toml");
  const read = existsSync(config) ? formats.toml.read(readFileSync(config, "utf8")) : { value: null };
  const inner = valueAt(entry, ["hooks"]);
  const at = Array.isArray(inner) ? inner.indexOf(handler) : 0;
  const trusted = "value" in read ? valueAt(read.value, trustPath(file, index, at)) : undefined;
  if (typeof trusted !== "string") return "it is not trusted";
  const digest = codexDigest(entry, handler);
  return digest === undefined || digest === trusted ? undefined : "it has changed since it was trusted";
}

/** With arguments of their own it is no shell that starts it. */
function programOf(handler: Json): Program | undefined {
  if (!isObject(handler)) return undefined;
  const { command, bash, args } = handler;
  if (typeof command === "string" && Array.isArray(args)) return { file: command, args: args.map(String) };
  const line = typeof command === "string" ? command : bash;
  return typeof line === "string" ? { file: "/bin/sh", args: ["-c", line] } : undefined;
}

function judged({ agent, cwd }: Configured, program: Program): Result {
  const ask = (line: string) => answerOf(program, JSON.stringify(agent.hook.call(line, cwd)), cwd);
  const refused = ask(violation);
  if (!agent.hook.refuses(refused.body, refused.status))
    return { state: "broken", found: `the hook does not refuse an edit on another host: ${outcome(refused)}`, mend: again(agent) };
  const passed = ask(harmless);
  const silent = passed.status === 0 && passed.stdout.trim() === "";
  return silent
    ? { state: "proven", found: "the hook refuses an edit on another host, and says nothing of `echo`" }
    : {
        state: "broken",
        found: `the hook has something to say of \`${harmless}\`: ${outcome(passed)}`,
        mend: /REFUSED \[failure\]/.test(passed.stdout + passed.stderr) ? "mend what else is broken here" : "see `autobotctl policy check`",
      };
}

/** A plugin, loaded into a node as the agent loads it. */
function loaded({ agent, file, cwd }: Configured, kind: "opencode" | "pi"): Result {
  const program = { file: process.execPath, args: ["--input-type=module", "--eval", loaders[kind], pathToFileURL(file).href, cwd] };
  const refused = answerOf({ ...program, args: [...program.args, violation] }, "", cwd);
  const passed = answerOf({ ...program, args: [...program.args, harmless] }, "", cwd);
  if (!/REFUSED/.test(refused.stdout)) return { state: "broken", found: `the plugin does not refuse an edit on another host: ${outcome(refused)}`, mend: again(agent) };
  if (passed.status !== 0 || passed.stdout !== "") return { state: "broken", found: `the plugin has something to say of \`${harmless}\`: ${outcome(passed)}`, mend: again(agent) };
  return { state: "proven", found: "the plugin refuses an edit on another host, and says nothing of `echo`" };
}

/** Each prints the reason of a refusal. Arguments: the plugin, a directory, a line. */
const loaders = {
  opencode: `const [, plugin, directory, command] = process.argv;
const { AutobotSh } = await import(plugin);
const hooks = await AutobotSh({ directory });
try { await hooks["tool.execute.before"]({ tool: "bash", sessionID: "autobot-sh-doctor", callID: "doctor" }, { args: { command } }); } catch (error) { console.log(error.message); }`,
  pi: `const [, plugin, cwd, command] = process.argv;
let handler;
(await import(plugin)).default({ on: (_, each) => { handler = each; } });
const answer = await handler({ toolName: "bash", input: { command } }, { cwd });
if (answer?.block) console.log(answer.reason);`,
};

function shells(each: Configured): readonly Result[] {
  const { agent, target, value, cwd, foreign } = each;
  return pathsSet(target).flatMap((path): readonly Result[] => {
    const shell = valueAt(value, path);
    if (typeof shell !== "string" || !basename(shell).startsWith("autobot")) return [];
    if (foreign && !isWritten(target, path, shell)) return [{ ...unstarted, mend: again(agent, " --project") }];
    if (agent.shellName?.test(shell) === false) return [{ state: "broken", found: `${agent.title} takes no shell of the name \`${shell}\``, mend: again(agent) }];
    const refused = answerOf({ file: shell, args: ["-c", violation] }, "", cwd);
    if (refused.status !== 126) return [{ state: "broken", found: `\`${shell}\` does not refuse an edit on another host: ${outcome(refused)}`, mend: again(agent) }];
    const passed = answerOf({ file: shell, args: ["-c", harmless] }, "", cwd);
    if (passed.status !== 0 || passed.stdout !== "autobot-sh\n")
      return [{ state: "broken", found: `\`${shell}\` does not run \`${harmless}\`: ${outcome(passed)}`, mend: again(agent) }];
    return [{ state: "proven", found: "the shell refuses an edit on another host, and runs `echo`" }];
  });
}

async function servers({ agent, target, value, cwd, foreign }: Configured): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const path of pathsSet(target).filter((each) => each.at(-1) === "autobot")) {
    const program = serverOf(valueAt(value, path));
    if (program === undefined) continue;
    if (foreign && !isWritten(target, path, valueAt(value, path))) {
      results.push({ ...unstarted, mend: again(agent, " --project --mcp") });
      continue;
    }
    const answers = await serverAnswers(program, cwd);
    const mend = again(agent, " --mcp");
    if (typeof answers === "string") results.push({ state: "broken", found: `the MCP server does not answer: ${answers}`, mend });
    else if (valueAt(answers[0], ["isError"]) !== true) results.push({ state: "broken", found: "the MCP server does not refuse an edit on another host", mend });
    else if (valueAt(answers[1], ["isError"]) === true) results.push({ state: "broken", found: `the MCP server does not run \`${harmless}\``, mend });
    else results.push({ state: "proven", found: "the MCP server refuses an edit on another host, and runs `echo`" });
  }
  return results;
}

const unstarted = { state: "not proven", found: "a project's file names another program than ours, which is not started to look at it" } as const;

function isWritten(target: Target, path: JsonPath, value: Json | undefined): boolean {
  return target.format !== "whole" && target.edits.some((edit) => "set" in edit && isDeepStrictEqual([edit.set, edit.value], [path, value]));
}

function programsWritten(target: Target): readonly (Program | undefined)[] {
  return target.format === "whole" ? [] : target.edits.flatMap((edit) => ("add" in edit ? handlersOf(edit.value).map(programOf) : []));
}

function pathsSet(target: Target): readonly JsonPath[] {
  return target.format === "whole" ? [] : target.edits.flatMap((edit) => ("set" in edit ? [edit.set] : []));
}

function serverOf(entry: Json | undefined): Program | undefined {
  const [command, args] = [valueAt(entry, ["command"]), valueAt(entry, ["args"])];
  if (Array.isArray(command)) return { file: String(command[0]), args: command.slice(1).map(String) };
  return typeof command === "string" ? { file: command, args: Array.isArray(args) ? args.map(String) : [] } : undefined;
}

function again({ name }: Agent, options = ""): string {
  return `run \`autobotctl install ${name}${options}\``;
}
