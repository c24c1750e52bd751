// What the person at a terminal, or the program at a pipe, can tell about a command: through autobot-sh as from bash itself.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { openPty, type Pty, type PtyOptions } from "../../src/session/pty.ts";
import { autobotSh, environment, run, scratch } from "../stage/run.ts";
import { bytes, isRunning, until } from "../stage/watch.ts";

const env = { ...environment, TERM: "xterm", PS1: "$ " };

async function start(file: string, args: readonly string[], options: Partial<PtyOptions> = {}): Promise<Pty> {
  const pty = await openPty({ file, args, env, cwd: "/", columns: 97, rows: 31, ...options });
  if ("failure" in pty) throw new Error(pty.message);
  return pty;
}

/** The shell itself, as the first program on a new terminal. */
const command = (shell: string, text: string): Promise<Pty> => start(shell, ["-c", text]);

/** A bash on a terminal of its own that calls the shell as `$W`. */
const caller = (shell: string, text: string): Promise<Pty> => start("/bin/bash", ["-c", text], { env: { ...env, W: shell } });

/** A person's bash, in which the shell is `$W`. */
const person = (shell: string): Promise<Pty> => start("/bin/bash", ["--norc", "--noprofile", "-i"], { env: { ...env, W: shell } });

const text = async (pty: Pty): Promise<string> => (await bytes(pty)).toString();

/** `7`, or the name of the signal that it died of. */
async function end(pty: Pty): Promise<number | string> {
  pty.output.resume();
  const { status, signal } = await pty.exited;
  return signal ?? status;
}

const digest = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");

/** Types once `mark` is on the screen, and says how it ended. */
async function typed(pty: Pty, mark: string, keys: string): Promise<number | string> {
  await until(pty, mark);
  await pty.write(keys);
  return end(pty);
}

/** A pipeline or list of bash, without a terminal, that calls the shell as `$W`. */
const piped = (shell: string, text: string): string => run("/bin/bash", ["-c", text], { env: { W: shell } }).stdout;

const values = Array.from({ length: 256 }, (_, value) => value);
const allBytes = Buffer.from(values);
const statuses = [0, 1, 2, 7, 64, 100, 124, 125, 126, 127, 128, 129, 130, 137, 141, 143, 200, 254, 255];
const numbers = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\r\n`).join("");
const binary = randomBytes(1_000_000);
const whichAreTerminals = "for fd in 0 1 2; do [[ -t $fd ]] && printf t || printf -- -; done";

type Check = (shell: string) => unknown;

/** Bash's answer is written down, so that a check which cannot tell anything apart is noticed. */
const both = async (expected: unknown, check: Check): Promise<void> => {
  expect(await Promise.all([check("/bin/bash"), check(autobotSh)])).toEqual([expected, expected]);
};

vi.setConfig({ testTimeout: 30_000 });

describe("how it ends", () => {
  it("exit statuses", () =>
    both(statuses, async (shell) => (await text(await caller(shell, `for n in ${statuses.join(" ")}; do "$W" -c "exit $n"; echo $?; done`))).trim().split("\r\n").map(Number)));

  it.each<readonly [number, string | number]>([
    [1, "SIGHUP"],
    [2, "SIGINT"],
    [3, 0],
    [4, "SIGILL"],
    [6, "SIGABRT"],
    [8, "SIGFPE"],
    [9, "SIGKILL"],
    [10, "SIGUSR1"],
    [11, "SIGSEGV"],
    [12, "SIGUSR2"],
    [13, "SIGPIPE"],
    [14, "SIGALRM"],
    [15, "SIGTERM"],
    [24, "SIGXCPU"],
    [25, "SIGXFSZ"],
    [31, "SIGSYS"],
  ])("kill -%i $$", (signal, how) => both(how, async (shell) => end(await command(shell, `ulimit -c 0; kill -${signal} $$; exit 0`))));

  it("TERM sent to it", () =>
    both("SIGTERM", async (shell) => {
      const pty = await command(shell, "echo ready; sleep 100 & wait");
      await until(pty, "ready");
      process.kill(pty.pid, "SIGTERM");
      return end(pty);
    }));

  it("USR1 sent to it, with a trap", () =>
    both(9, async (shell) => {
      const pty = await command(shell, "trap 'exit 9' USR1; echo ready; while :; do sleep 0.02; done");
      await until(pty, "ready");
      process.kill(pty.pid, "SIGUSR1");
      return end(pty);
    }));

  it("killed, it leaves nothing running", () =>
    both(["SIGKILL", false], async (shell) => {
      const pty = await command(shell, "sleep 300 & echo pid=$!.; wait");
      const child = Number(/pid=(\d+)\./.exec(await until(pty, "."))?.[1]);
      process.kill(pty.pid, "SIGKILL");
      const how = await end(pty);
      await vi.waitFor(() => expect(isRunning(child)).toBe(false));
      return [how, isRunning(child)];
    }));

  it("its process group killed, it leaves nothing running", () =>
    both(["SIGTERM", false], async (shell) => {
      const pty = await command(shell, "sleep 300 | sleep 300 & echo pid=$!.; wait");
      const child = Number(/pid=(\d+)\./.exec(await until(pty, "."))?.[1]);
      pty.kill("SIGTERM");
      const how = await end(pty);
      await vi.waitFor(() => expect(isRunning(child)).toBe(false));
      return [how, isRunning(child)];
    }));

  it("the terminal is closed", () =>
    both([5, "hung up\n"], async (shell) => {
      const file = join(scratch(), "said");
      const pty = await command(shell, `trap 'echo hung up >${file}; exit 5' HUP; echo ready; while :; do sleep 0.02; done`);
      await until(pty, "ready");
      pty.output.destroy();
      const { status } = await pty.exited;
      return [status, readFileSync(file, "utf8")];
    }));

  it.each([
    ["with closed descriptors", "sleep 300 <&- >&- 2>&- & echo pid=$!."],
    ["that holds the terminal", "sleep 300 & echo pid=$!."],
  ])("a background job %s is not waited for", (_, job) =>
    both(0, async (shell) => {
      const pty = await command(shell, job);
      const child = Number(/pid=(\d+)\./.exec(await until(pty, "."))?.[1]);
      const how = await end(pty);
      if (isRunning(child)) process.kill(child);
      return how;
    }),
  );

  it("a nohup job survives it", () =>
    both([0, true], async (shell) => {
      // nohup has ignored the signal once it has become sleep.
      const pty = await command(shell, "nohup sleep 300 >/dev/null 2>&1 & until [[ $(</proc/$!/comm) == sleep ]]; do :; done; echo pid=$!.");
      const child = Number(/pid=(\d+)\./.exec(await until(pty, "."))?.[1]);
      const how = await end(pty);
      await delay(50);
      const survived = isRunning(child);
      if (survived) process.kill(child);
      return [how, survived];
    }));
});

describe("on a terminal", () => {
  it("standard input, output and error are it, with its size", () => both("ttt31 97\r\n", async (shell) => text(await command(shell, `${whichAreTerminals}; stty size`))));

  it("a new size reaches it while it runs", () =>
    both("50 132", async (shell) => {
      const pty = await command(shell, "trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.02; done");
      await until(pty, "ready");
      pty.resize(132, 50);
      return (await text(pty)).trim();
    }));

  it.each<readonly [string, string, string, number | string]>([
    ["^C with a trap", "trap 'exit 7' INT; echo ready; while :; do sleep 0.02; done", "\x03", 7],
    ["^C on a command", "echo ready; sleep 100", "\x03", "SIGINT"],
    ["^C on a pipeline", "echo ready; yes | cat >/dev/null", "\x03", "SIGINT"],
    ["^D ends what reads", "echo ready; cat >/dev/null; exit 4", "\x04", 4],
  ])("%s", (_, program, keys, how) => both(how, async (shell) => typed(await command(shell, program), "ready", keys)));

  it("^\\ ends the command, not the list", () =>
    both(["AFTER", 0], async (shell) => {
      const pty = await command(shell, "ulimit -c 0; sh -c 'echo ready; exec sleep 20'; echo AFTER");
      await until(pty, "ready");
      await pty.write("\x1c");
      return [/AFTER/.exec(await text(pty))?.[0], (await pty.exited).status];
    }));

  it("lines typed ahead are kept", () =>
    both("<one|two>", async (shell) => {
      const pty = await command(shell, 'read a; read b; echo "<$a|$b>"');
      await pty.write("one\ntwo\n");
      return /<.*>/.exec(await text(pty))?.[0];
    }));

  it("256 byte values pass in raw mode, both ways", () =>
    both([values, 16_384, digest(Buffer.concat(Array.from({ length: 64 }, () => allBytes)))], async (shell) => {
      const pty = await command(
        shell,
        "stty raw -echo; printf ready; dd bs=1 count=256 2>/dev/null | { tee /dev/fd/3 | od -An -v -tu1 >&2; } 3>/dev/null; printf end; head -c 16384",
      );
      await until(pty, "ready");
      await pty.write(allBytes);
      const read = (await until(pty, "end")).split("end")[0] ?? "";
      await pty.write(Buffer.concat(Array.from({ length: 64 }, () => allBytes)));
      const back = await bytes(pty);
      return [read.trim().split(/\s+/).map(Number), back.length, digest(back)];
    }));

  it("5 MB of output are complete", () =>
    both([5_000_000, "#"], async (shell) => {
      const output = await text(await command(shell, "head -c 5000000 /dev/zero | tr '\\0' '#'"));
      return [output.length, [...new Set(output)].join("")];
    }));

  it("output waits for a reader that sleeps", () =>
    both(digest(numbers), async (shell) => {
      const pty = await command(shell, "seq 1 200000");
      await delay(1000);
      return digest(await bytes(pty));
    }));

  it("output without a newline before the end is there", () => both("tail", async (shell) => text(await command(shell, "printf tail"))));

  it("^S holds the output, ^Q lets it go on", () =>
    both([true, digest(numbers)], async (shell) => {
      const pty = await command(shell, "stty -echo -ixany; echo ready; read; seq 1 200000");
      await until(pty, "ready\r\n");
      await pty.write("\x13\n");
      await delay(300);
      const isHeld = pty.output.read() === null;
      await pty.write("\x11");
      return [isHeld, digest(await bytes(pty))];
    }));

  const settings = "stty -a | tr ' ;' '\\n\\n' | grep -E '^-?(echo|icanon)$' | sort | tr '\\n' ' '";

  it.each([
    ["settings that it changes stay changed", "stty -echo -icanon", "-echo -icanon "],
    ["settings are untouched when it is killed", "kill -9 $$", "echo icanon "],
  ])("%s", (_, program, expected) =>
    both(expected, async (shell) => (await text(await caller(shell, `exec 2>/dev/null; "$W" -c '${program}'; ${settings}`))).replace(/^Killed\r\n/, "")),
  );

  const vim = ["vim", "vim.tiny"].find((name) => existsSync(`/usr/bin/${name}`));
  it.skipIf(vim === undefined)("vim edits, and leaves the terminal as it was", () =>
    both(["äöü€\n", true], async (shell) => {
      const file = join(scratch(), "edited");
      const pty = await caller(shell, `before=$(stty -g); "$W" -c '${vim} -Nu NONE -n -i NONE ${file}'; [[ $(stty -g) == "$before" ]] && echo unchanged`);
      await until(pty, "~");
      await pty.write("iäöü€\x1b:wq\r");
      const rest = await text(pty);
      return [readFileSync(file, "utf8"), rest.includes("unchanged")];
    }),
  );

  it("is its caller's child, in its caller's session", () =>
    both("yes yes\r\n", async (shell) =>
      text(await caller(shell, `"$W" -c '[[ $PPID == "$1" ]] && printf "yes "; [[ $(ps -o sid= -p $$) == $(ps -o sid= -p "$1") ]] && echo yes' W $$; exit`)),
    ));

  it("autobot-sh inside autobot-sh", () => both("97 7\r\n", async (shell) => text(await caller(shell, `"$W" -c '"$W" -c '\\''printf "%s " $(tput cols); exit 7'\\'; echo $?`))));
});

describe("job control of an interactive bash", () => {
  it("^Z stops it, bg and fg resume it", () =>
    both(["Stopped", "Running", "status 0"], async (shell) => {
      const pty = await person(shell);
      await pty.write(`"$W" -c 'echo rea""dy; sleep 1.5; echo do""ne'\n`);
      await until(pty, "ready");
      await pty.write("\x1a");
      const stopped = /Stopped/.exec(await until(pty, "Stopped"))?.[0];
      await pty.write("bg; jobs\n");
      const running = /Running/.exec(await until(pty, "Running"))?.[0];
      await pty.write('fg; echo "status"" $?"\n');
      const status = /status \d+/.exec(await until(pty, "status "))?.[0] ?? /\d+/.exec(await until(pty, "\n"))?.[0];
      await pty.write("exit\n");
      await end(pty);
      return [stopped, running, status];
    }));

  it("reading the terminal in the background stops it", () =>
    both(["Stopped (tty input)", "got hello"], async (shell) => {
      const pty = await person(shell);
      await pty.write(`"$W" -c 'read x; echo "got"" $x"' &\n`);
      await pty.write('until jobs -l >/tmp/jobs.$$ && grep -q Stopped /tmp/jobs.$$; do sleep 0.02; done; cat /tmp/jobs.$$; rm /tmp/jobs.$$; echo e""nd\n');
      const stopped = /Stopped \(tty \w+\)/.exec(await until(pty, "end"))?.[0];
      await pty.write("fg\nhello\n");
      const got = /got hello/.exec(await until(pty, "got hello"))?.[0];
      await pty.write("exit\n");
      await end(pty);
      return [stopped, got];
    }));
});

describe("on pipes", () => {
  it("output and error are apart, as they were written", () =>
    both(["out\n", "err\n"], (shell) => ["stdout", "stderr"].map((stream) => run(shell, ["-c", "echo out; echo err >&2"])[stream as "stdout" | "stderr"])));

  it("1 MB of any bytes through cat", () => both(digest(binary), (shell) => piped(shell, `"$W" -c cat <${file()} | sha256sum`).split(" ")[0]));

  it("no terminal is invented", () => both("---", (shell) => piped(shell, `"$W" -c '${whichAreTerminals}' </dev/null 2>&1 | cat`)));

  it("what it does not read is left", () => both("b\nc\n", (shell) => piped(shell, `printf 'a\\nb\\nc\\n' | { "$W" -c 'read x'; cat; }`)));

  it("a reader that goes away ends it", () => both("y\ny\n141 0\n", (shell) => piped(shell, '"$W" -c yes | head -2; echo "${PIPESTATUS[*]}"')));

  it("a pipe among terminals stays one", () => both("t-t", async (shell) => (await text(await caller(shell, `"$W" -c '${whichAreTerminals}' | cat`))).trim()));

  it("with input from a pipe the terminal can still be read", () =>
    both("-tt <typed>", async (shell) => {
      const pty = await caller(shell, `stty -echo; echo piped | "$W" -c '${whichAreTerminals}; read x </dev/tty; echo " <$x>"'`);
      await pty.write("typed\n");
      return /-tt.*>/.exec(await text(pty))?.[0];
    }));

  it("50 at once", () => both("50\n", (shell) => piped(shell, 'for ((n = 0; n < 50; n++)); do "$W" -c "echo $n" & done | sort -n | uniq | wc -l; wait')));
});

function file(): string {
  const path = join(scratch(), "binary");
  run("/bin/bash", ["-c", `cat >${path}`], { input: binary });
  return path;
}
