// Where autobot-sh cannot work: no program runs, and a person who logs in gets a shell if they are root or the system's policy
// names them, and only then. Every way to fail that we know, through both launchers.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`rescue is not tested: ${lacking}`);

/** Another program for the session, which says that it has started or does not; and the way back. `$I` is the installation. */
function session(end: string, starts = true): string {
  const start = starts ? 'const { writeSync } = require("node:fs"); writeSync(Number(process.env.AUTOBOT_SH_READY), "\\n");' : "";
  return `mkdir $I/kept; mv $I/dist/session.cjs $I/kept; printf '%s\\n' '${start}' '${end}' >$I/dist/session.cjs`;
}
const sessionBack = "mv $I/kept/session.cjs $I/dist; rmdir $I/kept";

/** What breaks, and how it is mended. */
const faults: readonly (readonly [string, string, string])[] = [
  ["no node", "mount --bind /etc/hostname /usr/bin/node", "umount /usr/bin/node"],
  ["no judge", "mv $I/dist $I/gone", "mv $I/gone $I/dist"],
  ["a judge that throws", "spoil 'throw new Error()'", "restore"],
  ["a judge that is killed", "spoil 'process.kill(process.pid, `SIGKILL`)'", "restore"],
  ["a judge that aborts", "spoil 'process.abort()'", "restore"],
  ["a judge that says nothing", "spoil ''", "restore"],
  ["an answer that is cut off", "spoil 'process.stdout.write(process.argv[3].startsWith(`fields`) ? `permit\\0+A=1\\0` : `permit +A=1`)'", "restore"],
  ["an answer that makes no sense", "spoil 'process.stdout.write(process.argv[3].startsWith(`fields`) ? `permit\\0?\\0.\\0` : `permit \\\\? .`)'", "restore"],
  ["an answer that is no word of ours", "spoil 'process.stdout.write(`yes\\0`)'", "restore"],
  ["a judge that cannot be read as a program", "spoil '}'", "restore"],
  ["a policy that is not YAML", "mkdir -p /etc/autobot-sh; echo 'rules: [' >/etc/autobot-sh/x.yaml", "rm /etc/autobot-sh/x.yaml"],
  [
    "a policy that others may write",
    "mkdir -p /etc/autobot-sh; printf 'policy: x\\ndescription: x\\n' >/etc/autobot-sh/x.yaml; chmod 666 /etc/autobot-sh/x.yaml",
    "rm /etc/autobot-sh/x.yaml",
  ],
  ["no core of the judge's", "mv $I/dist/judge/core.js $I/gone", "mv $I/gone $I/dist/judge/core.js"],
  ["no program for the session", "mv $I/dist/session.cjs $I/gone", "mv $I/gone $I/dist/session.cjs"],
  ["a session that throws before it starts", session("throw 1", false), sessionBack],
  ["a session that is killed before it starts", session("process.kill(process.pid, `SIGKILL`)", false), sessionBack],
  ["a session that ends at once", session("", false), sessionBack],
];

const preamble = (installation: string) => `I=${installation}
  spoil() { mv $I/dist $I/gone; mkdir $I/dist; cp $I/gone/node-path $I/dist; printf %s "$1" | tee $I/dist/judge.cjs >$I/dist/session.cjs; }
  restore() { rm -r $I/dist; mv $I/gone $I/dist; }`;

const warning = "this is a rescue shell: plain bash, and nothing that is typed in it is judged";
/** What nobody echoes but a shell that runs it. */
const typed = 'stty -echo\necho "ran $((6*7))"\nexit 7\n';

/** Whose login shell an installation is. */
const logins = { "compiled launcher": ["/opt/autobot-sh", "pat"], "launcher in bash": ["/opt/autobot-in-bash", "pia"] } as const;

describe.skipIf(lacking !== undefined)("a guard that cannot work", { timeout: 100_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
  }, 60_000);
  afterAll(() => down(machine));

  const broken = <Value>(installation: string, [spoil, mend]: readonly [string, string], look: () => Value): Value => {
    const { status, stderr } = run(machine, `set -e; ${preamble(installation)}\n${spoil}`);
    if (status !== 0) throw new Error(stderr);
    try {
      return look();
    } finally {
      run(machine, `${preamble(installation)}\n${mend}`);
    }
  };
  const rescues = (user: string) => run(machine, `grep -hs '"rescue":' ~${user}/.local/state/autobot-sh/audit.jsonl`).stdout.split("\n").filter(Boolean);
  /** By the launcher itself: root's shell is nobody's to change. */
  const rootLogin = (installation: string, input = typed) => run(machine, `script -qec 'exec -a -autobot-sh ${installation}/bin/autobot-sh' /dev/null`, input);
  const login = (user: string) => run(machine, `ssh -tt ${user}@127.0.0.1`, typed);

  describe.each(Object.entries(logins))("through the %s", (_, [installation, user]) => {
    it("works, before anything is broken", () => {
      expect(run(machine, `head -c 2 ${installation}/bin/autobot-sh`).stdout).toBe(installation.endsWith("bash") ? "#!" : "\u007fE");
      for (const { status, stdout } of [rootLogin(installation), login(user)]) {
        expect([status, stdout]).toEqual([7, expect.stringContaining("ran 42")]);
        expect(stdout).not.toContain("rescue");
      }
    });

    it.each(faults)("%s: root gets a shell, others none, and no program runs", (title, ...fault) => {
      const before = rescues("root").length;
      broken(installation, fault, () => {
        const forRoot = rootLogin(installation);
        expect([forRoot.status, forRoot.stdout]).toEqual([7, expect.stringContaining(warning)]);
        expect(forRoot.stdout).toContain("ran 42");
        const forOthers = login(user);
        expect([forOthers.status, forOthers.stdout]).toEqual([125, expect.stringContaining("no shell can be started for you")]);
        expect(forOthers.stdout).not.toContain("ran 42");
        if (title.includes("session")) return;
        // Root's too: as an argument, on a terminal, and on a pipe. The compiled launcher tells simpler lines harmless by itself.
        const line = "f() { touch /tmp/ran; }; f";
        const shell = `${installation}/bin/autobot-sh`;
        const { stdout } = run(
          machine,
          `${shell} -c '${line}'; echo $?; script -qec "${shell} -c '${line}'" /dev/null >/dev/null; echo $?; ${shell} <<<'${line}'; echo $?; ls /tmp/ran`,
        );
        expect(stdout).toBe("125\n125\n125\n");
      });
      expect(rescues("root").length).toBe(before + 1);
    });

    it("whom the system's policy names gets one too, whatever becomes of the policy then", () => {
      const judge = `${installation}/bin/autobot-sh -c 'f() { :; }; f'`;
      const policy = (users: string, groups: string) =>
        `mkdir -p /etc/autobot-sh; printf '%s\\n' 'policy: rescue' 'description: x' 'settings: { rescue: { users: [${users}], groups: [${groups}] } }' >/etc/autobot-sh/rescue.yaml; ${judge}`;
      const status = () => broken(installation, ["echo 'rules: [' >/etc/autobot-sh/rescue.yaml", ":"], () => login(user).status);

      expect(run(machine, policy(`${user}, nobody-knows`, "")).status).toBe(0);
      expect(run(machine, "stat -c '%U %a' /var/cache/autobot-sh/rescue; wc -l </var/cache/autobot-sh/rescue").stdout).toBe("root 644\n1\n");
      expect(status()).toBe(7);
      expect(rescues(user).at(-1)).toContain(`"user":"${user}"`);

      run(machine, policy("bo", ""));
      expect(status()).toBe(125);
      run(machine, `${policy("", "watch")}; gpasswd -a ${user} watch`);
      expect(status()).toBe(7);
      run(machine, `gpasswd -d ${user} watch`);
      expect(status()).toBe(125);

      // A file that others may write, or have written, says nothing.
      run(machine, `${policy(user, "")}; chmod 666 /var/cache/autobot-sh/rescue`);
      expect(status()).toBe(125);
      run(machine, `chmod 644 /var/cache/autobot-sh/rescue; chown ${user} /var/cache/autobot-sh/rescue`);
      expect(status()).toBe(125);

      // And it goes with the policy.
      run(machine, `rm /etc/autobot-sh/rescue.yaml; ${judge}`);
      expect(run(machine, "ls /var/cache/autobot-sh/rescue").status).not.toBe(0);
      run(machine, "rm -r /etc/autobot-sh /var/cache/autobot-sh");
    });

    it("what does not answer keeps nobody waiting for ever", () => {
      broken(installation, ["spoil 'setTimeout(() => {}, 90000)'", "restore"], () => {
        const { status, stdout } = rootLogin(installation);
        expect([status, stdout]).toEqual([7, expect.stringMatching(/the (?:judge|session) does not answer/)]);
      });
    });

    it("the system's log has it as well, and where the record cannot be written it is said", () => {
      const listen = `python3 -c '
import socket, os
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log"); log.settimeout(20)
open("/tmp/listens", "w").close()
open("/tmp/log", "wb").write(log.recv(4096))'`;
      run(machine, `rm -f /tmp/listens /tmp/log /dev/log; (${listen}) >/dev/null 2>&1 </dev/null & while [[ ! -e /tmp/listens ]]; do sleep 0.05; done`);
      const { stdout } = broken(installation, ["spoil ''; mkdir -p /root/.local; mount -t tmpfs -o ro none /root/.local", "restore; umount /root/.local"], () =>
        rootLogin(installation),
      );
      expect(stdout).toContain("the record cannot be written");
      expect(run(machine, "for ((n = 0; n < 100; n++)); do [[ -s /tmp/log ]] && break; sleep 0.05; done; cat /tmp/log").stdout).toMatch(
        /rescue shell without a guard for root: the (?:judge|session)/,
      );
      run(machine, "rm -f /dev/log");
    });

    it("a session that had started gives no rescue, however it ends", () => {
      const ended = (end: string) => broken(installation, [session(end), sessionBack], () => rootLogin(installation, ""));
      expect(ended("process.exit(125)")).toMatchObject({ status: 125, stdout: expect.not.stringContaining("rescue") });
      expect(ended("process.exit(0)")).toMatchObject({ status: 0, stdout: expect.not.stringContaining("rescue") });
      const killed = ended("process.kill(process.pid, `SIGKILL`)");
      expect([killed.status, killed.stdout]).toEqual([137, expect.stringContaining("the shell was killed, or the session that judges its lines")]);
      expect(killed.stdout).not.toContain("rescue");
    });

    it("who interrupts a start wanted no shell", () => {
      const interrupted = session("process.kill(process.pid, `SIGINT`); setTimeout(() => {}, 1000)", false);
      const { stdout } = broken(installation, [interrupted, sessionBack], () => rootLogin(installation));
      expect(stdout).not.toContain("ran 42");
    });

    it("a killed session leaves the terminal as it was", () => {
      const raw = session("process.stdin.setRawMode(true); process.kill(process.pid, `SIGKILL`)");
      const { stdout } = broken(installation, [raw, sessionBack], () =>
        run(machine, `script -qec 'stty -g; ${installation}/bin/autobot-sh 2>/dev/tty >/dev/tty; echo; stty -g; stty raw; stty -g' /dev/null`),
      );
      const [before, after, others] = stdout.split(/\r?\n/).filter((line) => /^[\da-f:]{20,}$/.test(line));
      expect(after).toBe(before);
      expect(others).not.toBe(before);
      expect(stdout).toContain("the shell was killed");
    });
  });

  it("a session that is open outlives the installation, so that it can be mended from there", () => {
    // Not at once: what it will need is read when its person has their prompt.
    const { stdout } = run(
      machine,
      `coproc timeout 90 ssh -tt pat@127.0.0.1
      say() { printf '%s\\n' "$1" >&"\${COPROC[1]}"; while read -r -t 20 line <&"\${COPROC[0]}"; do [[ $line == *"$2"* ]] && break; done; }
      say 'stty -echo' ''; say 'echo "at $((40+1))"' 'at 41'
      for ((n = 0; n < 40; n++)); do
        mv /opt/autobot-sh /opt/gone
        say 'cp /etc/hostname ~/copied; sed -n 1p ~/copied; mv ~/copied ~/mended; echo "at $((40+2))"' ''
        say 'echo "at $((40+3))"' 'at 43'
        say 'ssh 172.16.168.23 vim f; echo "$?" >~/refused; echo "at $((40+4))"' ''
        say 'echo "at $((40+5))"' 'at 45'
        mv /opt/gone /opt/autobot-sh
        [[ -e ~pat/mended ]] && break
        sleep 0.5
      done
      echo 'exit 7' >&"\${COPROC[1]}"; wait "$COPROC_PID"; echo "status $?"
      cmp /etc/hostname ~pat/mended && echo mended; ls ~pat/refused; rm -f ~pat/mended`,
    );
    expect(stdout).toBe("status 7\nmended\n");
  });

  it("`audit tail` tells of it", () => {
    broken("/opt/autobot-sh", ["spoil ''", "restore"], () => rootLogin("/opt/autobot-sh"));
    expect(run(machine, "/opt/autobot-sh/bin/autobotctl audit tail -n 1").stdout).toMatch(/ {2}login {2}rescue shell of root: the session has not started\n$/);
  });
});
