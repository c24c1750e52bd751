// What the judge and the sessions share, src/shell/judge.ts, loaded in pieces and from their code caches where it can be
// (docs/adr/0014). Bundled into each program that the launcher or a shim starts.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "./attempt.ts";
import { type File, loadPiece, type Piece, type Program, readFile } from "./code-cache.ts";
import type * as Core from "./judge.ts";

/** The build's (scripts/build.js). */
declare const CORE_DIGEST: string;

export interface LoadedCore {
  readonly core: typeof Core;
  /** Where the pieces are. */
  readonly directory: string;
  /** Those that were loaded so far; the core is the first. */
  readonly pieces: readonly [Piece, ...Piece[]];
  /** Reads those that are to come: who lives long outlives the installation, and may be the one to mend it. */
  hold(): void;
}

/** Throws where a file is not of this installation. `program`: whose caches they are, because its node has options of its own. */
export function loadCore(program: Program): LoadedCore {
  const directory = join(__dirname, "judge");
  const held = new Map<string, File | undefined>();
  const load = (name: string, digest: string) => loadPiece(join(directory, `${name}.js`), digest, program, held.get(`${name}.js`));
  const first = load("core", CORE_DIGEST);
  const pieces: [Piece, ...Piece[]] = [first];
  const piece = (name: string, digest: string): unknown => {
    const loaded = load(name, digest);
    pieces.push(loaded);
    return loaded.script.runInThisContext();
  };
  const module = { exports: {} as typeof Core };
  const core = first.script.runInThisContext() as (in_: typeof module, require: typeof requireOnce, load: typeof piece) => void;
  core(module, requireOnce, piece);
  const hold = () => {
    const files = attempt(() => readdirSync(directory)) ?? [];
    for (const name of files) if (name.endsWith(".js")) held.set(name, readFile(join(directory, name)));
  };
  return { core: module.exports, directory, pieces, hold };
}

/** Node's own modules, each found once: every file asks for them. */
const modules: Record<string, unknown> = {};
const requireOnce = (name: string): unknown => (modules[name] ??= require(name));
