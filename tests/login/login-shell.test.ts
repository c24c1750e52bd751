// `autobotctl login-shell`: nothing is changed before a session is proven, each step can be taken back, and twice is no more
// than once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`autobotctl login-shell is not tested: ${lacking}`);

const launcher = "/opt/autobot-sh/bin/autobot-sh";

describe.skipIf(lacking !== undefined)("autobotctl login-shell", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(machine, "chmod 664 /etc/shells; chgrp watch /etc/shells; cp -p /etc/shells /etc/shells.before");
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string) => seenIn(machine, script);
  const control = (words: string) => seen(`/opt/autobot-sh/bin/autobotctl login-shell ${words}`);
  const shellOf = (user: string) => run(machine, `getent passwd ${user} | cut -d: -f7`).stdout.trim();
  const shells = () => run(machine, "stat -c '%a %U %G' /etc/shells; diff /etc/shells.before /etc/shells").stdout;
  const untouched = "664 root watch\n";

  it("enables, tells, and takes back", () => {
    const enabled = control("enable --user bo");
    expect(enabled).toMatchObject({ status: 0, stderr: "" });
    expect(enabled.stdout).toContain(`the login shell of bo is ${launcher}`);
    expect(enabled.stdout).toContain("back: autobotctl login-shell disable --user bo\n");
    expect(enabled.stdout).toContain("or: chsh -s /bin/bash bo\n");
    expect(enabled.stdout).toContain("warning: where autobot-sh cannot work, bo gets no shell");
    expect([shellOf("bo"), shells()]).toEqual([
      launcher,
      `${untouched}${run(machine, "wc -l </etc/shells.before").stdout.trim()}a${run(machine, "wc -l </etc/shells").stdout.trim()}\n> ${launcher}\n`,
    ]);
    expect(seen("ssh bo@127.0.0.1 'ssh 172.16.168.23 vim /etc/hosts'").status).toBe(126);

    const once = run(machine, "cat /etc/shells /etc/passwd").stdout;
    expect(control("enable --user bo").status).toBe(0);
    expect(run(machine, "cat /etc/shells /etc/passwd").stdout).toBe(once);

    const { status, stdout } = control("status --user bo");
    expect([status, stdout.split("\n").slice(0, 4)]).toEqual([0, ["account: bo", `  shell: ${launcher}`, "  listed: yes, in /etc/shells", "  proven: yes"]]);

    run(machine, "chsh -s /bin/bash pat; chsh -s /bin/bash autobot");
    expect(control("disable --user bo")).toMatchObject({ status: 0, stdout: "the login shell of bo is /bin/bash\n" });
    expect([shellOf("bo"), shells()]).toEqual(["/bin/bash", untouched]);
    expect(control("disable --user bo").status).toBe(0);
    run(machine, `usermod -s ${launcher} pat; usermod -s ${launcher} autobot`);
    expect(control("status --user bo").stdout).toContain("shell: /bin/bash, which judges nothing");
  });

  it("is still listed while somebody has it", () => {
    control("enable --user bo");
    control("disable --user bo");
    expect(shells()).toContain(launcher);
    run(machine, "cp -p /etc/shells.before /etc/shells");
  });

  it.each([
    [
      "a judge that fails",
      "mv /opt/autobot-sh/dist /opt/d; mkdir /opt/autobot-sh/dist; cp /opt/d/{main.js,chunk*,login-shell*,session.cjs,node-path} /opt/autobot-sh/dist",
      "rm -r /opt/autobot-sh/dist; mv /opt/d /opt/autobot-sh/dist",
      "goes otherwise than with bash",
    ],
    [
      "a launcher that refuses nothing",
      `mv ${launcher} /opt/l; printf '#!/bin/bash\\nexec -a "$0" /bin/bash "$@"\\n' >${launcher}; chmod 755 ${launcher}`,
      `mv /opt/l ${launcher}`,
      "is not refused in a session of bo",
    ],
    ["a launcher that the account cannot run", "chmod 750 /opt/autobot-sh/bin", "chmod 755 /opt/autobot-sh/bin", "goes otherwise than with bash"],
    ["an installation that others can write", "chmod 777 /opt/autobot-sh", "chmod 755 /opt/autobot-sh", "`/opt/autobot-sh` can be written by others\n  run `chmod go-w` on it"],
    ["a judge that others can write", "chmod 666 /opt/autobot-sh/dist/judge.cjs", "chmod 644 /opt/autobot-sh/dist/judge.cjs", "judge.cjs` can be written by others"],
    ["an installation of somebody else's", "chown pat /opt/autobot-sh/libexec", "chown root /opt/autobot-sh/libexec", "belongs to neither root nor bo"],
    ["no interactive shell", "mv /opt/autobot-sh/dist/session.cjs /opt/s", "mv /opt/s /opt/autobot-sh/dist/session.cjs", "on a terminal ends with status 125"],
    [
      "an interactive shell that fails",
      "mv /opt/autobot-sh/dist/session.cjs /opt/s; echo 'throw 1' >/opt/autobot-sh/dist/session.cjs",
      "mv /opt/s /opt/autobot-sh/dist/session.cjs",
      "on a terminal ends with status 125",
    ],
    ["a profile that ends every session", "echo 'exit 3' >/home/bo/.bash_profile", "rm /home/bo/.bash_profile", "bash itself runs no command in a session of bo: status 3"],
  ])("with %s it changes nothing, and says why", (_, spoil, mend, said) => {
    run(machine, spoil);
    const { status, stdout, stderr } = control("enable --user bo");
    run(machine, mend);
    expect([status, stdout, stderr]).toEqual([125, "", expect.stringContaining(said)]);
    expect([shellOf("bo"), shells()]).toEqual(["/bin/bash", untouched]);
  });

  it("root's own stays, unless root is named, and then only where a rescue works", () => {
    expect(control("enable")).toMatchObject({
      status: 125,
      stderr: "autobotctl: root's login shell is the last way into a machine: it stays\n  if you are sure, say `--user root`\n",
    });
    // A launcher that gives root no shell.
    run(machine, `mv ${launcher} /opt/l; printf '#!/bin/bash\\nexit 125\\n' >${launcher}; chmod 755 ${launcher}`);
    const { status, stderr } = control("enable --user root");
    run(machine, `mv /opt/l ${launcher}`);
    expect([status, stderr, shellOf("root")]).toEqual([125, expect.stringContaining("a launcher that cannot work gives root no shell: status 125"), "/bin/bash"]);
    // The real one would. Proving that is on no record; the session that then fails is.
    run(machine, "mv /opt/autobot-sh/dist/session.cjs /opt/s; rm -rf /root/.local/state/autobot-sh");
    const unfinished = control("enable --user root").stderr;
    run(machine, "mv /opt/s /opt/autobot-sh/dist/session.cjs");
    expect(unfinished).toContain("a session of root on a terminal is a rescue shell");
    expect(run(machine, "grep -c rescue /root/.local/state/autobot-sh/audit.jsonl").stdout.trim()).toBe("1");
  });

  it("for oneself asks root to list it first", () => {
    const own = (words: string) => seen(`su - bo -c '/opt/autobot-sh/bin/autobotctl login-shell ${words}'`);
    expect(own("enable")).toMatchObject({ status: 125, stderr: expect.stringContaining("is not in /etc/shells\n  ask root for `autobotctl login-shell enable --user bo`") });
    expect(own("status")).toMatchObject({ status: 0, stdout: expect.stringContaining("proven: yes") });
    expect(own("status --user pat").stdout).toContain("proven: no: only root and they can start a session of theirs");
  });

  it("warns of an installation in a home, and says who is rescued", () => {
    run(
      machine,
      "cp -R /opt/autobot-sh /home/bo/autobot-sh; mkdir /etc/autobot-sh; printf '%s\\n' 'policy: r' 'description: x' 'settings: { rescue: { groups: [watch] } }' >/etc/autobot-sh/r.yaml; gpasswd -a bo watch",
    );
    const { status, stdout } = seen("/home/bo/autobot-sh/bin/autobotctl login-shell enable --user bo");
    expect([status, stdout]).toEqual([0, expect.stringContaining("warning: it is below /home/bo")]);
    expect(stdout).not.toContain("gets no shell");
    seen("/home/bo/autobot-sh/bin/autobotctl login-shell disable --user bo");
    run(machine, "rm -r /home/bo/autobot-sh /etc/autobot-sh");
  });

  it("doctor looks at it where there is one", () => {
    const findings = () => {
      const { findings: all } = JSON.parse(run(machine, "/opt/autobot-sh/bin/autobotctl doctor --json").stdout) as {
        findings: readonly { of: string; state: string; found: string }[];
      };
      return all.filter(({ of }) => of === "login shell").map(({ state, found }) => `${state}: ${found}`);
    };
    expect(findings()).toEqual([expect.stringMatching(/^warning: not in \/etc\/shells: pat \(\/opt\/autobot-sh\/bin\/autobot-sh\), autobot /)]);
    run(machine, "printf '%s\\n' /opt/autobot-{sh,in-bash}/bin/autobot-sh >>/etc/shells");
    expect(findings()).toEqual([expect.stringMatching(/^ok: of pat /)]);
    run(machine, "mv /opt/autobot-in-bash /opt/gone");
    expect(findings()).toEqual(["fault: cannot be run: pia (/opt/autobot-in-bash/bin/autobot-sh)"]);
    run(machine, "mv /opt/gone /opt/autobot-in-bash");
  });

  it("doctor tells of policies of the system's that not everybody can read, which lock others out", () => {
    const policies = () => run(machine, "/opt/autobot-sh/bin/autobotctl doctor").stdout.match(/^.*policies.*(?:\n {4,}.*)*/m)?.[0];
    run(machine, "mkdir /etc/autobot-sh; printf '%s\\n' 'policy: r' 'description: x' >/etc/autobot-sh/r.yaml");
    expect(policies()).not.toContain("for everybody to read");
    run(machine, "chmod 700 /etc/autobot-sh");
    expect(policies()).toContain("not for everybody to read: `/etc/autobot-sh`; for who cannot, nothing runs");
    expect(control("enable --user bo").status).toBe(125);
    run(machine, "rm -r /etc/autobot-sh");
  });

  it("knows nobody who is not in /etc/passwd", () => {
    expect(control("enable --user nobody-knows")).toMatchObject({ status: 125, stderr: expect.stringContaining("no account `nobody-knows` in /etc/passwd") });
  });
});
