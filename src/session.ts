// The entry of dist/session.cjs, for what a person types into: a shell of theirs on a terminal of its own, or ssh, each line
// judged. Ends as that ends. Its words:
//
//   shell NAME WORD…        the launcher's name and words, of whom it wants a shell
//   remote FILE NAME WORD…  ssh's, from a shim of it where the policy says `remote-session: guard`
//   cache                   makes the code caches for its node
import { attendantToTell, endAs, ownEnvironment } from "./shell/attended.ts";
import { loadCore } from "./shell/core.ts";

async function main([asked, ...words]: readonly string[]): Promise<void> {
  const started = attendantToTell(process.env["AUTOBOT_SH_READY"]);
  delete process.env["AUTOBOT_SH_READY"];
  const loaded = loadCore("session");
  const { core } = loaded;
  if (asked === "shell") return endAs(await core.runSession(words.slice(1), ownEnvironment(process.env), started));
  if (asked === "cache") return endAs(await core.onRehearsalTerminal([__filename, "rehearse"]));
  if (asked === "rehearse") return core.writeCaches("session", loaded, core.rehearse(core.judge, core.runSession));
  const [file = "", name = "ssh", ...args] = words;
  // What comes is ssh's own affair; there is nothing that could take its place.
  started();
  endAs(await core.runRemoteSession({ file, name, args }, ownEnvironment(process.env)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  endAs({ failure: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
});
