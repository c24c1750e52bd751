// `autobotctl mcp`, driven by both official clients: every tool, what goes wrong, and what is left when it ends.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { limits } from "../../src/agent/limits.ts";
import { autobotctl } from "../stage/run.ts";
import { isRunning } from "../stage/watch.ts";
import { type Connected, clients, createWorld } from "./mcp-client.ts";

const minute = 60_000;
const world = createWorld();
afterAll(world.remove);

let count = 0;
function freshFile(): string {
  return join(world.directory, `file-${count++}`);
}

async function pidIn(file: string): Promise<number> {
  while (!existsSync(file) || readFileSync(file, "utf8").trim() === "") await delay(10);
  return Number(readFileSync(file, "utf8"));
}

async function untilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10);
}

describe.each(Object.entries(clients))("%s", { timeout: minute }, (_, connect) => {
  let server: Connected;
  beforeAll(async () => {
    server = await connect(world);
  }, minute);
  afterAll(() => server.close());

  it("finds the tools, and which of them only look", async () => {
    const tools = await server.tools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["exec", false],
      ["read", true],
      ["write", false],
      ["kill", false],
      ["sessions", true],
      ["check", true],
    ]);
  });

  it("runs a command, with both streams apart", async () => {
    const { isError, text, structured } = await server.call("exec", { command: "echo out; echo err >&2; exit 3" });
    expect(isError).toBe(false);
    expect(structured).toEqual({ exitCode: 3, stdout: "out\n", stderr: "err\n", truncated: false, durationMs: expect.any(Number) });
    expect(text).toMatch(/^out\n\[standard error\]\nerr\n\[exit status 3, \d+\.\d s\]$/);
  });

  it("gives it a directory, an input and the server's variables, and is itself no part of it", async () => {
    const { structured } = await server.call("exec", { command: 'pwd; cat; echo "${HOME##*/} ${NODE_OPTIONS-none}"', cwd: "bin", stdin: "in\n" });
    expect(structured["stdout"]).toBe(`${join(world.directory, "bin")}\nin\nhome none\n`);
    expect((await server.call("exec", { command: "read -r line; echo $?" })).structured["stdout"]).toBe("1\n");
  });

  it("refuses what would change a server, shorter the second time, and runs nothing of it", async () => {
    const command = `touch refused-${process.pid}; ssh 172.16.168.21 'sed -i s/a/b/ /etc/hosts'`;
    const first = await server.call("exec", { command });
    expect(first).toMatchObject({ isError: true, structured: {} });
    expect(first.text).toMatch(/^autobot-sh REFUSED \[remote-editing\/write\]/);
    expect((await server.call("exec", { command })).text).toMatch(/Already refused \(2x\)/);
    expect(existsSync(join(world.directory, `refused-${process.pid}`))).toBe(false);
  });

  it("refuses by what is on standard input, and below the command by the runtime layer", async () => {
    expect((await server.call("exec", { command: "ssh 172.16.168.21 sh", stdin: "reboot\n" })).isError).toBe(true);
    expect((await server.call("exec", { command: "ssh 172.16.168.21 sh", stdin: "uptime\n" })).structured).toMatchObject({ exitCode: 0, stdout: "ssh <172.16.168.21> <sh>\n" });
    const job = freshFile();
    writeFileSync(job, "reboot\n");
    const below = await server.call("exec", { command: `ssh 172.16.168.21 "$(cat ${job})"; echo after` });
    expect(below.structured).toMatchObject({ exitCode: 0, stdout: "after\n", stderr: expect.stringContaining("REFUSED [remote-operations/power]") });
  });

  it("tells beforehand, and runs nothing", async () => {
    const refused = await server.call("check", { command: "ssh 172.16.168.21 reboot" });
    expect(refused).toMatchObject({ isError: false, structured: { permitted: false, decision: "deny", rules: ["remote-operations/power"] } });
    expect(refused.text).toContain("REFUSED");
    const file = freshFile();
    expect((await server.call("check", { command: `touch ${file}` })).structured).toMatchObject({ permitted: true, rules: [] });
    expect(existsSync(file)).toBe(false);
  });

  it("returns early with a session, which is read to its end, and then is none", async () => {
    const go = freshFile();
    const begun = await server.call("exec", { command: `echo one; until [[ -e ${go} ]]; do sleep 0.05; done; echo two; exit 4`, yield_ms: 300 });
    const id = begun.structured["sessionId"];
    expect(begun.structured).toMatchObject({ exitCode: null, stdout: "one\n" });
    expect(begun.text).toContain(`session ${id}`);
    expect((await server.call("sessions")).structured["sessions"]).toEqual([expect.objectContaining({ sessionId: id, state: "running", waiting: 0 })]);
    await server.call("exec", { command: `touch ${go}` });
    const end = await server.call("read", { session_id: id, yield_ms: 20_000 });
    expect(end.structured).toEqual({ exitCode: 4, stdout: "two\n", stderr: "", truncated: false, durationMs: expect.any(Number) });
    expect((await server.call("read", { session_id: id })).text).toContain("there is no session");
    expect((await server.call("sessions")).structured["sessions"]).toEqual([]);
  });

  it("ends a session with all that it has started", async () => {
    const [one, two] = [freshFile(), freshFile()];
    const { structured } = await server.call("exec", {
      command: `trap '' TERM; setsid bash -c 'echo $$ >${one}; sleep 300; :' & echo $BASHPID >${two}; sleep 300; sleep 300`,
      yield_ms: 100,
    });
    const pids = [await pidIn(one), await pidIn(two)];
    const killed = await server.call("kill", { session_id: structured["sessionId"] });
    expect(killed.structured).toMatchObject({ exitCode: 137, signal: "SIGKILL" });
    for (const pid of pids) await untilGone(pid);
    expect((await server.call("sessions")).structured["sessions"]).toEqual([]);
  });

  it("ends a command after its time", async () => {
    const { structured, text } = await server.call("exec", { command: "echo begun; sleep 300", timeout_ms: 300 });
    expect(structured).toMatchObject({ exitCode: 143, signal: "SIGTERM", stdout: "begun\n", timedOut: true });
    expect(text).toMatch(/\[ended after \d\.\d s, its time\]$/);
  });

  it("gives a terminal, and types into it", async () => {
    const begun = await server.call("exec", { command: 'stty size; read -r line; echo "<$line>"; test -t 2', tty: true, yield_ms: 200 });
    const session_id = begun.structured["sessionId"];
    let text = String(begun.structured["stdout"]);
    while (!text.includes("\n")) text += String((await server.call("read", { session_id, yield_ms: 50 })).structured["stdout"]);
    expect(text).toBe("40 120\n");
    expect(begun.structured).not.toHaveProperty("stderr");
    const { structured } = await server.call("write", { session_id, text: "typed\n", yield_ms: 20_000 });
    expect(structured).toEqual({ exitCode: 0, stdout: "typed\n<typed>\n", truncated: false, durationMs: expect.any(Number) });
    expect((await server.call("exec", { command: "true", tty: true, stdin: "x" })).isError).toBe(true);
  });

  it.each([
    ["writes to its output", ""],
    ["writes elsewhere", ">/dev/null 2>&1"],
  ])("does not wait for what is left in the background and %s, and keeps it to be read and ended", async (_name, elsewhere) => {
    const file = freshFile();
    const { structured } = await server.call("exec", { command: `(echo $BASHPID >${file}; exec sleep 300) ${elsewhere} & echo begun` });
    expect(structured).toMatchObject({ exitCode: 0, stdout: "begun\n", sessionId: expect.any(String) });
    const pid = await pidIn(file);
    expect((await server.call("sessions")).structured["sessions"]).toEqual([expect.objectContaining({ state: "background" })]);
    await server.call("kill", { session_id: structured["sessionId"] });
    await untilGone(pid);
  });

  it("leaves out the middle of a long output, and keeps all of it in a file", async () => {
    const { structured, text } = await server.call("exec", { command: "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo end" });
    const { stdout, stdoutFile, truncated } = structured as { stdout: string; stdoutFile: string; truncated: boolean };
    expect(truncated).toBe(true);
    expect(stdout.length).toBeLessThan(41_000);
    expect(stdout).toContain(`[… 960005 characters left out; all is in ${stdoutFile} …]`);
    expect(stdout.endsWith("x\nend\n")).toBe(true);
    expect(text.startsWith(stdout)).toBe(true);
    expect(readFileSync(stdoutFile, "utf8")).toBe(`${"x".repeat(1_000_000)}\nend\n`);
    expect(statSync(stdoutFile).mode & 0o077).toBe(0);
  });

  it("tells of progress, and is told that nobody waits any more: then nothing runs on", async () => {
    const file = freshFile();
    const controller = new AbortController();
    const progress: number[] = [];
    const call = server.call(
      "exec",
      { command: `echo $$ >${file}; sleep 300; sleep 300` },
      {
        signal: controller.signal,
        onprogress: (each) => {
          progress.push(each.progress);
          expect(each.message).toMatch(/^running for \d+ s; \d+ characters/);
          if (progress.length === 2) controller.abort();
        },
      },
    );
    await expect(call).rejects.toThrow();
    expect(progress).toEqual([...new Set(progress)].toSorted((left, right) => left - right));
    await untilGone(await pidIn(file));
    expect((await server.call("sessions")).structured["sessions"]).toEqual([]);
  });

  it("ends the command too where the client's own time is over", async () => {
    const file = freshFile();
    await expect(server.call("exec", { command: `echo $$ >${file}; sleep 300; :` }, { timeout: 500 })).rejects.toThrow(/timed? ?out/i);
    await untilGone(await pidIn(file));
  });

  it("answers fifty calls at once, each its own", async () => {
    const results = await Promise.all(Array.from({ length: 50 }, (__, index) => server.call("exec", { command: `echo ${index}; exit ${index}` })));
    expect(results.map(({ structured }) => [structured["exitCode"], structured["stdout"]])).toEqual(Array.from({ length: 50 }, (__, index) => [index, `${index}\n`]));
  });

  it("says what is wrong with a call", async () => {
    expect(await server.call("exec", { command: "echo hi", cwd: "none" })).toMatchObject({ isError: true, text: expect.stringContaining("there is no directory") });
    expect(await server.call("kill", { session_id: "x" })).toMatchObject({ isError: true, text: expect.stringContaining("there is no session") });
  });
});

async function connectFirst(): Promise<Connected> {
  const [connect] = Object.values(clients);
  if (connect === undefined) throw new Error("there is no client");
  return connect(world);
}

/** Lines to a server of one's own, and what it answers, by id. */
function wire(more: Readonly<Record<string, string>> = {}) {
  const server = spawn(autobotctl, ["mcp"], { cwd: world.directory, env: { ...world.environment, ...more }, stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void server.kill("SIGKILL"));
  const answers = new Map<unknown, Record<string, unknown>>();
  let text = "";
  server.stdout.on("data", (chunk) => {
    const lines = (text + String(chunk)).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const message = JSON.parse(line) as Record<string, unknown>;
      if (message["id"] !== undefined) answers.set(message["id"], message);
    }
  });
  const exited = new Promise<readonly [number | null, string | null]>((resolve) => server.once("exit", (...how) => resolve(how)));
  const answer = async (id: unknown) => {
    while (!answers.has(id)) await delay(5);
    return answers.get(id) ?? {};
  };
  const send = (message: unknown) => server.stdin.write(typeof message === "string" ? message : `${JSON.stringify({ jsonrpc: "2.0", ...(message as object) })}\n`);
  const begin = async () => {
    send({ id: 0, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } } });
    await answer(0);
    send({ method: "notifications/initialized" });
  };
  const exec = (id: number, command: string) => send({ id, method: "tools/call", params: { name: "exec", arguments: { command } } });
  return { server, exited, answer, send, begin, exec };
}

describe("the server", { timeout: minute }, () => {
  it("goes on after frames that are none", async () => {
    const { send, begin, exec, answer } = wire();
    send('nonsense\n{\n\n[1]\n\u0000\n{"jsonrpc":"1.0"}\n');
    await begin();
    send('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"exec","arguments":{"command":\n');
    send({ id: 8, method: "tools/call", params: { name: "exec", arguments: { command: 7 } } });
    send({ id: 9, method: "tools/call", params: { name: "none", arguments: {} } });
    send({ id: 10, method: "none" });
    exec(11, "echo hi");
    expect(JSON.stringify(await answer(11))).toContain('"stdout":"hi\\n"');
    expect(JSON.stringify(await answer(8))).toContain("command");
    expect(await answer(9)).not.toHaveProperty("result.structuredContent");
    expect(await answer(10)).toHaveProperty("error");
  });

  it("keeps node's variables away from itself, and gives them to what it runs", async () => {
    const file = freshFile();
    writeFileSync(file, "process.exit(9)");
    const { begin, exec, answer } = wire({ NODE_OPTIONS: `--require ${file}` });
    await begin();
    exec(1, 'printf %s "$NODE_OPTIONS"; env | grep -c AUTOBOT_KEPT');
    expect(await answer(1)).toMatchObject({ result: { structuredContent: { stdout: `--require ${file}0\n` } } });
  });

  it("ends with its input, and what it runs ends with it", async () => {
    const { server, begin, exec, exited } = wire();
    const file = freshFile();
    await begin();
    exec(1, `trap '' TERM HUP; echo $$ >${file}; sleep 300; sleep 300`);
    const pid = await pidIn(file);
    server.stdin.end();
    expect(await exited).toEqual([0, null]);
    await untilGone(pid);
  });

  it.each(["SIGTERM", "SIGKILL"] as const)("leaves nothing running when it is ended by %s", async (signal) => {
    const { server, begin, exec, answer, exited } = wire();
    const [file, job, detached] = [freshFile(), freshFile(), freshFile()];
    await begin();
    exec(1, `trap '' TERM; echo $$ >${file}; sleep 300; sleep 300`);
    // What nobody hears any more, and what was told to outlive us.
    exec(2, `sleep 300 >/dev/null 2>&1 & echo $! >${job}; setsid sh -c 'echo $$ >${detached}; exec sleep 300' >/dev/null 2>&1 &`);
    const [pid, background, kept] = [await pidIn(file), await pidIn(job), await pidIn(detached)];
    onTestFinished(() => void process.kill(kept, "SIGKILL"));
    await answer(2);
    server.kill(signal);
    expect(await exited).toEqual(signal === "SIGTERM" ? [143, null] : [null, "SIGKILL"]);
    for (const each of [pid, background]) await untilGone(each);
    expect(isRunning(kept)).toBe(true);
  });

  it("runs so many commands at a time and no more, and keeps so many results", async () => {
    const server = await connectFirst();
    const start = (command: string) => server.call("exec", { command, yield_ms: 0 });
    const begun = await Promise.all(Array.from({ length: limits.running }, () => start("exec sleep 300")));
    expect(begun.filter(({ isError }) => isError)).toEqual([]);
    expect(await start("true")).toMatchObject({ isError: true, text: expect.stringContaining(`${limits.running} commands run already`) });
    const ids = begun.map(({ structured }) => structured["sessionId"]);
    expect((await server.call("kill", { session_id: ids[0] })).structured).toMatchObject({ signal: "SIGTERM" });
    expect((await server.call("exec", { command: "echo again" })).structured["stdout"]).toBe("again\n");
    await Promise.all(ids.slice(1).map((session_id) => server.call("kill", { session_id })));
    // Nobody reads these.
    for (let round = 0; round < limits.ended + 5; round++) await start("sleep 0.05");
    const states = async () => ((await server.call("sessions")).structured["sessions"] as readonly { readonly state: string }[]).map(({ state }) => state);
    while ((await states()).some((state) => state !== "ended")) await delay(20);
    await start("exec sleep 300");
    expect((await states()).toSorted()).toEqual([...Array(limits.ended).fill("ended"), "running"]);
    await server.close();
  });

  it("leaves no files of long outputs", () => {
    expect(readdirSync(join(world.directory, "tmp")).filter((name) => name.startsWith("autobot-sh-output-"))).toEqual([]);
  });

  it("refuses everything where a policy is not valid", async () => {
    const { begin, send, answer } = wire();
    await begin();
    const project = freshFile();
    mkdirSync(join(project, ".autobot-sh"), { recursive: true });
    writeFileSync(join(project, ".autobot-sh", "a.yaml"), "policy: [\n");
    send({ id: 1, method: "tools/call", params: { name: "exec", arguments: { command: "echo hi", cwd: project } } });
    const { result } = (await answer(1)) as { readonly result: { readonly isError: boolean; readonly content: readonly { readonly text: string }[] } };
    expect([result.isError, result.content[0]?.text]).toEqual([true, expect.stringMatching(/REFUSED \[failure\].*policies in force here are not valid/)]);
  });
});
