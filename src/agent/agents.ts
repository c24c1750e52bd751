// The agents that autobot-sh can be wired into, as a table: their configuration files, what goes into them, what a call of their
// shell looks like to a hook, and what makes it fail closed. Everything about one agent is in its row.
import { join } from "node:path";
import { quotedLine } from "../world/words.ts";
import { clineHook, opencodePlugin, piExtension } from "./adapters.ts";
import type { Edit, Json } from "./edit.ts";

/** `hook` judges a call before it runs, `shell` is what runs it, `mcp` offers tools of ours and takes the agent's own shell away. */
export type Piece = "hook" | "shell" | "mcp";

/** Absolute paths of this installation's programs. */
export interface Programs {
  readonly autobotctl: string;
  readonly bash: string;
}

interface Place {
  readonly piece: Piece;
  /** Absolute. Of several names, the first that exists, else the first. */
  readonly user?: string | readonly string[];
  /** Relative to the project's root. */
  readonly project?: string | readonly string[];
}

/** Edits of a file that belongs to the person, or a file that is ours as a whole. */
export type Target = Place &
  (
    | { readonly format: "json" | "toml"; readonly edits: readonly Edit[] }
    | { readonly format: "whole"; readonly text: string; readonly mode: number; readonly loads?: "opencode" | "pi" }
  );

export interface Hook {
  /** Where a configuration file lists the hooks, and the names of the agent's shells that a matcher there has to match. */
  readonly list?: readonly string[];
  readonly shells?: readonly string[];
  /** The dialect of its hook (src/agent/dialect.ts); default: the agent's own name. */
  readonly answersAs?: string;
  /** What the hook is given on standard input for a line. */
  readonly call: (line: string, cwd: string) => Json;
  /** Whether the agent takes this answer for a refusal. `body`: what was printed, where it is JSON. */
  readonly refuses: (body: Json | undefined, status: number | null) => boolean;
  /** A key of the handler that makes it refuse where the hook itself fails. */
  readonly closed?: { readonly key: string; readonly value: Json };
}

export interface Agent {
  readonly name: string;
  readonly title: string;
  /** Its own directory: there when the agent is. */
  readonly directory: string;
  readonly targets: readonly Target[];
  readonly hook: Hook;
  /** Settings that switch hooks off. */
  readonly off?: readonly { readonly path: readonly string[]; readonly value: Json }[];
  /** What the name of its shell has to contain, else the agent takes another without a word. */
  readonly shellName?: RegExp;
  /** By which variables it finds its shell, the first that is set before the others. */
  readonly shellVariables?: readonly string[];
  /** What nobody but the person can do, said after the installation. */
  readonly remains: readonly string[];
  /** The same where the server is installed: why the agent's own shell is still there. */
  readonly shellStays?: string;
  /** The version with which its files and answers were tried; default: none, they are from its documentation. */
  readonly tried?: string;
  /** The name of its program; default: the agent's own. */
  readonly program?: string;
}

export interface Surroundings {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const seconds = 10;

/** Claude Code's form, which Codex, Qwen and Droid share. */
const permission = (body: Json | undefined) => field(field(body, "hookSpecificOutput"), "permissionDecision") === "deny";
const claudeCall =
  (tool: string) =>
  (command: string, cwd: string): Json => ({
    session_id: "autobot-sh-doctor",
    transcript_path: "",
    cwd,
    hook_event_name: "PreToolUse",
    tool_name: tool,
    tool_input: { command },
    tool_use_id: "doctor",
  });

export function claudeHook(autobotctl: string): Json {
  const handler = { type: "command", command: autobotctl, args: ["hook", "--agent", "claude"], timeout: seconds, onFailure: "block" };
  return { matcher: "Bash|Monitor|PowerShell", hooks: [handler] };
}

export function claudeServer(autobotctl: string): Json {
  return { type: "stdio", command: autobotctl, args: ["mcp"], alwaysLoad: true };
}

export function agentsFor({ autobotctl, bash }: Programs, { home, env }: Surroundings): readonly Agent[] {
  const at = (variable: string, ...otherwise: readonly string[]) => env[variable] || join(home, ...otherwise);
  const config = at("XDG_CONFIG_HOME", ".config");
  const claude = at("CLAUDE_CONFIG_DIR", ".claude");
  const codex = at("CODEX_HOME", ".codex");
  const gemini = join(home, ".gemini");
  const qwen = join(home, ".qwen");
  const copilot = at("COPILOT_HOME", ".copilot");
  const cursor = join(home, ".cursor");
  const opencode = join(config, "opencode");
  const pi = at("PI_CODING_AGENT_DIR", ".pi", "agent");
  const goose = join(home, ".agents", "plugins", "autobot-sh");
  const crush = join(config, "crush");
  const factory = join(home, ".factory");
  const windsurf = join(home, ".codeium", "windsurf");
  const cline = join(home, ".cline");
  const hookLine = (agent: string) => `${quotedLine([autobotctl])} hook --agent ${agent}`;
  const server = { command: autobotctl, args: ["mcp"] };

  return [
    {
      name: "claude",
      title: "Claude Code",
      directory: claude,
      tried: "2.1.330",
      targets: [
        settings("hook", join(claude, "settings.json"), ".claude/settings.json", [{ add: ["hooks", "PreToolUse"], value: claudeHook(autobotctl) }]),
        settings("shell", join(claude, "settings.json"), ".claude/settings.json", [{ set: ["env", "CLAUDE_CODE_SHELL"], value: bash }]),
        settings(
          "mcp",
          join(claude, "settings.json"),
          ".claude/settings.json",
          ["Bash", "Monitor", "PowerShell"].map((value) => ({ add: ["permissions", "deny"], value })),
        ),
        settings("mcp", env["CLAUDE_CONFIG_DIR"] ? join(claude, ".claude.json") : join(home, ".claude.json"), ".mcp.json", [
          { set: ["mcpServers", "autobot"], value: claudeServer(autobotctl) },
        ]),
      ],
      hook: {
        list: ["hooks", "PreToolUse"],
        shells: ["Bash", "Monitor", "PowerShell"],
        call: claudeCall("Bash"),
        refuses: permission,
        closed: { key: "onFailure", value: "block" },
      },
      off: [{ path: ["disableAllHooks"], value: true }],
      shellName: /bash|zsh/,
      shellVariables: ["CLAUDE_CODE_SHELL", "SHELL"],
      remains: ["`claude --bare` runs without hooks"],
    },
    {
      name: "codex",
      title: "Codex",
      directory: codex,
      tried: "0.169.0",
      targets: [
        settings("hook", join(codex, "hooks.json"), ".codex/hooks.json", [
          { add: ["hooks", "PreToolUse"], value: { matcher: "Bash", hooks: [{ type: "command", command: hookLine("codex"), timeout: seconds }] } },
        ]),
        {
          piece: "mcp",
          format: "toml",
          user: join(codex, "config.toml"),
          project: ".codex/config.toml",
          edits: [
            { set: ["mcp_servers", "autobot"], value: server },
            { set: ["features", "shell_tool"], value: false },
          ],
        },
      ],
      hook: { list: ["hooks", "PreToolUse"], shells: ["Bash"], call: claudeCall("Bash"), refuses: permission },
      off: [{ path: ["features", "hooks"], value: false }],
      remains: ["Codex skips a hook without a word until you trust it: start `codex`, enter `/hooks`, trust it"],
    },
    {
      name: "gemini",
      title: "Gemini CLI",
      directory: gemini,
      tried: "0.61.0",
      targets: [
        settings("hook", join(gemini, "settings.json"), ".gemini/settings.json", [
          {
            add: ["hooks", "BeforeTool"],
            value: { matcher: "run_shell_command", hooks: [{ name: "autobot-sh", type: "command", command: hookLine("gemini"), timeout: seconds * 1000 }] },
          },
        ]),
        ...toolless(gemini, ".gemini", server, ["tools", "exclude"]),
      ],
      hook: {
        list: ["hooks", "BeforeTool"],
        shells: ["run_shell_command"],
        call: (command, cwd) => ({
          session_id: "autobot-sh-doctor",
          transcript_path: "",
          cwd,
          hook_event_name: "BeforeTool",
          timestamp: "1970-01-01T00:00:00.000Z",
          tool_name: "run_shell_command",
          tool_input: { command },
        }),
        refuses: (body) => field(body, "decision") === "deny",
      },
      remains: [],
    },
    {
      name: "qwen",
      title: "Qwen Code",
      directory: qwen,
      tried: "0.24.4",
      targets: [
        settings("hook", join(qwen, "settings.json"), ".qwen/settings.json", [
          { add: ["hooks", "PreToolUse"], value: { matcher: "run_shell_command", hooks: [{ type: "command", command: hookLine("qwen"), timeout: seconds }] } },
        ]),
        // Else a model finds them only by a search for tools.
        ...toolless(qwen, ".qwen", { ...server, alwaysLoadTools: true }, ["permissions", "deny"]),
      ],
      hook: { list: ["hooks", "PreToolUse"], shells: ["run_shell_command"], call: claudeCall("run_shell_command"), refuses: permission },
      off: [{ path: ["disableAllHooks"], value: true }],
      remains: [],
    },
    {
      name: "copilot",
      title: "GitHub Copilot CLI",
      directory: copilot,
      tried: "1.0.102",
      targets: [
        settings("hook", join(copilot, "hooks", "autobot-sh.json"), ".github/hooks/autobot-sh.json", [
          { set: ["version"], value: 1 },
          { add: ["hooks", "preToolUse"], value: { type: "command", bash: hookLine("copilot"), timeoutSec: seconds } },
        ]),
        { piece: "mcp", format: "json", user: join(copilot, "mcp-config.json"), edits: [{ set: ["mcpServers", "autobot"], value: { type: "local", ...server, tools: ["*"] } }] },
      ],
      hook: {
        list: ["hooks", "preToolUse"],
        call: (command, cwd) => ({ sessionId: "autobot-sh-doctor", timestamp: 0, cwd, toolName: "bash", toolArgs: { command } }),
        refuses: (body) => field(body, "permissionDecision") === "deny",
      },
      remains: ["a project's hooks are read only in a folder that you have trusted"],
      shellStays: "start it as `copilot --excluded-tools bash`: no file takes its own shell away",
    },
    {
      name: "cursor",
      title: "Cursor",
      program: "cursor-agent",
      directory: cursor,
      remains: [],
      shellStays: "its own terminal tool stays, and is judged by the hook: Cursor has no setting that takes it away",
      targets: [
        settings("hook", join(cursor, "hooks.json"), ".cursor/hooks.json", [
          { set: ["version"], value: 1 },
          { add: ["hooks", "beforeShellExecution"], value: { command: hookLine("cursor"), timeout: seconds, failClosed: true } },
        ]),
        settings("mcp", join(cursor, "mcp.json"), ".cursor/mcp.json", [{ set: ["mcpServers", "autobot"], value: server }]),
      ],
      hook: {
        list: ["hooks", "beforeShellExecution"],
        call: (command, cwd) => ({ conversation_id: "autobot-sh-doctor", hook_event_name: "beforeShellExecution", command, cwd, workspace_roots: [cwd] }),
        refuses: (body) => field(body, "permission") === "deny",
        closed: { key: "failClosed", value: true },
      },
    },
    {
      name: "opencode",
      title: "opencode",
      directory: opencode,
      tried: "1.18.33",
      targets: [
        {
          piece: "hook",
          format: "whole",
          user: join(opencode, "plugin", "autobot-sh.js"),
          project: ".opencode/plugin/autobot-sh.js",
          text: opencodePlugin(JSON.stringify(autobotctl)),
          mode: 0o644,
          loads: "opencode",
        },
        settings("shell", both(join(opencode, "opencode")), both("opencode"), [{ set: ["shell"], value: bash }]),
        settings("mcp", both(join(opencode, "opencode")), both("opencode"), [
          { set: ["mcp", "autobot"], value: { type: "local", command: [autobotctl, "mcp"], enabled: true } },
          { set: ["permission", "bash"], value: "deny" },
        ]),
      ],
      hook: { call: (command, cwd) => ({ tool: "bash", args: { command }, cwd }), refuses: () => false },
      remains: [],
    },
    {
      name: "pi",
      title: "pi",
      directory: pi,
      tried: "0.74.2",
      targets: [
        {
          piece: "hook",
          format: "whole",
          user: join(pi, "extensions", "autobot-sh.js"),
          project: ".pi/extensions/autobot-sh.js",
          text: piExtension(JSON.stringify(autobotctl)),
          mode: 0o644,
          loads: "pi",
        },
        settings("shell", join(pi, "settings.json"), ".pi/settings.json", [{ set: ["shellPath"], value: bash }]),
      ],
      hook: { answersAs: "opencode", call: (command, cwd) => ({ tool: "bash", args: { command }, cwd }), refuses: () => false },
      remains: [],
    },
    {
      name: "goose",
      title: "goose",
      directory: join(home, ".config", "goose"),
      targets: [
        { piece: "hook", format: "json", user: join(goose, "plugin.json"), edits: [{ set: ["name"], value: "autobot-sh" }] },
        {
          piece: "hook",
          format: "json",
          user: join(goose, "hooks", "hooks.json"),
          edits: [
            {
              add: ["hooks", "PreToolUse"],
              value: { matcher: "developer__shell", hooks: [{ type: "command", command: hookLine("goose"), timeout: seconds, on_failure: "block" }] },
            },
          ],
        },
      ],
      hook: {
        list: ["hooks", "PreToolUse"],
        shells: ["developer__shell"],
        call: (command, cwd) => ({
          event: "PreToolUse",
          session_id: "autobot-sh-doctor",
          tool_name: "developer__shell",
          tool_input: { command },
          working_dir: cwd,
          tool_call_id: "doctor",
        }),
        refuses: (body) => field(body, "decision") === "block",
        closed: { key: "on_failure", value: "block" },
      },
      remains: [`set GOOSE_SHELL=${quotedLine([bash])} in its environment: no file of ours can`],
    },
    {
      name: "crush",
      title: "Crush",
      directory: crush,
      targets: [
        settings(
          "hook",
          join(crush, "crush.json"),
          ["crush.json", ".crush.json"],
          [{ add: ["hooks", "PreToolUse"], value: { matcher: "^bash$", command: hookLine("crush"), timeout: seconds } }],
        ),
        settings(
          "mcp",
          join(crush, "crush.json"),
          ["crush.json", ".crush.json"],
          [
            { set: ["mcp", "autobot"], value: { type: "stdio", ...server } },
            { add: ["options", "disabled_tools"], value: "bash" },
          ],
        ),
      ],
      hook: {
        list: ["hooks", "PreToolUse"],
        shells: ["bash"],
        call: (command, cwd) => ({ event: "PreToolUse", session_id: "autobot-sh-doctor", cwd, tool_name: "bash", tool_input: { command } }),
        refuses: (body) => field(body, "decision") === "deny",
      },
      remains: ["its subagents' commands are not given to hooks"],
    },
    {
      name: "droid",
      title: "Factory Droid",
      directory: factory,
      targets: [
        settings("hook", join(factory, "hooks.json"), ".factory/hooks.json", [
          { add: ["hooks", "PreToolUse"], value: { matcher: "Execute", hooks: [{ type: "command", command: hookLine("droid"), timeout: seconds }] } },
        ]),
      ],
      hook: { list: ["hooks", "PreToolUse"], shells: ["Execute"], call: claudeCall("Execute"), refuses: permission },
      remains: [],
    },
    {
      name: "windsurf",
      title: "Windsurf",
      directory: windsurf,
      targets: [
        settings("hook", join(windsurf, "hooks.json"), ".windsurf/hooks.json", [
          { add: ["hooks", "pre_run_command"], value: { command: hookLine("windsurf"), show_output: true } },
        ]),
      ],
      hook: {
        list: ["hooks", "pre_run_command"],
        call: (command, cwd) => ({ agent_action_name: "pre_run_command", trajectory_id: "autobot-sh-doctor", execution_id: "doctor", tool_info: { command_line: command, cwd } }),
        refuses: (_, status) => status === 2,
      },
      remains: [],
    },
    {
      name: "cline",
      title: "Cline",
      directory: cline,
      tried: "3.0.65",
      targets: [{ piece: "hook", format: "whole", user: join(cline, "hooks", "PreToolUse.sh"), project: ".clinerules/hooks/PreToolUse", text: clineHook(autobotctl), mode: 0o755 }],
      hook: {
        call: (command, cwd) => ({
          hookName: "tool_call",
          workspaceRoots: [cwd],
          tool_call: { name: "run_commands", input: { commands: [command] } },
          preToolUse: { toolName: "run_commands", parameters: { commands: JSON.stringify([command]) } },
        }),
        refuses: (body) => field(body, "cancel") === true || field(body, "overrideInput") !== undefined,
      },
      remains: [],
    },
  ];
}

function settings(piece: Piece, user: string | readonly string[], project: string | readonly string[], edits: readonly Edit[]): Target {
  return { piece, user, project, format: "json", edits };
}

/** Gemini's and Qwen's: a server, and the shell tool left out. */
function toolless(directory: string, project: string, server: Json, without: readonly string[]): readonly Target[] {
  return [
    settings("mcp", join(directory, "settings.json"), `${project}/settings.json`, [
      { set: ["mcpServers", "autobot"], value: server },
      { add: without, value: "run_shell_command" },
    ]),
  ];
}

function both(name: string): readonly string[] {
  return [`${name}.json`, `${name}.jsonc`];
}

function field(body: Json | undefined, key: string): Json | undefined {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Readonly<Record<string, Json>>)[key] : undefined;
}
