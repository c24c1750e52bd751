// How agents tell a hook of a tool's call, and how a hook tells them that it must not run. A table: a row for each form that an
// agent has. None ever says that a call may run: silence leaves that to the agent's own settings.
import { quoted } from "../world/words.ts";

/** What the hook ends with. */
export interface Reply {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status: 0 | 2;
}

/** Places in the payload are names with dots between: `tool_input.command`. */
export interface Form {
  /** Where the event is named, and the names of the one before a tool runs. Undefined: the form names none. */
  readonly event?: { readonly at: string; readonly names: readonly string[] };
  /** What no other form of the same agent has; default: every payload is of this form. */
  readonly mark?: string | undefined;
  /** Where the tool is named. Undefined: the event itself is a shell's call. */
  readonly tool?: string;
  readonly shells: readonly string[];
  /** The tool's input: an object, or its JSON as text. */
  readonly input: string;
  /** Where in the input the command is, or the list of commands. */
  readonly command: string;
  /** Where the directory is, or a list of which it is the first: in the payload, and in the input, relative to that. */
  readonly cwd: string;
  readonly directories?: readonly string[];
  readonly session: string;
  readonly deny: (reason: string) => Reply;
}

const json = (body: unknown): Reply => ({ stdout: `${JSON.stringify(body)}\n`, status: 0 });
const specific = (reason: string) => ({ hookEventName: "PreToolUse", permissionDecision: "deny", permissionDecisionReason: reason });

// An unknown field makes Codex run the command, and so does `decision` at the top for Claude Code: each body has what its agent reads and no more.
const claudeBody = (reason: string): Reply => json({ hookSpecificOutput: specific(reason) });
/** Blocks in Claude Code, Codex, Gemini CLI, Qwen Code and Copilot CLI alike. */
const portableBody = (reason: string): Reply => json({ decision: "block", reason, hookSpecificOutput: specific(reason) });
const denyBody = (reason: string): Reply => json({ decision: "deny", reason });
const blockBody = (reason: string): Reply => json({ decision: "block", reason });
const copilotBody = (reason: string): Reply => json({ permissionDecision: "deny", permissionDecisionReason: reason });
/** For a payload that does not say which of its two forms it has: the one's body is nothing to the other, where a status that is not 0 blocks in both. */
const copilotStatus = (reason: string): Reply => ({ ...copilotBody(reason), stderr: `${reason}\n`, status: 2 });
const cursorBody = (reason: string): Reply => json({ permission: "deny", user_message: reason, agent_message: reason });
const statusTwo = (reason: string): Reply => ({ stderr: `${reason}\n`, status: 2 });
/** Cline ends the whole run on `cancel` and tells its model nothing: another command in place of those says it. */
const clineOverride = (reason: string): Reply => json({ overrideInput: { commands: [`printf '%s\\n' ${quoted(reason)} >&2; exit 126`] } });
const clineCancel = (reason: string): Reply => json({ cancel: true, errorMessage: reason });

const claude: Form = {
  event: { at: "hook_event_name", names: ["PreToolUse"] },
  tool: "tool_name",
  shells: ["Bash", "Monitor", "PowerShell"],
  input: "tool_input",
  command: "command",
  cwd: "cwd",
  session: "session_id",
  deny: claudeBody,
};
const gemini: Form = {
  ...claude,
  event: { at: "hook_event_name", names: ["BeforeTool"] },
  shells: ["run_shell_command"],
  directories: ["dir_path", "directory"],
  deny: denyBody,
};
const copilot: Form = {
  mark: "toolName",
  tool: "toolName",
  shells: ["bash", "powershell"],
  input: "toolArgs",
  command: "command",
  cwd: "cwd",
  session: "sessionId",
  deny: copilotBody,
};
const cursorShell: Form = {
  event: { at: "hook_event_name", names: ["beforeShellExecution"] },
  mark: "command",
  shells: [],
  input: "",
  command: "command",
  cwd: "cwd",
  session: "conversation_id",
  deny: cursorBody,
};
const cursorTool: Form = {
  ...claude,
  event: { at: "hook_event_name", names: ["preToolUse", "PreToolUse"] },
  shells: ["Shell"],
  directories: ["working_directory"],
  session: "conversation_id",
  deny: cursorBody,
};
const goose: Form = {
  ...claude,
  event: { at: "event", names: ["PreToolUse"] },
  mark: "working_dir",
  shells: ["developer__shell", "shell"],
  cwd: "working_dir",
  deny: blockBody,
};
const crush: Form = { ...claude, event: { at: "event", names: ["PreToolUse"] }, mark: "event", shells: ["bash"], directories: ["working_dir"], deny: denyBody };
const windsurf: Form = {
  event: { at: "agent_action_name", names: ["pre_run_command"] },
  mark: "agent_action_name",
  shells: [],
  input: "tool_info",
  command: "command_line",
  cwd: "cwd",
  directories: ["cwd"],
  session: "trajectory_id",
  deny: statusTwo,
};
const cline: Form = {
  mark: "tool_call",
  tool: "tool_call.name",
  shells: ["run_commands"],
  input: "tool_call.input",
  command: "commands",
  // A daemon of its own starts the hook, somewhere.
  cwd: "workspaceRoots",
  session: "taskId",
  deny: clineOverride,
};
const clineEditor: Form = {
  ...cline,
  mark: "preToolUse",
  tool: "preToolUse.toolName",
  shells: ["execute_command"],
  input: "preToolUse.parameters",
  command: "command",
  deny: clineCancel,
};
const opencode: Form = {
  mark: "tool",
  tool: "tool",
  shells: ["bash", "shell"],
  input: "args",
  command: "command",
  cwd: "cwd",
  directories: ["workdir"],
  session: "sessionID",
  deny: blockBody,
};
const kiro: Form = { ...claude, event: { at: "hook_event_name", names: ["preToolUse", "PreToolUse"] }, shells: ["shell", "execute_bash"], deny: statusTwo };
const portable: Form = {
  ...claude,
  mark: "hook_event_name",
  shells: [...claude.shells, "run_shell_command", "Execute"],
  directories: ["dir_path", "directory"],
  deny: portableBody,
};

/** The last row of an agent's is taken where no mark fits. */
export const dialects: Readonly<Record<string, readonly Form[]>> = {
  claude: [claude],
  codex: [claude],
  gemini: [gemini],
  qwen: [{ ...claude, shells: ["run_shell_command", "Bash"], directories: ["dir_path", "directory"] }],
  copilot: [copilot, { ...claude, mark: "tool_name", shells: ["Bash", "bash", "PowerShell", "powershell"] }, { ...copilot, mark: undefined, deny: copilotStatus }],
  cursor: [cursorShell, cursorTool],
  opencode: [opencode],
  goose: [goose],
  crush: [crush],
  windsurf: [windsurf],
  droid: [{ ...claude, shells: ["Execute", "Bash"] }],
  kiro: [kiro],
  cline: [cline, clineEditor],
  auto: [
    goose,
    crush,
    windsurf,
    cline,
    clineEditor,
    copilot,
    opencode,
    cursorShell,
    { ...cursorTool, mark: "conversation_id" },
    // Kiro CLI reads no body: its name has to be given.
    { ...portable, event: { at: "hook_event_name", names: ["PreToolUse", "preToolUse", "BeforeTool"] } },
  ],
};
