// The entry of dist/session.cjs, for what a person types into: a shell of theirs on a terminal of its own, or ssh, each line
// judged. Ends as that ends. Its words:
//
//   shell NAME WORD…        the launcher's name and words, of whom it wants a shell
//   remote FILE NAME WORD…  ssh's, from a shim of it where the policy says `remote-session: guard`
//   cache                   makes the code caches for its node
import { join } from "node:path";
import { endAs, ownEnvironment, whoWaits } from "./shell/attended.ts";
import { loadCore } from "./shell/core.ts";

/** When a person has their prompt, in milliseconds. */
const atEase = 1000;
const judge = join(__dirname, "judge.cjs");

async function main([asked, ...words]: readonly string[]): Promise<void> {
  const waiting = whoWaits(process.env);
  const loaded = loadCore("session");
  const { core } = loaded;
  if (asked === "shell") {
    setTimeout(() => {
      loaded.hold();
      if (loaded.pieces.some(({ uncached }) => uncached)) core.haveCachesMade(judge);
    }, atEase).unref();
    return endAs(await core.runSession(words.slice(1), ownEnvironment(process.env), waiting));
  }
  if (asked === "cache") return endAs(await core.onRehearsalTerminal([__filename, "rehearse"]));
  if (asked === "rehearse") return core.writeCaches("session", loaded, core.rehearse(core.judge, core.runSession));
  const [file = "", name = "ssh", ...args] = words;
  // What comes is ssh's own affair; there is nothing that could take its place.
  waiting.tell();
  endAs(await core.runRemoteSession({ file, name, args }, ownEnvironment(process.env), waiting));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  endAs({ failure: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
});
