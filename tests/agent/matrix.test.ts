// Every agent with everything that can happen to a hook: whatever it is, a command that was not judged does not run. The first table is
// what was observed of the agents, and holds the readers in reading.ts to it; the second is ours.
import { appendFileSync, closeSync, cpSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { opencodePlugin, piExtension } from "../../src/agent/adapters.ts";
import { agentsFor } from "../../src/agent/agents.ts";
import { environment, installation, root, run, scratch } from "../stage/run.ts";
import { agentsRead, type Effect, isSilence, type Left, readBy } from "./reading.ts";

const R = "no";
const left = (status: number, stdout: unknown = "", stderr = ""): Left => ({ status, stdout: typeof stdout === "string" ? stdout : JSON.stringify(stdout), stderr });
const claudeForm = (permissionDecision: string) => ({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision, permissionDecisionReason: R } });
const portable = { decision: "block", reason: R, ...claudeForm("deny") };
const ownDenial: Readonly<Record<string, unknown>> = {
  claude: claudeForm("deny"),
  codex: claudeForm("deny"),
  gemini: { decision: "deny", reason: R },
  qwen: claudeForm("deny"),
  copilot: { permissionDecision: "deny", permissionDecisionReason: R },
  cline: { overrideInput: { commands: ["printf '%s\\n' 'no' >&2; exit 126"] } },
};

describe("what was observed", () => {
  const rows: readonly (readonly [what: string, of: (agent: string) => Left, ...effects: Effect[]])[] = [
    //                                                          claude     codex      gemini     qwen       copilot    cline
    ["status 2 with words", () => left(2, "", R), "told", "told", "told", "told", "stopped", "runs"],
    ["status 2 without", () => left(2), "stopped", "runs", "runs", "runs", "stopped", "stopped"],
    ["status 1 with words", () => left(1, "", R), "runs", "runs", "runs", "runs", "stopped", "runs"],
    ["no such file", () => left(127, "", "sh: not found"), "runs", "runs", "told", "runs", "stopped", "stopped"],
    ["its own denial", (agent) => left(0, ownDenial[agent]), "told", "told", "told", "told", "told", "told"],
    ["a decision that is none", () => left(0, { decision: "never", reason: R }), "runs", "runs", "runs", "runs", "runs", "runs"],
    ["`deny` at the top", () => left(0, { decision: "deny", reason: R }), "runs", "runs", "told", "told", "runs", "runs"],
    ["a key that nobody knows", () => left(0, { ...claudeForm("deny"), more: 1 }), "told", "runs", "runs", "told", "runs", "runs"],
    ["Claude Code's body with status 2", () => left(2, claudeForm("deny")), "told", "runs", "runs", "runs", "stopped", "stopped"],
    ["plain text", () => left(0, R), "runs", "runs", "runs", "runs", "runs", "runs"],
    ["a question in Claude Code's form", () => left(0, claudeForm("ask")), "told", "runs", "runs", "stopped", "runs", "runs"],
    ["a question in Gemini CLI's", () => left(0, { decision: "ask", reason: R }), "runs", "runs", "hangs", "runs", "runs", "runs"],
    ["the portable denial", () => left(0, portable), "told", "told", "told", "told", "runs", "runs"],
    ["nothing", () => left(0), "runs", "runs", "runs", "runs", "runs", "runs"],
  ];
  it.each(rows.map(([what, of, ...effects]) => ({ what, of, effects })))("$what", ({ of, effects }) => {
    expect(agentsRead.map((agent) => readBy(agent, of(agent)))).toEqual(effects);
  });
});

const cwd = scratch();
const project = scratch();
mkdirSync(join(project, ".autobot-sh"));
writeFileSync(join(project, ".autobot-sh", "x.yaml"), "policy: x\n");
const refused = "ssh autobot@172.16.168.21 'vim /etc/hosts'";

function payload(agent: string, command: unknown, directory = cwd): unknown {
  const { hook } = agentsFor({ autobotctl: "/a", bash: "/b" }, { home: "/", env: {} }).find(({ name }) => name === agent) ?? {};
  const call = hook?.call("COMMAND", directory);
  return JSON.parse(JSON.stringify(call).replace('"COMMAND"', JSON.stringify(command)));
}

interface Situation {
  readonly path?: string;
  /** Default: the compiled one, where there is a compiler. */
  readonly program?: string;
  readonly input?: (agent: string) => string;
  readonly stdout?: number;
}

function ask(agent: string, { path = root, program = "bin/autobotctl", input = (name) => JSON.stringify(payload(name, refused)), stdout }: Situation): Left {
  const result = run(join(path, program), ["hook", "--agent", agent], { cwd, input: input(agent), stdio: ["pipe", stdout ?? "pipe", "pipe"] });
  return { status: result.status, stdout: result.stdout ?? "", stderr: result.stderr };
}

const broken = new Map<string, string>();

/** An installation with something broken in it, once for all agents, and a line that would pass if it were not. */
function installationThat(is: string, change: (copy: string) => void): Situation {
  const path = broken.get(is) ?? installation();
  if (!broken.has(is)) change(path);
  broken.set(is, path);
  return { path, input: (agent) => JSON.stringify(payload(agent, "true")) };
}

const judgeIs = (text: string) => installationThat(`judges by ${text}`, (copy) => writeFileSync(join(copy, "dist", "judge.cjs"), text));
/** The one in bash, where it stands on a machine that nothing was compiled for. */
const inBash = (copy: string) => cpSync(join(copy, "libexec", "autobotctl"), join(copy, "bin", "autobotctl"));
const nodeless = () =>
  installationThat("has no node", (copy) => {
    inBash(copy);
    appendFileSync(join(copy, "libexec", "node.bash"), "autobot_find_node() { return 1; }\n");
  });
const halved = () =>
  installationThat("is cut off", (copy) => {
    inBash(copy);
    rmSync(join(copy, "libexec"), { recursive: true });
  });
const gutted = () => installationThat("has no judge", (copy) => rmSync(join(copy, "dist"), { recursive: true }));
const full = openSync("/dev/full", "w");
afterAll(() => closeSync(full));

describe.each(agentsRead)("%s", { timeout: 60_000 }, (agent) => {
  it("does not run what is refused, and knows why", () => {
    const answer = ask(agent, {});
    expect([readBy(agent, answer), `${answer.stdout}${answer.stderr}`]).toEqual(["told", expect.stringContaining("autobot-sh REFUSED [remote-editing/editor]")]);
  });

  it("is never given leave, a question or another command in the place of its own, but for one that says why", () => {
    const { stdout } = ask(agent, {});
    expect(stdout).not.toMatch(/"(allow|approve|ask|updatedInput|updated_input|modifiedArgs|tool_input|additionalContext|systemMessage)"/);
    expect(stdout.includes("overrideInput")).toBe(agent === "cline");
  });

  it.each(["true", "git commit -m 'ssh vm vim f'", "ssh 172.16.168.21 uptime", ""])("hears nothing of `%s`", (line) => {
    expect(isSilence(ask(agent, { input: (name) => JSON.stringify(payload(name, line)) }))).toBe(true);
  });

  it.each<[string, () => Situation]>([
    ["its input ends in the middle", () => ({ input: (name) => JSON.stringify(payload(name, refused)).slice(0, -20) })],
    ["there is no input", () => ({ input: () => "" })],
    ["its input is a list", () => ({ input: () => "[]" })],
    ["its input is null", () => ({ input: () => "null" })],
    ["the command is a number", () => ({ input: (name) => JSON.stringify(payload(name, 7)) })],
    ["the command is an object", () => ({ input: (name) => JSON.stringify(payload(name, { a: refused })) })],
    ["its directory is not there", () => ({ input: (name) => JSON.stringify(payload(name, "true", "/nowhere/at/all")) })],
    ["the policies are broken", () => ({ input: (name) => JSON.stringify(payload(name, "true", project)) })],
    ["the judge fails", () => judgeIs("process.exit(7)")],
    ["the judge is empty, as after a full disk", () => judgeIs("")],
    ["the judge ends well and says nothing", () => judgeIs("process.exit(0)")],
    ["the judge is no program", () => judgeIs("{{{")],
    ["the judge is killed", () => judgeIs('process.kill(process.pid, "SIGKILL")')],
    ["the judge permits and fails", () => judgeIs('require("node:fs").writeSync(1, "permit"); process.exit(1)')],
    ["there is no node", nodeless],
    ["half of the installation is gone", halved],
    ["the other half is gone", gutted],
    ["its answer finds no room", () => ({ stdout: full })],
  ])("runs nothing where %s", (_, situation) => {
    for (const program of ["bin/autobotctl", "libexec/autobotctl"]) if (existsSync(join(situation().path ?? root, program))) refuses({ program, ...situation() });
  });

  function refuses(situation: Situation): void {
    const answer = ask(agent, situation);
    // Cline reads nothing but standard output: where that is full nobody can tell it.
    const deaf = agent === "cline" && answer.stdout === "" && answer.status === 2;
    if (deaf) expect(answer.stderr).toContain("REFUSED [failure]");
    else expect([readBy(agent, answer), answer]).toEqual([expect.stringMatching(/^(told|stopped)$/), answer]);
  }
});

it.each(["bin", "libexec"])("a judge that does not end is one that failed, before any agent gives up waiting: %s", { timeout: 120_000 }, (folder) => {
  const answer = ask("claude", { ...judgeIs("for (;;);"), program: `${folder}/autobotctl` });
  expect([readBy("claude", answer), answer.stdout]).toEqual(["told", expect.stringContaining("REFUSED [failure]")]);
});

describe.each([
  ["opencode", opencodePlugin],
  ["pi", piExtension],
])("%s, by its plugin", { timeout: 60_000 }, (name, text) => {
  async function runs(path: string, command: string): Promise<string> {
    vi.stubEnv("XDG_STATE_HOME", environment["XDG_STATE_HOME"] ?? "");
    vi.stubEnv("XDG_RUNTIME_DIR", scratch());
    const folder = scratch();
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "plugin.js"), text(JSON.stringify(join(path, "bin", "autobotctl"))));
    const plugin = await import(pathToFileURL(join(folder, "plugin.js")).href);
    try {
      if (name === "pi") {
        let handler = (_event: object, _context: object): { readonly reason: string } | undefined => undefined;
        plugin.default({ on: (_: string, each: typeof handler) => (handler = each) });
        return handler({ toolName: "bash", input: { command } }, { cwd })?.reason ?? "runs";
      }
      const hooks = await plugin.AutobotSh({ directory: cwd });
      return await hooks["tool.execute.before"]({ tool: "bash", sessionID: "s", callID: "c" }, { args: { command } }).then(
        () => "runs",
        (error: Error) => error.message,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  }

  it("stops what is refused, and runs the rest", async () => {
    expect(await runs(root, refused)).toMatch(/^autobot-sh REFUSED \[remote-editing\/editor\]/);
    expect(await runs(root, "ssh 172.16.168.21 uptime")).toBe("runs");
  });

  it.each<[string, () => Situation]>([
    ["the judge fails", () => judgeIs("process.exit(7)")],
    ["the judge says nothing", () => judgeIs("")],
    ["there is no node", nodeless],
    ["the program is gone", () => installationThat("has no autobotctl", (copy) => rmSync(join(copy, "bin", "autobotctl")))],
  ])("runs nothing where %s", async (_, situation) => {
    expect(await runs(situation().path ?? "", "true")).not.toBe("runs");
  });
});

it("what is installed gives the judge more time than it takes, and less than agents have by themselves", () => {
  const agents = agentsFor({ autobotctl: "/a", bash: "/b" }, { home: "/", env: {} });
  const texts = agents.map(({ name, targets }) => [name, JSON.stringify(targets.filter(({ piece }) => piece === "hook"))] as const);
  const seconds = texts.flatMap(([name, text]) =>
    [...text.matchAll(/"(timeout|timeoutSec)":(\d+)/g)].map(([, , value]) => [name, name === "gemini" ? Number(value) / 1000 : Number(value)] as const),
  );
  expect(Object.fromEntries(seconds)).toMatchObject({ claude: 10, codex: 10, gemini: 10, qwen: 10, copilot: 10 });
  expect(seconds.filter(([, value]) => value <= 4 || value > 30)).toEqual([]);
});
