// What `autobotctl doctor` finds of agents: hooks, shells and servers that are real programs, some of which do their work and some do not.
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/report/doctor-text.ts";
import { autobotctl, run, scratch } from "../stage/run.ts";

const deny = JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: "REFUSED" } });

function write(file: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A program that gives an answer to the line that has to be refused, and another to all else. */
function program(toViolation: string, toOthers: string): string {
  return write(join(scratch(), "program"), `#!/bin/sh\nread -r call\ncase $call in\n*canary.invalid*) ${toViolation};;\n*) ${toOthers};;\nesac\n`, 0o755);
}

const good = program(`echo '${deny}'`, "exit 0");

function claudeSettings(command: string, changes: object = {}, matcher = "Bash|Monitor|PowerShell", more: object = {}): string {
  const handler = { type: "command", command, args: ["hook", "--agent", "claude"], timeout: 10, onFailure: "block", ...changes };
  return JSON.stringify({ hooks: { PreToolUse: [{ matcher, hooks: [handler] }] }, ...more });
}

function examined(home: string, cwd = home, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const { stdout, stderr, status } = run(autobotctl, ["doctor", "--json"], { cwd, env: { HOME: home, ...env } });
  if (stdout === "") throw new Error(stderr);
  const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
  const agents = findings.filter(({ of }) => /^(claude|codex|gemini|copilot|cursor|opencode|windsurf)\b(?! version)/.test(of));
  expect(status).toBe(findings.some(({ state }) => state === "broken" || state === "fault") ? 1 : 0);
  return agents.map(({ of, state, found }) => `${of}: ${state}: ${found}`);
}

function withClaude(settings: string): string {
  const home = scratch();
  write(join(home, ".claude", "settings.json"), settings);
  return home;
}

describe("a hook", { timeout: 60_000 }, () => {
  it("is proven where it refuses the one line, and says nothing of the other", () => {
    expect(examined(withClaude(claudeSettings(good)))).toEqual([expect.stringMatching(/^claude hook: proven: /)]);
  });

  it.each([
    ["is not there", "/nonexistent/autobotctl", /^claude hook: broken: .*ENOENT/],
    ["lets all through", program("exit 0", "exit 0"), /^claude hook: broken: the hook does not refuse/],
    ["refuses all", program(`echo '${deny}'`, `echo '${deny}'`), /^claude hook: broken: the hook has something to say of `echo/],
    ["answers in another agent's form", program(`echo '{"decision":"deny","reason":"x"}'`, "exit 0"), /^claude hook: broken: /],
    ["fails", program("exit 1", "exit 1"), /^claude hook: broken: .*status 1/],
  ])("is broken where it %s", (_, command, expected) => {
    expect(examined(withClaude(claudeSettings(command)))).toEqual([expect.stringMatching(expected)]);
  });

  it.each([
    ["its matcher misses a shell", claudeSettings(good, {}, "Bash"), /not proven: its matcher `Bash` misses `Monitor`, `PowerShell`/],
    ["its failure lets the command run", claudeSettings(good, { onFailure: "allow" }), /not proven: should the hook fail, the command runs/],
  ])("is not proven where %s", (_, settings, expected) => {
    expect(examined(withClaude(settings))).toEqual([expect.stringMatching(expected)]);
  });

  it("is proven with any matcher that takes in all shells", () => {
    for (const matcher of [".*", "*", "", "PowerShell|Bash|Monitor|Edit"])
      expect(examined(withClaude(claudeSettings(good, {}, matcher)))).toEqual([expect.stringContaining("proven: the hook refuses")]);
  });

  it("is broken where every hook is switched off", () => {
    expect(examined(withClaude(claudeSettings(good, {}, "Bash", { disableAllHooks: true })))).toEqual([expect.stringMatching(/broken: `disableAllHooks` switches/)]);
  });

  it("is broken where its file is not valid", () => {
    expect(examined(withClaude(claudeSettings("/opt/bin/autobotctl").slice(1)))).toEqual([expect.stringMatching(/^claude: broken: `.*settings\.json` is not valid: /)]);
  });

  it("is one more finding where others may write its file", () => {
    const home = withClaude(claudeSettings(good));
    chmodSync(join(home, ".claude/settings.json"), 0o666);
    expect(examined(home)).toEqual([expect.stringContaining("hook: proven"), expect.stringContaining("not proven: others may write")]);
  });

  describe("of Codex", () => {
    const command = `${good} hook --agent codex`;
    const withCodex = (changes: object = {}, before: readonly object[] = []) => {
      const home = scratch();
      const hooks = [...before, { type: "command", command, timeout: 10, ...changes }];
      write(join(home, ".codex/hooks.json"), JSON.stringify({ hooks: { PreToolUse: [{ matcher: "Bash", hooks }] } }));
      return home;
    };
    const trust = (home: string, digest: string, at = 0) =>
      write(join(home, ".codex/config.toml"), `[hooks.state."${home}/.codex/hooks.json:pre_tool_use:0:${at}"]\ntrusted_hash = "${digest}"\n`);
    /** As Codex itself would write it. */
    const text = (timeout: number) =>
      `{"event_name":"pre_tool_use","hooks":[{"async":false,"command":${JSON.stringify(command)},"timeout":${timeout},"type":"command"}],"matcher":"Bash"}`;
    const digest = (timeout = 10) => `sha256:${createHash("sha256").update(text(timeout)).digest("hex")}`;

    it("is proven when somebody has trusted it as it is", () => {
      const home = withCodex();
      expect(examined(home)).toEqual([expect.stringContaining("not proven: Codex skips it, because it is not trusted")]);
      trust(home, digest());
      expect(examined(home)).toEqual([expect.stringContaining("codex hook: proven")]);
    });

    it("is not when it has changed since", () => {
      const home = withCodex({ timeout: 20 });
      trust(home, digest(10));
      expect(examined(home)).toEqual([expect.stringContaining("not proven: Codex skips it, because it has changed since it was trusted")]);
      trust(home, digest(20));
      expect(examined(home)).toEqual([expect.stringContaining("codex hook: proven")]);
    });

    it("is the one at its place in the list", () => {
      const home = withCodex({}, [{ type: "command", command: "true" }]);
      trust(home, digest(), 0);
      expect(examined(home)).toEqual([expect.stringContaining("because it is not trusted")]);
      trust(home, digest(), 1);
      expect(examined(home)).toEqual([expect.stringContaining("codex hook: proven")]);
    });

    it("is taken for trusted where nobody but Codex can tell", () => {
      const home = withCodex({ somethingNew: 1 });
      trust(home, digest());
      expect(examined(home)).toEqual([expect.stringContaining("codex hook: proven")]);
    });
  });

  it("that is a plugin is started, whichever version has written it", () => {
    const home = scratch();
    const file = join(home, ".config/opencode/plugin/autobot-sh.js");
    run(autobotctl, ["install", "opencode", "--no-shell"], { cwd: home, env: { HOME: home } });
    expect(examined(home)).toEqual([expect.stringContaining("opencode hook: proven")]);
    const text = readFileSync(file, "utf8");
    write(file, `${text}// more\n`);
    expect(examined(home)).toEqual([expect.stringContaining("opencode hook: not proven: it is not what this version would write")]);
    write(file, text.replace(autobotctl, "/nonexistent/autobotctl"));
    expect(examined(home)).toEqual([expect.stringMatching(/^opencode hook: broken: the plugin .*ENOENT/)]);
    write(file, text.replace("export const", "export"));
    expect(examined(home)).toEqual([expect.stringContaining("opencode hook: broken: the plugin does not refuse")]);
  });

  it("of Windsurf answers by its status", () => {
    const home = scratch();
    const command = program("echo no >&2; exit 2", "exit 0");
    write(join(home, ".codeium/windsurf/hooks.json"), JSON.stringify({ hooks: { pre_run_command: [{ command: `${command} hook --agent windsurf` }] } }));
    expect(examined(home)).toEqual([expect.stringContaining("windsurf hook: proven")]);
  });

  it("of somebody else is not ours to start", () => {
    const trap = join(scratch(), "started");
    const home = withClaude(JSON.stringify({ hooks: { PreToolUse: [{ matcher: "Bash", hooks: [{ type: "command", command: `touch ${trap}` }] }] } }));
    expect(examined(home)).toEqual([expect.stringMatching(/^claude: not proven: .*not judged/)]);
    expect(() => readFileSync(trap)).toThrow("ENOENT");
  });

  it("that a project names is not started unless it is the one that would be installed", () => {
    const trap = join(scratch(), "started");
    const project = withClaude(claudeSettings("/bin/sh", { args: ["-c", `touch ${trap}`, "hook", "--agent"] }));
    const [first] = JSON.parse(readFileSync(join(project, ".claude/settings.json"), "utf8")).hooks.PreToolUse;
    write(
      join(project, ".claude/settings.json"),
      JSON.stringify({ hooks: { PreToolUse: [{ ...first, hooks: [{ type: "command", command: `touch ${trap}; autobotctl hook --agent claude` }] }] } }),
    );
    expect(examined(scratch(), project)).toEqual([expect.stringContaining("claude hook: not proven: a project's file names another program")]);
    expect(() => readFileSync(trap)).toThrow("ENOENT");
  });
});

describe("a shell", { timeout: 60_000 }, () => {
  const shellOf = (text: string, name = "autobot-bash") => write(join(scratch(), name), text, 0o755);
  const withShell = (shell: string) => withClaude(JSON.stringify({ env: { CLAUDE_CODE_SHELL: shell } }));
  const refusing = '#!/bin/bash\ncase $2 in *canary.invalid*) exit 126;; *) exec bash "$@";; esac\n';

  it("is proven where it refuses the one line and runs the other", () => {
    expect(examined(withShell(shellOf(refusing)))).toEqual([expect.stringMatching(/^claude shell: proven/)]);
  });

  it.each([
    ["runs all", shellOf('#!/bin/bash\ncase $2 in *canary.invalid*) exit 0;; *) exec bash "$@";; esac\n'), "does not refuse"],
    ["runs nothing", shellOf("#!/bin/bash\nexit 126\n"), "does not run"],
    ["has a name that the agent does not take", shellOf(refusing, "autobot-sh"), "takes no shell of the name"],
    ["is not there", "/nonexistent/autobot-bash", "ENOENT"],
  ])("is broken where it %s", (_, shell, expected) => {
    expect(examined(withShell(shell))).toEqual([expect.stringMatching(`^claude shell: broken: .*${expected}`)]);
  });
});

describe("a shell that a variable names", { timeout: 60_000 }, () => {
  const here = () => {
    const home = scratch();
    mkdirSync(join(home, ".claude"));
    return home;
  };
  const ignored = expect.stringMatching(/^claude shell: not proven: Claude Code takes no shell of the name `\/opt\/bin\/autobot-sh`/);

  it.each<[string, Readonly<Record<string, string>>]>([
    ["SHELL", { SHELL: "/opt/bin/autobot-sh" }],
    ["the agent's own", { CLAUDE_CODE_SHELL: "/opt/bin/autobot-sh", SHELL: "/bin/bash" }],
  ])("in vain is said: %s", (_, env) => {
    const home = here();
    expect(examined(home, home, env)).toEqual([ignored]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ["a name that it takes", { SHELL: "/opt/bin/autobot-bash" }],
    ["a directory with such a name", { SHELL: "/opt/bash/autobot-sh" }],
    ["somebody else's", { SHELL: "/bin/fish" }],
    ["its own before the other", { CLAUDE_CODE_SHELL: "/opt/bin/autobot-bash", SHELL: "/opt/bin/autobot-sh" }],
  ])("is not, of %s", (_, env) => {
    const home = here();
    expect(examined(home, home, env)).toEqual([expect.stringContaining("its commands are not judged")]);
  });

  it("is not, where the agent is not here", () => {
    const home = scratch();
    expect(examined(home, home, { SHELL: "/opt/bin/autobot-sh" })).toEqual([]);
  });
});

describe("a server", { timeout: 60_000 }, () => {
  const serverOf = (refused: boolean, ran: boolean) =>
    write(
      join(scratch(), "server"),
      `#!${process.execPath}
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, params } = JSON.parse(line);
  if (id === undefined) return;
  const isError = params.name === "exec" ? (params.arguments.command.includes("canary.invalid") ? ${refused} : ${!ran}) : undefined;
  console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { isError, content: [] } }));
});
`,
      0o755,
    );
  const withServer = (command: string) => {
    const home = scratch();
    write(join(home, ".claude.json"), JSON.stringify({ mcpServers: { autobot: { command, args: ["mcp"] } } }));
    return home;
  };

  it.each([
    ["proven where it refuses the one and runs the other", serverOf(true, true), "proven: the MCP server refuses"],
    ["proven where it is ours", autobotctl, "proven: the MCP server refuses"],
    ["broken where it runs all", serverOf(false, true), "broken: the MCP server does not refuse"],
    ["broken where it runs nothing", serverOf(true, false), "broken: the MCP server does not run"],
    ["broken where it ends at once", "/bin/false", "broken: the MCP server does not answer: it ended with status 1"],
    ["broken where it is not there", "/nonexistent/autobotctl", "broken: the MCP server does not answer: .*ENOENT"],
  ])("is %s", (_, command, expected) => {
    expect(examined(withServer(command))).toEqual([expect.stringMatching(`^claude mcp: ${expected}`)]);
  });
});

it("an agent that is here without anything of ours is named", { timeout: 60_000 }, () => {
  const home = scratch();
  mkdirSync(join(home, ".gemini"));
  expect(examined(home)).toEqual(["gemini: not proven: Gemini CLI is here, and its commands are not judged"]);
});
