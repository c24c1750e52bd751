// The person's shell on a terminal of its own, and the other end of its gate: each line that it has read is decided here,
// before any of it runs (docs/adr/0015).
import { closeSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readInvocation } from "../run/invocation.ts";
import type { warn } from "../run/outcome.ts";
import { currentDirectory } from "../world/directory.ts";
import type { Broken, loadEngine } from "../world/engine.ts";
import { findLayers, layerPlaces } from "../world/layers.ts";
import { realRoot } from "../world/namespace.ts";
import { failed, type Waiting } from "./attended.ts";
import { openChannel } from "./channel.ts";
import { createGuard } from "./guard.ts";
import { chooseShell, type InnerShell, isLogin, startOf } from "./inner-shell.ts";
import type { Exit, PtyFailure, Started } from "./pty.ts";
import type { createReplies } from "./replies.ts";
import { runOnTerminal } from "./terminal.ts";

/** Of what judges (src/judge/judge.ts), as much as a session starts with. */
export interface Core {
  readonly createReplies: typeof createReplies;
  readonly loadEngine: typeof loadEngine;
  readonly warn: typeof warn;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** How the session ended: as its shell did, or why it was ended or never began. */
export type SessionEnd = Exit | { readonly failure: string };

/**
 * `words`: the launcher's. `environment`: the person's own. `waiting`: told once the shell is theirs, or has ended by itself. `core`:
 * what judges, loaded where it is first asked for.
 */
export async function runSession(words: readonly string[], environment: Environment, waiting: Waiting, core: () => Core): Promise<SessionEnd> {
  const places = layerPlaces(environment, currentDirectory());
  // The built-in policies are valid, and want nothing of a session: where they are alone, the shell goes on meanwhile.
  const read = findLayers(places).length === 0 ? undefined : await core().loadEngine(places);
  const loaded = read !== undefined && "failure" in read ? read.rest : read;
  if (loaded === undefined && read !== undefined) return read as Broken;
  const settings = loaded?.engine.policies.settings;
  if (settings?.runtime === "strict" && realRoot() === undefined) {
    // A namespace has to come before us.
    waiting.tell("ask the judge");
    return { status: failed };
  }
  const invocation = readInvocation(words);
  const { shell, unknown } = chooseShell(environment, settings?.shell);
  if (shell === "bash" && invocation.privileged) return { failure: "bash loads no gate with `-p`; nothing was run\nleave it out" };
  if (loaded?.warning !== undefined) core().warn(loaded.warning, loaded.engine, places.cwd);
  if (unknown !== undefined) process.stderr.write(noSuchShell(unknown, shell));
  const root = dirname(dirname(resolve(process.argv[1] ?? "")));
  const guard = createGuard({ shell, environment, waiting, root, loaded, valid: read === loaded, createReplies: (circumstances) => core().createReplies(circumstances) });
  const channel = openChannel((question) => guard.hear(question), waiting.channel);
  if ("failure" in channel) {
    guard.close();
    return channel;
  }
  guard.channel = channel;
  process.once("exit", channel.close);
  // A hang-up comes more than once, by the kernel and by the launcher: the second must not keep us from clearing up.
  const heard = () => {};
  process.on("SIGHUP", heard).on("SIGTERM", heard);
  try {
    const start = startOf({ shell, words, invocation, login: isLogin(invocation, environment), root, directory: channel.directory, environment });
    const exit = await runOnTerminal({ ...start, started: startedAs(shell, waiting), mayBePiped: true }, guard);
    return guard.failure() ?? ended(exit);
  } finally {
    guard.close();
    process.off("exit", channel.close);
    channel.close();
    process.off("SIGHUP", heard).off("SIGTERM", heard);
  }
}

function ended(exit: Exit | PtyFailure): SessionEnd {
  return "failure" in exit ? { failure: exit.message } : exit;
}

/** What the launcher has started meanwhile; undefined, and hung up, where it is another shell than the policy says. */
function startedAs(name: InnerShell, { shell }: Waiting): Started | undefined {
  if (shell === undefined || shell.name === name) return shell;
  closeSync(shell.master);
  closeSync(shell.ends);
  return undefined;
}

function noSuchShell(name: string, instead: string): string {
  return `autobot-sh: the lines of \`${name}\` cannot be judged before they run; this is ${instead}\n  set AUTOBOT_INNER_SHELL to \`bash\` or \`zsh\`\n`;
}
