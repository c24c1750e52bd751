// What the gate costs a person: from Enter to the next prompt, line by line, from a key to its echo, and until the first
// prompt, in autobot-sh and in the shell alone; and how a session grows.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPty, type Pty } from "../src/session/pty.ts";

const mark = "#ready#";
/** ^U, which echoes nothing of its own. */
const killLine = "\x15";
const root = process.cwd();

interface Shell {
  /** Milliseconds from its start to the first prompt. */
  readonly started: number;
  /** Types a line; the milliseconds to the next prompt. */
  line(text: string): Promise<number>;
  /** Types a key; the milliseconds until it is shown. The line is not accepted. */
  key(key: string): Promise<number>;
  /** Memory in kilobytes and open descriptors of the session itself. */
  size(): { readonly memory: number; readonly descriptors: number };
  leave(): Promise<void>;
}

/** `kept`: a home that has been used before. */
async function startShell(shell: "bash" | "zsh", guarded: boolean, kept?: string): Promise<Shell> {
  const home = kept ?? mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
  writeFileSync(join(home, ".bashrc"), `PS1='${mark}' HISTFILE=\nbind 'set enable-bracketed-paste off'\n`);
  writeFileSync(join(home, ".zshrc"), `PS1='${mark}' PROMPT_EOL_MARK=\nunsetopt prompt_cr prompt_sp zle\n`);
  const env = {
    HOME: home,
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TERM: "xterm",
    LANG: "C.UTF-8",
    SHLVL: "1",
    AUTOBOT_INNER_SHELL: shell,
    XDG_STATE_HOME: home,
    XDG_CACHE_HOME: home,
  };
  const start = performance.now();
  const pty = await openPty({ file: guarded ? join(root, "bin", "autobot-sh") : `/bin/${shell}`, args: [], env, cwd: home, columns: 100, rows: 30 });
  if ("failure" in pty) throw new Error(pty.message);
  const output = watch(pty);
  await output.next(mark);
  const timed = async (keys: string, shown: string | undefined) => {
    const before = performance.now();
    const next = shown === undefined ? undefined : output.next(shown);
    await pty.write(keys);
    await next;
    return performance.now() - before;
  };
  return {
    started: performance.now() - start,
    line: (text) => timed(`${text}\r`, mark),
    key: (key) => timed(key, key === killLine ? undefined : key),
    size: () => sizeOf(guarded ? childOf(pty.pid) : pty.pid),
    leave: async () => {
      // Not a hang-up: one that comes just before readline waits for a key is heard with the next key.
      await pty.write(`${killLine}exit\r`);
      await pty.exited;
      if (kept === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

function watch(pty: Pty): { next(shown: string): Promise<void> } {
  let text = "";
  let wanted = mark;
  let ready = (): void => {};
  pty.output.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const at = text.indexOf(wanted);
    if (at < 0) return;
    text = text.slice(at + wanted.length);
    ready();
  });
  return {
    next: (shown) =>
      new Promise((resolve) => {
        wanted = shown;
        ready = resolve;
      }),
  };
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ")[0]);
}

function sizeOf(pid: number): { readonly memory: number; readonly descriptors: number } {
  const memory = Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return { memory, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

export type ShellName = "bash" | "zsh";

/** Sorted milliseconds of the shell alone and with the gate. */
export interface Pair {
  readonly plain: readonly number[];
  readonly guarded: readonly number[];
}

/** One line with so many commands that the gate before it is next to nothing. */
const loop = "for ((i = 0; i < 200000; i++)); do :; done";
const loops = 20;

/** Lines, keys and loops of both, by turns, so that what else the machine does falls on both. */
export async function latencies(shell: ShellName, count: number): Promise<{ readonly lines: Pair; readonly keys: Pair; readonly loops: Pair }> {
  const both = [await startShell(shell, false), await startShell(shell, true)] as const;
  const lines = await byTurns(both, count, (each, index) => each.line(`: line ${index}`));
  const keys = await byTurns(both, count, (each, index) => each.key(index % 60 === 59 ? killLine : index % 2 === 0 ? "x" : "z"));
  const looped = await byTurns(both, loops, (each) => each.line(`${killLine}${loop}`), 2);
  await Promise.all(both.map((each) => each.leave()));
  return { lines, keys, loops: looped };
}

type Measure = (shell: Shell, index: number) => Promise<number>;

async function byTurns([plain, guarded]: readonly [Shell, Shell], count: number, measure: Measure, warmUp = 50): Promise<Pair> {
  const pairs: [number, number][] = [];
  for (let index = 0; index < count + warmUp; index++) pairs.push([await measure(plain, index), await measure(guarded, index)]);
  const sorted = (part: 0 | 1) =>
    pairs
      .slice(warmUp)
      .map((pair) => pair[part])
      .sort((left, right) => left - right);
  return { plain: sorted(0), guarded: sorted(1) };
}

/**
 * From the start to the first prompt, and of `node -e 0`, by turns too. In a home that has been used: the first session in one also
 * makes the runtime layer's directory.
 */
export async function startUps(shell: ShellName, rounds: number): Promise<Pair & { readonly node: readonly number[] }> {
  const times: { plain: number[]; guarded: number[]; node: number[] } = { plain: [], guarded: [], node: [] };
  const home = mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
  await (await startShell(shell, true, home)).leave();
  for (let round = 0; round < rounds; round++) {
    const before = performance.now();
    spawnSync(process.execPath, ["-e", "0"], { env: {}, stdio: "ignore" });
    times.node.push(performance.now() - before);
    for (const guarded of [false, true]) {
      const started = await startShell(shell, guarded, home);
      times[guarded ? "guarded" : "plain"].push(started.started);
      await started.leave();
    }
  }
  rmSync(home, { recursive: true, force: true });
  const ascending = (left: number, right: number) => left - right;
  return { plain: times.plain.sort(ascending), guarded: times.guarded.sort(ascending), node: times.node.sort(ascending) };
}

export interface Growth {
  /** Kilobytes of memory, and open descriptors. */
  readonly memory: number;
  readonly descriptors: number;
}

/** Of one session in so many lines, after it has warmed up. */
export async function growth(shell: ShellName, count: number): Promise<Growth> {
  const started = await startShell(shell, true);
  const type = async (lines: number) => {
    for (let index = 0; index < lines; index++) await started.line(index % 10 === 0 ? `ssh host.invalid reboot ${index}` : `: line ${index}`);
  };
  await type(2000);
  const before = started.size();
  await type(count);
  const after = started.size();
  await started.leave();
  return { memory: after.memory - before.memory, descriptors: after.descriptors - before.descriptors };
}
