// A shell on a server, typed into for real, where the policy says `remote-session: guard`: what the policy denies has no
// effect there, everything else is the server's own bash; and where there can be no gate, that is said.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bashVersion, type Person, type PersonOptions, person, refusedStatus } from "../stage/person.ts";
import { autobotSh, root } from "../stage/run.ts";
import { firstUser, missingServer, processes, type Server, serve } from "../stage/server.ts";

const skipped = missingServer();

const policy = (setting: string) => `policy: own\ndescription: of this test\nsettings:\n  remote-session: ${setting}\n`;

/** A person whose ssh reaches the server, by names of the fleet. */
function client(server: Server, setting = "guard", options: PersonOptions = {}): Promise<Person> {
  const ssh = `#!/bin/sh\necho "ssh $*" >>"$HOME/calls"\nexec /usr/bin/ssh -F ${server.sshConfig} "$@"\n`;
  const files = { ".autobot-sh/own.yaml": policy(setting), "bin/ssh": ssh, "bin/scp": `#!/bin/sh\nexec /usr/bin/scp -F ${server.sshConfig} "$@"\n`, ...options.files };
  return person({ ...options, network: server.pid, files });
}

/** What is typed into a shell on the server. */
function remote(me: Person, server: Server, host = "frontend") {
  const home = server.home(host);
  const prompts = () => (existsSync(join(home, "prompts")) ? readFileSync(join(home, "prompts"), "utf8").split("\n").slice(0, -1) : []);
  const lines = async (keys: string, count = 1) => {
    const before = prompts().length;
    me.type(keys);
    await me.until(`${count} prompts after ${JSON.stringify(keys)}`, () => prompts().length >= before + count);
    return prompts().at(-1) ?? "";
  };
  return {
    home,
    prompts,
    lines,
    /** ^C. What comes while bash looks at a key, and not for one, it remembers until the next one. */
    interrupt: async () => {
      const before = prompts().length;
      for (let waited = 0; prompts().length === before; await delay(20), waited += 20) if (waited % 2000 === 0) me.type("\x03");
    },
    line: (text: string) => lines(`${text}\r`),
    made: (name: string) => existsSync(join(home, name)),
    enter: async (words = host) => {
      const before = prompts().length;
      me.type(`ssh ${words}\r`);
      await me.until("a prompt there", () => prompts().length > before);
    },
  };
}

/** By ^C, and again: what comes while bash looks at a key, and not for one, it remembers until the next key, as it does without us. */
function interrupted(me: Person, done: () => boolean): () => boolean {
  let last = 0;
  return () => {
    if (done()) return true;
    if (Date.now() - last > 3000) {
      me.type("\x03");
      last = Date.now();
    }
    return false;
  };
}

describe.skipIf(skipped !== undefined)("a guarded session", { timeout: 60_000 }, () => {
  let server: Server;
  let me: Person;
  let there: ReturnType<typeof remote>;
  let count = 0;
  beforeAll(async () => {
    const rc = 'alias fix="vim app.py"\nmend() { touch ~/"$1"; vim app.py; }\nlook() { ls ~ >/tmp/"$1"; }\nHISTCONTROL=ignoreboth\nexport LESSHISTFILE=-';
    server = await serve({ frontend: { shell: "/bin/bash", rc }, redis: { shell: "/bin/bash" } });
    me = await client(server);
    there = remote(me, server);
    await there.enter();
  }, 60_000);
  afterAll(async () => {
    me?.leave();
    await server?.down();
    for (const name of readdirSync("/tmp")) if (name.startsWith(`autobot-sh-guard-${process.pid}-`)) rmSync(join("/tmp", name));
  });

  it("says so, and is a login shell of the user's own", async () => {
    expect(me.screen()).toContain("notice: a shell on frontend: each line is judged");
    await there.line("shopt -q login_shell && echo login $0 $SHLVL $PWD");
    expect(me.screen()).toContain("login -bash 1 /home/autobot");
  });

  it("vim app.py is refused with the way from here", async () => {
    expect(await there.line("vim app.py")).toBe(refusedStatus);
    expect(me.screen()).toContain("[remote-editing/editor]");
    expect(me.screen()).toContain("sync-to-vm.sh frontend app.py /home/autobot/app.py");
  });

  // MARK: a file in the home there that no refused line may make.
  it.each<readonly [string, string]>([
    ["a write", "touch MARK"],
    ["a redirection", "echo x >MARK"],
    ["a list", "ls; touch MARK"],
    ["a pipeline", "date | tee MARK"],
    ["a group's redirection", "{ vim app.py; } >MARK"],
    ["a substitution", 'echo "$(touch MARK)"'],
    ["several lines", "for x in 1; do\rtouch MARK\rdone"],
    ["a here-document", "cat >MARK <<'E'\rx\rE"],
    ["a quote over lines", "touch 'MARK' '\rx'"],
    ["a leading blank", " touch MARK"],
    ["an alias", "touch MARK; fix"],
    ["a function", "mend MARK"],
    ["a variable", "F=MARK; touch $F"],
    ["eval", 'eval "touch MARK"'],
    ["a service", "touch MARK; sudo systemctl restart nginx"],
    ["in place", "touch MARK; sed -i s/a/b/ app.py"],
    ["a hop's command", "touch MARK; ssh redis 'vim f'"],
    ["a hop's command alone", "ssh 172.16.168.23 'touch MARK'"],
    ["a session on a third host", "ls >/dev/null; ssh redis"],
    ["a shell in the shell", "bash"],
    ["in its place", "exec bash --norc"],
    ["another user's shell", "sudo -i"],
  ])("refused: %s", async (_title, keys) => {
    const marker = `mark${count++}`;
    expect(await there.line(keys.replaceAll("MARK", marker))).toBe(refusedStatus);
    expect(there.made(marker)).toBe(false);
  });

  it.each<readonly [string, string, string]>([
    ["reads", "head -c3 /etc/hostname >/dev/null; echo a$((1 + 1))b", "a2b"],
    ["the shell's own", "X=5; cd /usr; echo $PWD$X; cd", "/usr5"],
    ["a permitted function", "look LISTED; cat /tmp/LISTED | grep -c . >/dev/null && echo fine", "fine"],
    ["several lines", "for x in 1 2; do\recho v$x$x\rdone", "v22"],
    ["a here-document", "cat <<'E'\rheld\rE", "held"],
    ["below /tmp", "touch /tmp/PERMITTED && echo touched", "touched"],
  ])("permitted: %s", async (_title, keys, shown) => {
    expect(await there.line(keys.replace(/LISTED|PERMITTED/g, `autobot-sh-guard-${process.pid}-${count++}`))).toBe("0");
    await me.until(shown, () => me.screen().includes(shown));
  });

  it("a relative path means the directory in which the shell stands there", async () => {
    const name = `autobot-sh-guard-${process.pid}-${count++}`;
    expect(await there.line("cd /tmp")).toBe("0");
    expect(await there.line(`touch ${name}`)).toBe("0");
    expect(await there.line(`rm ${name}`)).toBe("0");
    expect(await there.line("cd /home/autobot")).toBe("0");
    expect(await there.line(`touch ${name}`)).toBe(refusedStatus);
    expect(there.made(name)).toBe(false);
  });

  it("history: what is recalled is judged, and kept as the user has it", async () => {
    await there.line("echo touch h1");
    expect(await there.line("!!:s/echo //")).toBe(refusedStatus);
    expect(there.made("h1")).toBe(false);
    await there.line(" echo hid'den'");
    await there.line("history 3 | grep -c 'echo h[i]d'; echo $HISTCONTROL");
    await me.until("both", () => /\n0\nautobot-sh\(ignoreboth\)\n/.test(me.screen()));
  });

  it("typed ahead: in order, and each line by itself", async () => {
    await there.lines("sleep 0.3; echo one\rtouch ahead\recho t''wo\rread x; echo g''ot $x\rfor read\recho three''3\r", 5);
    await me.until("all", () => me.screen().includes("three3"));
    expect(me.screen()).toMatch(/one\n[\s\S]*two\n[\s\S]*got for read\n[\s\S]*three3/);
    expect(there.made("ahead")).toBe(false);
  });

  it("a pasted block is refused whole", async () => {
    await there.line("bind 'set enable-bracketed-paste on'");
    me.paste("touch p1\nls\ntouch /tmp/p2");
    // Before 5.1 a prompt stands behind each of its lines.
    await there.lines("\r", bashVersion < 501 ? 3 : 1);
    await there.line("echo after");
    expect([there.made("p1"), existsSync("/tmp/p2")]).toEqual([false, false]);
  });

  it("^C, job control, full-screen programs", async () => {
    me.type("sleep 100\r");
    await delay(300);
    expect(await there.lines("\x03", 1)).toBe("130");
    me.type("sleep 100\r");
    await delay(300);
    expect(await there.lines("\x1a", 1)).toBe("148");
    expect(await there.line("kill %1")).toBe("0");
    me.type("less /etc/passwd\r");
    await me.until("less", () => me.screen().includes("root:x:0"));
    expect(await there.lines("q", 1)).toBe("0");
  });

  it("^C while a line is judged drops or ends it, and the shell goes on", async () => {
    for (let tries = 0; tries < 8; tries++) {
      const before = there.prompts().length;
      me.type("sleep 50\r");
      await delay(tries * 3);
      await me.until(
        "a prompt",
        interrupted(me, () => there.prompts().length > before),
      );
    }
    me.type("echo st''ill\r");
    await me.until("the next line's output", () => me.screen().includes("still"));
    expect(await there.line("true")).toBe("0");
  });

  it("large lines", async () => {
    expect(await there.line(`echo ${"x".repeat(3000)} | wc -c`)).toBe("0");
    await me.until("its length", () => me.screen().includes("3001"));
  });

  it("no keystroke of an answer is shown or left behind", () => {
    expect(me.screen()).not.toMatch(/autobot-sh:[0-9a-f]{24}/);
  });

  it("leaves no file of its own there", async () => {
    expect(readdirSync(there.home).sort()).toEqual([".bash_profile", ".bashrc", ".ssh", ".zshrc", "prompts"]);
  });

  it("what is denied is on record here", () => {
    expect(me.refusals()).toBeGreaterThan(15);
  });

  it("the gate taken away ends the session", async () => {
    const before = me.statuses().length;
    me.type("unset PS0 PROMPT_COMMAND\r");
    await me.until("a prompt here", () => me.statuses().length > before);
    expect(me.statuses().at(-1)).toBe("125");
    expect(me.screen()).toContain("its gate was taken away");
  });

  it("ends with the status of the shell there", async () => {
    const before = me.statuses().length;
    await there.enter();
    me.type("exit 7\r");
    await me.until("a prompt here", () => me.statuses().length > before);
    expect(me.statuses().at(-1)).toBe("7");
  });

  it("~. ends it", async () => {
    const before = me.statuses().length;
    await there.enter();
    await there.line("true");
    me.type("~.");
    await me.until("a prompt here", () => me.statuses().length > before);
    expect(me.statuses().at(-1)).toBe("255");
    expect(await me.line("stty -a | grep -q ' icanon.* echo '")).toBe("0");
  });

  it("other calls are untouched", async () => {
    const before = there.prompts().length;
    await me.line("ssh frontend 'echo $-; tty' >out 2>&1; ssh -T frontend 'echo plain' >>out");
    expect(readFileSync(join(me.home, "out"), "utf8")).toMatch(/^\w+\nnot a tty\nplain\n$/);
    await me.line("ssh -t frontend 'tty; echo done'");
    await me.until("its output", () => /\/dev\/pts\/\d+\n[\s\S]*done/.test(me.screen()));
    await me.line("scp -q frontend:.bashrc copied");
    expect(me.made("copied")).toBe(true);
    expect(there.prompts().length).toBe(before);
  });
});

describe.skipIf(skipped !== undefined)("where there can be no gate", { timeout: 60_000 }, () => {
  let server: Server;
  beforeAll(async () => {
    const users = {
      frontend: { shell: "/bin/bash" },
      redis: { shell: "/usr/bin/dash" },
      browser: { shell: existsSync("/bin/zsh") ? "/bin/zsh" : "/bin/sh" },
      "ai-stack": { shell: "/bin/rbash", rc: "PATH=/nowhere" },
      "npu-worker": { shell: "/bin/bash" },
    };
    server = await serve(users, "Match User at-npu-worker\n  ForceCommand echo menu; read x; echo chosen $x; exit 5\n");
  }, 60_000);
  afterAll(() => server?.down());

  /** A person who has typed that, and is to see something. */
  async function sees(line: string, shown: RegExp, then: (me: Person) => Promise<void> = async () => {}, setting = "guard", options: PersonOptions = {}): Promise<void> {
    const me = await client(server, setting, options);
    try {
      if (options.command === undefined) me.type(`${line}\r`);
      await me.until(String(shown), () => shown.test(me.screen()));
      await then(me);
    } finally {
      me.leave();
    }
  }

  const ends = (status: string) => async (me: Person) => {
    const before = me.statuses().length;
    me.type("exit 3\r");
    await me.until("a prompt here", () => me.statuses().length > before);
    expect(me.statuses().at(-1)).toBe(status);
  };

  it("dash: said, and it works", () =>
    sees("ssh redis", /redis, whose lines are not judged: its shell is dash\n[\s\S]*\$ *$/, async (me) => {
      me.type("echo d''ash; touch made\r");
      await me.until("its output", () => me.screen().includes("\ndash"));
      await me.until("what it makes", () => existsSync(join(server.home("redis"), "made")));
      await ends("3")(me);
    }));

  it("zsh: said, and it works", () =>
    sees("ssh browser", /browser, whose lines are not judged: its shell is z?sh\n/, async (me) => {
      me.type("echo z''sh\r");
      await me.until("it", () => /\nzsh/.test(me.screen()));
    }));

  it("a restricted shell stays restricted", () =>
    sees("ssh ai-stack", /ai-stack, whose lines are not judged[\s\S]*ai-stack> *$/, async (me) => {
      me.type("cd /\r");
      await me.until("its refusal", () => me.screen().includes("restricted"));
    }));

  it("a forced command: said after a while, and the keys go to it", async () => {
    const me = await client(server);
    try {
      me.type("ssh npu-worker\r");
      await me.until("the menu", () => me.screen().includes("menu"));
      await delay(5_000);
      await me.until("the notice", () => /npu-worker, whose lines are not judged: it has not answered/.test(me.screen()));
      const before = me.statuses().length;
      me.type("two\r");
      await me.until("a prompt here", () => me.statuses().length > before);
      expect(me.screen()).toContain("chosen two");
      expect(me.statuses().at(-1)).toBe("5");
    } finally {
      me.leave();
    }
  });

  it("no server: ssh's own status, and no notice", () =>
    sees("ssh -p 1 frontend; echo status=$?", /status=255/, async (me) => {
      expect(me.screen()).not.toContain("notice");
    }));

  it("without a terminal there", () => sees("ssh -T frontend", /whose lines are not judged/));

  it.each([
    ["guard", /each line is judged/],
    ["notice", /notice: a shell on frontend: look, and change nothing/],
    ["refuse", /\[settings\/remote-session\]/],
  ])("%s, in the interactive shell and from -c on a terminal", async (setting, shown) => {
    await sees("ssh frontend", shown, undefined, setting);
    await sees("", shown, undefined, setting, { command: [autobotSh, "-c", "ssh frontend"] });
  });

  it.each(["ssh -t frontend bash", "ssh -t frontend bash -l", "ssh -t frontend '/bin/bash --login'", "ssh frontend bash"])("%s is guarded as `ssh frontend` is", async (line) => {
    const me = await client(server);
    const there = remote(me, server);
    try {
      const before = there.prompts().length;
      me.type(`${line}\r`);
      await me.until("a prompt there", () => there.prompts().length > before);
      await me.until("the notice", () => me.screen().includes("each line is judged"));
      expect(await there.line("touch by-command")).toBe(refusedStatus);
      expect(await there.line("shopt -q login_shell")).toBe("0");
      expect(there.made("by-command")).toBe(false);
      await ends("3")(me);
    } finally {
      me.leave();
    }
  });

  it("what opens a shell there that cannot be guarded is refused, by the name of its way in", async () => {
    const me = await client(server, "guard", {
      files: { "bin/mosh": '#!/bin/sh\necho "mosh $*" >>"$HOME/calls"\n', "bin/autossh": '#!/bin/sh\necho "autossh $*" >>"$HOME/calls"\n' },
    });
    const lines = [
      ["sudo", "ssh -t frontend sudo -i"],
      ["su", "ssh -t frontend 'sudo su -'"],
      ["tmux", "ssh -t frontend tmux attach"],
      ["sh", "ssh -t frontend sh"],
      ["another directory", "ssh -t frontend 'cd /tmp && exec bash'"],
      ["a redirection", "ssh -t frontend 'bash 2>/dev/null'"],
      ["a container", "ssh -t frontend docker exec -it web bash"],
      ["python", "ssh -t frontend python3"],
      ["RemoteCommand", "ssh -t -o RemoteCommand=bash frontend"],
      ["a third host", "ssh -t frontend ssh 172.16.168.23"],
      ["mosh", "mosh frontend"],
      ["autossh", "autossh -M 0 frontend"],
    ] as const;
    try {
      const statuses = [];
      for (const [title, line] of lines) statuses.push([title, await me.line(line)]);
      expect(statuses).toEqual(lines.map(([title]) => [title, "126"]));
      expect(me.screen()).toContain("the lines typed in `mosh` on frontend would not be judged");
      expect(me.screen()).toContain("open it by `ssh frontend` alone");
      expect(me.made("calls")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it("commands, and shells on hosts of nobody's fleet, are left alone", async () => {
    const me = await client(server, "guard", { files: { "bin/mosh": '#!/bin/sh\necho "mosh $*" >>"$HOME/calls"\n' } });
    try {
      for (const line of ["ssh -t frontend bash -c true", "ssh -t frontend 'echo true | bash'", "ssh -t frontend 'tmux ls; true'", "mosh build.example.com"])
        expect([line, await me.line(line)]).toEqual([line, "0"]);
      expect(readFileSync(join(me.home, "calls"), "utf8")).toContain("mosh build.example.com");
    } finally {
      me.leave();
    }
  });

  it("into a pipe, without a keyboard, by a script without a terminal", async () => {
    const me = await client(server);
    try {
      expect(await me.line("setsid -w sh -c 'ssh frontend' 2>err </dev/zero")).toBe("126");
      expect(readFileSync(join(me.home, "err"), "utf8")).toContain("remote-session");
      await me.line("ssh frontend </dev/null");
      me.type("ssh frontend | cat\r");
      await me.until("the notice", () => me.screen().includes("its output is not a terminal"));
      expect(me.screen()).not.toContain("each line is judged");
    } finally {
      me.leave();
    }
  });

  it("through a connection that is shared, and typed before it is there", async () => {
    const there = server.home("frontend");
    const me = await client(server);
    try {
      me.type("ssh -o ControlMaster=yes -o ControlPath=~/master -fN frontend; ssh -o ControlPath=~/master frontend\rtouch early\recho ru''ns\r");
      await me.until("both", () => /\[remote-editing\/write\]/.test(me.screen()) && me.screen().includes("\nruns"));
      expect(existsSync(join(there, "early"))).toBe(false);
      const before = me.statuses().length;
      me.type("exit 4\r");
      await me.until("a prompt here", () => me.statuses().length > before);
      expect(me.statuses().at(-1)).toBe("4");
      await me.line("ssh -o ControlPath=~/master -O exit frontend");
    } finally {
      me.leave();
    }
  });
});

describe.skipIf(skipped !== undefined)("how a guarded session ends", { timeout: 60_000 }, () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({ frontend: { shell: "/bin/bash" } });
  }, 60_000);
  afterAll(() => server?.down());

  const shellsThere = () => processes().filter(({ uid, name }) => uid === firstUser && name === "bash");

  it("over a slow link: what is typed ahead, and ^C at every moment", async () => {
    const relay = `const server = require("node:net").connect(2222, "127.0.0.1");
      const late = (pass) => (chunk) => setTimeout(pass, 75, chunk);
      process.stdin.on("data", late((chunk) => server.write(chunk))).on("end", () => server.end());
      server.on("data", late((chunk) => process.stdout.write(chunk))).on("close", () => setTimeout(process.exit, 100));`;
    const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F ${server.sshConfig} -o "ProxyCommand ${process.execPath} $HOME/relay.js" "$@"\n`;
    const me = await client(server, "guard", { files: { "relay.js": relay, "bin/ssh": ssh } });
    try {
      const there = remote(me, server);
      await there.enter();
      await there.lines("echo on''e\rtouch ahead\recho tw''o\recho thre''e\r", 4);
      for (let tries = 0; tries < 6; tries++) {
        me.type("sleep 50\r");
        await delay(tries * 40);
        await there.interrupt();
        await delay(300);
      }
      await there.line("echo still''fine");
      await me.until("the last", () => /one\n[\s\S]*two\n[\s\S]*three\n[\s\S]*\nstillfine/.test(me.screen()));
      expect(there.made("ahead")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it("its connection stays, for others to share", async () => {
    const me = await client(server);
    const there = remote(me, server);
    try {
      const shared = "-o ControlMaster=auto -o ControlPath=~/master -o ControlPersist=20 frontend";
      for (const status of ["6", "7"]) {
        await there.enter(shared);
        expect(await there.line("touch shared")).toBe(refusedStatus);
        const before = me.statuses().length;
        me.type(`exit ${status}\r`);
        await me.until("a prompt here", () => me.statuses().length > before);
        expect(me.statuses().at(-1)).toBe(status);
      }
      expect(there.made("shared")).toBe(false);
      expect(await me.line("ssh -o ControlPath=~/master -O exit frontend")).toBe("0");
    } finally {
      me.leave();
    }
  });

  it("the connection is lost", async () => {
    const me = await client(server);
    try {
      await remote(me, server).enter();
      const before = me.statuses().length;
      for (const { pid } of processes().filter(({ uid, name }) => uid === firstUser && name.startsWith("sshd"))) process.kill(pid, "SIGKILL");
      await me.until("a prompt here", () => me.statuses().length > before);
      expect(me.statuses().at(-1)).toBe("255");
      expect(await me.line("stty -a | grep -q ' icanon.* echo '")).toBe("0");
    } finally {
      me.leave();
    }
  });

  it("the window is closed: nothing stays", async () => {
    const me = await client(server);
    await remote(me, server).enter();
    await me.until("one shell there", () => shellsThere().length === 1);
    me.leave();
    await ({ ...me, screen: () => "" } satisfies Person).until("its end", () => shellsThere().length === 0);
  });

  it("its own program killed: the shell there ends, and the terminal is put right", async () => {
    const me = await client(server);
    try {
      await remote(me, server).enter();
      const before = me.statuses().length;
      for (const { pid } of processes().filter(({ words }) => words.includes(join(root, "dist", "session.cjs")) && words.includes("remote"))) process.kill(pid, "SIGKILL");
      await me.until("a prompt here", () => me.statuses().length > before);
      await me.until("the end there", () => shellsThere().length === 0);
      expect(await me.line("stty -a | grep -q ' icanon.* echo '")).toBe("0");
    } finally {
      me.leave();
    }
  });
});
