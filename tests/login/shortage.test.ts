// A login where something that a session needs is short: a disk, a place for temporary files, terminals, processes, the very
// directory. The session goes on without it where bash would, and else says why; nobody waits, and root gets a shell.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`logins under shortage are not tested: ${lacking}`);

const launcher = "/opt/autobot-sh/bin/autobot-sh";
/** What nobody echoes but a shell that runs it; a line that is to be refused; and an end that no failure has. */
const typed = 'stty -echo\necho "ran $((6*7))"\nssh 172.16.168.23 vim /etc/hosts\nexit 7\n';
const rescued = "this is a rescue shell";
const turnedDown = "no shell can be started for you";

describe.skipIf(lacking !== undefined)("a login shell that is short of", { timeout: 90_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
  }, 60_000);
  afterAll(() => down(machine));

  const short = <Value>(spoil: string, mend: string, look: () => Value): Value => {
    const { status, stderr } = run(machine, `set -e; ${spoil}`);
    if (status !== 0) throw new Error(stderr);
    try {
      return look();
    } finally {
      run(machine, mend);
    }
  };
  const bySsh = () => run(machine, "ssh -tt pat@127.0.0.1", typed);
  /** In a shell of root's, at a terminal. `words`: before the launcher. */
  const here = (words: string) => run(machine, `script -qec '${words} ${launcher}' /dev/null`, typed);
  const asRoot = () => here("exec -a -autobot-sh");
  /** Somebody else, at root's terminal, with what is set first. Not pat: limits are for all processes of an account. */
  const asAnother = (first: string) => here(`HOME=/home/autobot setpriv --reuid autobot --regid autobot --init-groups bash -c "${first}; exec -a -autobot-sh \\$0"`);

  const guarded = ({ status, stdout }: ReturnType<typeof run>) => {
    expect(stdout).toContain("ran 42");
    expect(stdout).toContain("[remote-editing/editor]");
    expect(stdout).not.toContain(rescued);
    expect(status).toBe(7);
  };

  const full = (directory: string, size = "4k") => `mount -t tmpfs -o size=${size},mode=1777 none ${directory}; head -c 100000 /dev/zero >${directory}/fill || :`;
  const fullHome = `mount -t tmpfs -o size=16k,mode=755 none /home/pat; install -d -o pat /home/pat/.ssh; install -o pat -m 600 /home/bo/.ssh/authorized_keys /home/pat/.ssh; chown pat: /home/pat; head -c 100000 /dev/zero >/home/pat/fill || :`;

  it.each<readonly [string, string, string]>([
    ["nothing", ":", ":"],
    ["room in /tmp", full("/tmp"), "umount /tmp"],
    ["room in its home", fullHome, "umount /home/pat"],
    ["room in both", `${full("/tmp")}; ${fullHome}`, "umount /tmp /home/pat"],
    ["a /tmp that can be written", "mount --bind /opt /tmp; mount -o remount,ro,bind /tmp", "umount /tmp"],
    ["a /tmp that can be entered", "chmod 0 /tmp", "chmod 1777 /tmp"],
    ["a home that can be written", "mount --bind /home/pat /home/pat; mount -o remount,ro,bind /home/pat", "umount /home/pat"],
    [
      "a home",
      "chown root /home/pat/.ssh; mv /home/pat /home/gone; mkdir -p /run/keys; cp /home/bo/.ssh/authorized_keys /run/keys; chown -R pat /run/keys; usermod -d /nowhere pat; sed -i 's,^ListenAddress,AuthorizedKeysFile /run/keys/authorized_keys\\n&,' /run/sshd_config; kill -HUP 1; sleep 1",
      "mv /home/gone /home/pat; chown pat /home/pat/.ssh; usermod -d /home/pat pat; sed -i '/^AuthorizedKeysFile/d' /run/sshd_config; kill -HUP 1; sleep 1",
    ],
    ["mkfifo", "mount --bind /etc/hostname /usr/bin/mkfifo", "umount /usr/bin/mkfifo"],
    ["the module for terminals", "mv /opt/autobot-sh/node_modules /opt/gone", "mv /opt/gone /opt/autobot-sh/node_modules"],
    ["a record that can be written", "mkdir -p /home/pat/.local/state; touch /home/pat/.local/state/autobot-sh", "rm -rf /home/pat/.local"],
  ])("%s: lines are judged", (_, spoil, mend) => short(spoil, mend, () => guarded(bySsh())));

  it.each<readonly [string, string]>([
    ["a directory that it may enter: `su` from root's", "cd /root"],
    ["a directory that is there", "mkdir /tmp/gone; cd /tmp/gone; rmdir /tmp/gone"],
    ["a HOME", "unset HOME"],
    ["a PATH", "unset PATH"],
    ["a PATH that leads anywhere", "PATH=/nowhere"],
    ["a TERM", "unset TERM"],
    ["any variable", 'exec env -i bash -c \\"exec -a -autobot-sh \\\\\\$0\\" \\$0'],
    ["processes, but for some", "ulimit -u 40"],
    ["descriptors, but for 40", "ulimit -n 40"],
    ["files that are not empty", "ulimit -f 0"],
    ["a second of the processor's time", "ulimit -t 2"],
  ])("%s: lines are judged", (_, first) => guarded(asAnother(first)));

  const turned = ({ status, stdout }: ReturnType<typeof run>, why: string | RegExp) => {
    expect(stdout).toMatch(why);
    expect(stdout).toContain(turnedDown);
    expect(stdout).not.toContain("ran 42");
    expect(status).toBe(125);
  };

  it("a second terminal: said, and root gets a shell", () => {
    const look = (login: () => ReturnType<typeof run>) => short("mount -o remount,max=1 /dev/pts", "mount -o remount,max=1000 /dev/pts", login);
    turned(look(bySsh), "no terminal can be had");
    const { status, stdout } = look(asRoot);
    expect([status, stdout]).toEqual([7, expect.stringContaining(rescued)]);
    expect(stdout).toContain("ran 42");
  });

  it.each<readonly [string, string, string, string]>([["/proc", "mount -t tmpfs none /proc", "umount /proc", "cannot find where it is installed"]])(
    "%s: said, and root gets a shell",
    (_, spoil, mend, why) => {
      turned(short(spoil, mend, bySsh), why);
      const { status, stdout } = short(spoil, mend, asRoot);
      expect([status, stdout]).toEqual([7, expect.stringContaining(rescued)]);
      expect(stdout).toContain("ran 42");
    },
  );

  it("the right to read the system's policy: said, and root's own session is judged", () => {
    const policy = "mkdir /etc/autobot-sh; printf 'policy: x\\ndescription: x\\n' >/etc/autobot-sh/x.yaml";
    for (const closed of ["chmod 700 /etc/autobot-sh", "chmod 600 /etc/autobot-sh/x.yaml"]) {
      turned(short(`${policy}; ${closed}`, "rm -r /etc/autobot-sh", bySsh), /cannot be read|the policies in force here are not valid/);
      guarded(short(`${policy}; ${closed}`, "rm -r /etc/autobot-sh", asRoot));
    }
  });

  it.each<readonly [string, string, RegExp]>([
    ["one process", "ulimit -u 1", /cannot start the session/],
    ["a few processes", "ulimit -u 5", /autobot-sh: .*; nothing was run/],
    ["descriptors", "ulimit -n 4", /cannot make a pipe/],
    ["memory", "ulimit -v 400000", /the judge failed/],
  ])("%s: said, and nobody waits", (_, first, why) => turned(asAnother(first), why));

  it.each([
    ["processes", "ulimit -u 1"],
    ["descriptors", "ulimit -n 4"],
    ["memory", "ulimit -v 400000"],
  ])("%s: no program runs", (_, first) => {
    const { status, stdout } = run(
      machine,
      `cd /; HOME=/home/autobot setpriv --reuid autobot --regid autobot --init-groups bash -c '${first}; exec ${launcher} -c "f() { echo ran; }; f"'`,
    );
    expect([status, stdout]).toEqual([125, ""]);
  });
});
