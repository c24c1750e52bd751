// Ways into an account whose login shell this is, besides plain sshd and su: login(1), PAM, cron, an editor's server, a forced
// command, tmux. Each as with bash, and what is to be refused is.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { daemon, down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`other ways to log in are not tested: ${lacking}`);

const launcher = "/opt/autobot-sh/bin/autobot-sh";
const denied = "ssh 172.16.168.23 vim /etc/hosts";
const refused = "[remote-editing/editor]";
/** What nobody echoes but a shell that runs it. */
const typed = `stty -echo\necho "ran $((6*7)) as $0"\n${denied}\nexit 7\n`;

describe.skipIf(lacking !== undefined)("into an account", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string, input?: string) => seenIn(machine, script, input);
  /** The same of pat, who has autobot-sh, and of bo, who has bash, with what differs made alike. */
  const both = (script: (user: string) => string, input?: string) =>
    ["pat", "bo"].map((user) => {
      const { status, stdout, stderr } = seen(script(user), input);
      const alike = (text: string) => text.replaceAll(/\/[^\s:=|]*\/autobot-sh\/shims\/[\w-]+:/g, "").replaceAll(/\b(?:pat|bo)\b/g, "USER");
      return { status, stdout: alike(stdout), stderr: alike(stderr) };
    });
  const same = (script: (user: string) => string, input?: string) => {
    const [ours, bash] = both(script, input);
    expect(ours).toEqual(bash);
    return bash?.stdout ?? "";
  };

  it("login(1): a login shell, whose lines are judged", () => {
    const { stdout } = run(machine, "script -qec 'exec login -f pat' /dev/null", typed.replace("$0", "$0$(shopt -q login_shell && echo :login)"));
    expect(stdout).toContain("ran 42 as -bash:login");
    expect(stdout).toContain(refused);
  });

  it("sshd with PAM: a command, a session, sftp", () => {
    const ssh = daemon(machine, 2200);
    expect(same((user) => `${ssh(user)} 'id -un; pwd; umask; exit 7'`)).toContain("USER");
    const { status, stdout } = run(machine, `${ssh("pat")} -tt`, typed);
    expect([status, stdout]).toEqual([7, expect.stringContaining("ran 42 as -bash")]);
    expect(stdout).toContain(refused);
    same((user) => `sftp -P 2200 -qb - ${user}@127.0.0.1`, "put /etc/passwd sent\nget sent /dev/null\nrm sent\n");
  });

  it("cron: jobs with SHELL set to it go as with bash, and a refusal comes by mail", () => {
    const crontab = (shell: string) => `SHELL=${shell}
VALUE=a b
@reboot echo "$VALUE|$HOME|$PWD|$LOGNAME|$-|$PATH" >out; (exit 7); echo "$?" >>out; cat >>out%one%two
@reboot ${denied}; touch not-made
@reboot f() { ${denied}; }; H=1; f
@reboot echo to-mail; exit 5
`;
    run(machine, "printf '#!/bin/sh\\ncat >>\"/tmp/mail-$(id -un)\"\\n' >/usr/sbin/sendmail; chmod 755 /usr/sbin/sendmail");
    run(machine, "crontab -u pat -", crontab(launcher));
    run(machine, "crontab -u bo -", crontab("/bin/bash"));
    run(
      machine,
      `rm -f /run/crond.reboot; cron
      for ((n = 0; n < 300; n++)); do
        sleep 0.1
        [[ $(grep -c 'autobot-sh: refused' /tmp/mail-pat) == 2 && $(cat /tmp/mail-{pat,bo} | grep -c ^to-mail) == 2 && $(cat ~pat/out ~bo/out | grep -c two) == 2 ]] && break
      done`,
    );
    expect(same((user) => `cat /home/${user}/out`)).toMatch(/^a b\|\/home\/USER\|\/home\/USER\|USER\|hBc\|\/usr\/bin:\/bin\n7\none\ntwo\n$/);
    const mail = run(machine, "cat /tmp/mail-pat").stdout;
    expect(mail).toContain("\nto-mail\n");
    expect(mail.match(/autobot-sh: refused: this would edit a file on redis/g)).toHaveLength(2);
    expect(run(machine, "ls /home/pat/not-made").status).not.toBe(0);
  });

  // What Remote-SSH runs is in its logs (microsoft/vscode-remote-release: issues 4129 and 10864, by a maintainer and a log): a
  // shell by its name, without a terminal, and its script on standard input, which stays open. Issue 2062: its server then
  // starts `$SHELL -ilc` to learn the variables of a session.
  describe("an editor's server", () => {
    const script = `set -e
mkdir -p ~/.server && cd ~/.server
lock() { exec 9>lock; flock -n 9 || echo locked; }
lock
cat >server <<'S'
#!/bin/sh
echo "listening $1"
S
chmod +x server
nohup ./server 1234 >log 2>&1 </dev/null &
wait
printf '%s: start\\n' id
echo "listeningOn==$(sed 's/.* //' log)=="
printenv HOME
cd; rm -r .server
exit 3
`;
    it.each([
      ["bash", "-T -D 4321 $host bash"],
      ["sh", "-T -D 4321 $host sh"],
      ["a login bash around it", "-T -D 4321 -o ConnectTimeout=60 $host 'bash --login -c bash'"],
      ["a login shell of no name", "-T $host"],
    ])("by %s", (_, words) => {
      expect(same((user) => `ssh ${words.replace("$host", `${user}@127.0.0.1`)}`, script)).toBe("id: start\nlisteningOn==1234==\n/home/USER\n");
    });

    it("line by line, on a connection that stays open", () => {
      const talk = (user: string) => `coproc ssh -T ${user}@127.0.0.1 bash
        for ((n = 1; n <= 3; n++)); do echo "echo answer $n" >&"\${COPROC[1]}"; read -r -t 20 line <&"\${COPROC[0]}"; echo "$line"; done
        echo 'exit 7' >&"\${COPROC[1]}"; wait "$COPROC_PID"`;
      expect(same(talk)).toBe("answer 1\nanswer 2\nanswer 3\n");
    });

    it("what it starts is judged when it runs", () => {
      const { status, stdout, stderr } = seen("ssh -T pat@127.0.0.1 bash", `echo before\n${denied}\necho "status $?"\n`);
      expect([status, stdout]).toEqual([0, "before\nstatus 126\n"]);
      expect(stderr).toContain(refused);
    });

    it("the variables of a session, and its terminal", () => {
      const keys = (user: string) =>
        `su - ${user} -c 'env -u SSH_CLIENT "$SHELL" -i -l -c '\\''/usr/bin/node -p "Object.keys(process.env).filter((key) => !/AUTOBOT|BASH_ENV/.test(key)).sort().join()"'\\''' </dev/null 2>/dev/null`;
      expect(same(keys)).toContain("HOME");
      const { status, stdout } = run(machine, "su - pat -c 'TERM_PROGRAM=vscode script -qec \"$SHELL -l\" /dev/null'", typed);
      expect([status, stdout]).toEqual([7, expect.stringContaining("ran 42")]);
      expect(stdout).toContain(refused);
    });
  });

  it("a forced command: of the launcher for one that has bash, and of another program", () => {
    const ssh = daemon(
      machine,
      2201,
      "Match User bo",
      `  ForceCommand if [ -n "$SSH_ORIGINAL_COMMAND" ]; then exec ${launcher} -c "$SSH_ORIGINAL_COMMAND"; else exec ${launcher} -l; fi`,
      "Match User pat",
      "  ForceCommand echo forced; exit 4",
    );
    expect(seen(`${ssh("bo")} 'echo hi; exit 7'`)).toMatchObject({ status: 7, stdout: "hi\n" });
    expect(seen(`${ssh("bo")} '${denied}'`)).toMatchObject({ status: 126, stdout: "" });
    const session = run(machine, `${ssh("bo")} -tt`, typed);
    expect([session.status, session.stdout]).toEqual([7, expect.stringContaining("ran 42")]);
    expect(session.stdout).toContain(refused);
    expect(run(machine, `${ssh("bo")} -tt bash`, typed).stdout).toContain(refused);
    expect(seen(`${ssh("pat")} 'echo free'`)).toMatchObject({ status: 4, stdout: "forced\n" });
  });

  it("tmux: its windows are sessions, and those of a name too", () => {
    const { stdout } = seen(`su - pat -c 'tmux -L t new-session -d; tmux -L t new-window; tmux -L t new-window bash'
      socket=/tmp/tmux-$(id -u pat)/t
      shows() { for ((n = 0; n < 200; n++)); do tmux -S $socket capture-pane -pt $1 | grep -q "$2" && return; sleep 0.1; done; return 1; }
      for window in 0 1 2; do
        shows $window '[$] *$' && tmux -S $socket send-keys -t $window '${denied}' Enter && shows $window 'remote-editing/editor' && echo "refused in $window"
      done
      tmux -S $socket kill-server`);
    expect(stdout).toBe("refused in 0\nrefused in 1\nrefused in 2\n");
  });
});
