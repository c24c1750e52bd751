// The record's files → its lines, in either order, without holding them: a line is remembered by its place, and read again
// where it is shown. Rotation renames files; what is open stays readable.
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { auditFiles } from "./audit.ts";

interface OpenFile {
  readonly descriptor: number;
  readonly inode: number;
  /** When it was opened. */
  readonly size: number;
}

/** Where a line stands. */
export interface Place {
  readonly file: OpenFile;
  readonly start: number;
  readonly length: number;
}

/** A line with the bytes around it, until the next is asked for. */
export interface Line extends Place {
  text(): string;
}

export interface RecordReader {
  newestFirst(): Generator<Line>;
  oldestFirst(): Generator<Line>;
  text(place: Place): string;
  /** The whole lines that were written since the reader was made, or since it was last asked; oldest first. */
  fresh(): readonly Place[];
  close(): void;
}

const chunkSize = 256 * 1024;
const newline = 10;

export function openRecord(path: string): RecordReader {
  const files = auditFiles(path).flatMap((each) => openFile(each) ?? []);
  const kept = [...files];
  // A half line at the end is finished by whoever writes it, or it is damaged.
  let current = files.at(-1);
  let position = current === undefined ? 0 : wholeSize(current);
  if (current !== undefined) files[files.length - 1] = current = { ...current, size: position };
  return {
    *newestFirst() {
      for (const file of [...files].reverse()) yield* backwards(file);
    },
    *oldestFirst() {
      for (const file of files) yield* forwards(file);
    },
    text: ({ file, start, length }) => readAt(file, start, length).toString("utf8"),
    fresh() {
      const found: Place[] = [];
      for (;;) {
        // Asked first: what is written to the old file up to its renaming is read after that.
        const replaced = current === undefined || isReplaced(current, path);
        if (current !== undefined) {
          const file = { ...current, size: fstatSync(current.descriptor).size };
          const end = wholeSize(file, position);
          for (const { start, length } of forwards({ ...file, size: end }, position)) found.push({ file: current, start, length });
          position = end;
        }
        const next = replaced ? openFile(path) : undefined;
        if (next === undefined) return found;
        kept.push(next);
        current = next;
        position = 0;
      }
    },
    close() {
      for (const { descriptor } of kept) closeSync(descriptor);
    },
  };
}

function openFile(path: string): OpenFile | undefined {
  try {
    const descriptor = openSync(path, "r");
    const { ino, size } = fstatSync(descriptor);
    return { descriptor, inode: ino, size };
  } catch {
    return undefined;
  }
}

function isReplaced({ inode }: OpenFile, path: string): boolean {
  const current = statSync(path, { throwIfNoEntry: false });
  return current !== undefined && current.ino !== inode;
}

function readAt({ descriptor }: OpenFile, start: number, length: number): Buffer {
  const chunk = Buffer.allocUnsafe(length);
  return chunk.subarray(0, readSync(descriptor, chunk, 0, length, start));
}

/** Up to the end of the last whole line, at least `from`. */
function wholeSize(file: OpenFile, from = 0): number {
  for (let end = file.size; end > from; ) {
    const start = Math.max(end - chunkSize, from);
    const at = readAt(file, start, end - start).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return from;
}

function lineIn(file: OpenFile, chunk: Buffer, offset: number, from: number, to: number): Line {
  return { file, start: offset + from, length: to - from, text: () => chunk.toString("utf8", from, to) };
}

function* backwards(file: OpenFile): Generator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  for (let end = file.size; end > 0; ) {
    const start = Math.max(end - chunkSize, 0);
    const chunk = Buffer.concat([readAt(file, start, end - start), rest]);
    let to = chunk.length;
    while (to > 0) {
      const at = chunk.lastIndexOf(newline, to - 1);
      if (at < 0) break;
      if (to > at + 1) yield lineIn(file, chunk, start, at + 1, to);
      to = at;
    }
    if (start === 0 && to > 0) yield lineIn(file, chunk, 0, 0, to);
    rest = chunk.subarray(0, to);
    end = start;
  }
}

function* forwards(file: OpenFile, from = 0): Generator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  for (let start = from; start < file.size; ) {
    const read = readAt(file, start, Math.min(chunkSize, file.size - start));
    if (read.length === 0) break;
    const chunk = Buffer.concat([rest, read]);
    const offset = start - rest.length;
    let at = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, at)) {
      if (end > at) yield lineIn(file, chunk, offset, at, end);
      at = end + 1;
    }
    rest = chunk.subarray(at);
    start += read.length;
  }
  if (rest.length > 0) yield lineIn(file, rest, file.size - rest.length, 0, rest.length);
}
