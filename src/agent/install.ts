// `autobotctl install AGENT` and `autobotctl uninstall AGENT`: an agent's configuration files changed so that autobot-sh judges its
// commands, or changed back. All is planned before anything is written; what cannot be written whole is taken back.
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { suggestion } from "../policy/nearest.ts";
import { homeDirectory } from "../world/account.ts";
import { complain } from "../world/complaint.ts";
import { replaceFile } from "../world/replace-file.ts";
import { type Agent, agentsFor, type Piece, type Programs } from "./agents.ts";
import { backupOf, said, writeConfig } from "./config-file.ts";
import { type Change, planInstall, planUninstall, type Scope } from "./plan.ts";
import { answerOf, harmless, outcome, violation } from "./proof.ts";

export interface InstallRequest {
  readonly agent: string;
  /** The project's directory, or undefined for the person's own files. */
  readonly project: string | undefined;
  readonly dryRun: boolean;
}

const failed = 1;
const wrongCall = 2;

export function programsOf(root: string): Programs {
  return { autobotctl: join(root, "bin", "autobotctl"), bash: join(root, "bin", "autobot-bash") };
}

export function agentsHere(root: string): readonly Agent[] {
  return agentsFor(programsOf(root), { home: homeDirectory(), env: process.env });
}

/** Status 0 also where there was nothing to change. */
export function install(root: string, request: InstallRequest, pieces: ReadonlySet<Piece>): number {
  const agent = agentNamed(root, request.agent);
  if (typeof agent === "number") return agent;
  const scope = scopeOf(request);
  if (!agent.targets.some((target) => pieces.has(target.piece) && ("home" in scope ? target.user : target.project) !== undefined)) {
    return complain(`${agent.title} reads nothing of this kind ${"home" in scope ? "from a file" : "from a project"}\nsee \`autobotctl install --help\``, failed);
  }
  const plan = planInstall(agent, pieces, scope);
  if ("fault" in plan) return complain(plan.fault, failed);
  if (plan.changes.length === 0) return print(`${agent.title}: installed already, nothing to change\n`);
  if (request.dryRun) return print(plan.changes.map(difference).join(""));
  const useless = [...pieces].map((piece) => brokenProgram(agent, piece, programsOf(root))).find((each) => each !== undefined);
  if (useless !== undefined) return complain(`${useless}\ninstall autobot-sh again, and see \`autobotctl doctor\`; nothing was written`, failed);
  const fault = carryOut(plan.changes, scope);
  if (fault !== undefined) return complain(fault, failed);
  return print(
    [
      ...plan.changes.flatMap((change) => [`changed ${change.file.name}`, ...(change.original === undefined ? [] : [`  as it was: ${backupOf(change.file.path)}`])]),
      ...[...agent.remains, ...(pieces.has("mcp") ? [agent.shellStays ?? []].flat() : [])].map((each) => `mind: ${each}`),
      ...("project" in scope ? ["mind: the paths in it are this machine's; keep the files out of what you share"] : []),
      ...(agent.tried !== undefined ? [] : [`mind: this follows the documentation of ${agent.title}, and was not tried with it`]),
      "start the agent anew, and prove it with `autobotctl doctor`",
      "",
    ].join("\n"),
  );
}

export function uninstall(root: string, request: InstallRequest): number {
  const agent = agentNamed(root, request.agent);
  if (typeof agent === "number") return agent;
  const scope = scopeOf(request);
  const plan = planUninstall(agent, scope);
  if ("fault" in plan) return complain(plan.fault, failed);
  if (plan.changes.length === 0) return print(`${agent.title}: not installed, nothing to change\n`);
  if (request.dryRun) return print(plan.changes.map(difference).join(""));
  const fault = carryOut(plan.changes, scope);
  if (fault !== undefined) return complain(fault, failed);
  return print(`${plan.changes.map(({ file, after }) => `${after === undefined ? "removed" : "changed back"} ${file.name}`).join("\n")}\nstart the agent anew\n`);
}

/**
 * Why an agent must not be pointed to the program that a piece names, if it must not: it is started as the agent will start it, with an
 * environment as bare. An agent whose shell does not start can do nothing, not even mend it.
 */
function brokenProgram(agent: Agent, piece: Piece, { autobotctl, bash }: Programs): string | undefined {
  if (piece === "hook") {
    const words = ["hook", "--agent", agent.hook.answersAs ?? agent.name];
    const ask = (line: string) => answerOf({ file: autobotctl, args: words }, JSON.stringify(agent.hook.call(line, "/")), "/");
    const [refused, passed] = [ask(violation), ask(harmless)];
    const text = refused.stdout + refused.stderr;
    const works = text.includes("autobot-sh REFUSED [") && !text.includes("[failure]") && passed.status === 0 && passed.stdout === "";
    return works ? undefined : `\`${autobotctl} ${words.join(" ")}\` does not work: ${outcome(text.includes("[failure]") || refused.failure ? refused : passed)}`;
  }
  if (piece !== "shell" || !agent.targets.some((target) => target.piece === "shell")) return undefined;
  const [refused, passed] = [violation, harmless].map((line) => answerOf({ file: bash, args: ["-c", line] }, "", "/"));
  if (refused?.status !== 126) return `\`${bash}\` does not refuse an edit on another host: ${refused === undefined ? "" : outcome(refused)}`;
  return passed?.stdout === "autobot-sh\n" ? undefined : `\`${bash}\` does not run \`${harmless}\`: ${passed === undefined ? "" : outcome(passed)}`;
}

function agentNamed(root: string, name: string): Agent | number {
  const agents = agentsHere(root);
  const agent = agents.find((each) => each.name === name);
  if (agent !== undefined) return agent;
  const names = agents.map((each) => each.name);
  const hint = suggestion(name, names);
  return complain(`unknown agent \`${name}\`${hint === "" ? `\none of ${names.map((each) => `\`${each}\``).join(", ")}` : hint}`, wrongCall);
}

function scopeOf({ project }: InstallRequest): Scope {
  return project === undefined ? { home: homeDirectory() } : { project };
}

/** Undefined, or why nothing was changed. */
function carryOut(changes: readonly Change[], scope: Scope): string | undefined {
  const above = "home" in scope ? scope.home : scope.project;
  const done: Change[] = [];
  for (const change of changes) {
    try {
      keepOriginal(change);
      writeConfig(change.file, change.after, above);
      done.push(change);
    } catch (error) {
      for (const { file } of [...done, change].toReversed()) takeBack(file, above);
      return `\`${change.file.name}\` cannot be written: ${said(error)}\nnothing was changed; see who owns it and its directory`;
    }
  }
  for (const { file, original } of changes) if (original === undefined) rmSync(backupOf(file.path), { force: true });
  return undefined;
}

function keepOriginal({ file, original }: Change): void {
  if (original !== undefined && original !== file.original) replaceFile(backupOf(file.path), original, { mode: file.mode });
}

function takeBack(file: Change["file"], above: string): void {
  try {
    if (file.text !== (existsSync(file.path) ? readFileSync(file.path, "utf8") : undefined)) writeConfig(file, file.text, above);
    if (file.original === undefined) rmSync(backupOf(file.path), { force: true });
    else replaceFile(backupOf(file.path), file.original, { mode: file.mode });
  } catch {
    // What could not be written cannot be taken back either; the message names the file.
  }
}

function difference({ file, after }: Change): string {
  const [before, now] = [file.text === undefined ? "/dev/null" : file.name, after === undefined ? "/dev/null" : file.name];
  return createTwoFilesPatch(before, now, file.text ?? "", after ?? "", undefined, undefined, { context: 3 }).replace(/^=+\n/, "");
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
