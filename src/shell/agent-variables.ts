// What agents set for the commands that they run, and what we set for those that we run for one.
import { runVariable } from "./unattended.ts";

export const agentVariables = ["CLAUDECODE", "CODEX_THREAD_ID", "CODEX_CI", "GEMINI_CLI", "QWEN_CODE", "COPILOT_CLI", "OPENCODE", "CRUSH", "AI_AGENT", runVariable] as const;
