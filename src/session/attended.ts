// What who waits for a session gives its program, and hears of it (libexec/attend.bash, src/launcher/session.c).
import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { InnerShell } from "./inner-shell.ts";
import type { Exit, Started } from "./pty.ts";

/** The signal by which the compiled launcher is asked to set its terminal raw: SIGRTMIN, which has no name in Node. */
const setRaw = 34;

/** The status where autobot-sh itself fails. */
export const failed = 125;

/** What the launcher kept from this process, so that it acts on none but the person's own node programs. */
const kept = /^AUTOBOT_KEPT_(?=NODE_|OPENSSL_CONF$)/;

/** The person's own environment. */
export function ownEnvironment(environment: NodeJS.ProcessEnv): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key.replace(kept, ""), value]));
}

/** Who waits for the session. */
export interface Waiting {
  /** Of its terminal, as `stty -g` prints them. */
  readonly settings: string | undefined;
  /** The directory of the pipes that were made for us (src/session/channel.ts). */
  readonly channel: string | undefined;
  /** The shell that was started meanwhile, and has loaded the gate: it goes on once it is answered. */
  readonly shell: (Started & { readonly name: InnerShell }) | undefined;
  /** Has the launcher set its terminal raw, where it can. */
  readonly raw: (() => void) | undefined;
  /** Once: that the session has started, or that the judge is to be asked, and this process not to be minded. */
  tell(what?: "started" | "ask the judge"): void;
}

/**
 * Until it is told, the session's end is a failure of ours (docs/adr/0017). Its variables are taken out of the environment; its
 * descriptor, opened anew, is not for those that we start.
 */
export function whoWaits(environment: NodeJS.ProcessEnv): Waiting {
  const { AUTOBOT_SH_READY: given, AUTOBOT_SH_SETTINGS: settings, AUTOBOT_SH_CHANNEL: channel, AUTOBOT_SH_SHELL: shell } = environment;
  delete environment["AUTOBOT_SH_READY"];
  delete environment["AUTOBOT_SH_SETTINGS"];
  delete environment["AUTOBOT_SH_CHANNEL"];
  delete environment["AUTOBOT_SH_SHELL"];
  const launcher = process.ppid;
  let descriptor = openedAnew(Number(given));
  return {
    settings,
    channel,
    shell: shell === undefined ? undefined : startedShell(shell),
    raw: channel === undefined ? undefined : () => signal(launcher, setRaw),
    tell: (what = "started") => {
      if (descriptor === undefined) return;
      const pipe = descriptor;
      descriptor = undefined;
      writeSync(pipe, what === "started" ? "\n" : "j");
      closeSync(pipe);
    },
  };
}

/** src/launcher/terminal.c. */
function startedShell(text: string): Waiting["shell"] {
  const [name, master, ends, terminal = ""] = text.split(" ");
  return { name: name === "zsh" ? "zsh" : "bash", master: Number(master), ends: Number(ends), terminal };
}

function signal(pid: number, number: number): void {
  try {
    process.kill(pid, number);
  } catch {
    // It is gone, and so will we be.
  }
}

function openedAnew(descriptor: number): number | undefined {
  try {
    const opened = openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
    closeSync(descriptor);
    return opened;
  } catch {
    return undefined;
  }
}

/** Ends this process as what it attended has ended, or says why there was nothing to attend. */
export function endAs(end: Exit | { readonly failure: string }): void {
  // Node aborts where it cannot put back a terminal that it was started on, because that is gone. It leaves what is closed alone.
  process.on("exit", () => {
    for (const descriptor of [0, 1, 2]) closeSync(descriptor);
  });
  if ("failure" in end) {
    process.stderr.write(`autobot-sh: ${end.failure.replaceAll("\n", "\n  ")}\n`);
    process.exitCode = failed;
    return;
  }
  process.exitCode = end.status;
  if (end.signal === "SIGHUP") process.kill(process.pid, "SIGHUP");
}
