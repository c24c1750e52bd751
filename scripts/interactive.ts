// What the gate costs a person: from Enter to the next prompt, line by line, in autobot-sh and in the shell alone; and how
// a session grows.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPty, type Pty } from "../src/shell/pty.ts";

export interface Latency {
  /** Milliseconds from Enter to the next prompt, of each line, sorted. */
  readonly times: readonly number[];
}

const mark = "#ready#";
const root = process.cwd();

export interface Shell {
  /** Types a line; the milliseconds to the next prompt. */
  line(text: string): Promise<number>;
  /** Memory in kilobytes and open descriptors of the session itself. */
  size(): { readonly memory: number; readonly descriptors: number };
  leave(): Promise<void>;
}

export async function startShell(shell: "bash" | "zsh", guarded: boolean): Promise<Shell> {
  const home = mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
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
  const pty = await openPty({ file: guarded ? join(root, "bin", "autobot-sh") : `/bin/${shell}`, args: [], env, cwd: home, columns: 100, rows: 30 });
  if ("failure" in pty) throw new Error(pty.message);
  const prompts = promptCounter(pty);
  await prompts.next();
  return {
    line: async (text) => {
      const started = performance.now();
      const next = prompts.next();
      await pty.write(`${text}\r`);
      await next;
      return performance.now() - started;
    },
    size: () => sizeOf(guarded ? childOf(pty.pid) : pty.pid),
    leave: async () => {
      pty.kill("SIGHUP");
      await pty.exited;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function promptCounter(pty: Pty): { next(): Promise<void> } {
  let text = "";
  let ready = (): void => {};
  pty.output.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const at = text.indexOf(mark);
    if (at < 0) return;
    text = text.slice(at + mark.length);
    ready();
  });
  return {
    next: () =>
      new Promise((resolve) => {
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

/** Lines of both, by turns, so that what else the machine does falls on both. */
export async function latencies(shell: "bash" | "zsh", lines: number): Promise<{ readonly plain: readonly number[]; readonly guarded: readonly number[] }> {
  const [plain, guarded] = [await startShell(shell, false), await startShell(shell, true)];
  const times: { plain: number[]; guarded: number[] } = { plain: [], guarded: [] };
  for (let index = 0; index < lines + 50; index++) {
    const line = `: line ${index}`;
    const pair = [await plain.line(line), await guarded.line(line)] as const;
    if (index < 50) continue;
    times.plain.push(pair[0]);
    times.guarded.push(pair[1]);
  }
  await Promise.all([plain.leave(), guarded.leave()]);
  const ascending = (left: number, right: number) => left - right;
  return { plain: times.plain.sort(ascending), guarded: times.guarded.sort(ascending) };
}
