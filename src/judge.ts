// The entry of dist/judge.cjs, which the launcher starts: loads the judge proper, src/shell/judge.ts, in pieces and from
// their code caches where it can (docs/adr/0014), and ends with its status.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPiece, makeCaches, type Piece, writeCache } from "./shell/code-cache.ts";
import { say } from "./shell/descriptor.ts";
import type { judge, rehearse } from "./shell/judge.ts";

/** The build's (scripts/build.js). */
declare const CORE_DIGEST: string;

interface Judge {
  readonly judge: typeof judge;
  readonly rehearse: typeof rehearse;
}

type Module = { exports: Partial<Judge> };

const directory = join(__dirname, "judge");
const pieces: Piece[] = [];

function piece(name: string, digest: string): unknown {
  const loaded = loadPiece(join(directory, `${name}.js`), digest);
  pieces.push(loaded);
  return loaded.script.runInThisContext();
}

function main(): void {
  const module: Module = { exports: {} };
  const core = piece("core", CORE_DIGEST) as (module: Module, require: NodeJS.Require, load: typeof piece) => void;
  core(module, require, piece);
  const { judge, rehearse } = module.exports as Judge;
  if (process.argv[2] === "cache") {
    writeCaches(rehearse(judge)).then(() => end(0), fail);
    return;
  }
  judge(process.argv.slice(2)).then((status) => {
    const [first] = pieces;
    if (first !== undefined && pieces.some(({ uncached }) => uncached)) makeCaches(__filename, first);
    end(status);
  }, fail);
}

/** What a rehearsal adds to pieces that it has loaded earlier is left out of their caches: they hold what is always needed. */
async function writeCaches(rehearsal: ReturnType<Judge["rehearse"]>): Promise<void> {
  let written = 0;
  for await (const _ of rehearsal) {
    for (; written < pieces.length; written++) writeCache(pieces[written] as Piece);
  }
  // The rest as they are: what is missing at the next start would be made again.
  const loaded = new Set(pieces.map(({ file }) => file));
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name.endsWith(".js") && !loaded.has(path)) writeCache(loadPiece(path, readFileSync(path, "latin1").slice(2, 34)));
  }
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
