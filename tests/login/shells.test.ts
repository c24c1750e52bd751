// Shells that a login opens by a command: `ssh -t server bash` gives what `ssh server` gives, a session whose lines are judged,
// or nothing. By a real sshd and su, on a machine where people work and on a server.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`shells opened by a login are not tested: ${lacking}`);

const policy = "policy: server\ndescription: This machine is a server.\nsettings:\n  role: managed-host\n";

/** Nobody echoes `ran 42` but a shell that runs it. The second `exit` is for a shell around it. */
const typed = (denied: string) => `stty -echo\n${denied}\necho "ran $((6*7))"\nexit 7\nexit 7\n`;

describe.skipIf(lacking !== undefined).each<readonly [string, string, string]>([
  ["where people work", "", "ssh 172.16.168.23 vim /etc/hosts"],
  ["on a server", policy, "echo x >~/made"],
])("%s, a shell opened by a command", { timeout: 60_000 }, (_, settings, denied) => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(machine, "mkdir -p /etc/autobot-sh; cat >/etc/autobot-sh/server.yaml; [[ -s /etc/autobot-sh/server.yaml ]] || rm -r /etc/autobot-sh", settings);
  }, 60_000);
  afterAll(() => down(machine));

  const opened = (words: string) => run(machine, `rm -f /home/pat/made; timeout 40 ${words}`, typed(denied));
  const made = () => run(machine, "ls /home/pat/made").status === 0;

  it.each([
    ["bash", "ssh -tt pat@127.0.0.1 bash"],
    ["a login shell", "ssh -tt pat@127.0.0.1 bash -l"],
    ["in the place of the first", "ssh -tt pat@127.0.0.1 exec bash --login"],
    ["in another directory", "ssh -tt pat@127.0.0.1 'cd /tmp && exec bash'"],
    ["by a shell of the name", "ssh -tt pat@127.0.0.1 /opt/autobot-sh/bin/autobot-sh"],
    ["by su", "script -qec 'su - pat -c bash' /dev/null"],
    ["by su, without a new environment", "script -qec 'su pat -c \"cd /tmp; bash\"' /dev/null"],
  ])("%s: its lines are judged", (_title, words) => {
    const { status, stdout } = opened(words);
    expect(stdout).toContain("ran 42");
    expect(stdout).toContain("[remote-editing/");
    expect([status, made()]).toEqual([7, false]);
  });

  it.each([
    ["by its path", "ssh -tt pat@127.0.0.1 /bin/bash"],
    ["in the place of the first, by its path", "ssh -tt pat@127.0.0.1 exec /bin/bash -l"],
    ["sh", "ssh -tt pat@127.0.0.1 sh"],
    ["by env", "ssh -tt pat@127.0.0.1 env bash"],
    ["on a terminal of its own", "ssh -tt pat@127.0.0.1 'script -qc bash /dev/null'"],
    ["by python", 'ssh -tt pat@127.0.0.1 \'python3 -c "import pty; pty.spawn(\\"/bin/bash\\")"\''],
    ["with another PATH", "ssh -tt pat@127.0.0.1 'PATH=/bin:/usr/bin; bash'"],
    ["as SHELL says", "ssh -tt pat@127.0.0.1 'SHELL=/bin/bash; $SHELL'"],
    ["by su", "script -qec 'su - pat -c /bin/bash' /dev/null"],
  ])("%s: turned down, with a way that is judged", (_title, words) => {
    const { status, stdout } = opened(words);
    expect(stdout).toMatch(/refused: the lines typed in `\S+` would not be judged; nothing was run/);
    expect(stdout).toContain("name `bash` or `zsh` without a path");
    expect(stdout).not.toContain("ran 42");
    expect([status, made()]).toEqual([126, false]);
  });

  it.each([
    ["a command of bash's", "ssh -tt pat@127.0.0.1 \"bash -c 'echo one; exit 5'\"", 5, "one"],
    ["one by its path", "ssh -tt pat@127.0.0.1 \"/bin/bash -c 'echo one; exit 5'\"", 5, "one"],
    ["a program for it", "ssh -tt pat@127.0.0.1 'bash <<<\"echo one\"; exit 5'", 5, "one"],
    ["what a session itself is asked for", "ssh -tt pat@127.0.0.1 'tty >/dev/null && echo one; exit 5'", 5, "one"],
  ])("%s is nothing of the kind", (_title, words, status, said) => {
    const ran = opened(words);
    expect([ran.status, ran.stdout]).toEqual([status, expect.stringContaining(said)]);
  });

  it("typed in a session: the same", () => {
    const lines = ["PATH=/bin:/usr/bin; bash", "command -p bash", "hash -r; bash", "find / -maxdepth 0 -exec bash \\;", "/bin/sh"];
    const { status, stdout } = run(machine, "timeout 60 ssh -tt pat@127.0.0.1", `${lines.join("\n")}\necho "depth $SHLVL"\nexec bash\necho "depth $SHLVL"\n${denied}\nexit 7\n`);
    expect(stdout.match(/refused: the lines typed in/g)).toHaveLength(lines.length);
    expect([...stdout.matchAll(/^depth (\d)/gm)].map(([, depth]) => depth)).toEqual(["1", "1"]);
    expect(stdout).toContain("[remote-editing/");
    expect([status, made()]).toEqual([7, false]);
  });
});
