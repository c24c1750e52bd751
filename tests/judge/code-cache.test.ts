// A code cache makes the judge faster and nothing else: whatever stands in its place, the answer is the same.

import { spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sessionStart } from "../../src/session/start.ts";
import { person } from "../stage/person.ts";
import { autobotSh, environment, installation, launcherInBash, root, run, scratch } from "../stage/run.ts";
import { descendants } from "../stage/watch.ts";

const permitted = "true | xargs echo ran";
const refused = "ssh autobot@172.16.168.21 'vim /etc/hosts'";

function answers(copy: string) {
  const start = (line: string) => run(join(copy, "bin", "autobot-sh"), ["-c", line]);
  const { status, stdout, stderr } = start(permitted);
  return [status, stdout, stderr, start(refused).status];
}
const right = [0, "ran\n", "", 126];

const core = (copy: string) => join(copy, "dist", "judge", "core.js.cache");

/** One that has been started once, so that it has caches. */
function started(): string {
  const copy = installation();
  run(join(copy, "bin", "autobot-sh"), ["-c", permitted]);
  return copy;
}

function wordsOf(pid: number): readonly string[] {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
}

describe("a code cache", () => {
  it("is made for every piece by the first command, and then kept", () => {
    const copy = started();
    const pieces = readdirSync(join(copy, "dist", "judge"));
    expect(pieces.filter((name) => name.endsWith(".js") && !pieces.includes(`${name}.cache`))).toEqual([]);
    const made = statSync(core(copy)).mtimeMs;
    expect(answers(copy)).toEqual(right);
    expect(statSync(core(copy)).mtimeMs).toBe(made);
  });

  it("is made by the first session too", { timeout: 60_000 }, async () => {
    const copy = installation();
    copyFileSync(join(root, "dist", "session.cjs"), join(copy, "dist", "session.cjs"));
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const me = await person({ command: [join(copy, "bin", "autobot-sh")] });
    try {
      await me.until("the caches", () => existsSync(core(copy)) && existsSync(join(copy, "dist", "judge", "session.js.session.cache")));
      expect(await me.line("echo still here")).toBe("0");
    } finally {
      me.leave();
    }
  });

  it.each([autobotSh, launcherInBash])("is there after a build, for the options of %s", (launcher) => {
    const made = statSync(core(root)).mtimeMs;
    expect(run(launcher, ["-c", refused]).status).toBe(126);
    expect(statSync(core(root)).mtimeMs).toBe(made);
  });

  it("is there after a build for sessions too, which all start with its options", async () => {
    const pieces = readdirSync(join(root, "dist", "judge"));
    expect(pieces.filter((name) => name.endsWith(".js") && !pieces.includes(`${name}.session.cache`))).toEqual([]);
    const [, ...options] = sessionStart(join(root, "dist", "judge.cjs"));
    const [session = "", key] = [options.pop(), readFileSync(join(root, "dist", "judge", "core.js.session.cache"), "latin1").slice(0, 256)];
    expect(key).toContain(` ${process.versions.v8} ${options.join(" ")} `);
    for (const launcher of [autobotSh, launcherInBash]) {
      const me = await person({ command: [launcher] });
      const start = () =>
        descendants(me.pid)
          .map(wordsOf)
          .find((words) => words.includes(session));
      await me.until("the session", () => start() !== undefined);
      expect(start()?.slice(1, options.length + 3)).toEqual([...options, session, "shell"]);
      me.leave();
    }
    expect(readFileSync(join(root, "libexec", "shim.bash"), "utf8")).toContain(` ${options.join(" ")} "$autobot_root/dist/session.cjs" remote`);
  });

  // A function that no rehearsal has called is not in it: 656 bytes, then.
  it.each(["hook", "refusal"])("holds the functions of what an agent waits for: %s", (piece) => {
    const [source, cache] = ["js", "js.cache"].map((end) => statSync(join(root, "dist", "judge", `${piece}.${end}`)).size);
    expect(cache).toBeGreaterThan((source ?? 0) / 2);
  });

  const damaged = (change: (bytes: Buffer) => Buffer) => (copy: string) => writeFileSync(core(copy), change(readFileSync(core(copy))));
  it.each<readonly [string, (copy: string) => void]>([
    ["is empty", damaged(() => Buffer.alloc(0))],
    ["is no cache", damaged(() => Buffer.from("not a cache\n".repeat(100)))],
    ["is cut off", (copy) => truncateSync(core(copy), 100_000)],
    ["is cut off behind its key", (copy) => truncateSync(core(copy), 256)],
    ["has other bytes in it", damaged((bytes) => bytes.fill(0x55, bytes.length / 2, bytes.length / 2 + 500))],
    ["is another piece's", (copy) => writeFileSync(core(copy), readFileSync(join(copy, "dist", "judge", "git.js.cache")))],
    ["is another node's", damaged((bytes) => Buffer.from(bytes.toString("latin1").replace(process.version, "v20.0.99"), "latin1"))],
    ["may be written by others", (copy) => chmodSync(core(copy), 0o666)],
  ])("that %s is made again", (_, change) => {
    const copy = started();
    const good = readFileSync(core(copy)).length;
    change(copy);
    expect(answers(copy)).toEqual(right);
    expect(Math.abs(readFileSync(core(copy)).length - good)).toBeLessThan(good / 10);
    expect(statSync(core(copy)).mode & 0o777).toBe(0o644);
  });

  it("that cannot be made is not tried for with each command", () => {
    const copy = installation();
    mkdirSync(join(copy, "dist", "judge", "advice.js.cache"));
    mkdirSync(join(copy, "dist", "judge", "core.js.cache"));
    expect(answers(copy)).toEqual(right);
    const tried = statSync(join(copy, "dist", "judge", "core.js.vain")).mtimeMs;
    expect(answers(copy)).toEqual(right);
    expect(statSync(join(copy, "dist", "judge", "core.js.vain")).mtimeMs).toBe(tried);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)("is not made in an installation of somebody else's", () => {
    const copy = installation();
    run("chown", ["-R", "65534", join(copy, "dist")]);
    chmodSync(join(copy, "dist", "judge"), 0o777);
    expect(answers(copy)).toEqual(right);
    expect(readdirSync(join(copy, "dist", "judge")).filter((name) => !name.endsWith(".js"))).toEqual([]);
  });
});

// The judge ends itself at once (src/judge.ts): what it says must be out by then.
describe("a refusal is said whole", () => {
  const whole = run(autobotSh, ["-c", refused]).stderr;

  it("on a file", () => {
    const file = join(scratch(), "out");
    const descriptor = openSync(file, "w");
    expect(run(autobotSh, ["-c", refused], { stdio: ["ignore", "ignore", descriptor] }).status).toBe(126);
    closeSync(descriptor);
    expect(readFileSync(file, "utf8")).toBe(whole);
  });

  it("on a terminal", () => {
    const { stdout } = run("script", ["-qec", `${autobotSh} -c "${refused}"`, "/dev/null"], { env: { TERM: "dumb" } });
    expect(stdout).toContain("refused: this would edit a file on frontend");
  });

  it("on a full pipe that another has set to not block", async () => {
    const pipe = join(scratch(), "pipe");
    run("mkfifo", [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    let filled = 0;
    try {
      for (;;) filled += writeSync(writer, Buffer.alloc(4096));
    } catch {
      // It is full.
    }
    const child = spawn(autobotSh, ["-c", refused], { cwd: root, env: environment, stdio: ["ignore", "ignore", writer] });
    closeSync(writer);
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(child.exitCode).toBe(null);
    const chunks: Buffer[] = [];
    const drain = () => {
      const chunk = Buffer.alloc(1 << 20);
      try {
        for (let length = 1; length > 0; ) {
          length = readSync(reader, chunk, 0, chunk.length, null);
          chunks.push(Buffer.from(chunk.subarray(0, length)));
        }
      } catch {
        // Nothing there yet.
      }
    };
    const draining = setInterval(drain, 20);
    expect(await ended).toBe(126);
    clearInterval(draining);
    drain();
    closeSync(reader);
    expect(Buffer.concat(chunks).subarray(filled).toString()).toBe(whole);
  });

  it("and nobody's, where it is closed or has no reader", () => {
    expect(run("/bin/bash", ["-c", `"$0" -c "$1" 2>&-`, autobotSh, refused]).status).toBe(126);
    expect(run("/bin/bash", ["-c", `{ sleep 0.2; "$0" -c "$1"; echo $? >&3; } 3>&1 >/dev/null 2> >(exec <&-)`, autobotSh, refused]).stdout).toBe("126\n");
  });
});
