// The library: decide a line in one's own program, as autobot-sh would.

export type { DecideContext, ExecOptions, ExecResult, Finished, Guard, GuardOptions, Permitted, Refused } from "./agent/guard.ts";
export { createGuard } from "./agent/guard.ts";
export type { Advice, Context, Denial, Engine, Face, Host, PolicySet, Request, Response, Span, Step, Unknown, World } from "./decide.ts";
export { createEngine, decide, emptyContext } from "./decide.ts";
export type { FileIssue, Layer } from "./policy/policies.ts";
export { combine } from "./policy/policies.ts";
export type { Policy, PolicyIssue } from "./policy/schema.ts";
export { parsePolicy } from "./policy/schema.ts";
export { agentRefusal } from "./report/agent-refusal.ts";
export type { ResponseJson } from "./report/json.ts";
export { responseJson } from "./report/json.ts";
export type { RefusalOptions } from "./report/refusal.ts";
export { refusal } from "./report/refusal.ts";
export type { Style } from "./report/style.ts";
export { plain, styleFor } from "./report/style.ts";
export type { Exit, Pty, PtyFailure, PtyOptions } from "./session/pty.ts";
export { openPty } from "./session/pty.ts";
export type { TerminalCommand } from "./session/terminal.ts";
export { runOnTerminal } from "./session/terminal.ts";
export { builtIn } from "./world/built-in.ts";
export { createWorld } from "./world/world.ts";
