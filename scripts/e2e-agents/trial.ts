// One agent by one route: a home of its own, an ssh that only takes notes, a model that asks for a violation and then for something
// harmless. What ran, and what came back, is the result.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { agentsFor } from "../../src/agent/agents.ts";
import type { Route, Setting, TriedAgent } from "./agents.ts";
import { startModel } from "./model.ts";
import { fileOf } from "./programs.ts";

export interface Trial {
  readonly agent: string;
  readonly title: string;
  readonly version: string;
  readonly route: Route;
  readonly ran: boolean;
  /** The violation's ssh was not started. */
  readonly violationStopped: boolean;
  /** The refusal, with its rule, came back as the tool's result. */
  readonly modelTold: boolean;
  /** Of the harmless command, what it printed. */
  readonly outputThrough: boolean;
  /** Milliseconds. */
  readonly duration: number;
  /** Where it was not as it should be: what came back, and where the rest is kept. */
  readonly detail?: string | undefined;
}

const host = "web1.invalid";
const alias = "onserver";
const change = '"sed -i s/a/b/ /etc/motd"';
const harmless = `printf "permitted-%s\\n" 42; ssh ${host} uptime`;
const timeLimit = 180_000;

export async function tryAgent(agent: TriedAgent, route: Route, root: string): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), `autobot-sh-e2e-${agent.name}-${route}-`));
  const [home, work, bin] = ["home", "work", "bin"].map((name) => join(directory, name)) as [string, string, string];
  for (const each of [home, work, bin]) mkdirSync(each);
  const calls = join(directory, "ssh-calls");
  writeFileSync(join(bin, "ssh"), `#!/bin/bash -p\nprintf '%s\\n' "$*" >>${calls}\n[[ $1 == -G ]] || echo "seen by the stub"\n`);
  chmodSync(join(bin, "ssh"), 0o755);
  const input = route === "mcp" ? (command: string) => ({ command }) : agent.shellInput;
  const violation = agent.aliases === true && (route === "none" || route === "shell") ? `${alias} ${change}` : `ssh ${host} ${change}`;
  const model = await startModel(agent.dialect, { tool: route === "mcp" ? /autobot.*exec$/ : agent.shellTool, inputs: [input(violation), input(harmless)] });
  const setting: Setting = { home, work, port: model.port, route, root };
  const path = [...(route === "shell" && agent.bashFromPath === true ? [join(root, "libexec", "agent")] : []), bin, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
  // A login shell sets PATH anew.
  writeFileSync(join(home, ".profile"), `PATH='${path}'\n`);
  writeFileSync(join(home, ".bashrc"), `alias ${alias}='ssh ${host}'\n`);
  const environment = { HOME: home, PATH: path, SHELL: "/bin/bash", LANG: "C.UTF-8", TERM: "dumb", TMPDIR: directory, USER: "root", ...agent.environment(setting) };
  for (const [name, value] of Object.entries(agent.files?.(setting) ?? {})) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), JSON.stringify(value));
  }
  const installed = install(agent, setting, environment);
  const started = performance.now();
  const program = fileOf(agent.download);
  const [file = "", ...words] = agent.node === undefined ? [program] : [agent.node === "ours" ? process.execPath : fileOf(agent.node), program];
  const log = await run(file, [...words, ...agent.words(setting)], work, environment);
  model.close();
  const [first = "", second = ""] = model.results();
  const noted = existsSync(calls) ? readFileSync(calls, "utf8") : "";
  const trial = {
    agent: agent.name,
    title: agent.title,
    version: agent.download.version,
    route,
    ran: model.results().length >= 2,
    // A server of tools stops nothing while the agent's own shell is there as well.
    violationStopped: !noted.includes("sed -i") && (route !== "mcp" || !model.offered().some((name) => agent.shellTool.test(name))),
    modelTold: first.includes("autobot-sh") && first.includes("remote-editing/"),
    outputThrough: second.includes("permitted-42") && second.includes("seen by the stub"),
    duration: Math.round(performance.now() - started),
  };
  if (isGood(trial)) {
    rmSync(directory, { recursive: true, force: true });
    return trial;
  }
  writeFileSync(
    join(directory, "log"),
    `${installed}\n${log}\noffered: ${model.offered().join(" ")}\nothers: ${model.others().join(", ")}\nresults: ${JSON.stringify(model.results(), null, 2)}\n`,
  );
  return { ...trial, detail: `${JSON.stringify(first.slice(0, 200))} ${directory}/log` };
}

/** Without autobot-sh the violation has to run, or the trial shows nothing. */
export function isGood({ route, ran, violationStopped, modelTold, outputThrough }: Omit<Trial, "detail">): boolean {
  return ran && outputThrough && (route === "none" ? !violationStopped && !modelTold : violationStopped && modelTold);
}

/** As a user does it, where `autobotctl install` has the route; what it says. */
function install(agent: TriedAgent, { home, root, route }: Setting, env: Readonly<Record<string, string>>): string {
  if (route === "none") return "";
  const [here] = agentsFor({ autobotctl: join(root, "bin/autobotctl"), bash: join(root, "bin/autobot-bash") }, { home, env }).filter(({ name }) => name === agent.name);
  if (here === undefined || !here.targets.some(({ piece }) => piece === route)) return "";
  const { stdout, stderr } = spawnSync(join(root, "bin", "autobotctl"), ["install", agent.name, ...alone[route]], { env, encoding: "utf8" });
  return `${stdout}${stderr}`;
}

/** One route, without the others. */
const alone = { hook: ["--no-shell"], shell: ["--no-hook"], mcp: ["--no-hook", "--no-shell", "--mcp"] } as const;

/** Its output, for the log. Ended with all that it has started after the time limit. */
function run(file: string, words: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(file, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    const end = () => {
      try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // It has ended already.
      }
    };
    const timer = setTimeout(end, timeLimit);
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (status, signal) => {
      clearTimeout(timer);
      // What it has left behind, such as a server of its own.
      end();
      resolve(`${output}\nended with ${signal ?? status}\n`);
    });
  });
}
