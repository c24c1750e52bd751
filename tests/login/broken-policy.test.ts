// A policy of the user's or of the place where they land that is not valid: they get in, by every way, and can mend it; nothing is
// done on another host until then, and all other policies hold on. The system's own: tests/login/rescue.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`broken policies are not tested: ${lacking}`);

const elsewhere = "ssh 172.16.168.24 uptime";
const broken = "policy: own\ndescription: x\nrules: [\n";
const whole = "policy: own\ndescription: x\n";
const tag = "[policy/not-valid]";
const rescued = "this is a rescue shell";

describe.skipIf(lacking !== undefined)("a policy that is not valid", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string, input?: string) => seenIn(machine, script, input);
  const put = (file: string, user: string, text = broken) => run(machine, `cd ~${user}; mkdir -p ${file.replace(/\/[^/]*$/, "")}; cat >${file}; chown -R ${user}: . || :`, text);
  const places = [
    ["of the user's, compiled launcher", "pat", ".config/autobot-sh/own.yaml"],
    ["of the user's, launcher in bash", "pia", ".config/autobot-sh/own.yaml"],
    ["of the place where they land", "pat", ".autobot-sh/own.yaml"],
  ] as const;

  describe.each(places)("%s", (_, user, file) => {
    beforeAll(() => {
      run(machine, `rm -rf ~${user}/.local`);
      put(file, user);
    });
    afterAll(() => {
      run(machine, `rm -rf ~${user}/.config ~${user}/.autobot-sh`);
    });
    const ssh = (words: string, input?: string) => seen(`ssh ${user}@127.0.0.1 ${words}`, input);

    it("a command runs, and it is said what is broken where", () => {
      const { status, stdout, stderr } = ssh("'f() { echo hi; exit 7; }; f'");
      expect([status, stdout]).toEqual([7, "hi\n"]);
      expect(stderr).toMatch(new RegExp(`^autobot-sh: warning: a policy here is not valid: .*\\n  /home/${user}/${file}: line 4, column 1: `));
      expect(run(machine, `grep -c 'a policy here is not valid' ~${user}/.local/state/autobot-sh/audit.jsonl`).stdout.trim()).toBe("1");
    });

    it.each([
      ["given", elsewhere],
      ["by a script", "printf '%s\\n' H=172.16.168.24 'ssh $H uptime' >s; bash s"],
      ["to a host that is nobody's", "scp s example.invalid:"],
      ["by an approved script", "mkdir -p scripts/utilities; echo 'ssh 172.16.168.24 touch /tmp/x' >scripts/utilities/sync-to-vm.sh; bash scripts/utilities/sync-to-vm.sh"],
    ])("nothing is done on another host: %s", (_title, line) => {
      expect(ssh(`'${line.replaceAll("'", "'\\''")}'`)).toMatchObject({ status: 126, stdout: "", stderr: expect.stringContaining(tag) });
    });

    it("an agent's commands do not run", () => {
      expect(ssh("'CLAUDECODE=1 $SHELL -c \"echo hi; f() { :; }; f\"'")).toMatchObject({ status: 125, stdout: "", stderr: expect.stringContaining("nothing was run") });
    });

    it("a session on a terminal is judged, and what mends the file is in force at once", () => {
      const { status, stdout } = run(
        machine,
        `timeout 50 ssh -tt ${user}@127.0.0.1`,
        `stty -echo\n${elsewhere}\nssh 172.16.168.24 vim f\nsed -i '$d' ${file}\nssh 172.16.168.24 vim f\necho "ran $((6*7))"\nexit 7\n`,
      );
      expect([status, stdout]).toEqual([7, expect.stringContaining("ran 42")]);
      expect(stdout).toMatch(/warning: a policy here is not valid.*\[policy\/not-valid\].*\[policy\/not-valid\].*\[remote-editing\/editor\]/s);
      expect(stdout.split(tag)).toHaveLength(3);
      expect(stdout).not.toContain(rescued);
      put(file, user);
    });

    it.each([
      ["scp", (to: string) => `scp -q /tmp/whole ${user}@127.0.0.1:${to}`],
      ["sftp", (to: string) => `echo 'put /tmp/whole ${to}' | sftp -qb - ${user}@127.0.0.1 >/dev/null`],
      ["rsync", (to: string) => `rsync /tmp/whole ${user}@127.0.0.1:${to}`],
      ["a command", (to: string) => `ssh ${user}@127.0.0.1 'cat >${to}' </tmp/whole`],
    ])("%s mends it", (_title, send) => {
      run(machine, "cat >/tmp/whole", whole);
      expect(seen(send(file)).status).toBe(0);
      expect(ssh("'f() { echo hi; }; f'")).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
      put(file, user);
    });
  });

  it("of root's own: a session whose lines are judged, and no rescue", () => {
    run(machine, "mkdir -p /root/.config/autobot-sh; cat >/root/.config/autobot-sh/own.yaml", broken);
    const { status, stdout } = run(machine, "script -qec 'exec -a -autobot-sh /opt/autobot-sh/bin/autobot-sh' /dev/null", `stty -echo\n${elsewhere}\nexit 7\n`);
    run(machine, "rm -r /root/.config");
    expect([status, stdout]).toEqual([7, expect.stringContaining(tag)]);
    expect(stdout).not.toContain(rescued);
  });

  describe("on a server", () => {
    const policy = "policy: server\ndescription: x\nsettings: { role: managed-host }\n";
    beforeAll(() => {
      run(machine, "mkdir /etc/autobot-sh; cat >/etc/autobot-sh/server.yaml", policy);
    });
    const session = (lines: string) => run(machine, "timeout 50 ssh -tt pat@127.0.0.1", `stty -echo\n${lines}\nexit 7\n`).stdout;
    const made = () => run(machine, "ls /home/pat/made").status === 0;

    it("the system's hold on in a directory with a broken one, which anybody can make", () => {
      const stdout = session(
        "mkdir -p /tmp/x/.autobot-sh; echo 'rules: [' >/tmp/x/.autobot-sh/x.yaml; cd /tmp/x\necho a >~/made\nid -un; echo b >/tmp/x/scratch; cat /tmp/x/scratch",
      );
      expect(stdout).toContain("[remote-editing/write]");
      expect(stdout).toMatch(/\bpat\r?\nb\r?\n/);
      expect(seen("ssh pat@127.0.0.1 'cd /tmp/x; bash -c \"echo c >~/made\"'").status).toBe(126);
      expect(made()).toBe(false);
    });

    it("the system's own, while a session is open: the rules hold on that it was started under", () => {
      const { stdout } = seen(`coproc timeout 50 ssh -tt pat@127.0.0.1
        say() { printf '%s\\n' "$1" >&"\${COPROC[1]}"; while read -r -t 20 line <&"\${COPROC[0]}"; do echo "$line"; [[ $line == *"$2"* ]] && break; done; }
        say 'stty -echo' ''; say 'echo "at $((40+1))"' 'at 41'
        mv /etc/autobot-sh/server.yaml /root/kept; echo 'rules: [' >/etc/autobot-sh/server.yaml
        say 'echo a >~/made; :' 'remote-editing/write]'; say 'echo "at $((40+2))"' 'at 42'; say '${elsewhere}' 'not-valid]'
        mv /root/kept /etc/autobot-sh/server.yaml
        echo 'exit 7' >&"\${COPROC[1]}"; wait "$COPROC_PID"`);
      expect(stdout).toMatch(/at 41.*remote-editing\/write\].*at 42.*policy\/not-valid\]/s);
      expect(made()).toBe(false);
    });
  });
});
