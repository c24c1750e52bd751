// The entry of dist/judge.cjs, which the launcher starts: loads the judge proper, src/shell/judge.ts, in pieces and from
// their code caches where it can (docs/adr/0014), and ends with its status.
import { join } from "node:path";
import { loadPiece, type Piece } from "./shell/code-cache.ts";
import { say } from "./shell/descriptor.ts";
import type * as Judge from "./shell/judge.ts";

/** The build's (scripts/build.js). */
declare const CORE_DIGEST: string;

const directory = join(__dirname, "judge");
const pieces: Piece[] = [];

function piece(name: string, digest: string): unknown {
  const loaded = loadPiece(join(directory, `${name}.js`), digest);
  pieces.push(loaded);
  return loaded.script.runInThisContext();
}

/** Node's own modules, each found once: every file of the judge asks for them. */
const modules: Record<string, unknown> = {};
const requireOnce = (name: string): unknown => (modules[name] ??= require(name));

function main(): void {
  const module = { exports: {} as typeof Judge };
  const core = piece("core", CORE_DIGEST) as (in_: typeof module, require: typeof requireOnce, load: typeof piece) => void;
  core(module, requireOnce, piece);
  const { judge, rehearse, makeCaches, writeCaches } = module.exports;
  if (process.argv[2] === "cache") {
    writeCaches(directory, pieces, rehearse(judge)).then(() => end(0), fail);
    return;
  }
  judge(process.argv.slice(2)).then((status) => {
    const [first] = pieces;
    if (first !== undefined && pieces.some(({ uncached }) => uncached)) makeCaches(__filename, first);
    end(status);
  }, fail);
}

function fail(error: unknown): void {
  say(`autobot-sh: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  end(125);
}

/** Without taking down what a process has that goes on: a twentieth of node's start. All has been written (src/shell/descriptor.ts). */
function end(status: number): void {
  (process as unknown as { reallyExit(status: number): never }).reallyExit(status);
}

try {
  main();
} catch (error) {
  fail(error);
}
