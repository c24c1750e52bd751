// The entry of dist/session.js, which the launcher starts where a person is to get a shell: theirs, on a terminal of its
// own, each of its lines judged. Ends as that shell ends.
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { runSession } from "./shell/session.ts";

const failed = 125;

/** What the launcher kept from this process, so that it acts on none but the person's own node programs. */
const kept = /^AUTOBOT_KEPT_(?=NODE_|OPENSSL_CONF$)/;

/**
 * Tells the launcher that the session has started: before, its end is a failure of ours (docs/adr/0017). Opened anew, its
 * descriptor is not for those that we start.
 */
function launcherToTell(given: string | undefined): () => void {
  try {
    let descriptor: number | undefined = openSync(`/proc/self/fd/${Number(given)}`, constants.O_WRONLY | constants.O_NONBLOCK);
    closeSync(Number(given));
    return () => {
      if (descriptor === undefined) return;
      const pipe = descriptor;
      descriptor = undefined;
      writeSync(pipe, "\n");
      closeSync(pipe);
    };
  } catch {
    return () => {};
  }
}

async function main([, ...words]: readonly string[]): Promise<void> {
  const started = launcherToTell(process.env["AUTOBOT_SH_READY"]);
  delete process.env["AUTOBOT_SH_READY"];
  const environment = Object.fromEntries(Object.entries(process.env).map(([key, value]) => [key.replace(kept, ""), value]));
  const end = await runSession(words, environment, started);
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
