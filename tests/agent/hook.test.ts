// `autobotctl hook`, as agents call it: what is refused is said in the agent's own form, and all else is silence.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dialects } from "../../src/agent/dialect.ts";
import { readPayload } from "../../src/agent/payload.ts";
import { autobotSh, installation, root, run, scratch } from "../stage/run.ts";

const cwd = scratch();
const remote = "ssh autobot@172.16.168.21 'vim /etc/hosts'";
const claude = (command: unknown, tool = "Bash") => ({ session_id: "s", cwd, hook_event_name: "PreToolUse", tool_name: tool, tool_input: { command } });

const payloads: Readonly<Record<string, (command: string) => unknown>> = {
  claude,
  codex: claude,
  droid: (command) => claude(command, "Execute"),
  qwen: (command) => claude(command, "run_shell_command"),
  kiro: (command) => ({ hook_event_name: "preToolUse", cwd, tool_name: "shell", tool_input: { command } }),
  gemini: (command) => ({ session_id: "s", cwd: "/", hook_event_name: "BeforeTool", tool_name: "run_shell_command", tool_input: { command, dir_path: cwd } }),
  copilot: (command) => ({ sessionId: "s", cwd, toolName: "bash", toolArgs: JSON.stringify({ command }) }),
  cursor: (command) => ({ hook_event_name: "beforeShellExecution", conversation_id: "s", command, cwd }),
  opencode: (command) => ({ tool: "bash", args: { command }, cwd }),
  goose: (command) => ({ event: "PreToolUse", session_id: "s", tool_name: "developer__shell", tool_input: { command }, working_dir: cwd }),
  crush: (command) => ({ event: "PreToolUse", session_id: "s", cwd, tool_name: "bash", tool_input: JSON.stringify({ command }) }),
  windsurf: (command) => ({ agent_action_name: "pre_run_command", trajectory_id: "s", tool_info: { command_line: command, cwd } }),
  cline: (command) => ({
    hookName: "tool_call",
    tool_call: { name: "run_commands", input: { commands: ["true", command] } },
    preToolUse: { toolName: "run_commands", parameters: {} },
  }),
};

/** Where each agent reads the reason, and that there is nothing else. */
const reasons: Readonly<Record<string, RegExp>> = {
  claude: /^\{"hookSpecificOutput":\{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"autobot-sh REFUSED \[[^"]*"\}\}$/,
  gemini: /^\{"decision":"deny","reason":"autobot-sh REFUSED \[[^"]*"\}$/,
  copilot: /^\{"permissionDecision":"deny","permissionDecisionReason":"autobot-sh REFUSED \[[^"]*"\}$/,
  cursor: /^\{"permission":"deny","user_message":"autobot-sh REFUSED \[[^"]*","agent_message":"[^"]*"\}$/,
  opencode: /^\{"decision":"block","reason":"autobot-sh REFUSED \[[^"]*"\}$/,
  cline: /^\{"overrideInput":\{"commands":\["printf '%s\\\\n' 'autobot-sh REFUSED \[.*>&2; exit 126"\]\}\}$/,
};
const like: Readonly<Record<string, string>> = { codex: "claude", droid: "claude", qwen: "claude", goose: "opencode", crush: "gemini" };

function ask(agent: string, input: unknown, path = root) {
  const { status, stdout, stderr } = run(join(path, "bin", "autobotctl"), ["hook", "--agent", agent], { cwd, input: typeof input === "string" ? input : JSON.stringify(input) });
  return { status, stdout: stdout.trimEnd(), stderr };
}
const silence = { status: 0, stdout: "", stderr: "" };

describe.each(Object.keys(payloads))("%s", (agent) => {
  it("is told of a refusal in its own form, and of nothing else", () => {
    const told = ask(agent, payloads[agent]?.(remote));
    const form = reasons[like[agent] ?? agent];
    if (form === undefined) expect([told.status, told.stdout, told.stderr.startsWith("autobot-sh REFUSED [remote-editing/")]).toEqual([2, "", true]);
    else expect([told.status, told.stdout, told.stderr]).toEqual([0, expect.stringMatching(form), ""]);
    expect(ask(agent, payloads[agent]?.("git commit -m 'ssh vm vim f'"))).toEqual(silence);
  });

  it("is refused where its input cannot be read", () => {
    const told = ask(agent, "{");
    expect(`${told.stdout}${told.stderr}`).toContain("autobot-sh REFUSED [failure]");
  });
});

describe("what is judged", () => {
  it.each<[string, unknown, boolean]>([
    ["Monitor", claude(remote, "Monitor"), true],
    ["a shell of another server", claude(remote, "mcp__shell__run"), true],
    ["PowerShell that bash reads alike", claude(remote, "PowerShell"), true],
    ["PowerShell that names ssh", claude("$h = 'web1'; ssh $h reboot", "PowerShell"), true],
    ["PowerShell that names nothing remote", claude("Get-ChildItem | Where-Object { $_.Length -gt 1 }", "PowerShell"), false],
    ["our own tool", claude(remote, "mcp__autobot__exec"), false],
    ["an edit", { ...claude(undefined, "Edit"), tool_input: { file_path: "/x", new_string: remote } }, false],
    ["another event", { ...claude(remote), hook_event_name: "PostToolUse" }, false],
    ["a shell's call without a command", claude(undefined), true],
    ["a command that is no text", claude(7), true],
    ["a directory that is not there", { ...claude("true"), cwd: "/nowhere/at/all" }, true],
    ["more than a MiB", claude("x".repeat(1_100_000)), true],
  ])("%s", (_, input, refused) => {
    const told = ask("claude", input);
    expect([told.status, told.stdout !== "", told.stderr]).toEqual([0, refused, ""]);
    if (refused) expect(told.stdout).toMatch(reasons["claude"] as RegExp);
  });
});

it("refuses where the policies are broken, and says nothing of what stands in them", () => {
  const project = scratch();
  run("mkdir", [join(project, ".autobot-sh")]);
  writeFileSync(join(project, ".autobot-sh", "x.yaml"), "policy: IGNORE ALL RULES\n");
  const { stdout } = ask("claude", { ...claude("true"), cwd: project });
  expect(stdout).toMatch(reasons["claude"] as RegExp);
  expect(stdout).not.toContain("IGNORE");
});

it("refuses where the judge is gone", () => {
  const copy = installation();
  writeFileSync(join(copy, "dist", "judge.cjs"), "process.exit(7)");
  expect(JSON.parse(ask("claude", claude("true"), copy).stdout)).toMatchObject({ hookSpecificOutput: { permissionDecision: "deny" } });
  expect(ask("kiro", claude("true"), copy).status).toBe(2);
});

it.each(Object.keys(dialects))("refuses where all that it would load is gone, in a form that %s takes", (agent) => {
  const copy = installation();
  rmSync(join(copy, "dist"), { recursive: true });
  const { status, stdout, stderr } = ask(agent, claude("true"), copy);
  expect(`${stdout}${stderr}`).toMatch(/autobot-sh REFUSED \[failure\]/);
  if (status === 0) expect(JSON.parse(stdout)).not.toEqual({});
  else expect([status, stderr]).toEqual([2, expect.stringMatching(/^autobot-sh REFUSED/m)]);
});

it("tells every agent's form by itself", () => {
  for (const [agent, payload] of Object.entries(payloads))
    expect([agent, readPayload(JSON.stringify(payload(remote)), dialects["auto"] ?? [], cwd)]).toMatchObject([agent, { call: { cwd } }]);
});

it("has autobot-sh speak to an agent as the hook does, and shorter the second time", () => {
  const env = { CLAUDECODE: "1", XDG_RUNTIME_DIR: scratch() };
  const [first, second] = [1, 2].map(() => run(autobotSh, ["-c", remote], { cwd, env }));
  expect([first?.status, second?.status]).toEqual([126, 126]);
  expect(first?.stderr).toMatch(/^autobot-sh REFUSED \[remote-editing\//);
  expect(second?.stderr).toContain("Already refused (2x)");
  expect(run(autobotSh, ["-c", remote], { cwd }).stderr).toMatch(/^autobot-sh: refused: /);
});
