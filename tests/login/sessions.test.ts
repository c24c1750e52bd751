// autobot-sh as login shell: everything that starts a session or a command of an account goes as with bash, and what is to be
// refused is, whichever way it comes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`logins are not tested: ${lacking}`);

describe.skipIf(lacking !== undefined)("a login shell", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(machine, "head -c 3000000 /dev/urandom >/tmp/random; chmod 644 /tmp/random");
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string, input?: string) => seenIn(machine, script, input);
  /** The same of pat, who has autobot-sh, and of bo, who has bash; what differs by the two names made alike. */
  const both = (script: (user: string) => string, input?: string) =>
    ["pat", "bo"].map((user) => {
      const { status, stdout, stderr } = seen(script(user), input);
      const alike = (text: string) =>
        text
          .replaceAll(/\/[^\s:=]*\/autobot-sh\/shims\/[\w-]+:/g, "")
          .replaceAll(/\b(?:pat|bo)\b/g, "USER")
          .replaceAll(/^autobot-sh:(?= line )/gm, "bash:");
      return { status, stdout: alike(stdout), stderr: alike(stderr) };
    });

  const cases: readonly (readonly [string, (user: string) => string, string?])[] = [
    ["ssh with a command", (user) => `ssh ${user}@127.0.0.1 'id -un; pwd; umask; echo $-; exit 7'`],
    ["its words, as ssh joins them", (user) => `ssh ${user}@127.0.0.1 printf "'%s|'" a "'b c'" '"$HOME"'`],
    ["words that are no text in this locale", (user) => `ssh ${user}@127.0.0.1 $'printf %s "\\xff\\xc3" | od -An -tx1'`],
    ["its input and output, byte for byte", (user) => `ssh ${user}@127.0.0.1 'cat; echo err >&2' </tmp/random | sha256sum`],
    ["death by a signal", (user) => `ssh ${user}@127.0.0.1 'kill -TERM $$'`],
    ["a command that is none", (user) => `ssh ${user}@127.0.0.1 nosuch`],
    ["ssh with a program on standard input", (user) => `ssh -T ${user}@127.0.0.1`, "echo one\ncat <<E\ntwo\nE\nexit 5\n"],
    ["a remote bash that reads a program, as editors do", (user) => `ssh -T ${user}@127.0.0.1 bash`, "echo one; read x\nline\necho $x; exit 5\n"],
    ["a command on a terminal", (user) => `ssh -tt ${user}@127.0.0.1 'tty; stty size >/dev/null; exit 3'`],
    ["a session on a terminal", (user) => `ssh -tt ${user}@127.0.0.1 | tail -n 3`, "stty -echo; PS1= PS2=\necho $((6*7)); shopt login_shell | wc -l\nexit 7\n"],
    ["su - with a command", (user) => `su - ${user} -c 'id -un; pwd; echo $SHLVL; exit 7'`],
    ["su without a new environment", (user) => `A=1 su ${user} -c 'id -un; pwd; echo $A; exit 7'`],
    ["sudo -i with a command", (user) => `command -v sudo >/dev/null || exit 0; sudo -iu ${user} sh -c 'pwd; exit 7'`],
    ["tmux, its commands and its shell", (user) => `su - ${user} -c 'tmux -L t new-session -d "echo in >~/in" \\; wait-for -S x; sleep 1; cat ~/in; rm ~/in'`],
    ["scp, the protocol of today", (user) => `scp -q /tmp/random ${user}@127.0.0.1:r && scp -q ${user}@127.0.0.1:r /tmp/back && cmp /tmp/random /tmp/back; rm /tmp/back`],
    ["scp, that of before", (user) => `scp -qO /tmp/random ${user}@127.0.0.1:r && scp -qO ${user}@127.0.0.1:r /tmp/back && cmp /tmp/random /tmp/back; rm /tmp/back`],
    ["sftp", (user) => `sftp -qb - ${user}@127.0.0.1 >/dev/null && cmp /tmp/random /tmp/back; rm /tmp/back`, "put /tmp/random s\nget s /tmp/back\nrename s t\nrm t\n"],
    ["rsync, there and back", (user) => `rsync -a /tmp/random ${user}@127.0.0.1:y && rsync -a ${user}@127.0.0.1:y /tmp/back && cmp /tmp/random /tmp/back; rm /tmp/back`],
    [
      "git, clone and push",
      (user) => `su - ${user} -c 'git init -q --bare r.git' && cd "$(mktemp -d)" && git clone -q ${user}@127.0.0.1:r.git c 2>/dev/null && cd c &&
        git -c user.name=x -c user.email=x@x commit -q --allow-empty -m one && git push -q origin HEAD:main && git ls-remote -h origin | cut -f2`,
    ],
  ];
  it.each(cases.map(([title, script, input]) => ({ title, script, input })))("$title goes as with bash", ({ script, input }) => {
    const [ours, bash] = both(script, input);
    expect(ours).toEqual(bash);
    expect(bash?.stdout + String(bash?.status)).not.toBe("");
  });

  it("the launcher in bash leaves words that are no text as they are, too", () => {
    expect(seen(`ssh pia@127.0.0.1 $'printf %s "\\xff\\xc3" | od -An -tx1'`)).toMatchObject({ status: 0, stdout: " ff c3\n" });
  });

  it("ansible works: ping, command, copy, fetch", () => {
    const ansible = (words: string) => seen(`command -v ansible >/dev/null || exit 77; ansible all -i 127.0.0.1, -u pat -e ansible_python_interpreter=/usr/bin/python3 ${words}`);
    const { status, stdout } = ansible("-m ping");
    if (status === 77) return;
    expect([status, stdout]).toEqual([0, expect.stringContaining("pong")]);
    expect(ansible("-m command -a 'id -un'").stdout).toContain("pat");
    expect(ansible("-m copy -a 'src=/tmp/random dest=/home/pat/copied'").stdout).toContain('"changed": true');
    expect(seen("cmp /tmp/random /home/pat/copied").status).toBe(0);
  });

  it.each([
    ["ssh", "ssh pat@127.0.0.1 'ssh 172.16.168.23 vim /etc/hosts'"],
    ["a program on standard input", "echo 'ssh 172.16.168.23 vim /etc/hosts' | ssh -T pat@127.0.0.1"],
    ["su -", "su - pat -c 'ssh 172.16.168.23 vim /etc/hosts'"],
    ["what a script there starts", 'ssh pat@127.0.0.1 \'printf "%s\\n" "H=172.16.168.23" "ssh \\$H vim /etc/hosts" >s; bash s\''],
  ])("by %s, an edit on another host is refused", (_, script) => {
    expect(seen(script)).toMatchObject({ status: 126, stdout: "", stderr: expect.stringContaining("autobot-sh: refused: this would edit a file on redis") });
  });

  describe("in surroundings that are not as they should be", () => {
    const hi = (user: string) => `ssh ${user}@127.0.0.1 'echo hi; exit 7'`;
    it.each<readonly [string, (user: string) => string, string]>([
      ["a ~/.bashrc that exits", (user) => `echo 'exit 3' >/home/${user}/.bashrc`, "rm /home/{pat,bo}/.bashrc"],
      ["a ~/.bashrc with an error in it", (user) => `echo 'if' >/home/${user}/.bashrc`, "rm /home/{pat,bo}/.bashrc"],
      ["no home", (user) => `mv /home/${user} /home/${user}.gone; mkdir -p /home/${user}.gone`, "mv /home/pat.gone /home/pat; mv /home/bo.gone /home/bo"],
    ])("%s: as with bash", (_, spoil, mend) => {
      // su, because sshd reads keys from the home.
      const results = both((user) => `${spoil(user)}; su - ${user} -c 'echo hi; exit 7' 2>/dev/null; echo $?`);
      const [ours, bash] = both(hi);
      run(machine, mend);
      expect(results[0]).toEqual(results[1]);
      expect(ours?.status).toBe(bash?.status);
    });

    it.each<readonly [string, string, string]>([
      ["a home that cannot be written", "chown -R root: /home/pat; chmod 755 /home/pat; chmod 755 /home/pat/.ssh; chmod 644 /home/pat/.ssh/*", "chown -R pat: /home/pat"],
      [
        "a full disk",
        "mount -t tmpfs -o size=16k,mode=755 none /home/pat; mkdir /home/pat/.ssh; cp /home/bo/.ssh/authorized_keys /home/pat/.ssh; chown -R pat: /home/pat; head -c 100000 /dev/zero >/home/pat/fill",
        "umount /home/pat",
      ],
      ["a full /tmp", "mount -t tmpfs -o size=4k,mode=1777 none /tmp; head -c 10000 /dev/zero >/tmp/fill", "umount /tmp"],
      [
        "node in a home only, as nvm has it",
        "mkdir -p /opt/nvm; touch /opt/nvm/node; mount --bind /usr/bin/node /opt/nvm/node; echo /opt/nvm/node >/opt/autobot-sh/dist/node-path; mount --bind /etc/hostname /usr/bin/node",
        "umount /usr/bin/node; umount /opt/nvm/node; echo /usr/bin/node >/opt/autobot-sh/dist/node-path",
      ],
    ])("%s: commands run, and edits are refused", (_, spoil, mend) => {
      run(machine, spoil);
      const ran = seen("ssh pat@127.0.0.1 'echo hi; f() { exit 7; }; f'");
      const refused = seen("ssh pat@127.0.0.1 'ssh 172.16.168.23 vim /etc/hosts'");
      run(machine, mend);
      expect([ran.status, ran.stdout]).toEqual([7, "hi\n"]);
      expect([refused.status, refused.stdout]).toEqual([126, ""]);
    });

    it("a minimal PATH, and none", () => {
      expect(seen("su pat -s /bin/bash -c 'env -i PATH=/bin SHLVL=1 /opt/autobot-sh/bin/autobot-sh -c \"echo hi\"'")).toMatchObject({ status: 0, stdout: "hi\n" });
      expect(seen("su pat -s /bin/bash -c 'env -i /opt/autobot-sh/bin/autobot-sh -c \"echo hi\"'")).toMatchObject({ status: 0, stdout: "hi\n" });
    });
  });

  it.each(["pat", "pia"])("a session of %s whose output goes into a pipe is judged, and one into a file says what to do", (user) => {
    const typed = 'stty -echo\necho "ran $((6*7))"\nssh 172.16.168.23 vim /etc/hosts\nexit 7\n';
    const piped = run(machine, `script -qec 'su - ${user} | tee /tmp/teed; exit "\${PIPESTATUS[0]}"' /dev/null; echo "status $?"; cat /tmp/teed`, typed);
    expect(piped.stdout).toMatch(/ran 42\r\n.*remote-editing\/editor.*status 7\n.*ran 42\r\n/s);
    const filed = run(machine, `script -qec 'su - ${user} >/tmp/filed' /dev/null; cat /tmp/filed`, typed);
    expect([filed.status, filed.stdout]).toEqual([0, expect.stringContaining("for output alone, give the command: `-c COMMAND`")]);
    expect(filed.stdout).not.toContain("ran 42");
  });

  it("a session whose connection is gone is gone too", () => {
    const { stdout } = seen(`{ sleep 1; echo 'echo $$ >~/session'; sleep 2; } | timeout 2 ssh -tt pat@127.0.0.1 >/dev/null 2>&1
      session=$(</home/pat/session)
      for ((n = 0; n < 100; n++)); do sleep 0.1; pgrep -u pat -x "bash|node|autobot-sh" >/dev/null || break; done
      [[ -n $session && ! -e /proc/$session ]] && echo gone
      pgrep -u pat -lx "bash|node|autobot-sh"`);
    expect(stdout).toBe("gone\n");
  });
});
