// What who waits for a session gives its program, and hears of it (libexec/attend.bash, src/launcher/session.c).
import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { Exit } from "./pty.ts";

const failed = 125;

/** What the launcher kept from this process, so that it acts on none but the person's own node programs. */
const kept = /^AUTOBOT_KEPT_(?=NODE_|OPENSSL_CONF$)/;

/** The person's own environment. */
export function ownEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key.replace(kept, ""), value]));
}

/**
 * Tells the launcher that the session has started: before, its end is a failure of ours (docs/adr/0017). Opened anew, its
 * descriptor is not for those that we start.
 */
export function attendantToTell(given: string | undefined): () => void {
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

/** Ends this process as what it attended has ended, or says why there was nothing to attend. */
export function endAs(end: Exit | { readonly failure: string }): void {
  if ("failure" in end) {
    process.stderr.write(`autobot-sh: ${end.failure.replaceAll("\n", "\n  ")}\n`);
    process.exitCode = failed;
    return;
  }
  process.exitCode = end.status;
  // The terminal that it was started on is gone, and node's own exit would abort over it.
  if (end.signal === "SIGHUP") process.kill(process.pid, "SIGHUP");
}
