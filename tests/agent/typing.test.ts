// What an agent types into a session is judged as what would read it; and no terminal of an agent's counts for a person.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { autobotSh } from "../stage/run.ts";
import { type Called, type Connected, clients, createWorld } from "./mcp-client.ts";

const minute = 60_000;
const vm = "172.16.168.21";
const world = createWorld();
let server: Connected;
beforeAll(async () => {
  const [, connect] = Object.entries(clients)[0] ?? [];
  if (connect !== undefined) server = await connect(world);
}, minute);
afterAll(async () => {
  await server.close();
  world.remove();
});

/** Text that nobody can read before it runs. */
function hidden(code: string): string {
  const file = join(world.directory, `hidden-${code.length}`);
  writeFileSync(file, Buffer.from(code).toString("base64"));
  return `eval "$(base64 -d ${file})"`;
}

interface Shell {
  /** Types, and gives what came until the mark. */
  type(text: string, mark: string | RegExp): Promise<string>;
  /** Types what has to be refused. */
  refused(text: string): Promise<string>;
  write(text: string): Promise<Called>;
}

const open: string[] = [];
afterEach(async () => {
  for (const session_id of open.splice(0)) await server.call("kill", { session_id });
});

async function start(command: string, mark: string | RegExp): Promise<Shell> {
  const begun = await server.call("exec", { command, tty: true, yield_ms: 50 });
  const session_id = String(begun.structured["sessionId"]);
  open.push(session_id);
  const until = async (first: Called, end: string | RegExp) => {
    let text = String(first.structured["stdout"] ?? first.text);
    while (!(typeof end === "string" ? text.includes(end) : end.test(text))) {
      const more = await server.call("read", { session_id, yield_ms: 50 });
      if (more.isError) throw new Error(`it ended after:\n${text}`);
      text += String(more.structured["stdout"]);
    }
    return text;
  };
  await until(begun, mark);
  const write = (text: string) => server.call("write", { session_id, text, yield_ms: 50 });
  return {
    write,
    type: async (text, end) => {
      const typed = await write(text);
      if (typed.isError) throw new Error(typed.text);
      return until(typed, end);
    },
    refused: async (text) => {
      const typed = await write(text);
      expect(typed.isError).toBe(true);
      return typed.text;
    },
  };
}

const bash = "PS1='ready> ' bash --norc --noediting";
const prompt = "ready> ";

describe("a shell", { timeout: minute }, () => {
  it("gets what is harmless, and not what would change a server", async () => {
    const shell = await start(bash, prompt);
    expect(await shell.type("echo a$((1+1))b\n", "a2b")).toContain("a2b");
    expect(await shell.refused(`ssh ${vm} reboot\n`)).toMatch(/REFUSED \[remote-operations\/power\].*Blocked part: `reboot`/s);
    expect(await shell.refused(`ssh ${vm} reboot\n`)).toMatch(/REFUSED \[remote-operations\/power\] Already refused \(2x\)/);
    expect(await shell.refused(`ssh ${vm}\n`)).toContain("REFUSED [remote-session/session]");
    expect(await shell.type(`ssh ${vm} uptime\n`, "<uptime>")).toContain(`ssh <${vm}> <uptime>`);
    expect(await shell.type("echo 'ssh vm reboot'; echo done$((1))\n", "done1")).toContain("ssh vm reboot");
  });

  it("is judged with all that was typed before, but not with what was refused", async () => {
    const shell = await start(bash, prompt);
    await shell.refused(`H=${vm}; ssh $H reboot\n`);
    await shell.type(`C=reboot\n`, prompt);
    expect(await shell.refused(`ssh ${vm} $C\n`)).toContain("REFUSED");
    await shell.type("f() {\n", "> ");
    expect(await shell.refused(`ssh ${vm} "$@"; }; f systemctl restart nginx\n`)).toContain("REFUSED");
    await shell.type(`ssh ${vm} "$@"; }; f uptime\n`, "<uptime>");
    expect(await shell.refused("f reboot\n")).toContain("REFUSED");
  });

  it("gets a line when it is complete", async () => {
    const shell = await start(bash, prompt);
    expect((await shell.write(`ssh ${vm} `)).structured["held"]).toBe(18);
    expect(await shell.refused("reboot\n")).toContain("REFUSED");
    await shell.write("echo ");
    expect(await shell.type("one\n", "one")).not.toContain("ssh");
    await shell.write("echo lost");
    await shell.type("\x03", "^C");
    expect(await shell.type("echo t$((1+1))\n", "t2")).not.toContain("lost");
  });

  it.each([
    ["a backspace", `ssh ${vm} rebx\x7foot\n`],
    ["the history", "\x1b[A\n"],
    ["a completion", "ssh\t\n"],
    ["a search", "\x12ssh\n"],
    ["a paste", "\x1b[200~echo\x1b[201~\n"],
  ])("takes no keys that edit a line: %s", async (_, text) => {
    const shell = await start(bash, prompt);
    expect(await shell.refused(text)).toContain("REFUSED [keys]");
    expect(await shell.type("echo k$((1+1))\n", "k2")).toContain("k2");
  });

  it("waits behind a program, for what is typed ahead", async () => {
    const shell = await start(bash, prompt);
    await shell.type("sleep 1\n", "sleep 1");
    expect(await shell.refused(`ssh ${vm} reboot\n`)).toContain("REFUSED");
    await shell.type("\x03", "^C");
  });

  it("is on a terminal of its own, as script makes one", async () => {
    const shell = await start("PS1='ready> ' SHELL=/bin/sh script -q /dev/null", prompt);
    expect(await shell.refused(`ssh ${vm} reboot\n`)).toContain("REFUSED");
    expect(await shell.type("echo s$((1+1))\n", "s2")).toContain("s2");
  });
});

describe("a program", { timeout: minute }, () => {
  it("that reads keys gets them as they come", async () => {
    const shell = await start(bash, prompt);
    await shell.type("stty -icanon -echo min 1; head -c 3 | od -An -c; stty icanon echo; echo e$((1+1))\n", "od -An");
    await shell.write("a");
    await shell.write("\x1b");
    await shell.type("b", "e2");
    // The keys are no beginning of the line that comes behind them.
    expect(await shell.refused(`ssh ${vm} reboot\n`)).toContain("REFUSED");
    await shell.type("cat >notes\n", "notes");
    await shell.type("a note: ssh is nice\n", "nice");
    await shell.type("\x04", prompt);
    expect(readFileSync(join(world.directory, "notes"), "utf8")).toBe("a note: ssh is nice\n");
  });

  it("that runs code is judged by that", async () => {
    const shell = await start("python3 -q", ">>> ");
    await shell.type("import os\n", ">>> ");
    expect(await shell.refused(`os.system("ssh ${vm} reboot")\n`)).toContain("REFUSED [remote-operations/power]");
    expect(await shell.type(`os.system("ssh ${vm} uptime")\n`, "<uptime>")).toContain(`ssh <${vm}> <uptime>`);
  });

  it("that never reads holds up nobody", async () => {
    const shell = await start("echo begun; sleep 300", "begun");
    const long = "x".repeat(20_000);
    expect((await shell.write(long)).isError).toBe(false);
    expect((await shell.write(long)).structured).toMatchObject({ exitCode: null });
  });

  it("that has ended, or has no terminal, is typed into by nobody", async () => {
    const { structured } = await server.call("exec", { command: "sleep 300", yield_ms: 50 });
    const session_id = structured["sessionId"];
    open.push(String(session_id));
    expect((await server.call("write", { session_id, text: "x\n" })).text).toContain("has no terminal");
  });
});

describe("no terminal of an agent's counts for a person", { timeout: minute }, () => {
  const code = hidden(`ssh ${vm}`);
  it.each([
    ["in a command", code],
    ["without its variable", `exec env -u AUTOBOT_SH_RUN bash -c '${code}'`],
    ["with no variable of ours or the server's", `exec env -i PATH="$PATH" HOME="$HOME" script -qec '${code}' /dev/null`],
    ["in autobot-sh", `${autobotSh} -c '${code}'`],
    ["on another terminal in it", `script -qec '${code}' /dev/null`],
  ])("%s", async (_, command) => {
    const { structured } = await server.call("exec", { command, tty: true, yield_ms: 30_000 });
    expect(structured).toMatchObject({ exitCode: 126, stdout: expect.stringContaining("[remote-session/session]") });
    expect(String(structured["stdout"])).not.toContain(`ssh <${vm}>`);
  });

  it("and what only looks is no session", async () => {
    const { structured } = await server.call("exec", { command: hidden(`ssh ${vm} uptime # looks`), tty: true, yield_ms: 30_000 });
    expect(structured).toMatchObject({ exitCode: 0, stdout: `ssh <${vm}> <uptime>\n` });
  });
});
