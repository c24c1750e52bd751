// What the judge and the sessions share, src/judge/judge.ts, loaded in pieces and from their code caches where it can be
// (docs/adr/0014). Bundled into each program that the launcher or a shim starts.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type * as Session from "../session/session.ts";
import { attempt } from "../world/attempt.ts";
import { type File, loadPiece, type Piece, type Program, readFile } from "./code-cache.ts";
import type * as Core from "./judge.ts";

/** The build's (scripts/build.js). */
declare const CORE_DIGEST: string;
declare const SESSION_DIGEST: string;

export interface Loaded {
  /** Where the pieces are. */
  readonly directory: string;
  /** Those that were loaded so far. */
  readonly pieces: readonly Piece[];
}

export interface LoadedCore extends Loaded {
  readonly core: typeof Core;
}

export interface LoadedSession extends Loaded {
  readonly session: typeof Session;
  /** Loaded where it is first asked for. */
  core(): typeof Core;
  /** Reads the pieces that are to come: who lives long outlives the installation, and may be the one to mend it. */
  hold(): void;
}

/** Throws where a file is not of this installation. `program`: whose caches they are, because its node has options of its own. */
export function loadCore(program: Program): LoadedCore {
  const { directory, pieces, load } = loader(program);
  return { core: run<typeof Core>(load, "core", CORE_DIGEST), directory, pieces };
}

/** The same, for what a person waits for: the rest comes after it. */
export function loadSession(): LoadedSession {
  const { directory, pieces, load, hold } = loader("session");
  let core: typeof Core | undefined;
  return {
    session: run<typeof Session>(load, "session", SESSION_DIGEST),
    core: () => {
      core ??= run<typeof Core>(load, "core", CORE_DIGEST);
      return core;
    },
    directory,
    pieces,
    hold,
  };
}

type Load = (name: string, digest: string) => unknown;

function loader(program: Program): Loaded & Pick<LoadedSession, "hold"> & { readonly load: Load } {
  const directory = join(__dirname, "judge");
  const pieces: Piece[] = [];
  const held = new Map<string, File | undefined>();
  const load = (name: string, digest: string) => {
    const loaded = loadPiece(join(directory, `${name}.js`), digest, program, held.get(`${name}.js`));
    pieces.push(loaded);
    return loaded.script.runInThisContext();
  };
  const hold = () => {
    const files = attempt(() => readdirSync(directory)) ?? [];
    for (const name of files) if (name.endsWith(".js")) held.set(name, readFile(join(directory, name)));
  };
  return { directory, pieces, load, hold };
}

/** A bundle, which loads its other pieces itself. */
function run<Exports>(load: Load, name: string, digest: string): Exports {
  const module = { exports: {} as Exports };
  const bundle = load(name, digest) as (in_: typeof module, require: typeof requireOnce, load: Load) => void;
  bundle(module, requireOnce, load);
  return module.exports;
}

/** Node's own modules, each found once: every file asks for them. */
const modules: Record<string, unknown> = {};
const requireOnce = (name: string): unknown => (modules[name] ??= require(name));
