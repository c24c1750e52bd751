// The entry of dist/remote.js, which a shim of ssh starts where the policy says `remote-session: guard`: ssh on a terminal
// of its own, and the other end of the gate in the shell that it opens. Ends as ssh ends.
import { attendantToTell, endAs, ownEnvironment } from "./shell/attended.ts";
import { runRemoteSession } from "./shell/remote-session.ts";

async function main([file = "", name = "ssh", ...args]: readonly string[]): Promise<void> {
  const started = attendantToTell(process.env["AUTOBOT_SH_READY"]);
  delete process.env["AUTOBOT_SH_READY"];
  // What comes is ssh's own affair; there is nothing that could take its place.
  started();
  endAs(await runRemoteSession({ file, name, args }, ownEnvironment(process.env)));
}

await main(process.argv.slice(2));
