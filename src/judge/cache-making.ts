// Makes the judge's code caches, which src/judge/code-cache.ts reads. Apart, because few starts do: a build's, and the first
// after an installation.
import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { installLauncher, isOurs } from "../launcher/installation.ts";
import { sessionStart } from "../session/start.ts";
import { loadPiece, type Piece, type Program } from "./code-cache.ts";
import type { Loaded } from "./core.ts";

const timeLimit = 20_000;

/**
 * Writes the caches of all pieces for a program. Each step of `rehearsal` loads some. What a later step compiles of a piece is
 * left out of its cache: it holds what is always needed.
 */
export async function writeCaches(program: Program, { directory, pieces }: Loaded, rehearsal: AsyncIterable<void>): Promise<void> {
  let written = 0;
  for await (const _ of rehearsal) {
    for (; written < pieces.length; written++) writeCache(pieces[written] as Piece);
  }
  // The rest as they are: what is missing at the next start would be made again.
  const loaded = new Set(pieces.slice(0, written).map(({ file }) => file));
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name.endsWith(".js") && !loaded.has(path)) writeCache(loadPiece(path, readFileSync(path, "latin1").slice(2, 34), program));
  }
}

/** All of the piece that has run since it was loaded is in its cache. */
function writeCache({ cache, key, script }: Piece): void {
  put(cache, Buffer.concat([Buffer.from(key, "latin1"), script.createCachedData()]));
}

/**
 * Has `judge` make the caches for this node, in a process that knows nothing of what was judged. Does nothing where the
 * installation is somebody else's, or where it was tried in vain: a file beside the core's cache says so.
 */
export function makeCaches(judge: string, { file, key }: Piece): void {
  const vain = `${file}.vain`;
  if (!isOurs(dirname(file)) || textOf(vain) === key) return;
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  try {
    const { status } = spawnSync(process.execPath, [...process.execArgv, judge, "cache"], { env: {}, stdio: "ignore", timeout: timeLimit });
    if (status === 0) {
      const [node, ...session] = sessionStart(judge);
      spawnSync(node, [...session, "cache"], { env: {}, stdio: "ignore", timeout: timeLimit });
      put(join(dirname(judge), "node-path"), Buffer.from(`${process.execPath}\n`));
      installLauncher(dirname(dirname(judge)));
    } else put(vain, Buffer.from(key, "latin1"));
  } catch {
    // A full disk: nothing that was judged rests on it.
  }
}

/** The same for a session, whose person does not wait for it: by a command like any other's, which the judge sees. */
export function haveCachesMade(judge: string): void {
  const directory = dirname(judge);
  if (!isOurs(directory)) return;
  const { spawn } = process.getBuiltinModule("node:child_process");
  spawn(join(dirname(directory), "bin", "autobot-sh"), ["-c", "case a in b) ;; esac"], { env: { HOME: "/" }, cwd: "/", stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

function put(file: string, bytes: Buffer): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, bytes);
    chmodSync(draft, 0o644);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}
