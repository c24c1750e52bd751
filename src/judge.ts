// The entry of dist/judge.cjs, which the launcher starts: src/judge/judge.ts, loaded fast, and ends with its status.
import { loadCore } from "./judge/core.ts";
import { say } from "./world/descriptor.ts";

function main(): void {
  const loaded = loadCore("judge");
  const { pieces } = loaded;
  const { judge, rehearse, makeCaches, writeCaches } = loaded.core;
  if (process.argv[2] === "cache") {
    writeCaches("judge", loaded, rehearse(judge)).then(() => end(0), fail);
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

/** Without taking down what a process has that goes on: a twentieth of node's start. All has been written (src/world/descriptor.ts). */
function end(status: number): void {
  (process as unknown as { reallyExit(status: number): never }).reallyExit(status);
}

try {
  main();
} catch (error) {
  fail(error);
}
