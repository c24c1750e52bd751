// What agents set for the commands that they run, and what we set for those that we run for one.

/** In the environment of all that an agent's run starts: which run, as the session that it is part of, a dash and a number. */
export const runVariable = "AUTOBOT_SH_RUN";

export const agentVariables = [
  "CLAUDECODE",
  "CODEX_THREAD_ID",
  "CODEX_CI",
  "GEMINI_CLI",
  "QWEN_CODE",
  "COPILOT_CLI",
  "OPENCODE",
  "CRUSH",
  "CURSOR_AGENT",
  "GOOSE_TERMINAL",
  "AI_AGENT",
  runVariable,
] as const;

/** Programs that are an agent and nothing else. Editors with one in them are none: people have terminals there too. */
export const agentPrograms: ReadonlySet<string> = new Set("claude codex gemini qwen copilot opencode pi goose crush droid cline cursor-agent amp aider".split(" "));

export function sessionOfRun(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return environment[runVariable]?.replace(/-\d+$/, "");
}

/** The variable that says so. */
export function agentVariableIn(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  return agentVariables.find((name) => (environment[name] ?? "") !== "");
}
