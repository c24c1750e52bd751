// The entry of dist/session.cjs, for what a person types into: a shell of theirs on a terminal of its own, or ssh, each line
// judged. Ends as that ends. Its words:
//
//   shell NAME WORD…        the launcher's name and words, of whom it wants a shell
//   remote FILE NAME WORD…  ssh's, from a shim of it where the policy says `remote-session: guard`
//   cache                   makes the code caches for its node
import { join } from "node:path";
import { type LoadedSession, loadSession } from "./judge/core.ts";
import { endAs, ownEnvironment, whoWaits } from "./session/attended.ts";

/** When a person has their prompt, in milliseconds. */
const atEase = 1000;
const judge = join(__dirname, "judge.cjs");

async function main([asked, ...words]: readonly string[]): Promise<void> {
  const waiting = whoWaits(process.env);
  const loaded = loadSession();
  const { core, session } = loaded;
  if (asked === "shell") {
    setTimeout(() => {
      loaded.hold();
      if (loaded.pieces.some(({ uncached }) => uncached)) core().haveCachesMade(judge);
    }, atEase).unref();
    return endAs(await session.runSession(words.slice(1), ownEnvironment(process.env), waiting, core));
  }
  if (asked === "cache") return endAs(await core().onRehearsalTerminal([__filename, "rehearse"]));
  if (asked === "rehearse") return rehearse(loaded);
  const [file = "", name = "ssh", ...args] = words;
  // What comes is ssh's own affair; there is nothing that could take its place.
  waiting.tell();
  endAs(await core().runRemoteSession({ file, name, args }, ownEnvironment(process.env), waiting));
}

async function rehearse(loaded: LoadedSession): Promise<void> {
  const { core, session } = loaded;
  const { judge, rehearse, writeCaches } = core();
  await writeCaches(
    "session",
    loaded,
    rehearse(judge, (...given) => session.runSession(...given, core)),
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  endAs({ failure: `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
});
