// How a session's program is started: by the launcher (src/launcher/session.c has the same), by a shim, for its caches.
import { dirname, join } from "node:path";

/**
 * What runs for hours needs no threads of V8's own. No option of V8's itself: with one it takes no code cache of Node's own
 * modules, of which terminals need many (docs/adr/0014).
 */
const options = ["--v8-pool-size=0", "--preserve-symlinks-main"] as const;

/** `judge`: dist/judge.cjs. What is asked of it follows: src/session.ts. */
export function sessionStart(judge: string): readonly [string, ...string[]] {
  return [process.execPath, ...options, join(dirname(judge), "session.cjs")];
}
