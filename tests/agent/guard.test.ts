// The library's guard on real commands: what it refuses, what it runs and with what result, and what it leaves running.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { createGuard, type ExecOptions, type Finished } from "../../src/agent/guard.ts";
import { environment, root, scratch } from "../stage/run.ts";
import { executable } from "../stage/stubs.ts";
import { isRunning } from "../stage/watch.ts";

const directory = scratch();
afterAll(() => rmSync(directory, { recursive: true, force: true }));
mkdirSync(join(directory, "bin"));
mkdirSync(join(directory, "home"));
/** Should a line that has to be refused run after all, it reaches nobody. */
for (const name of ["ssh", "scp", "rsync"]) executable(join(directory, "bin", name), `#!/bin/bash\nprintf '%s' "\${0##*/}"; printf ' <%s>' "$@"; echo\n`);

const own = {
  ...environment,
  HOME: join(directory, "home"),
  PATH: `${join(directory, "bin")}:${environment["PATH"]}`,
  XDG_STATE_HOME: join(directory, "state"),
  XDG_CACHE_HOME: join(directory, "cache"),
};
const guard = createGuard({ environment: own });

async function ran(line: string, options: ExecOptions = {}): Promise<Finished> {
  const result = await guard.exec(line, { cwd: directory, ...options });
  if (result.refused) throw new Error(result.message);
  return result;
}

/** Waits for what a command says of itself in a file. */
async function pidIn(file: string): Promise<number> {
  while (!existsSync(file) || readFileSync(file, "utf8").trim() === "") await delay(10);
  return Number(readFileSync(file, "utf8"));
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10);
}

describe("a line is refused", () => {
  it.each([
    ["in full", "ssh 172.16.168.21 'sed -i s/a/b/ /etc/hosts'"],
    ["behind another command", "cd /tmp && ssh 172.16.168.21 reboot"],
    ["as a session with nobody at a terminal", "ssh 172.16.168.21"],
  ])("%s", async (_, line) => {
    const [decided, executed] = [await guard.decide(line, { cwd: directory }), await guard.exec(line, { cwd: directory })];
    for (const each of [decided, executed]) {
      if (!each.refused) throw new Error("it was permitted");
      expect(each.message).toMatch(/^autobot-sh REFUSED \[/);
      expect(each.response?.effective).toBe("deny");
    }
  });

  it("with what it would read", async () => {
    const refused = await guard.exec("ssh 172.16.168.21 bash", { cwd: directory, stdin: "systemctl restart nginx\n" });
    expect(refused.refused && refused.response?.denials[0]?.request.action).toBe("service");
    expect((await ran("ssh 172.16.168.21 bash", { stdin: "uptime\n" })).stdout).toBe("ssh <172.16.168.21> <bash>\n");
  });

  it("below it as what has no person in front of it, whatever its environment and terminal say", async () => {
    const hidden = join(directory, "hidden");
    writeFileSync(hidden, Buffer.from("ssh 172.16.168.21").toString("base64"));
    const below = (code: string) => `exec env -i PATH="$PATH" HOME="$HOME" script -qec '${code}' /dev/null`;
    expect(await ran(below(`eval "$(base64 -d ${hidden})"`))).toMatchObject({ exitCode: 126, stdout: expect.stringContaining("remote-session/session") });
    expect(await ran(below(`eval "$(base64 -d ${hidden}) uptime"`))).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("<uptime>") });
  });

  it("where it cannot be judged, and the message says why", async () => {
    const refused = await guard.exec("echo hi", { cwd: join(directory, "none") });
    expect(refused).toEqual({
      refused: true,
      response: undefined,
      message: expect.stringMatching(/there is no directory .*\nNothing was run\. Give a directory that is there\.$/),
    });
  });

  it("where it cannot be started, and keeps nothing open", async () => {
    expect(await guard.exec("echo a\0b", { cwd: directory })).toEqual({ refused: true, response: undefined, message: expect.stringContaining("NUL") });
    const open = () => readdirSync("/proc/self/fd").length;
    await ran("true");
    const before = open();
    for (let round = 0; round < 3; round++) {
      expect(await guard.exec("true", { cwd: directory, environment: { X: "a\0b" } })).toMatchObject({ refused: true, message: expect.stringContaining("cannot be started") });
      await ran("true");
    }
    await delay(100);
    expect(open()).toBeLessThanOrEqual(before);
  });

  it("by a project's policies, which are read again when they change", async () => {
    const project = join(directory, "project");
    mkdirSync(join(project, ".autobot-sh"), { recursive: true });
    expect((await guard.decide("ssh web1 uptime", { cwd: project })).refused).toBe(false);
    const file = join(project, ".autobot-sh", "mine.yaml");
    writeFileSync(file, "policy: mine\ndescription: Nothing is known to read here.\nsettings: { posture: read-only }\n");
    expect((await guard.decide("ssh web1 frobnicate", { cwd: project })).refused).toBe(true);
    writeFileSync(file, "policy: [\n");
    expect(await guard.exec("echo hi", { cwd: project })).toEqual({
      refused: true,
      response: undefined,
      message: expect.stringContaining("not valid"),
      problem: expect.stringMatching(/mine\.yaml: line 2/),
    });
  });

  it("by each guard's own policies, in one process and in threads of it", { timeout: 60_000 }, async () => {
    const homeWith = (name: string, posture: string) => {
      const home = join(directory, name);
      mkdirSync(join(home, ".config", "autobot-sh"), { recursive: true });
      writeFileSync(join(home, ".config", "autobot-sh", "mine.yaml"), `policy: mine\ndescription: One of two.\nsettings: { posture: ${posture} }\n`);
      return home;
    };
    const homes = [homeWith("strict", "read-only"), homeWith("usual", "prohibition")];
    const source = `
      import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
      const { createGuard } = await import("autobot-sh");
      await new Promise((resume) => setTimeout(resume, 50));
      const left = process.getActiveResourcesInfo().filter((each) => each !== "PipeWrap");
      const { source, homes } = isMainThread ? { homes: process.argv.slice(1) } : workerData;
      const guards = homes.map((HOME) => createGuard({ environment: { ...process.env, HOME, XDG_CONFIG_HOME: HOME + "/.config" } }));
      const lines = ["ssh web1 frobnicate", 'ssh web1 "$(echo frobnicate)"; echo $HOME'];
      const results = await Promise.all(guards.map(async (guard) => [(await guard.decide(lines[0])).refused, await guard.exec(lines[1])]));
      const told = results.map(([refused, { message, stdout }]) => [refused, message?.slice(0, 18) ?? stdout]);
      if (!isMainThread) parentPort.postMessage(told);
      else {
        const code = await (await import("node:fs/promises")).readFile(process.env.SOURCE, "utf8");
        const thread = () => new Promise((resolve, reject) => new Worker(code, { eval: true, workerData: { homes } }).once("message", resolve).once("error", reject));
        console.log(JSON.stringify({ left, all: [told, ...(await Promise.all([thread(), thread()]))] }));
      }`;
    const file = join(directory, "threads.mjs");
    writeFileSync(file, source);
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source, ...homes], {
      cwd: root,
      env: { ...own, SOURCE: file },
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(stderr).toBe("");
    const told = [
      [true, "autobot-sh REFUSED"],
      [false, `ssh <web1> <frobnicate>\n${homes[1]}\n`],
    ];
    expect(JSON.parse(stdout)).toEqual({ left: [], all: [told, told, told] });
  });

  it("when it runs, where its text does not tell", async () => {
    const line = 'ssh 172.16.168.21 "$(cat job)"';
    expect((await guard.decide(line, { cwd: directory })).refused).toBe(true);
    expect((await guard.decide(line, { cwd: directory, runtime: true })).refused).toBe(false);
    writeFileSync(join(directory, "job"), "reboot\n");
    const refused = await ran(line);
    expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([126, "", expect.stringContaining("REFUSED [remote-operations/power]")]);
    writeFileSync(join(directory, "job"), "uptime\n");
    expect(await ran(line)).toMatchObject({ exitCode: 0, stdout: "ssh <172.16.168.21> <uptime>\n", stderr: "" });
  });
});

describe("a line runs", () => {
  it.each([
    ["echo hi; echo no >&2; exit 3", "hi\n", "no\n", 3, undefined],
    ["kill -TERM $$", "", "", 143, "SIGTERM"],
    ["true", "", "", 0, undefined],
    // By name, as a socket could not be opened.
    ["echo out >/dev/stdout; echo err | tee /dev/stderr >/dev/null", "out\n", "err\n", 0, undefined],
    // Mentioned, not called.
    ["echo 'ssh 172.16.168.21 reboot'", "ssh 172.16.168.21 reboot\n", "", 0, undefined],
    ['read -r x; echo "$?$x"', "1\n", "", 0, undefined],
  ])("%s", async (line, stdout, stderr, exitCode, signal) => {
    expect(await ran(line)).toMatchObject({ stdout, stderr, exitCode, signal, ended: "itself", truncated: false });
  });

  it("as bash does, in its directory, with variables of its own", async () => {
    const { stdout } = await ran("pwd; echo $X ${HOME##*/} ${UNSET-none}; shopt -q login_shell; echo $? $-", { environment: { X: "1", UNSET: undefined } });
    expect(stdout).toBe(`${directory}\n1 home none\n1 hBc\n`);
  });

  it("and reads no start-up file, though its input is a socket", async () => {
    writeFileSync(join(directory, "home", ".bashrc"), "echo bashrc\n");
    expect((await ran("cat", { stdin: "in", environment: { SHLVL: undefined } })).stdout).toBe("in");
  });

  it("with a stream for input, and its output as it comes", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const result = ran('read -r a; echo "1 $a"; read -r b; echo "2 $b"', { stdin: input, stdout: output });
    input.write("x\n");
    const [first] = await new Promise<readonly Buffer[]>((resolve) => output.once("data", (...each) => resolve(each)));
    expect(String(first)).toBe("1 x\n");
    input.end("y\n");
    expect((await result).stdout).toBe("1 x\n2 y\n");
    expect((await ran("wc -c", { stdin: Readable.from([Buffer.alloc(200_000)]) })).stdout.trim()).toBe("200000");
  });

  it("and leaves out the middle of what is too long", async () => {
    const { stdout, truncated } = await ran("seq 100000", { maximumCharacters: 100 });
    expect(truncated).toBe(true);
    expect(stdout).toMatch(/^1\n2\n[^…]*\[… \d+ characters left out …\][^…]*\n100000\n$/);
  });

  it("many at once", async () => {
    const results = await Promise.all(Array.from({ length: 30 }, (_, index) => ran(`echo ${index}; exit ${index}`)));
    expect(results.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(Array.from({ length: 30 }, (_, index) => [`${index}\n`, index]));
  });
});

describe("what runs is ended", () => {
  it("by a signal, with all that it has started, one in a session of its own too", async () => {
    const controller = new AbortController();
    const [one, two] = [join(directory, "one"), join(directory, "two")];
    const result = ran(`trap '' TERM; (echo $BASHPID >${one}; exec sleep 300) & setsid bash -c 'echo $$ >${two}; sleep 300; true'; true`, { signal: controller.signal });
    const pids = [await pidIn(one), await pidIn(two)];
    controller.abort();
    expect((await result).ended).toBe("aborted");
    for (const pid of pids) await untilGone(pid);
  });

  it("by its timeout", async () => {
    const { ended, exitCode, signal, stdout } = await ran("echo begun; exec sleep 300", { timeout: 300 });
    expect([ended, exitCode, signal, stdout]).toEqual(["timeout", 143, "SIGTERM", "begun\n"]);
  });

  it("not where the call was aborted before: then nothing starts", async () => {
    const file = join(directory, "never");
    await expect(guard.exec(`touch ${file}`, { cwd: directory, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
    expect(existsSync(file)).toBe(false);
  });

  it("when the program that has called ends, and does not keep it from ending", { timeout: 60_000 }, async () => {
    const file = join(directory, "left");
    const source = `
      import { createGuard } from "autobot-sh";
      const { exitCode, stdout } = await createGuard().exec(${JSON.stringify(`(echo $BASHPID >${file}; exec sleep 300) & echo begun`)});
      console.log(exitCode, stdout.trim());`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], { cwd: root, env: own, encoding: "utf8", timeout: 30_000 });
    expect([stdout, stderr]).toEqual(["0 begun\n", ""]);
    await untilGone(await pidIn(file));
  });
});

it("is typed: a program that reads its results as they are passes tsc, and one that forgets a refusal does not", { timeout: 60_000 }, () => {
  const project = join(directory, "consumer");
  mkdirSync(join(project, "node_modules"), { recursive: true });
  symlinkSync(root, join(project, "node_modules", "autobot-sh"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  const use = (body: string) =>
    `import { createGuard, type ExecResult, type Guard, type Refused } from "autobot-sh";\nconst guard: Guard = createGuard();\nconst result: ExecResult = await guard.exec("true", { cwd: "/", signal: AbortSignal.timeout(1000) });\n${body}\n`;
  const good = use(
    "if (result.refused) { const refused: Refused = result; console.log(refused.message, refused.response?.denials[0]?.rule.id); }\nelse { const status: number = result.exitCode; console.log(status, result.stdout, result.signal?.length); }\nconst decided = await guard.decide('ls', { stdin: 'pipe' });\nconsole.log(decided.refused ? decided.message : decided.response.requests.length);",
  );
  const tsc = (text: string) => {
    writeFileSync(join(project, "use.ts"), text);
    const types = ["--types", "node", "--typeRoots", join(root, "node_modules/@types")];
    const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2023", ...types, "use.ts"];
    return spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...options], { cwd: project, encoding: "utf8" }).stdout;
  };
  expect(tsc(good)).toBe("");
  expect(tsc(use("console.log(result.exitCode);"))).toContain("Property 'exitCode' does not exist");
});
