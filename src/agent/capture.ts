// What a stream gives → what one result shows of it: the beginning and the end, how much is between, and a file with all.
import { appendFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { attempt } from "../world/attempt.ts";

export interface Taken {
  readonly text: string;
  /** Holds what `text` leaves out; absent: nothing is, or nowhere. */
  readonly file?: string | undefined;
  readonly truncated: boolean;
}

export interface Capture {
  add(chunk: Buffer): void;
  /** What has come since it was last asked. */
  take(): Taken;
  /** Characters that have come since then. */
  length(): number;
}

/** Where what is left out goes. */
export interface Files {
  /** A path where no file is yet; may throw. */
  next(): string;
  /** Of one file. */
  readonly bytes: number;
}

/** `characters`: of one result. */
export function createCapture(characters: number, files?: Files): Capture {
  const decoder = new StringDecoder("utf8");
  const half = Math.floor(characters / 2);
  let [head, tail, left] = ["", "", 0];
  let file: string | undefined;
  let written = 0;

  const isFull = () => written >= (files?.bytes ?? 0);

  function keep(text: string): void {
    if (file === undefined || isFull()) return;
    try {
      appendFileSync(file, text, { mode: 0o600 });
      written += text.length;
    } catch {
      // A full disk: the result says what it leaves out all the same.
      file = undefined;
    }
  }

  function overflow(): void {
    if (left === 0) {
      file = attempt(() => files?.next());
      written = 0;
      keep(head + tail);
    }
    left += tail.length - half;
    tail = tail.slice(-half);
  }

  return {
    add(chunk) {
      const text = decoder.write(chunk);
      if (left > 0) keep(text);
      const room = Math.max(half - head.length, 0);
      head += text.slice(0, room);
      tail += text.slice(room);
      if (tail.length > half) overflow();
    },
    take() {
      const text =
        left === 0 ? head + tail : `${head}\n[… ${left} characters left out${file === undefined ? "" : `; ${isFull() ? "the beginning" : "all"} is in ${file}`} …]\n${tail}`;
      const taken = { text, truncated: left > 0, file };
      [head, tail, left, file] = ["", "", 0, undefined];
      return taken;
    },
    length: () => head.length + left + tail.length,
  };
}
