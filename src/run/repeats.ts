// How often an agent has been refused the same thing in one session, so that the second refusal can be shorter and say so:
// a model that meets the same long text again takes it for news. Hooks and shells are processes of their own, so a small
// file for each session remembers. Where it cannot, every refusal is the first.
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { homeDirectory } from "../world/account.ts";
import { makeDirectories } from "../world/directory.ts";

export interface Refused {
  /** What the agent calls its session; undefined: it names none, and the day stands for it. */
  readonly session: string | undefined;
  /** The command as it was given. */
  readonly line: string;
  readonly cwd: string | undefined;
  /** Why, as an identifier: the same command refused for something else is news. */
  readonly rule: string;
}

const maximumBytes = 64 * 1024;
const mostSessions = 64;
const longUnused = 7 * 24 * 3600 * 1000;

/** This time included: 1 for the first, or where nothing can be remembered. Never throws. */
export function timesRefused({ session, line, cwd = "", rule }: Refused, now = new Date()): number {
  const name = hash(session === undefined ? `day ${now.toISOString().slice(0, 10)}` : `session ${session}`);
  const entry = hash([rule, cwd, line].join("\0"));
  try {
    const directory = stateDirectory();
    makeDirectories(directory, 0o700);
    if (!isOurs(statSync(directory))) return 1;
    return countIn(join(directory, name), entry, () => forget(directory, now));
  } catch {
    return 1;
  }
}

/** Below XDG_RUNTIME_DIR, which ends with the login, else where caches are. */
function stateDirectory({ XDG_RUNTIME_DIR: runtime, XDG_CACHE_HOME: cache }: NodeJS.ProcessEnv = process.env): string {
  const base = [runtime, cache].find((each) => each?.startsWith("/")) ?? join(homeDirectory(), ".cache");
  return join(base, "autobot-sh", "refusals");
}

/** One write(2) at the end, then a look at all: of two at once (O_APPEND, open(2)) at most one takes itself for the first. */
function countIn(file: string, entry: string, begun: () => void): number {
  const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOFOLLOW, 0o600);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || !isOurs(stat)) return 1;
    if (stat.size === 0) begun();
    if (stat.size > maximumBytes) unlinkSync(file);
    writeSync(descriptor, `${entry}\n`);
    return readFileSync(file, "latin1")
      .split("\n")
      .filter((each) => each === entry).length;
  } finally {
    closeSync(descriptor);
  }
}

function isOurs({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0;
}

/** Sessions that nobody has been refused in for long, and the oldest beyond a number. */
function forget(directory: string, now: Date): void {
  const sessions = readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ file, used: stat.mtimeMs }];
    })
    .sort((a, b) => b.used - a.used);
  const old = sessions.filter(({ used }, index) => index >= mostSessions || now.getTime() - used > longUnused);
  for (const { file } of old) unlinkSync(file);
}

/** FNV-1a, twice 32 bits, in sixteen digits: tells apart, and is there sooner than node:crypto. */
function hash(text: string): string {
  const bytes = Buffer.from(text);
  return [0x811c9dc5, 0x9747b28c].map((start) => (bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), start) >>> 0).toString(16).padStart(8, "0")).join("");
}
