// Made by autobot-sh. Changes here are lost with the next `autobotctl install`.
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const autobotctl = "autobotctl";

function refusal(call) {
  const { error, status, stdout, stderr } = spawnSync(autobotctl, ["hook", "--agent", "opencode"], { input: JSON.stringify(call), encoding: "utf8", timeout: 10_000 });
  if (error !== undefined) return `autobot-sh cannot judge this command, so it was not run: ${error.message}`;
  if (status === 0 && stdout.trim() === "") return undefined;
  try {
    const body = JSON.parse(stdout);
    return body.reason ?? body.message ?? stdout;
  } catch {
    return stdout.trim() || stderr.trim() || `autobot-sh cannot judge this command, so it was not run: status ${status}`;
  }
}

export default (pi) => {
  pi.on("tool_call", ({ toolName: tool, input: args }, context) => {
    if (tool !== "bash") return undefined;
    const reason = refusal({ tool, args, cwd: resolve(context?.cwd ?? "") });
    return reason === undefined ? undefined : { block: true, reason };
  });
};
