// The entry of dist/session.js, which the launcher starts where a person is to get a shell: theirs, on a terminal of its
// own, each of its lines judged. Ends as that shell ends.
import { attendantToTell, endAs, ownEnvironment } from "./shell/attended.ts";
import { runSession } from "./shell/session.ts";

async function main([, ...words]: readonly string[]): Promise<void> {
  const started = attendantToTell(process.env["AUTOBOT_SH_READY"]);
  delete process.env["AUTOBOT_SH_READY"];
  endAs(await runSession(words, ownEnvironment(process.env), started));
}

await main(process.argv.slice(2));
