import { createHash } from "node:crypto";
import { copyFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { type Exit, openPty, type Pty, type PtyOptions } from "../../src/session/pty.ts";
import { scratch } from "../scratch.ts";
import { bytes, isRunning, until } from "../stage/watch.ts";

const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/", LC_ALL: "C.UTF-8", TERM: "xterm" };

async function bash(command: string, options: Partial<PtyOptions> = {}): Promise<Pty> {
  const pty = await openPty({ file: "/bin/bash", args: ["-c", command], env, cwd: "/", columns: 80, rows: 24, ...options });
  if ("failure" in pty) throw new Error(pty.message);
  return pty;
}

async function run(command: string, options?: Partial<PtyOptions>): Promise<Exit & { readonly text: string }> {
  const pty = await bash(command, options);
  const text = (await bytes(pty)).toString("utf8");
  return { text, ...(await pty.exited) };
}

async function inParallel(total: number, atOnce: number, task: () => Promise<void>): Promise<void> {
  let left = total;
  const worker = async () => {
    while (left-- > 0) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const digest = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

describe("nothing is lost", () => {
  // AUTOBOT_SH_PTY_RUNS=1000 is the full check, some four minutes.
  const runs = Number(process.env["AUTOBOT_SH_PTY_RUNS"] ?? 100);
  const complete = digest(Buffer.from(Array.from({ length: 200_000 }, (_, index) => `${index + 1}\r\n`).join("")));

  it.each([1, 8])(`${runs} runs of seq 1 200000, %i at a time, are complete and exit 7`, { timeout: runs * 2_000 }, async (atOnce) => {
    const wrong: unknown[] = [];
    await inParallel(runs, atOnce, async () => {
      const pty = await bash("seq 1 200000; exit 7");
      const output = await bytes(pty);
      const exit = await pty.exited;
      if (digest(output) !== complete || exit.status !== 7 || exit.signal !== undefined) wrong.push([output.length, exit]);
    });
    expect(wrong).toEqual([]);
  });

  it("a reader that pauses gets every byte", { timeout: 30_000 }, async () => {
    const pty = await bash("seq 1 200000; exit 7");
    const chunks: Buffer[] = [];
    let read = 0;
    for await (const chunk of pty.output) {
      chunks.push(chunk);
      const before = read;
      read += chunk.length;
      if (Math.floor(before / 262_144) !== Math.floor(read / 262_144)) await delay(300);
    }
    expect(digest(Buffer.concat(chunks))).toBe(complete);
    expect(await pty.exited).toEqual({ status: 7 });
  });

  it("output without a newline before the exit is read", async () => {
    expect(await run("printf 'no newline'; exit 3")).toEqual({ text: "no newline", status: 3 });
  });

  it("two lines typed ahead of read arrive", async () => {
    const pty = await bash('sleep 0.2; read a; read b; echo "<$a|$b>"');
    await pty.write("one\ntwo\n");
    expect((await bytes(pty)).toString()).toContain("<one|two>");
  });

  it("256 byte values pass unchanged in raw mode, both ways", async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const pty = await bash("stty raw -echo; printf ready; exec head -c 256");
    await until(pty, "ready");
    await pty.write(all);
    expect(await bytes(pty)).toEqual(all);
  });

  it("a paste of 1 MB waits for a sleeping reader, without stopping us or spinning", { timeout: 20_000 }, async () => {
    const paste = Buffer.alloc(1_000_000, "0123456789abcdefghijklmnopqrstuvwxyz\0\r\x03\xff", "latin1");
    const pty = await bash(`stty raw -echo; printf ready; sleep 1; head -c ${paste.length} | sha256sum`);
    await until(pty, "ready");
    const lag = monitorEventLoopDelay({ resolution: 5 });
    const before = process.cpuUsage();
    lag.enable();
    const written = pty.write(paste);
    await delay(800);
    const used = process.cpuUsage(before);
    lag.disable();
    expect((await bytes(pty)).toString()).toContain(digest(paste));
    await written;
    expect(lag.max / 1e6).toBeLessThan(600);
    expect((used.user + used.system) / 1e3).toBeLessThan(400);
  });
});

describe("a slow reader", () => {
  it("stops the program instead of filling memory", { timeout: 20_000 }, async () => {
    const pty = await bash("exec yes 0123456789abcdef0123456789abcdef");
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let index = 0; index < 60; index++) {
      await delay(20);
      pty.output.read(4096);
      most = Math.max(most, pty.output.readableLength);
    }
    expect(most).toBeLessThan(256 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    pty.kill("SIGKILL");
    expect(await pty.exited).toEqual({ status: 137, signal: "SIGKILL" });
  });
});

describe("the exit", () => {
  it("100 runs of cat ended by ^D report no signal", { timeout: 60_000 }, async () => {
    const exits: Exit[] = [];
    await inParallel(100, 4, async () => {
      const pty = await bash("cat", { file: "/bin/cat", args: [] });
      await pty.write("x\n\x04");
      pty.output.resume();
      exits.push(await pty.exited);
    });
    expect(exits.filter(({ status, signal }) => status !== 0 || signal !== undefined)).toEqual([]);
  });

  it.each([0, 1, 2, 7, 63, 64, 125, 126, 127, 128, 129, 130, 137, 143, 192, 254, 255])("status %i is passed on", async (status) => {
    expect(await run(`exit ${status}`)).toEqual({ text: "", status });
  });

  it.each(["SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGPIPE", "SIGTERM", "SIGXFSZ", "SIGSYS"] as const)(
    "death by %s is a status of 128 + its number and its name",
    async (signal) => {
      const exit = await run(`ulimit -c 0; exec sh -c 'kill -${constants.signals[signal]} $$'`);
      expect(exit).toEqual({ text: "", status: 128 + constants.signals[signal], signal });
    },
  );

  it("a real-time signal has its number for a name", async () => {
    expect(await run("kill -40 $$")).toEqual({ text: "", status: 168, signal: "SIG40" });
  });

  it("comes at once although a background job holds the terminal", { timeout: 10_000 }, async () => {
    const started = Date.now();
    expect(await run("(trap '' HUP; exec sleep 8) & exit 3")).toEqual({ text: "", status: 3 });
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  it("comes although a background job goes on writing", async () => {
    const { status, text } = await run("trap '' HUP; yes & sleep 0.2; exit 4");
    expect(status).toBe(4);
    expect(text).toMatch(/^(y\r\n)+/);
  });

  it("makes later calls harmless", async () => {
    const pty = await bash("exit 0");
    pty.output.resume();
    await pty.exited;
    pty.kill("SIGKILL");
    pty.resize(100, 30);
    await pty.write("too late");
  });
});

describe("the terminal", () => {
  it("has the size asked for", async () => {
    expect((await run("stty size", { columns: 97, rows: 31 })).text).toBe("31 97\r\n");
  });

  it("is resized with a SIGWINCH", async () => {
    const pty = await bash("trap 'stty size; exit 0' WINCH; printf ready; while :; do sleep 0.05; done");
    await until(pty, "ready");
    pty.resize(132, 50);
    expect((await bytes(pty)).toString()).toBe("50 132\r\n");
  });

  it("knows that its input is UTF-8", async () => {
    expect((await run("stty -a")).text).toMatch(/[^-]iutf8/);
  });

  it("takes over the settings given, before the program runs", async () => {
    const { text: settings } = await run("stty erase ^H -ixany -iutf8; stty -g");
    const { text } = await run("stty -a", { settings: settings.trim() });
    expect(text).toContain("erase = ^H;");
    expect(text).toContain("-ixany");
    expect(text).toContain("-iutf8");
  });

  it("keeps exported functions of the environment with settings given", async () => {
    const { text: settings } = await run("stty -g");
    const exported = { ...env, "BASH_FUNC_f%%": "() { echo from f; }", BASH_ENV: "/nowhere" };
    const { text } = await run("f", { settings: settings.trim(), env: { ...exported, BASH_ENV: undefined } });
    expect(text).toBe("from f\r\n");
  });

  it("is the controlling one of a new session", async () => {
    expect((await run("[ $(ps -o sid= $$) -eq $$ ] && echo leader >/dev/tty")).text).toBe("leader\r\n");
  });

  it("turns ^C into SIGINT", async () => {
    const pty = await bash("trap 'exit 7' INT; printf ready; while :; do sleep 0.05; done");
    await until(pty, "ready");
    await pty.write("\x03");
    pty.output.resume();
    expect(await pty.exited).toEqual({ status: 7 });
  });

  it("hangs up when the output is destroyed", async () => {
    const pty = await bash("printf ready; exec sleep 30");
    await until(pty, "ready");
    pty.output.destroy();
    expect(await pty.exited).toEqual({ status: 129, signal: "SIGHUP" });
  });
});

describe("the program", () => {
  it("inherits no descriptor, also beside other terminals", async () => {
    const other = await bash("exec sleep 30");
    expect((await run("for fd in {3..300}; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; echo end")).text).toBe("end\r\n");
    other.kill("SIGTERM");
  });

  it("gets the environment given and no other", async () => {
    const { text } = await run("env", { file: "/usr/bin/env", args: [], env: { A: "1", B: undefined, C: "é" } });
    expect(
      text
        .split("\r\n")
        .filter((line) => /^[A-Z]=/.test(line))
        .sort(),
    ).toEqual(["A=1", "C=é"]);
    expect(text).not.toContain("HOME=");
  });

  it("starts in the directory given", async () => {
    expect((await run("pwd", { cwd: "/usr" })).text).toBe("/usr\r\n");
  });

  it("is found by name in the PATH given", async () => {
    expect((await run("", { file: "echo", args: ["by name"] })).text).toBe("by name\r\n");
  });

  it("is killed with the processes of its group", async () => {
    const pty = await bash("sleep 30 & echo $!; wait");
    const sleeper = Number.parseInt(await until(pty, "\n"), 10);
    pty.kill("SIGTERM");
    pty.output.resume();
    expect(await pty.exited).toEqual({ status: 143, signal: "SIGTERM" });
    await vi.waitFor(() => expect(isRunning(sleeper)).toBe(false), { timeout: 5_000 });
  });
});

describe("a terminal that cannot be had is a value", () => {
  const options: PtyOptions = { file: "/bin/true", args: [], env, cwd: "/", columns: 80, rows: 24 };

  it.each([
    ["no such program", { file: "/no/such/program" }, "cannot run `/no/such/program`"],
    ["no such name in PATH", { file: "no-such-name" }, "cannot run `no-such-name`"],
    ["a program that is not executable", { file: "/etc/passwd" }, "cannot run `/etc/passwd`"],
    ["no such directory", { cwd: join(scratch(), "gone") }, "cannot enter directory"],
  ])("%s", async (_title, change, message) => {
    const result = await openPty({ ...options, ...change });
    expect(result).toEqual({ failure: "not-found", message: expect.stringContaining(message) });
  });

  it("the native module is not there", async () => {
    const program = join(scratch(), "terminal.mjs");
    copyFileSync(join(import.meta.dirname, "..", "..", "dist", "terminal.js"), program);
    const pty = await openPty({ ...options, file: process.execPath, args: [program, "bash", "-c", "echo ran"] });
    if ("failure" in pty) throw new Error(pty.message);
    const shown = (await bytes(pty)).toString();
    expect([(await pty.exited).status, shown]).toEqual([125, expect.stringContaining("cannot make a terminal: Cannot find module '@lydell/node-pty'")]);
    expect(shown).not.toContain("ran\r");
  });
});
