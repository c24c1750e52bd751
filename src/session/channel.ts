// Questions of a shell and our answers, through two named pipes in a directory that only the user can enter. The shell
// opens them by path for each question, so that no descriptor of ours reaches what it starts.
import { closeSync, constants, lstatSync, mkdtempSync, openSync, readdirSync, readSync, realpathSync, rmSync, statSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import { systemPath, temporaryDirectory } from "../world/directory.ts";

/** A record as the shell sent it: what it is about, and its fields by their letter. */
export interface Question {
  readonly kind: string;
  /** The asker's process, which the answer names: one that was interrupted leaves its answer behind. */
  readonly id: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Fields of an answer, in the order in which the shell reads them. */
export interface Answer {
  readonly verdict: string;
  readonly path?: string | undefined;
  /** Printed by the shell on its terminal, so that it comes behind what is there already. */
  readonly said?: string | undefined;
  readonly text?: string | undefined;
}

/** Empty where the question has none of that letter. */
export function field({ fields }: Question, letter: string): string {
  return fields.get(letter) ?? "";
}

/** A message of ours as it is shown. */
export function say(message: string): string {
  return `autobot-sh: ${message.replaceAll("\n", "\n  ")}\n`;
}

export interface Channel {
  /** Mode 0700; holds `ask` and `answer`. Removed by `close`. */
  readonly directory: string;
  answer(id: string, answer: Answer): void;
  /** Hears now what has been asked so far. */
  look(): void;
  close(): void;
}

const prefix = "autobot-sh-session-";
const separator = "\x1f";

/** Opened for reading and writing, a named pipe neither waits for its other end nor ends with it (fifo(7)). */
const openFlags = constants.O_RDWR | constants.O_NONBLOCK;

/** `made`: a directory that the launcher has made, with its pipes. */
export function openChannel(onQuestion: (question: Question) => void, made?: string): Channel | { readonly failure: string } {
  const bases = places();
  const directory = made !== undefined && isOurs(made) ? made : firstMade(bases);
  if (directory === undefined) return { failure: `cannot make named pipes in ${bases.map((base) => `\`${base}\``).join(", ")}\nsee that one of them can be written` };
  const [ask, reply] = pipesIn(directory);
  const answers = openSync(reply, openFlags);
  const descriptor = openSync(ask, openFlags);
  const questions = new Socket({ fd: descriptor, readable: true, writable: false });
  const read = questionReader(onQuestion);
  questions.on("data", read).on("error", () => {});
  return {
    directory,
    look: () => {
      const asked = tryRead(descriptor);
      if (asked !== undefined) read(asked);
    },
    answer: (id, answer) => send(answers, [id, answer.verdict, answer.path ?? "", answer.said ?? "", answer.text ?? ""]),
    close: () => {
      questions.destroy();
      closeSync(answers);
      rmSync(directory, { recursive: true, force: true });
      sweep(dirname(directory));
    },
  };
}

function tryRead(descriptor: number): Buffer | undefined {
  const chunk = Buffer.alloc(4096);
  try {
    return chunk.subarray(0, readSync(descriptor, chunk));
  } catch {
    // There is nothing.
    return undefined;
  }
}

function pipesIn(directory: string): readonly [ask: string, reply: string] {
  return [join(directory, "ask"), join(directory, "answer")];
}

/** Nobody is to be kept out by a disk that is full, or cannot be written: the last are in memory, and on another disk. */
function places(): readonly string[] {
  const runtime = process.env["XDG_RUNTIME_DIR"] ?? "";
  const own = runtime.startsWith("/") && statSync(runtime, { throwIfNoEntry: false })?.uid === process.getuid?.();
  return [...new Set([...(own ? [runtime] : []), temporaryDirectory(), "/tmp", "/dev/shm", "/var/tmp"])];
}

function firstMade(bases: readonly string[]): string | undefined {
  for (const base of bases) {
    const directory = madeIn(base);
    if (directory !== undefined) return directory;
  }
  return undefined;
}

/** Undefined where there can be none, or no file in it. */
function madeIn(base: string): string | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  let directory: string | undefined;
  try {
    directory = realpathSync(mkdtempSync(join(base, `${prefix}${process.pid}-`)));
    if (spawnSync("mkfifo", ["-m", "600", ...pipesIn(directory)], { stdio: "ignore", env: { PATH: systemPath } }).status === 0) return directory;
  } catch {
    // The next, then.
  }
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  return undefined;
}

/** A variable has said where it is. */
function isOurs(directory: string): boolean {
  try {
    const { uid, mode } = lstatSync(directory);
    return uid === process.getuid?.() && (mode & 0o777) === 0o700 && pipesIn(directory).every((pipe) => lstatSync(pipe).isFIFO());
  } catch {
    return false;
  }
}

/** What a session has left behind that was killed. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    const [, pid] = name.startsWith(prefix) ? (/^(\d+)-/.exec(name.slice(prefix.length)) ?? []) : [];
    if (pid === undefined || statSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined) continue;
    const directory = join(base, basename(name));
    if (statSync(directory, { throwIfNoEntry: false })?.uid === process.getuid?.()) rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Bytes → questions. A record is NUL, NUL, then fields that each end in NUL and begin with a letter, `k` (kind) and `p`
 * (process) among them; the field `.` ends it. No field is empty, so NUL NUL begins the next record wherever it stands:
 * one whose writer was killed is dropped.
 */
export function questionReader(onQuestion: (question: Question) => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  let fields = new Map<string, string>();
  const take = (field: Buffer) => {
    const text = field.toString("utf8");
    if (text === "") fields = new Map();
    else if (text !== ".") fields.set(text.slice(0, 1), text.slice(1));
    else {
      const question = madeOf(fields);
      fields = new Map();
      if (question !== undefined) onQuestion(question);
    }
  };
  return (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(0, start); end >= 0; end = chunk.indexOf(0, start)) {
      take(Buffer.concat([...pieces, chunk.subarray(start, end)]));
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  };
}

/** Fields, each with its letter → a question, where they are one. */
export function questionOf(fields: readonly string[]): Question | undefined {
  return madeOf(new Map(fields.map((text) => [text.slice(0, 1), text.slice(1)])));
}

function madeOf(fields: ReadonlyMap<string, string>): Question | undefined {
  const question = { kind: fields.get("k") ?? "", id: fields.get("p") ?? "", fields };
  return question.kind !== "" && /^\d+$/.test(question.id) ? question : undefined;
}

/** What the pipe does not take, because nobody reads the answers, is lost: whoever waits for it is refused by silence. */
function send(descriptor: number, fields: readonly string[]): void {
  const line = fields.map((field) => field.replaceAll("\0", "").replaceAll(separator, "")).join(separator);
  try {
    writeSync(descriptor, `${line}\0`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  }
}
