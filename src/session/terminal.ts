// Connects a program on a pseudoterminal to the terminal that we were started on, so that the person sees no difference.
import { fstatSync, write } from "node:fs";
import { isatty, type WriteStream } from "node:tty";
import { type Exit, openPty, type Pty, type PtyFailure, type PtyOptions } from "./pty.ts";
import { stty } from "./stty.ts";

/** Who looks after the program: told of its start, and of each key. */
export interface Attendant {
  /** Of the caller's terminal, where they are known. */
  readonly settings?: string | undefined;
  /** Sets that terminal raw; absent: stty(1) does. */
  readonly raw?: (() => void) | undefined;
  /** Keys are held back until it resolves. */
  started(pty: Pty): Promise<void>;
  /** Before the program gets them: what it is to get now, perhaps nothing; undefined: nothing any more. */
  typed(keys: Buffer): Buffer | undefined | Promise<Buffer | undefined>;
  /** What the program has written: what is to be shown. Absent: all of it. */
  written?(data: Buffer): Promise<Buffer>;
}

export interface TerminalCommand extends Pick<PtyOptions, "file" | "args" | "argv0" | "env" | "cwd" | "started"> {
  /** What it shows may go into a pipe, whose other end shows it: `su - USER | tee FILE`. */
  readonly mayBePiped?: true | undefined;
}

/** SIGHUP (signal(7)). */
const hangUpNumber = 1;

// What may be sent to us and is meant for the program. SIGTSTP is not: stopping us is what the sender wants.
const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;

/**
 * Runs a program on a pseudoterminal and on the caller's terminal (descriptors 0 and 1): same settings and size, every
 * key passed on. The caller's terminal is put back however it ends; only SIGKILL to us leaves it raw.
 *
 * A terminal that was closed meanwhile counts as death by SIGHUP, whatever the program made of it: the caller has to end
 * itself by that signal, because node's own exit aborts when the terminal it started on is gone.
 */
export async function runOnTerminal(command: TerminalCommand, attendant?: Attendant): Promise<Exit | PtyFailure> {
  const screen = isatty(1) ? process.stdout : command.mayBePiped === true && isatty(2) && fstatSync(1).isFIFO() ? process.stderr : undefined;
  if (!isatty(0) || screen === undefined) {
    return { failure: "unavailable", message: "standard input and output are not a terminal\nfor output alone, give the command: `-c COMMAND`" };
  }
  const settings = attendant?.settings ?? stty("-g").trim();
  if (settings === "") return { failure: "unavailable", message: "cannot ask the terminal for its settings\ninstall stty (coreutils)" };
  const pty = await openPty({ ...command, ...sizeOf(screen), settings });
  if ("failure" in pty) return pty;
  const restore = () => void stty(settings);
  // Not setRawMode: it leaves ONLCR on, and a bare newline from a full-screen program would move to column 1.
  const raw = attendant?.raw ?? (() => void stty("raw", "-echo"));
  process.once("exit", restore);
  raw();
  const disconnect = connectSignals(pty, screen, raw);
  const stopTyping = connectKeyboard(pty, attendant);
  try {
    await copyOutput(pty, attendant);
    const exit = await pty.exited;
    return pty.output.errored === null ? exit : { status: 128 + hangUpNumber, signal: "SIGHUP" };
  } finally {
    stopTyping();
    disconnect();
    process.off("exit", restore);
    restore();
  }
}

/** Whose size is that of the person's terminal. */
type Screen = Pick<WriteStream, "getWindowSize">;

function sizeOf(screen: Screen): { readonly columns: number; readonly rows: number } {
  const [columns, rows] = screen.getWindowSize();
  return { columns, rows };
}

function connectSignals(pty: Pty, screen: Screen, raw: () => void): () => void {
  const listeners: [NodeJS.Signals, () => void][] = [
    ...forwarded.map((signal): [NodeJS.Signals, () => void] => [signal, () => pty.kill(signal)]),
    ["SIGWINCH", () => resize(pty, screen)],
    // Whoever ran while we were stopped has set the terminal for itself.
    ["SIGCONT", raw],
    ["SIGCONT", () => resize(pty, screen)],
  ];
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

function resize(pty: Pty, screen: Screen): void {
  const { columns, rows } = sizeOf(screen);
  pty.resize(columns, rows);
}

function connectKeyboard(pty: Pty, attendant: Attendant | undefined): () => void {
  const { stdin } = process;
  let connected = true;
  const type = async (data: Buffer) => {
    stdin.pause();
    const passed = attendant === undefined ? data : await attendant.typed(data);
    if (passed === undefined) return;
    await pty.write(passed);
    if (connected) stdin.resume();
  };
  const hangUp = () => void pty.output.destroy(new Error("the terminal was closed"));
  const connect = () => {
    if (connected) stdin.on("data", type).on("end", hangUp).on("error", hangUp);
  };
  if (attendant === undefined) connect();
  else void attendant.started(pty).then(connect);
  return () => {
    connected = false;
    stdin.off("data", type).off("end", hangUp).off("error", hangUp);
    stdin.pause();
  };
}

// Not process.stdout: it writes to a terminal synchronously, and a terminal stopped by ^S would stop the keyboard too.
async function copyOutput(pty: Pty, attendant: Attendant | undefined): Promise<void> {
  try {
    for await (const chunk of pty.output) await writeAll((await attendant?.written?.(chunk)) ?? chunk);
  } catch (error) {
    // The terminal is gone: hang up in our turn.
    pty.output.destroy(error instanceof Error ? error : undefined);
  }
}

function writeSome(data: Buffer, start: number): Promise<number> {
  return new Promise((resolve, reject) => write(1, data, start, (error, written) => (error === null ? resolve(written) : reject(error))));
}

async function writeAll(data: Buffer): Promise<void> {
  for (let start = 0; start < data.length; ) {
    try {
      start += await writeSome(data, start);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
