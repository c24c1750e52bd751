// An invocation → the text that bash will run, read without taking anything away from bash: a file and a program on
// standard input that is a file by position, one that comes through a pipe by keeping what it gave for bash to read.
import { fstatSync, readFileSync, readSync, type Stats, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { attempt } from "../world/attempt.ts";
import { isTerminal, readToEnd } from "../world/descriptor.ts";
import type { Invocation } from "./invocation.ts";
import { staysOpen } from "./pipe.ts";

/** A descriptor that has been read empty, and what it gave. */
export interface Spool {
  readonly descriptor: number;
  readonly bytes: Buffer;
}

export type ProgramText =
  | { readonly text: string; readonly spool?: Spool | undefined }
  /** There is nothing to judge: bash reports what is wrong, or its input is empty. */
  | { readonly absent: true; readonly spool?: Spool | undefined }
  /** It comes through a pipe that its writer keeps open: what it starts can be judged, and not its text. */
  | { readonly arriving: true }
  /** A person would type the program. */
  | { readonly terminal: true }
  /** It cannot be judged before it runs. `message` in the house's form, the way out on the next line. */
  | { readonly failure: string };

/** No program is longer; what comes after it through a pipe is data, and too much to hold. */
const maximumBytes = 64 * 1024 * 1024;

/** The reader of shell code takes no more (src/syntax/read.ts). */
export const maximumText = 1024 * 1024;

/** `layered`: the runtime layer judges what the program starts, so that one need not be waited for that arrives bit by bit. */
export function readProgram(invocation: Invocation, layered = false): ProgramText {
  const { program } = invocation;
  if (program.from === "argument") return program.text === undefined ? { absent: true } : { text: program.text };
  if (program.from === "stdin") return layered && isPipe(0) && staysOpen(0) ? { arriving: true } : readDescriptor(0);
  return readScript(program.path);
}

function isPipe(descriptor: number): boolean {
  return attempt(() => fstatSync(descriptor))?.isFIFO() === true;
}

/** bash(1), INVOCATION: the name as it is, then, if it has no slash, the first of that name in PATH. */
function readScript(name: string): ProgramText {
  const path = [name, ...(name.includes("/") ? [] : inPath(name))].find((each) => statOf(each) !== undefined);
  const stat = path === undefined ? undefined : statOf(path);
  if (path === undefined || stat === undefined || stat.isDirectory()) return { absent: true };
  const descriptor = descriptorOf(path);
  if (descriptor !== undefined && !stat.isFile()) return readDescriptor(descriptor);
  if (!stat.isFile()) {
    return { failure: `cannot read the program \`${name}\` before it runs: it is no regular file\ncopy it to one, and run that` };
  }
  const bytes = attempt(() => readFileSync(path));
  // What we cannot read, bash cannot read either, and says so.
  return bytes === undefined ? { absent: true } : fromBytes(bytes);
}

/** A descriptor that bash would read its program from, by number or as /dev/fd/N. */
function readDescriptor(descriptor: number): ProgramText {
  const stat = attempt(() => fstatSync(descriptor));
  if (stat === undefined || stat.isDirectory()) return { absent: true };
  if (stat.isFile()) return fromBytes(readFrom(descriptor, positionOf(descriptor)));
  if (isTerminal(descriptor)) return { terminal: true };
  const bytes = readToEnd(descriptor, maximumBytes);
  if (bytes === undefined) {
    return { failure: "cannot judge the program on standard input: it is longer than 64 MiB\nwrite it to a file, and run that" };
  }
  return { ...fromBytes(bytes), spool: { descriptor, bytes } };
}

/** bash drops NUL bytes from a script, and takes one for a binary whose first line (of its first 80 bytes) holds one. */
function fromBytes(bytes: Buffer): ProgramText {
  const firstLine = bytes.subarray(0, 80).toString("latin1").split("\n", 1)[0] ?? "";
  if (firstLine.includes("\0")) return { absent: true };
  return { text: bytes.toString("utf8").replaceAll("\0", "") };
}

function inPath(name: string): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory === "" ? "." : directory, name));
}

function descriptorOf(path: string): number | undefined {
  const [, number] = /^\/(?:dev\/fd|proc\/self\/fd)\/(\d+)$/.exec(path) ?? [];
  if (number !== undefined) return Number(number);
  return path === "/dev/stdin" ? 0 : undefined;
}

function statOf(path: string): Stats | undefined {
  return attempt(() => statSync(path));
}

/** What a descriptor on a regular file still has to give, without taking it. */
export function textFrom(descriptor: number): string {
  return readFrom(descriptor, positionOf(descriptor)).toString("utf8");
}

/** pread(2) leaves the position, which bash shares, where it is. */
function readFrom(descriptor: number, start: number): Buffer {
  const chunks: Buffer[] = [];
  for (let position = start; ; ) {
    const chunk = Buffer.allocUnsafe(65_536);
    const length = readSync(descriptor, chunk, 0, chunk.length, position);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    position += length;
  }
}

function positionOf(descriptor: number): number {
  const facts = attempt(() => readFileSync(`/proc/self/fdinfo/${descriptor}`, "latin1"));
  // Where the system does not tell, from the start: more than bash will see, never less.
  return Number(/^pos:\s*(\d+)/m.exec(facts ?? "")?.[1] ?? 0);
}
