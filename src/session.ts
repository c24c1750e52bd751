// The entry of dist/session.js, which the launcher starts where a person is to get a shell: theirs, on a terminal of its
// own, each of its lines judged. Ends as that shell ends.
import { attendantToTell, ownEnvironment } from "./shell/attended.ts";
import { runSession } from "./shell/session.ts";

const failed = 125;

async function main([, ...words]: readonly string[]): Promise<void> {
  const started = attendantToTell(process.env["AUTOBOT_SH_READY"]);
  delete process.env["AUTOBOT_SH_READY"];
  const end = await runSession(words, ownEnvironment(process.env), started);
  if ("failure" in end) {
    process.stderr.write(`autobot-sh: ${end.failure.replaceAll("\n", "\n  ")}\n`);
    process.exitCode = failed;
    return;
  }
  process.exitCode = end.status;
  // The terminal that it was started on is gone, and node's own exit would abort over it.
  if (end.signal === "SIGHUP") process.kill(process.pid, "SIGHUP");
}

await main(process.argv.slice(2));
