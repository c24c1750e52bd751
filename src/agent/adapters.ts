// Programs that agents load in the place of a command line, as texts: each gives the hook what the agent is about to run, and stops the
// agent where the hook says anything at all. An error of any kind stops it too.
import { quotedLine } from "../world/words.ts";

/** By which a file is known to be ours, and to be replaced and removed as a whole. */
export const mark = "Made by autobot-sh. Changes here are lost with the next `autobotctl install`.";

/** @param program a JavaScript expression: where autobotctl is. */
export function opencodePlugin(program: string): string {
  return `// ${mark}
${ask(program)}
export const AutobotSh = async ({ directory }) => ({
  "tool.execute.before": async ({ tool, sessionID }, { args }) => {
    if (tool !== "bash") return;
    const reason = refusal({ tool, args, cwd: resolve(directory, args.workdir ?? ""), session_id: sessionID });
    if (reason !== undefined) throw new Error(reason);
  },
});
`;
}

/** @param program as above. */
export function piExtension(program: string): string {
  return `// ${mark}
${ask(program)}
export default (pi) => {
  pi.on("tool_call", ({ toolName: tool, input: args }, context) => {
    if (tool !== "bash") return undefined;
    const reason = refusal({ tool, args, cwd: resolve(context?.cwd ?? "") });
    return reason === undefined ? undefined : { block: true, reason };
  });
};
`;
}

export function clineHook(autobotctl: string): string {
  return `#!/bin/sh\n# ${mark}\nexec ${quotedLine([autobotctl])} hook --agent cline\n`;
}

function ask(program: string): string {
  return `import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const autobotctl = ${program};

function refusal(call) {
  const { error, status, stdout, stderr } = spawnSync(autobotctl, ["hook", "--agent", "opencode"], { input: JSON.stringify(call), encoding: "utf8", timeout: 10_000 });
  if (error !== undefined) return \`autobot-sh cannot judge this command, so it was not run: \${error.message}\`;
  if (status === 0 && stdout.trim() === "") return undefined;
  try {
    const body = JSON.parse(stdout);
    return body.reason ?? body.message ?? stdout;
  } catch {
    return stdout.trim() || stderr.trim() || \`autobot-sh cannot judge this command, so it was not run: status \${status}\`;
  }
}
`;
}
