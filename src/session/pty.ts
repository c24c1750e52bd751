// A program and its arguments turned into that program on a pseudoterminal of its own: every byte it writes, its exit
// status, and a way to type. The only file that knows node-pty, of which it uses the native fork alone (docs/adr/0002).
import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, readFileSync, readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { delimiter, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { ReadStream } from "node:tty";
import { fileURLToPath } from "node:url";

/** SIGHUP (signal(7)). */
const hangUp = 1;

/** As a directory: the caller's own, which need not be one that can be entered, nor be there any more. */
const unchanged = ".";

export interface PtyOptions {
  /** A path, or a name to look for in `env.PATH`. */
  readonly file: string;
  readonly args: readonly string[];
  /** What the program is called with as argv[0]; by default `file`. */
  readonly argv0?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly columns: number;
  readonly rows: number;
  /** Somebody has done so already: nothing else is looked at. */
  readonly started?: Started | undefined;
  /** Terminal settings as `stty -g` prints them; by default those of a new terminal, with IUTF8. */
  readonly settings?: string | undefined;
}

/** A program that our parent has started on a terminal, and waits for (src/launcher/terminal.c). Both descriptors are ours from now on. */
export interface Started {
  readonly master: number;
  /** A path. */
  readonly terminal: string;
  /** A pipe in which stands the program's process, 0 where there is none; then its status, as wait(2) has it. A line each. */
  readonly ends: number;
}

/** How a program ended. Killed by a signal: `status` is 128 + its number, as shells have it (POSIX XCU 2.8.2). */
export interface Exit {
  readonly status: number;
  readonly signal?: string;
}

export interface Pty {
  readonly pid: number;
  /** The program's terminal, a path. */
  readonly terminal: string;
  /** All the program wrote, as Buffers; ends after the last byte. Not reading stops the program; destroying hangs up. */
  readonly output: Readable;
  /** Types `data`. Resolves when the terminal has taken it, or when the program has ended. */
  write(data: Uint8Array | string): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Signals the process group that the program was started as. */
  kill(signal: NodeJS.Signals): void;
  /** Settles when the program has been waited for and its last byte is in `output`. */
  readonly exited: Promise<Exit>;
}

/** Why there is no terminal. `unavailable`: on this machine; `not-found`: no such program or directory. */
export interface PtyFailure {
  readonly failure: "unavailable" | "not-found";
  readonly message: string;
}

/** What of node-pty's native module is used (1.2.0-beta.15; not a public interface, hence the exact pin). */
interface Native {
  fork(
    file: string,
    args: readonly string[],
    env: readonly string[],
    cwd: string,
    columns: number,
    rows: number,
    uid: number,
    gid: number,
    utf8: boolean,
    helper: string,
    onExit: (status: number, signal: number) => void,
  ): { readonly fd: number; readonly pid: number; readonly pty: string };
  resize(fd: number, columns: number, rows: number, width: number, height: number): void;
}

/** Starts a program on a new pseudoterminal, as leader of a session of its own. */
export async function openPty(options: PtyOptions): Promise<Pty | PtyFailure> {
  if (options.started !== undefined) return adopt(options.started);
  const native = loadNative();
  if ("failure" in native) return native;
  const missing = whatIsMissing(options);
  if (missing !== undefined) return { failure: "not-found", message: missing };
  try {
    return host((ended) => forked(native, options, ended));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { failure: "unavailable", message: `no terminal can be had: ${why}\nend other sessions, and see that /dev/pts is mounted` };
  }
}

/** Where it cannot be, the program keeps the size that it has. */
function resize(fd: number, columns: number, rows: number): void {
  const native = loadNative();
  if (!("failure" in native)) native.resize(fd, columns, rows, 0, 0);
}

let loaded: Native | PtyFailure | undefined;

/** Once: a session whose shell was started for it needs it only where its terminal changes its size. */
function loadNative(): Native | PtyFailure {
  loaded ??= findNative();
  return loaded;
}

function findNative(): Native | PtyFailure {
  if (process.platform !== "linux") return unavailable(`no terminal host for ${process.platform}`);
  // The prebuilt module loads under musl and then crashes in fork.
  if (readFileSync("/proc/self/maps", "latin1").includes("/ld-musl-")) return unavailable("node-pty has no build for musl");
  try {
    return prebuilt() ?? packaged() ?? unavailable("node-pty does not export its native module");
  } catch (error) {
    return unavailable(error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error));
  }
}

/** A sessions' program is one CommonJS file, in which a module has no URL; it is then the program itself. */
function here(): string {
  return import.meta.url === undefined ? resolve(process.argv[1] ?? "") : fileURLToPath(import.meta.url);
}

/** Where npm has put it. A quarter of a millisecond; with the package around it, a dozen. */
function prebuilt(): Native | undefined {
  const target = `linux-${process.arch}`;
  const name = join("node_modules", "@lydell", `node-pty-${target}`, "prebuilds", target, "pty.node");
  for (let directory = dirname(here()); ; directory = dirname(directory)) {
    const file = join(directory, name);
    if (existsSync(file)) {
      const module = { exports: {} };
      process.dlopen(module, file);
      return module.exports as Native;
    }
    if (directory === dirname(directory)) return undefined;
  }
}

function packaged(): Native | undefined {
  const { createRequire } = process.getBuiltinModule("node:module");
  return (createRequire(here())("@lydell/node-pty") as { readonly native?: Native }).native;
}

function unavailable(why: string): PtyFailure {
  return { failure: "unavailable", message: `cannot make a terminal: ${why}\nreinstall without --omit=optional` };
}

// Asked before the fork, because the native child can only say it on the terminal, with status 1.
function whatIsMissing({ file, cwd, env }: PtyOptions): string | undefined {
  if (cwd !== unchanged && !canAccess(cwd, constants.X_OK)) return `cannot enter directory \`${cwd}\``;
  const places = file.includes("/") ? [file] : (env["PATH"] ?? "/usr/bin:/bin").split(delimiter).map((folder) => join(folder, file));
  return places.some((path) => canAccess(path, constants.X_OK)) ? undefined : `cannot run \`${file}\``;
}

function canAccess(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** A program on a terminal, of which `fd` is the other end. */
interface Child {
  readonly fd: number;
  readonly pid: number;
  /** A path. */
  readonly pty: string;
}

function forked(native: Native, options: PtyOptions, ended: (exit: Exit) => void): Child {
  const [file, ...args] = behindGate(options, inheritableDescriptors());
  const cwd = options.cwd === unchanged ? "" : options.cwd;
  return native.fork(file, args, environment(options.env), cwd, options.columns, options.rows, -1, -1, true, "", (status, signal) => ended(exitOf(status, signal)));
}

function adopt({ master, terminal, ends }: Started): Pty | PtyFailure {
  const pid = Number.parseInt(firstLine(ends), 10);
  if (!(pid > 0)) return { failure: "unavailable", message: "no shell can be started\nend some processes" };
  return host((ended) => {
    onEnd(ends, pid, ended);
    return { fd: master, pid, pty: terminal };
  });
}

/** A byte at a time: what comes behind it is for another reader. */
function firstLine(descriptor: number): string {
  const byte = Buffer.alloc(1);
  let line = "";
  while (readSync(descriptor, byte) === 1 && byte[0] !== 0x0a) line += byte.toString("latin1");
  return line;
}

/** How often we look whether a program has ended that nobody waits for, in milliseconds. */
const interval = 100;

function onEnd(descriptor: number, pid: number, ended: (exit: Exit) => void): void {
  let text = "";
  const ends = new Socket({ fd: descriptor, readable: true, writable: false });
  ends.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    if (!text.endsWith("\n")) return;
    const status = Number.parseInt(text, 10);
    ends.off("close", waitInVain).destroy();
    ended(exitOf((status >> 8) & 0xff, status & 0x7f));
  });
  ends.on("error", () => {}).on("close", waitInVain);
  /** Whoever waited for it is gone: it is hung up soon. */
  function waitInVain(): void {
    if (isRunning(pid)) setTimeout(waitInVain, interval);
    else ended(exitOf(0, hangUp));
  }
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

function host(start: (ended: (exit: Exit) => void) => Child): Pty {
  let ended = (_exit: Exit): void => {};
  let running = true;
  const exited = new Promise<Exit>((resolve) => {
    ended = resolve;
  });
  const { fd, pid, pty } = start((exit) => {
    running = false;
    finish();
    ended(exit);
  });
  // Held until the child has been waited for. Otherwise the terminal hangs up when the child closes its descriptors, just
  // before it exits: the hang-up would then kill it, and libuv would report the end with output still unread.
  const slave = openSync(pty, constants.O_RDWR | constants.O_NOCTTY);
  const master = new ReadStream(fd);
  const input = inputQueue(fd);
  const output = new Readable({
    read: () => void master.resume(),
    destroy: (error, done) => {
      master.destroy();
      done(error);
    },
  });
  master.on("data", (chunk: Buffer) => {
    if (!output.push(chunk)) master.pause();
  });
  // EIO is how a terminal says that it is closed; the exit that follows ends the output.
  master.on("error", () => {});
  master.on("close", input.close);

  function finish(): void {
    closeSync(slave);
    if (!master.destroyed) {
      while (master.read() !== null);
      for (const chunk of remaining(fd)) output.push(chunk);
      master.destroy();
    }
    input.close();
    output.push(null);
  }

  return {
    pid,
    terminal: pty,
    output,
    write: (data) => input.write(Buffer.from(data)),
    resize: (columns, rows) => {
      if (!master.destroyed) resize(fd, columns, rows);
    },
    kill: (signal) => {
      if (running) signalGroup(pid, signal);
    },
    exited,
  };
}

// More than the kernel keeps for a terminal. A background job that goes on writing must not keep the end away.
const mostRemaining = 1024 * 1024;

/** What the terminal still holds: up to EIO (nobody has it open) or EAGAIN (a background job has). */
function* remaining(fd: number): Generator<Buffer> {
  for (let total = 0; total < mostRemaining; ) {
    const chunk = Buffer.allocUnsafe(65536);
    let length = 0;
    try {
      length = readSync(fd, chunk);
    } catch {
      return;
    }
    if (length === 0) return;
    total += length;
    yield chunk.subarray(0, length);
  }
}

interface InputQueue {
  write(data: Buffer): Promise<void>;
  close(): void;
}

interface Typed {
  data: Buffer;
  readonly taken: () => void;
}

// A terminal takes about 4 KiB that nobody has read, then EAGAIN. node cannot poll for the room, so we ask again, less
// and less often. Synchronously: the descriptor does not block, and no write is left in flight when it is closed.
const shortestWait = 1;
const longestWait = 16;

function inputQueue(fd: number): InputQueue {
  const queue: Typed[] = [];
  let timer: NodeJS.Timeout | undefined;
  let wait = shortestWait;
  let open = true;

  function flush(): void {
    timer = undefined;
    for (let first = queue[0]; first !== undefined && open; first = queue[0]) {
      const length = tryWrite(fd, first.data);
      if (length === undefined) return close();
      if (length === 0) {
        timer = setTimeout(flush, wait);
        wait = Math.min(wait * 2, longestWait);
        return;
      }
      wait = shortestWait;
      first.data = first.data.subarray(length);
      if (first.data.length === 0) queue.shift()?.taken();
    }
  }

  function close(): void {
    open = false;
    clearTimeout(timer);
    for (const { taken } of queue.splice(0)) taken();
  }

  return {
    write: (data) =>
      new Promise((taken) => {
        if (!open || data.length === 0) return taken();
        queue.push({ data, taken });
        if (timer === undefined) flush();
      }),
    close,
  };
}

/** Bytes taken, 0 when there is no room now, undefined when the terminal is gone. */
function tryWrite(fd: number, data: Buffer): number | undefined {
  try {
    return writeSync(fd, data);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EAGAIN" ? 0 : undefined;
  }
}

// Closes what the child must not inherit, and sets the terminal before the program can look at it. bash, because dash
// drops variables that are not identifiers (exported functions); -p, because BASH_ENV is not for this one to run.
// +p and the options it is given, because it exports its own as SHELLOPTS and BASHOPTS where the caller exports these; no
// checkwinsize, because after stty it would change a COLUMNS that the caller exports.
const gate = 'set +o privileged; shopt -u checkwinsize; for autobot_fd in $1; do exec {autobot_fd}>&-; done; [ -z "$2" ] || command -p stty "$2"; exec -a "$3" -- "${@:4}"';

function behindGate({ file, args, argv0, env, settings }: PtyOptions, descriptors: readonly number[]): [string, ...string[]] {
  if (settings === undefined && argv0 === undefined && descriptors.length === 0) return [file, ...args];
  return ["/bin/bash", "-p", ...exportedOptions(env), "-c", gate, "autobot-sh", descriptors.join(" "), settings ?? "", argv0 ?? file, file, ...args];
}

/** What an exported SHELLOPTS and BASHOPTS switch on, but for what would act on the gate: `-o NAME`, `-O NAME`. */
function exportedOptions(env: PtyOptions["env"]): readonly string[] {
  const unwanted = new Set(["", "xtrace", "verbose", "noexec", "errexit", "onecmd", "posix", "privileged", "restricted_shell", "login_shell"]);
  return (["SHELLOPTS", "BASHOPTS"] as const).flatMap((name) => {
    const names = (env[name] ?? "").split(":").filter((option) => !unwanted.has(option));
    return names.flatMap((option) => [name === "SHELLOPTS" ? "-o" : "-O", option]);
  });
}

/** Descriptors above 2 that an exec would keep; node opens none such, but what it was started with may be. */
function inheritableDescriptors(): number[] {
  const closeOnExec = 0o2000000;
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd > 2 && (flagsOf(fd) & closeOnExec) === 0);
}

function flagsOf(fd: number): number {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1];
    return Number.parseInt(flags ?? "0", 8);
  } catch {
    return ~0;
  }
}

function environment(env: PtyOptions["env"]): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

function exitOf(status: number, signal: number): Exit {
  if (signal === 0) return { status };
  // Loaded when something was killed: a session starts without it.
  const { signals } = process.getBuiltinModule("node:os").constants;
  const name = Object.entries(signals).find(([, number]) => number === signal)?.[0];
  return { status: 128 + signal, signal: name ?? `SIG${signal}` };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Waited for a moment ago, or everyone in it runs as another user: a terminal could not reach them either.
  }
}
