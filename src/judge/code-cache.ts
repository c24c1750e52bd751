// The judge's code as V8 has compiled it, kept beside the source: most of what a judgement costs is compiling
// (docs/adr/0014). A cache that is missing or not for us means the source, never another answer.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { Script } from "node:vm";

/** Which programs have caches of their own: V8 takes none that was made with other options. */
export type Program = "judge" | "session";

/** A piece of the judge's source, compiled. */
export interface Piece {
  readonly file: string;
  /** FILE.cache, or FILE.session.cache. */
  readonly cache: string;
  /** What a cache for it starts with. */
  readonly key: string;
  readonly script: Script;
  /** There is no cache for this node, or V8 has not taken it. */
  readonly uncached: boolean;
}

/** Whole words of the machine, or V8 copies what follows. */
const keyLength = 256;

/**
 * `digest`: what the build wrote before the source; the cache holds the key and V8's data. Throws where the source is not that one.
 * `source`: the file as it was.
 */
export function loadPiece(file: string, digest: string, program: Program, source: File | undefined = readFile(file)): Piece {
  const text = source?.bytes.toString("latin1") ?? "";
  if (source === undefined || !text.startsWith(`/*${digest}*/`)) throw new Error(`\`${file}\` is not of this installation: it was replaced`);
  const key = keyOf(digest);
  const cache = program === "judge" ? `${file}.cache` : `${file}.${program}.cache`;
  const made = readFile(cache);
  const fits = made !== undefined && made.owner === source.owner && !made.shared && made.bytes.toString("latin1", 0, keyLength) === key;
  const script = new Script(text, { filename: file, cachedData: fits ? made.bytes.subarray(keyLength) : undefined });
  return { file, cache, key, script, uncached: !fits || script.cachedDataRejected === true };
}

/** V8 compares its version, its flags and the source's length; the rest is for us to compare. */
function keyOf(digest: string): string {
  const key = [digest, process.version, process.arch, process.versions.v8, ...process.execArgv].join(" ");
  return `${key.slice(0, keyLength - 1).padEnd(keyLength - 1)}\n`;
}

export interface File {
  readonly bytes: Buffer;
  readonly owner: number;
  /** Others may write it. */
  readonly shared: boolean;
}

export function readFile(file: string): File | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { uid, mode, size } = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafeSlow(size);
    // readFileSync() asks for the size again, and takes memory that it clears.
    return readSync(descriptor, bytes, 0, size, 0) === size ? { bytes, owner: uid, shared: (mode & 0o022) !== 0 } : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
