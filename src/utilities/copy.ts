// Sources and a destination, each on any host → what a transfer reads and writes, and where.
import { show, type Word } from "../syntax/word.ts";
import { request, unknown, write } from "./effect.ts";
import { type Location, locationOf } from "./location.ts";
import { baseName, inside, isDirectory } from "./path-word.ts";
import type { Effect, Hop } from "./utility.ts";

type Remote = Extract<Location, { kind: "remote" }>;

interface Transfer {
  readonly sources: readonly Word[];
  readonly destination: Word;
  /** How a remote operand is reached. */
  hop(destination: Word, port: Word | undefined): Hop;
  readonly note?: string | undefined;
  /** A source that ends in a slash stands for what is in it, not for itself (rsync). */
  readonly contents?: true | undefined;
}

/** Read from every remote source; write at the destination. */
export function transferEffects(transfer: Transfer): readonly Effect[] {
  const from = transfer.sources.map(locationOf);
  const downloads = from.flatMap((source) => (source.kind === "remote" ? [request("read", source.path, { hops: [transfer.hop(source.destination, source.port)] })] : []));
  const to = locationOf(transfer.destination);
  if (to.kind === "remote") return [...downloads, upload(transfer, from, to)];
  // With a remote source, a destination that only run time tells is a place here; without one it may be there.
  if (to.kind === "local" || downloads.length > 0) return [...downloads, ...localWrites(transfer)];
  return [unknown(`its destination is \`${show(to.word)}\``, to.word, [transfer.hop(to.word, undefined)])];
}

function upload(transfer: Transfer, from: readonly Location[], to: Remote): Effect {
  return request("write", to.module === true ? undefined : to.path, {
    hops: [transfer.hop(to.destination, to.port)],
    sources: from.flatMap((source) => (source.kind === "local" ? [source.path] : source.kind === "unknown" ? [source.word] : [])),
    transfer: true,
    word: transfer.destination,
    note: transfer.note ?? "copies to it",
  });
}

/** One file for each source where the destination is a directory, else the destination itself. */
function localWrites({ sources, destination, contents }: Transfer): readonly Effect[] {
  if (!isDirectory(destination)) return write(destination);
  return sources.flatMap((source) => {
    const location = locationOf(source);
    if (contents === true && isDirectory(source)) return write(destination);
    return write(inside(destination, location.kind === "unknown" ? undefined : baseName(location.path)));
  });
}
