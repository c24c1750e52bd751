// `runtime: strict` in the system's policy, for logins: sessions and commands stand in a namespace where the utilities' own files
// are judged too; and where there can be none, nobody is let in without, but for a rescue.
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, up } from "./machine.ts";

const lacking = missing() ?? (existsSync("/usr/bin/bwrap") ? undefined : "needs bwrap (Debian: bubblewrap)");
if (lacking !== undefined) console.warn(`strict logins are not tested: ${lacking}`);

const policy = "policy: strict\ndescription: Of this test.\nsettings: { runtime: strict }\n";
/** By its path, and in no text that is read. */
const hidden = Buffer.from("/usr/bin/ssh 172.16.168.23 vim /etc/hosts\n").toString("base64");
const refused = "[remote-editing/editor]";

describe.skipIf(lacking !== undefined)("a login under `runtime: strict`", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(machine, "mkdir /etc/autobot-sh; cat >/etc/autobot-sh/strict.yaml", policy);
    run(machine, `echo ${hidden} >/home/pat/hidden; chmod 644 /home/pat/hidden`);
  }, 60_000);
  afterAll(() => down(machine));

  const session = (start: string, lines: string) => run(machine, `timeout 50 ${start}`, `stty -echo\n${lines}\nexit 7\n`);
  const bySsh = (lines: string) => session("ssh -tt pat@127.0.0.1", lines);
  const asRoot = (lines: string) => session("script -qec 'exec -a -autobot-sh /opt/autobot-sh/bin/autobot-sh' /dev/null", lines);
  const byPath = 'base64 -d ~/hidden | bash; echo "by path: ${PIPESTATUS[1]}"';

  it("a session: what its lines call by a path is judged when it runs", () => {
    const { status, stdout } = bySsh(`echo "ran $((6*7)) in $SHLVL"; id -un; pwd\n${byPath}`);
    expect(stdout).toMatch(/ran 42 in 1\r?\npat\r?\n\/home\/pat/);
    expect(stdout).toContain("by path: 126");
    expect(stdout).toContain(refused);
    expect(status).toBe(7);
  });

  it("a shell in the session, and one opened by a command, are in it too", () => {
    for (const { status, stdout } of [bySsh(`exec bash\n${byPath}`), session("ssh -tt pat@127.0.0.1 bash", byPath)]) {
      expect(stdout).toContain("by path: 126");
      expect(status).toBe(7);
    }
  });

  it("a line of its own is refused, a permitted one has its effect", () => {
    const { status, stdout } = bySsh("ssh 172.16.168.23 vim /etc/hosts\necho x >~/made; cat ~/made; rm ~/made");
    expect(stdout).toContain(refused);
    expect(stdout).toMatch(/\$ x\r?$/m);
    expect(status).toBe(7);
  });

  it("commands and transfers work", () => {
    expect(run(machine, `ssh pat@127.0.0.1 '${byPath}'`)).toMatchObject({ status: 0, stdout: "by path: 126\n" });
    expect(run(machine, "ssh pat@127.0.0.1 'echo hi; exit 7'")).toMatchObject({ status: 7, stdout: "hi\n" });
    for (const send of ["scp -q /etc/passwd pat@127.0.0.1:sent", "rsync /etc/passwd pat@127.0.0.1:sent", "echo 'put /etc/passwd sent' | sftp -qb - pat@127.0.0.1"]) {
      expect([send, run(machine, `${send} && cmp /etc/passwd /home/pat/sent && rm /home/pat/sent`).status]).toEqual([send, 0]);
    }
  });

  it.each([
    ["no bwrap", "mount --bind /etc/hostname /usr/bin/bwrap", "umount /usr/bin/bwrap", "bwrap"],
    [
      "a bwrap that may make no namespaces",
      "printf '#!/bin/sh\\necho no permissions to create a new namespace >&2; exit 1\\n' >/run/bwrap; chmod 755 /run/bwrap; mount --bind /run/bwrap /usr/bin/bwrap",
      "umount /usr/bin/bwrap",
      "no permissions to create a new namespace",
    ],
  ])("%s: nothing runs without, and root gets a rescue shell", (_, spoil, mend, why) => {
    run(machine, spoil);
    const command = run(machine, "ssh pat@127.0.0.1 'f() { echo ran; }; f'");
    const pat = bySsh("echo ran $((6*7))");
    const own = asRoot("echo ran $((6*7))");
    run(machine, mend);
    expect([command.status, command.stdout]).toEqual([125, ""]);
    expect(`${command.stderr}${pat.stdout}`).toContain(why);
    expect([pat.status, pat.stdout]).toEqual([125, expect.not.stringContaining("ran 42")]);
    expect([own.status, own.stdout]).toEqual([7, expect.stringContaining("this is a rescue shell")]);
    expect(own.stdout).toContain("ran 42");
  });
});
