// The guards that are compared, and how each is set up: in a home of its own, as its documentation says, at its strictest where servers are
// concerned. All of them are hooks of Claude Code, so that all get the same bytes and answer in the same form.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Download, fileOf } from "../e2e-agents/programs.ts";

/** What an agent starts before each command. */
export interface Hook {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Guard {
  readonly title: string;
  /** Undefined: it is the one in this repository. */
  readonly download?: Download;
  /** `hosts`: the servers that the inputs speak of. Made once, before anything is asked. */
  readonly setUp: (home: string, hosts: readonly string[]) => Hook;
}

const safetyNet: Download = { name: "cc-safety-net", version: "2.4.5", program: "cc-safety-net/dist/bin/cc-safety-net.js" };
const architecture = process.arch === "arm64" ? "arm64" : "x64";
const tirith: Download = {
  name: `@sheeki03/tirith-linux-${architecture}`,
  version: "0.4.2",
  program: `@sheeki03/tirith-linux-${architecture}/bin/tirith`,
};

/** From the repository's root. */
export function guards(root: string): readonly Guard[] {
  return [
    { title: "autobot-sh", setUp: (home) => ({ words: [join(root, "bin", "autobotctl"), "hook", "--agent", "claude"], env: bare(home) }) },
    safetyNetAt("standard"),
    safetyNetAt("strict"),
    safetyNetAt("paranoid"),
    { title: `tirith ${tirith.version}, servers labelled`, download: tirith, setUp: setUpTirith },
  ];
}

/** Its policy holds the level; the variable is the same for one session. */
function safetyNetAt(level: string): Guard {
  return {
    title: `cc-safety-net ${safetyNet.version}, ${level}`,
    download: safetyNet,
    setUp: (home) => ({ words: [process.execPath, fileOf(safetyNet), "hook", "--claude-code"], env: { ...bare(home), CC_SAFETY_NET_LEVEL: level } }),
  };
}

/** Its own installation writes the hook. Without labels it has nothing to say of servers. */
function setUpTirith(home: string, hosts: readonly string[]): Hook {
  const env = { ...bare(home), PATH: `${dirname(fileOf(tirith))}:${bare(home)["PATH"]}`, TIRITH_OFFLINE: "1" };
  const run = (...words: readonly string[]) => execFileSync(fileOf(tirith), words, { env, cwd: home, stdio: ["ignore", "ignore", "pipe"] });
  run("setup", "claude-code", "--scope", "user");
  run("ssh", "guard", "on");
  for (const host of hosts) run("ssh", "label", host, "critical");
  const settings = JSON.parse(readFileSync(join(home, ".claude", "settings.json"), "utf8"));
  const command: string = settings.hooks.PreToolUse[0].hooks[0].command;
  return { words: ["/bin/sh", "-c", command], env };
}

function bare(home: string): Readonly<Record<string, string>> {
  mkdirSync(home, { recursive: true });
  return { HOME: home, PATH: "/usr/local/bin:/usr/bin:/bin", LANG: "C.UTF-8" };
}

export type Answer = "refused" | "passed";

/** What Claude Code writes to a hook. */
export function callOf(line: string, cwd: string): string {
  return JSON.stringify({
    session_id: "compare",
    transcript_path: "",
    cwd,
    permission_mode: "default",
    hook_event_name: "PreToolUse",
    tool_name: "Bash",
    tool_input: { command: line },
    tool_use_id: "compare",
  });
}

export function ask({ words: [file = "", ...args], env }: Hook, line: string, cwd: string): Answer {
  const { status, stdout, stderr, error } = spawnSync(file, args, { input: callOf(line, cwd), cwd, env, encoding: "utf8", timeout: 60_000 });
  if (error !== undefined) throw error;
  return answerIn(stdout, stderr, status);
}

/**
 * As Claude Code reads it: a denial, a question to the user and status 2 stop the command. Throws where the guard did not judge, which
 * would be counted for or against it.
 */
export function answerIn(stdout: string, stderr: string, status: number | null): Answer {
  if (status === 2) return "refused";
  if (status !== 0) throw new Error(`a guard failed with status ${status}: ${stderr.trim()}`);
  if (stdout.includes("REFUSED [failure]")) throw new Error(`a guard could not judge: ${stdout.trim()}`);
  if (stdout.trim() === "") return "passed";
  const body = JSON.parse(stdout);
  const decision: unknown = body.hookSpecificOutput?.permissionDecision ?? body.decision;
  return decision === "deny" || decision === "ask" || decision === "block" ? "refused" : "passed";
}
