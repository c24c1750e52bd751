// The entry of dist/terminal.js, which the launcher becomes where the policy says `terminal: pty`: bash, with the words
// given, on a terminal of its own; then bash's end, by status or by signal, as ours.
import { ownEnvironment } from "./session/attended.ts";
import { runOnTerminal } from "./session/terminal.ts";

const failed = 125;

async function main([name = "autobot-sh", ...args]: readonly string[]): Promise<void> {
  const env = ownEnvironment(process.env);
  // Not its path: it may have been removed.
  const exit = await runOnTerminal({ file: "/bin/bash", args, argv0: name, env, cwd: "." });
  if ("failure" in exit) {
    process.stderr.write(`autobot-sh: ${exit.message.split("\n", 1)[0]}; nothing was run\n  the policy says \`terminal: pty\`\n`);
    process.exitCode = failed;
    return;
  }
  process.exitCode = exit.status;
  if (exit.signal !== undefined) process.kill(process.pid, exit.status - 128);
}

await main(process.argv.slice(2));
