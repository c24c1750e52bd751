// What goes wrong between the shell and its session, and lines that are too much for the pipe: nothing runs without a yes,
// and what is permitted runs whole.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Person, person } from "../stage/person.ts";
import { autobotSh } from "../stage/run.ts";

const denied = "ssh 172.16.168.21 'vim f'";

let me: Person;
afterEach(() => me.leave());

function children(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return (existsSync(file) ? readFileSync(file, "utf8") : "").split(" ").filter(Boolean).map(Number);
}

/** The launcher's children: the session, and the person's shell. */
function sessionOf({ pid }: Person): number {
  const [launcher = 0] = children(pid);
  return children(launcher)[0] ?? 0;
}

function shellOf({ pid }: Person): number {
  const [launcher = 0] = children(pid);
  return children(launcher)[1] ?? 0;
}

/** Of its terminal (proc(5), stat). */
function foreground(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[5]);
}

/** Has the line accepted by a shell whose session is stopped, and therefore gives no answer; what lets it go on. */
async function askInVain(person: Person, line: string): Promise<() => void> {
  const [session, shell] = [sessionOf(person), shellOf(person)];
  person.type(`sleep 0.4\r${line}\r`);
  await person.until("sleep", () => foreground(shell) !== shell);
  process.kill(session, "SIGSTOP");
  await delay(900);
  return () => process.kill(session, "SIGCONT");
}

function channel(): string {
  return join(me.home, readdirSync(me.home).find((name) => name.startsWith("autobot-sh-session")) ?? "");
}

describe.each(["bash", "zsh"] as const)("%s: answers", { timeout: 60_000 }, (shell) => {
  // What another writer puts into the pipe while the session is stopped: the shell has asked, and reads this first.
  it.each([
    ["empty", ""],
    ["garbage", "\\1\\2\\377yes"],
    ["of another question", "1\\037yes\\037\\037\\037"],
    ["of another question, many", "1\\037yes\\037\\037\\037\\0".repeat(300)],
    ["with no question named", "\\037yes\\037\\037\\037"],
    ["with another verdict", "1\\037perhaps\\037\\037\\037"],
  ])("%s", async (_title, answer) => {
    me = await person({ shell });
    const pid = sessionOf(me);
    process.kill(pid, "SIGSTOP");
    try {
      me.type(`touch marker; ${denied}\r`);
      spawnSync("/bin/sh", ["-c", `printf '${answer}\\000' >"$0"`, join(channel(), "answer")], { timeout: 3000 });
      expect(me.made("marker")).toBe(false);
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await me.until("the refusal, and a prompt", () => me.refusals() === 1 && me.statuses().length > 1);
    await me.line("touch done");
    expect([me.made("marker"), me.made("done"), me.made("calls")]).toEqual([false, true, false]);
  });

  it("late: what is permitted runs then, and once", async () => {
    me = await person({ shell });
    const goOn = await askInVain(me, "echo once >>out");
    expect(me.made("out")).toBe(false);
    goOn();
    await me.until("the line's effect", () => me.made("out"));
    await me.line("");
    expect(readFileSync(join(me.home, "out"), "utf8")).toBe("once\n");
  });

  it("to a question that ^C has ended", async () => {
    me = await person({ shell });
    const goOn = await askInVain(me, "touch marker");
    // The key cannot be passed on by a session that is stopped: the terminal makes this of it.
    process.kill(-foreground(shellOf(me)), "SIGINT");
    await me.until("a prompt", () => me.statuses().length > 2);
    goOn();
    await me.line(`touch marker; ${denied}`);
    await me.line("touch done");
    expect([me.refusals(), me.made("marker"), me.made("done"), me.made("calls")]).toEqual([1, false, true, false]);
  });

  // zsh asks in its own process.
  it.skipIf(shell === "zsh")("to an asker that is killed", async () => {
    me = await person({ shell });
    const goOn = await askInVain(me, "touch marker");
    for (const asker of children(shellOf(me))) process.kill(asker, "SIGKILL");
    await me.until("a prompt", () => me.statuses().length > 2);
    goOn();
    await me.line("touch done");
    expect([me.made("marker"), me.made("done")]).toEqual([false, true]);
  });

  it("that cannot be asked for: the pipe is a file", async () => {
    me = await person({ shell });
    await me.line(`rm ${channel()}/ask; echo >${channel()}/ask`);
    me.type("touch marker\r");
    await me.until("two prompts", () => me.statuses().length > 2);
    expect(me.made("marker")).toBe(false);
  });
});

describe("nothing runs", { timeout: 90_000 }, () => {
  // Both at once, because it takes as long as the gates are patient.
  it("where no answer comes", async () => {
    const both = await Promise.all((["bash", "zsh"] as const).map((shell) => person({ shell })));
    me = { ...(both[0] as Person), leave: () => both.map((each) => each.leave()) };
    const goOn = await Promise.all(both.map((each) => askInVain(each, "touch marker")));
    await delay(20_500);
    for (const each of goOn) each();
    for (const each of both) {
      await each.until("the message", () => each.screen().includes("no answer from the session; nothing was run"));
      await each.line("touch done");
      expect([each.made("marker"), each.made("done")]).toEqual([false, true]);
    }
  });

  const another = 42_421;
  it.skipIf(process.getuid?.() !== 0)("where bash cannot fork to ask", async () => {
    me = await person({ command: ["/bin/sh", "-c", `chown ${another} ~ ~/.bashrc && exec setpriv --reuid=${another} --clear-groups "$0"`, autobotSh], env: { USER: "nobody" } });
    await me.until("the first prompt", () => me.statuses().length > 0);
    await me.line("ulimit -Su 1");
    // For which a shell forks no more.
    me.type(": >marker\r");
    // bash tries again for a while.
    for (let waited = 0; me.statuses().length < 3 && waited < 60; waited++) await delay(1000);
    expect(me.statuses()).toHaveLength(3);
    expect(me.screen()).toContain("fork: Resource temporarily unavailable");
    expect(me.made("marker")).toBe(false);
    me.type("\x04");
    expect(await me.ended()).not.toBe("");
  });
});

describe.each(["bash", "zsh"] as const)("%s: much at once", { timeout: 120_000 }, (shell) => {
  it("200 KB in one line, which no pipe holds", async () => {
    me = await person({ shell });
    writeFileSync(join(me.home, "long"), `touch ${shell}; : '${"x".repeat(200_000)}'; echo "\${#_}" >out\n`);
    // Typed by the shell itself: the terminal's own buffer is not what is measured.
    await me.line(shell === "bash" ? 'history -s -- "$(<long)"' : 'print -s -- "$(<long)"');
    await me.lines("\x1b[A\r", 1);
    expect(readFileSync(join(me.home, "out"), "utf8")).toBe("200000\n");
    writeFileSync(join(me.home, "long"), `touch marker; : '${"x".repeat(200_000)}'; ${denied}\n`);
    const before = me.refusals();
    await me.line(shell === "bash" ? 'history -s -- "$(<long)"' : 'print -s -- "$(<long)"');
    await me.lines("\x1b[A\r", 1);
    expect([me.refusals(), me.made("marker")]).toEqual([before + 1, false]);
  });

  it("bytes that are no UTF-8", async () => {
    me = await person({ shell, env: { LANG: "C", LC_ALL: "C" } });
    await me.line("echo $'\\xff\\xc3' | od -An -tx1 >out");
    expect(readFileSync(join(me.home, "out"), "utf8").trim()).toBe("ff c3 0a");
    const before = me.refusals();
    await me.line(`touch marker; : \u00ff; ${denied}`);
    expect([me.refusals(), me.made("marker")]).toEqual([before + 1, false]);
  });

  it("a thousand lines typed ahead, every second one refused", async () => {
    me = await person({ shell, files: { numbers: "" } });
    const keys = Array.from({ length: 500 }, (_, index) => `echo ${index} >>numbers\rssh 172.16.168.21 reboot ${index} >>marker\r`).join("");
    me.type("sleep 0.3\r");
    for (let at = 0; at < keys.length; at += 2000) {
      me.type(keys.slice(at, at + 2000));
      const wanted = keys.slice(0, Math.max(0, at - 2000)).split("echo").length - 2;
      await me.until("the lines before", () => readFileSync(join(me.home, "numbers"), "utf8").split("\n").length > wanted);
    }
    await me.until("the last", () => readFileSync(join(me.home, "numbers"), "utf8").includes("499\n"));
    await me.until("its refusal", () => me.refusals() === 500);
    expect(readFileSync(join(me.home, "numbers"), "utf8").split("\n").slice(0, -1)).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
    expect([me.made("marker"), me.made("calls")]).toEqual([false, false]);
  });

  it("300 KB pasted, in many lines", async () => {
    me = await person({ shell, files: { out: "" } });
    const line = `echo ${"p".repeat(990)} >>out`;
    await me.line("stty -ixon");
    me.paste(Array.from({ length: 300 }, () => line).join("\n"));
    me.type("\r");
    await me.until("all of it", () => readFileSync(join(me.home, "out"), "utf8").split("\n").length === 301);
    const before = me.refusals();
    me.paste(`${Array.from({ length: 300 }, () => `${line}; touch marker`).join("\n")}\n${denied}\n`);
    me.type("\r");
    await me.until("the refusal", () => me.refusals() === before + 1);
    expect(me.made("marker")).toBe(false);
  });
});

describe("the terminal", { timeout: 60_000 }, () => {
  it("resized many times, at the prompt and in a program", async () => {
    me = await person();
    const storm = () => {
      for (let width = 40; width < 120; width += 4) me.resize(width, 25);
    };
    const arrives = (size: string) => me.line(`until [ "$(stty size)" = "${size}" ]; do sleep 0.02; done`);
    storm();
    await arrives("25 116");
    me.resize(50, 20);
    me.type("less ~/.bashrc\r");
    storm();
    await me.until("the program", () => me.screen().includes("PROMPT_COMMAND="));
    await me.lines("q", 1);
    await arrives("25 116");
    // bash looks at the size after a program, and at a signal that the program's own group may have had in its place.
    await me.line("/bin/true");
    expect(await me.line('[ "$COLUMNS" = 116 ]')).toBe("0");
  });

  it("whose reader has stopped: nothing is lost", async () => {
    me = await person();
    me.type("seq 1 20000; touch done\r");
    me.type("\x13");
    await delay(300);
    me.type("\x11");
    await me.until("the end", () => me.made("done") && /20000\n>$/.test(me.screen()));
    expect(me.screen().split("\n").slice(-12, -1)).toEqual(Array.from({ length: 11 }, (_, index) => String(19990 + index)));
  });

  it("of a person who stops the session and goes on", async () => {
    me = await person();
    const pid = sessionOf(me);
    for (let times = 0; times < 5; times++) {
      process.kill(pid, "SIGSTOP");
      process.kill(pid, "SIGCONT");
    }
    await me.line("touch done");
    expect(me.made("done")).toBe(true);
  });
});
