import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { build } from "esbuild";
import { beforeAll, expect, it, vi } from "vitest";
import { openPty, type Pty } from "../../src/session/pty.ts";
import { scratch } from "../scratch.ts";
import { bytes, isRunning, until } from "../stage/watch.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "node_modules/.cache/autobot-sh");
const onTerminal = join(folder, "on-terminal.mjs");
const atEnd = join(folder, "at-end.mjs");

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const contents = `
    import { runOnTerminal } from "./src/session/terminal.ts";
    const [, , ...args] = process.argv;
    const exit = await runOnTerminal({ file: process.env.FILE ?? "/bin/bash", args: ["-c", ...args], env: process.env, cwd: process.cwd() });
    if (exit.signal === "SIGHUP") process.kill(process.pid, exit.signal);
    else console.log(JSON.stringify(exit));
  `;
  await bundle(contents, onTerminal);
  await bundle(
    'import { isatty } from "node:tty"; import { endAs } from "./src/session/attended.ts"; const look = setInterval(() => { if (!isatty(0)) { clearInterval(look); endAs({ status: 3 }); } }, 20); console.log("ready");',
    atEnd,
  );
});

async function bundle(contents: string, outfile: string): Promise<void> {
  await build({ stdin: { contents, resolveDir: root, loader: "ts" }, outfile, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error" });
}

/** A bash on a terminal of its own, in which `on CMD` runs CMD on that terminal as the person at it would see. */
async function terminal(script: string): Promise<Pty> {
  const env = { PATH: "/usr/bin:/bin", TERM: "xterm", LC_ALL: "C.UTF-8" };
  const text = `on() { ${process.execPath} ${onTerminal} "$@"; }\n${script}`;
  const pty = await openPty({ file: "/bin/bash", args: ["-c", text], env, cwd: "/", columns: 97, rows: 31 });
  if ("failure" in pty) throw new Error(pty.message);
  return pty;
}

async function rest(pty: Pty): Promise<string> {
  return (await bytes(pty)).toString();
}

const seen = async (script: string): Promise<string> => rest(await terminal(script));

it("the program sees a terminal of the same size", async () => {
  expect(await seen("on 'test -t 0 && test -t 1 && test -t 2 && stty size'")).toBe('31 97\r\n{"status":0}\r\n');
});

it("its exit status comes back", async () => {
  expect(await seen("on 'exit 7'")).toBe('{"status":7}\r\n');
  expect(await seen("on 'kill -9 $$'")).toBe('{"status":137,"signal":"SIGKILL"}\r\n');
});

it("it finds the settings that the person's terminal has", async () => {
  expect(await seen("stty erase ^H -ixany; on 'stty -a'")).toMatch(/erase = \^H;.*-ixany/s);
});

it("what it writes is passed on byte for byte", async () => {
  expect(await seen("on 'stty -opost; printf \"a\\nb\\r\\ttail\"'")).toBe('a\nb\r\ttail{"status":0}\r\n');
});

it("1.4 MB through two terminals are complete", { timeout: 20_000 }, async () => {
  const lines = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\r\n`).join("");
  expect(await seen("on 'seq 1 200000; exit 7'")).toBe(`${lines}{"status":7}\r\n`);
});

it("keys reach it, ^C as SIGINT", async () => {
  const pty = await terminal('on \'trap "exit 5" INT; read line; echo "<$line>"; while :; do sleep 0.05; done\'');
  await delay(300);
  await pty.write("héllo\n");
  await until(pty, "<héllo>");
  await pty.write("\x03");
  expect(await rest(pty)).toContain('{"status":5}');
});

it("a new size of the person's terminal reaches it", async () => {
  const pty = await terminal("on 'trap \"stty size; exit 0\" WINCH; echo ready; while :; do sleep 0.05; done'");
  await until(pty, "ready");
  pty.resize(132, 50);
  expect(await rest(pty)).toContain("50 132");
});

it.each([
  ["it exits", "on 'stty -echo raw; exit 0'", '{"status":0}'],
  ["it is killed", "on 'stty -echo; kill -9 $$'", '{"status":137,"signal":"SIGKILL"}'],
  ["it cannot be started", "FILE=/no/such on true", '{"failure":"not-found","message":"cannot run `/no/such`"}'],
])("the person's terminal is put back when %s", async (_title, command, result) => {
  const text = await seen(`stty erase ^H; before=$(stty -g); ${command}; [ "$before" = "$(stty -g)" ] && echo same`);
  expect(text).toBe(`${result}\r\nsame\r\n`);
});

it("SIGTERM to us reaches it, and the terminal is put back", async () => {
  const pty = await terminal('before=$(stty -g); on \'trap "echo asked; exit 9" TERM; echo ready $PPID; while :; do sleep 0.05; done\'; [ "$before" = "$(stty -g)" ] && echo same');
  const us = Number(/ready (\d+)/.exec(await until(pty, "\n"))?.[1]);
  process.kill(us, "SIGTERM");
  expect(await rest(pty)).toMatch(/asked\r\n\{"status":9\}\r\nsame\r\n$/);
});

it("what ends after its terminal was closed has the status that it is to have", async () => {
  const status = join(scratch(), "status");
  const pty = await terminal(`trap : HUP; ${process.execPath} ${atEnd}; echo $? >${status}`);
  await until(pty, "ready");
  pty.output.destroy();
  await vi.waitFor(() => expect(readFileSync(status, "utf8")).toBe("3\n"), { timeout: 20_000 });
});

it("nothing is left running when the person's terminal is closed, and we die as told", async () => {
  const status = join(scratch(), "status");
  const pty = await terminal(`trap : HUP; on 'trap "exit 3" HUP; echo ready $$ $PPID; while :; do sleep 0.05; done'; echo $? >${status}`);
  const [, program, us] = (/ready (\d+) (\d+)/.exec(await until(pty, "\n")) ?? []).map(Number);
  pty.output.destroy();
  for (const pid of [program, us]) {
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5_000 });
  }
  await vi.waitFor(() => expect(readFileSync(status, "utf8")).toBe("129\n"));
});

it("it inherits none of the caller's other descriptors", async () => {
  const fds = "for fd in {3..300}; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; echo end";
  expect(await seen(`exec 5</etc/passwd 20</etc/passwd 33>/dev/null; on '${fds}'`)).toBe('end\r\n{"status":0}\r\n');
});

it("without a terminal there is a failure, not a program", () => {
  const { stdout } = spawnSync(process.execPath, [onTerminal, "echo ran"], { encoding: "utf8", stdio: ["pipe", "pipe", "inherit"] });
  expect(JSON.parse(stdout)).toEqual({ failure: "unavailable", message: "standard input and output are not a terminal\nfor output alone, give the command: `-c COMMAND`" });
});
