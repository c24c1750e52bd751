// How a session ends: whoever dies, nothing is left running or lying about, and the terminal is as it was.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { facts } from "../../src/world/process.ts";
import { type Person, type PersonOptions, person } from "../stage/person.ts";
import { autobotSh } from "../stage/run.ts";
import { descendants, isRunning } from "../stage/watch.ts";

function isSleep(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n";
  } catch {
    return false;
  }
}

/** A bash in which the session is typed as a command, so that somebody is there to see how it ended. */
async function nested(options: PersonOptions = {}): Promise<Person> {
  const me = await person({ ...options, command: ["/bin/bash", "--norc", "--noprofile"] });
  me.type("PS1='outer: '; stty erase ^H; before=$(stty -g)\r");
  await me.until("the outer prompt", () => /\nouter:$/.test(me.screen()));
  me.type(`${autobotSh}; echo "status $? $([ "$before" = "$(stty -g)" ] && echo same)"\r`);
  // Shown, not only prepared: before it reads, ^D and the like would be the terminal's own.
  await me.until("the first prompt", () => me.statuses().length > 0 && /\n>$/.test(me.screen()));
  return me;
}

const leftovers = (me: Person) => readdirSync(me.home).filter((name) => name.startsWith("autobot-sh-session"));

async function gone(me: Person, pids: readonly number[]): Promise<void> {
  await me.until("the end of all", () => pids.every((pid) => !isRunning(pid)));
}

describe("the session's own end", { timeout: 60_000 }, () => {
  it.each([
    ["exit", "exit 7\r", "7"],
    ["^D", "\x04", "0"],
    ["its shell killed", "kill -9 $$\r", "137"],
    ["its shell hung up", "kill -HUP $$\r", "129"],
    ["exec of another program", "exec true\r", "0"],
    ["the terminal left in a mess", "stty raw -echo; exit 3\r", "3"],
  ])("%s", async (_title, keys, status) => {
    const me = await nested();
    try {
      const pids = descendants(me.pid).slice(1);
      me.type(keys);
      await me.until("its status", () => me.screen().includes(`status ${status} same`));
      await gone(me, pids);
      expect(leftovers(me)).toEqual([]);
    } finally {
      me.leave();
    }
  });

  it("stopped jobs are warned of, and end with the shell", async () => {
    const me = await nested();
    try {
      me.type("sleep 100\r");
      await me.until("sleep", () => descendants(me.pid).some(isSleep));
      const pids = descendants(me.pid).slice(1);
      await me.lines("\x1a", 1);
      await me.line("exit");
      expect(me.screen()).toContain("There are stopped jobs.");
      me.type("exit\r");
      await me.until("its status", () => /status \d+ same/.test(me.screen()));
      await gone(me, pids);
    } finally {
      me.leave();
    }
  });
});

describe("killed", { timeout: 60_000 }, () => {
  it("the session: its shell is gone, and the terminal is put right", async () => {
    const me = await nested();
    try {
      const [, , session = 0, shell = 0] = descendants(me.pid);
      process.kill(session, "SIGKILL");
      await me.until("its status", () => me.screen().includes("status 137 same"));
      await gone(me, [session, shell]);
      expect(me.screen()).toContain("the shell was killed");
    } finally {
      me.leave();
    }
  });

  it("the launcher: session and shell go too", async () => {
    const me = await nested();
    try {
      const [, launcher = 0, session = 0, shell = 0] = descendants(me.pid);
      process.kill(launcher, "SIGKILL");
      await gone(me, [session, shell]);
      expect(leftovers(me)).toEqual([]);
    } finally {
      me.leave();
    }
  });

  it("the window: nothing stays", async () => {
    const me = await person();
    const pids = [me.pid, ...descendants(me.pid)];
    await me.line("sleep 100 &");
    // Between fork and exec a signal is lost, in any bash.
    const isSleep = (pid: number) => isRunning(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep");
    await me.until("the job", () => descendants(me.pid).some(isSleep));
    pids.push(...descendants(me.pid));
    // Some have ended already, and another process may get their numbers.
    const ours = pids.flatMap((pid) => (isRunning(pid) ? [{ pid, ticks: facts(pid).ticks }] : []));
    me.leave();
    const left = () => ours.filter(({ pid, ticks }) => isRunning(pid) && facts(pid).ticks === ticks).map(({ pid }) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    await vi.waitFor(() => expect(left()).toEqual([]), { timeout: 20_000 });
    expect(leftovers(me)).toEqual([]);
  });

  it("stopped, the session lets nothing through, and goes on", async () => {
    const me = await person();
    try {
      const [, session = 0] = descendants(me.pid);
      process.kill(session, "SIGSTOP");
      me.type("touch marker\r");
      process.kill(session, "SIGCONT");
      await me.until("the file", () => me.made("marker"));
    } finally {
      me.leave();
    }
  });

  it("its pipes removed: nothing runs", async () => {
    const me = await person();
    try {
      await me.line("rm -r ~/autobot-sh-session-*");
      me.type("touch marker\r");
      await me.until("the prompt", () => me.statuses().length > 2);
      expect(me.made("marker")).toBe(false);
      expect(me.screen()).toContain("no answer from the session; nothing was run");
      me.type("\x04");
      expect(await me.ended()).not.toBe("");
    } finally {
      me.leave();
    }
  });
});

it("what a killed session has left is swept away when the next one ends", { timeout: 60_000 }, async () => {
  const me = await nested();
  try {
    // The launcher would clear up.
    const [, launcher = 0, session = 0] = descendants(me.pid);
    process.kill(launcher, "SIGKILL");
    process.kill(session, "SIGKILL");
    await me.until("its status", () => me.screen().includes("status 137"));
    expect(leftovers(me)).toHaveLength(1);
    me.type(`${autobotSh}\r`);
    await me.until("a session", () => me.statuses().length > 1);
    const [left, ...others] = leftovers(me).sort((first) => (first.includes(`-${launcher}-`) ? -1 : 1));
    expect([left, others]).toEqual([expect.stringContaining(`-${launcher}-`), [expect.any(String)]]);
    me.type("exit\r");
    await me.until("both gone", () => leftovers(me).length === 0);
  } finally {
    me.leave();
  }
});

describe("no gate, no shell", { timeout: 60_000 }, () => {
  it("with an option under which bash would not load it", async () => {
    const me = await person({ command: [autobotSh, "-p"] });
    try {
      expect(await me.ended()).toBe("125");
      expect(me.screen()).toContain("bash loads no gate with `-p`");
    } finally {
      me.leave();
    }
  });

  const { AUTOBOT_SH_TEST_OLD_BASH: oldBash } = process.env;
  it.skipIf(oldBash === undefined)("with a bash that has no PS0 (AUTOBOT_SH_TEST_OLD_BASH: one before 4.4)", async () => {
    const me = await person({ command: [autobotSh], bash: oldBash });
    try {
      me.type("touch marker\r");
      expect(await me.ended()).toBe("125");
      expect(me.screen()).toContain("this bash is older than 4.4");
      expect(me.made("marker")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it("a start-up file that ^C ends", async () => {
    const me = await person({ rc: "sleep 30", command: [autobotSh] });
    try {
      await me.until("sleep", () => descendants(me.pid).some(isSleep));
      me.type("\x03");
      await me.until("the prompt", () => /> *$/.test(me.screen()));
      me.type("touch marker; ssh 172.16.168.21 'vim f'\r");
      await me.until("the refusal", () => me.refusals() === 1);
      expect(me.made("marker") || me.made("calls")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it("a start-up file that becomes another shell", async () => {
    const me = await person({ rc: "exec /bin/bash --norc", command: [autobotSh] });
    try {
      await me.until("the other shell", () => /bash-\d/.test(me.screen()));
      me.type("touch marker\r");
      expect(await me.ended()).toBe("125");
      expect(me.made("marker")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it("fish: a message, and a shell that can be judged", async () => {
    const me = await person({ env: { AUTOBOT_INNER_SHELL: "fish" } });
    try {
      expect(me.screen()).toContain("the lines of `fish` cannot be judged");
    } finally {
      me.leave();
    }
  });
});
