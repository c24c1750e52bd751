// `runtime: strict`: by whatever path a utility is called, the call meets its shim; all else is as without.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openPty } from "../../src/session/pty.ts";
import { autobotSh, launcherInBash } from "../stage/run.ts";
import { createStubs, executable, type StubOptions } from "../stage/stubs.ts";
import { bytes, until } from "../stage/watch.ts";

// Stubs are bound over the machine's own utilities in a namespace of the test's, which has no network either.
const isRoot = process.getuid?.() === 0;
const alone = ["/usr/bin/unshare", ...(isRoot ? [] : ["-Ur"]), "-n", "-m"];
const [first = "", ...rest] = alone;
const reason = [
  { what: "no bubblewrap", holds: !existsSync("/usr/bin/bwrap") },
  { what: "no mount namespace to be had", holds: spawnSync(first, [...rest, "/usr/bin/bwrap", "--dev-bind", "/", "/", "true"]).status !== 0 },
].find(({ holds }) => holds)?.what;

const stubs = createStubs();
const { directory, workspace } = stubs;
const [bin = ""] = (stubs.environment["PATH"] ?? "").split(":");
const installed = ["ssh", "scp", "sftp", "rsync", "git"].filter((name) => existsSync(join("/usr/bin", name)));
const limit = { timeout: 60_000 };

mkdirSync(join(workspace, ".autobot-sh"));
writeFileSync(join(workspace, ".autobot-sh", "strict.yaml"), "policy: strict-here\ndescription: Strict here.\nsettings:\n  runtime: strict\n");

/** Words below the stubs; `as` is what is put before them there. */
function inside(words: readonly string[], options?: StubOptions, setUp = "true", as: readonly string[] = []) {
  const mounts = installed.map((name) => `mount --bind ${join(bin, name)} /usr/bin/${name}`).join(" && ");
  return stubs.plain(
    [
      ...alone,
      "/bin/bash",
      "-c",
      `PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount -t tmpfs -o mode=1777 shm /dev/shm && ${mounts} && ${setUp} && PATH=$0 && exec "$@"`,
      stubs.environment["PATH"] ?? "",
      ...as,
      ...words,
    ],
    options,
  );
}

const strict = (words: readonly string[], options?: StubOptions) => inside([autobotSh, ...words], options);

let files = 0;

/** A script, so that the line is judged when it runs only. */
function decoded(line: string): readonly string[] {
  const file = join(directory, `encoded-${files++}`);
  writeFileSync(file, Buffer.from(`${line}\n`).toString("base64"));
  return ["-c", `base64 -d ${file} | bash`];
}

const python = (words: readonly string[]) => `python3 -c 'import subprocess, sys; sys.exit(subprocess.run(${JSON.stringify(words)}).returncode)'`;

/** Ways to call a utility that pass by a directory of shims in PATH. */
const ways: Readonly<Record<string, (words: string) => string>> = {
  "by its path": (words) => `/usr/bin/ssh ${words}`,
  "by its other path": (words) => `/bin/ssh ${words}`,
  "by the stub's path": (words) => `${bin}/ssh ${words}`,
  "by a relative path": (words) => `cd /usr/bin; ./ssh ${words}`,
  "by command -p": (words) => `command -p ssh ${words}`,
  "by env -i": (words) => `env -i STUB_CALLS="$STUB_CALLS" HOME="$HOME" ssh ${words}`,
  "with another PATH": (words) => `PATH=/usr/bin:/bin ssh ${words}`,
  "with another PATH in sh": (words) => `export PATH=/usr/bin:/bin; sh -c 'ssh ${words}'`,
  "by python": (words) => python(["/usr/bin/ssh", ...words.split(" ")]),
  "by python without PATH": (words) => `env -u PATH /usr/bin/${python(["ssh", ...words.split(" ")])}`,
  "by a link": (words) => `ln -sf /usr/bin/ssh ./other; ./other ${words}`,
  "by a copy": (words) => `cp /usr/bin/ssh ./copy; ./copy ${words}`,
  "by a descriptor": (words) => `exec 7</usr/bin/ssh; /dev/fd/7 ${words}`,
  "behind another namespace": (words) => `unshare -m /usr/bin/ssh ${words} || ssh ${words}`,
  "below autobot-sh": (words) => `${autobotSh} -c 'f=/usr/bin/ssh; $f ${words}; eval "$(echo "$f ${words}")"; env ssh ${words}' || ssh ${words}`,
  "in a login shell": (words) => `bash -lc 'PATH=/usr/bin; /usr/bin/ssh ${words}'`,
};

describe.skipIf(reason !== undefined)(`every way to a utility${reason === undefined ? "" : ` (${reason})`}`, limit, () => {
  it.each(Object.entries(ways))("%s is refused what the policy denies", async (_, way) => {
    const { calls, stderr } = await strict(decoded(way("172.16.168.21 reboot")));
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: refused: this would");
  });

  it.each(Object.entries(ways))("%s runs what it permits", async (_, way) => {
    const { calls } = await strict(decoded(way("172.16.168.21 uptime")));
    expect([...new Set(calls.map((call) => call.replace(/^\S+/, "")))]).toEqual([" <172.16.168.21> <uptime>"]);
  });

  it("one call is judged once, and notes one record", async () => {
    const state = join(directory, "state-of-one");
    const { calls } = await strict(decoded("ssh 172.16.168.21 uptime"), { env: { XDG_STATE_HOME: state } });
    expect(calls).toHaveLength(1);
    expect(
      readFileSync(join(state, "autobot-sh", "audit.jsonl"), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(2);
  });

  it("what another utility starts by a path is judged: refused", async () => {
    const STUB_CODE = "[[ ${0##*/} == ssh ]] || /usr/bin/ssh 172.16.168.21 reboot";
    expect((await strict(decoded("git fetch; scp a b"), { env: { STUB_CODE } })).calls).toEqual(["git <fetch>", "scp <a> <b>"]);
  });

  it("what another utility starts by a path is judged: permitted", async () => {
    const STUB_CODE = "[[ ${0##*/} == ssh ]] || /usr/bin/ssh 172.16.168.21 uptime";
    expect((await strict(decoded("git fetch"), { env: { STUB_CODE } })).calls).toEqual(["git <fetch>", "ssh <172.16.168.21> <uptime>"]);
  });

  it("a program that is not judged is itself", async () => {
    expect((await strict(["-c", "for file in env python3 ssh; do read -rn 4 start </usr/bin/$file; echo ${start: -3}; done"])).stdout).toBe("ELF\nELF\n!/b\n");
  });

  it("a utility that goes by its name, behind an absolute link, has it", async () => {
    const many = executable(join(directory, "many"), '#!/bin/bash\necho "${0##*/} $*"\n');
    const line = `ln -sf ${many} ${bin}/psql; ln -sf ${many} ${bin}/helm; "$0" -c 'psql --version; ${bin}/helm version; env -i ${bin}/psql --help'; rm ${bin}/psql ${bin}/helm`;
    expect((await inside(["/bin/bash", "-c", line, autobotSh])).stdout).toBe("psql --version\nhelm version\npsql --help\n");
  });
});

describe.skipIf(reason !== undefined)("what runs behind it is as without", limit, () => {
  const changed = /^(?:BASH_ENV|STUB_CALLS|_)=.*\n/gm;
  /** `caller`: what the one who starts it does before. */
  const same = async (words: readonly string[], options?: StubOptions, caller = ":") => {
    const plain = await inside(["/bin/bash", "-c", `${caller}; exec -a "$0" /bin/bash "$@"`, autobotSh, ...words], options);
    const ran = await inside(["/bin/bash", "-c", `${caller}; exec "$0" "$@"`, autobotSh, ...words], options);
    const stdout = ran.stdout.replaceAll(/\/[^\s:=]*\/autobot-sh\/shims\/[\w-]+:/g, "").replaceAll(changed, "");
    expect({ ...ran, stdout }).toEqual({ ...plain, stdout: plain.stdout.replaceAll(changed, "") });
    expect(plain.stdout.length + plain.stderr.length + (plain.status ?? 999)).toBeGreaterThan(0);
  };

  it.each<readonly [string, readonly string[]]>([
    ["its words and name", ["-c", 'echo "$0|$1|$2|$#"; tr "\\0" "|" </proc/$$/cmdline', "name", "a  b", ""]],
    ["its environment", ["-c", "env | sort"]],
    ["its directories", ["-c", 'cd /tmp; "$BASH" -c "echo \\$PWD \\$OLDPWD; env | grep PWD; pwd -P"']],
    ["its options", ["-eu", "-o", "pipefail", "-c", "echo $-; shopt -o; shopt"]],
    ["its exit status", ["-c", "echo x; exit 7"]],
    ["its descriptors", ["-c", "ls /proc/self/fd"]],
    ["its limits and mask", ["-c", "ulimit -a; umask; ulimit -Hn"]],
    // Read without a child: while bash starts one, it blocks signals.
    ["its signals", ["-c", 'while read -r line; do [[ $line == Sig@(Ign|Blk|Cgt)* ]] && echo "$line"; done </proc/$$/status; trap']],
    ["that it has no children", ["-c", "read -r children </proc/$$/task/$$/children; echo [$children]; jobs; wait -n; echo $?"]],
    ["its credentials", ["-c", "id; grep -E '^(Cap|NoNew|Seccomp)' /proc/$$/status"]],
    ["its process group and session", ["-c", "read -r _ _ _ parent group session _ </proc/$$/stat; echo $((group == $$)) $((session == $$)) $((parent == PPID))"]],
  ])("%s", async (_, words) => same(words));

  it("death by a signal", async () => {
    expect((await strict(["-c", "kill -TERM $$"])).signal).toBe("SIGTERM");
    expect((await strict(["-c", "echo a; kill -KILL $$"])).signal).toBe("SIGKILL");
  });
  it("a signal that is sent to it", () => same(["-c", 'trap "echo trapped; exit 4" TERM; (kill -TERM $$); sleep 1']));
  it("signals that the caller ignores", () => same(["-c", "trap; kill -INT $$; grep SigIgn /proc/$$/status"], {}, "trap '' INT TERM USR1"));
  it.each(["0<&-", "2>&-", "0<&- 2>&-", "7</dev/null 9>/dev/null 12</"])("descriptors as the caller has them: %s", (redirections) =>
    same(["-c", "ls /proc/self/fd; for n in 0 2 7 9 12; do [[ /dev/fd/$n -ef /dev/null ]] && echo $n; done"], {}, `exec ${redirections}`),
  );
  it("functions and options that the caller exports", () =>
    same(["-c", "f; echo $SHELLOPTS; env | grep -E '^(SHELLOPTS|BASH_FUNC)'"], {
      env: { "BASH_FUNC_f%%": "() { echo f; }", SHELLOPTS: "braceexpand:hashall:interactive-comments:pipefail" },
    }));
  it("options that the caller exports, and that act on a script", async () => {
    const run = (program: string) => inside(["env", "SHELLOPTS=braceexpand:errexit:hashall:interactive-comments:verbose:xtrace", program, "-c", "echo $-; exit 3"]);
    expect(await run(autobotSh)).toEqual(await run("/bin/bash"));
  });
  it("a name that means something to bash", async () => {
    const caller = 'exec -a "$NAME" "$0" "$@"';
    for (const NAME of ["-bash", "sh"]) {
      const run = (program: string) => inside(["/bin/bash", "-c", caller, program, "-c", "echo $0 $-; shopt login_shell; shopt -o posix"], { env: { NAME } });
      expect((await run(autobotSh)).stdout).toBe((await run("/bin/bash")).stdout);
    }
  });
  it("standard input", () => same(["-c", "od -An -c; echo end"], { input: Buffer.from("a\0b\xff", "latin1") }));
  it("a program on standard input", () => same([], { input: "echo one\nread -r x\ntwo\necho $x\n" }));

  it("its process is the one that was started", async () => {
    const { stdout } = await inside(["/bin/bash", "-c", "\"$0\" -c 'echo $$ $PPID; echo x >/dev/null' & echo $! $$; wait", autobotSh]);
    const [one, two] = stdout.trim().split("\n");
    expect(one).toBe(two);
  });

  it("no variable is taken for ours", () => same(["-c", "echo $-"], { env: { autobot_options: "-x", autobot_users: "1", autobot_closed: "1", autobot_target: "/usr/bin/true" } }));
  it("the launcher in bash does the same", async () => {
    const script = join(directory, "in-bash");
    writeFileSync(script, Buffer.from("/usr/bin/ssh 172.16.168.21 uptime; /usr/bin/ssh 172.16.168.21 reboot\n").toString("base64"));
    const { stdout, calls } = await inside([launcherInBash, "-c", 'echo "$0 $1"; base64 -d "$1" | bash', "name", script]);
    expect({ stdout, calls }).toEqual({ stdout: `name ${script}\n`, calls: ["ssh <172.16.168.21> <uptime>"] });
  });

  it("one layer is enough for all that is started behind it", async () => {
    const { stdout, status } = await strict([
      "-c",
      `"$0" -c 'grep -c autobot-sh /proc/self/mountinfo'; grep -c autobot-sh /proc/self/mountinfo; env -i "$0" -c "echo in"`,
      autobotSh,
    ]);
    const [one, two, three] = stdout.trim().split("\n");
    expect([one, three, status]).toEqual([two, "in", 0]);
  });

  it("a directory that is gone is said, and nothing runs", async () => {
    const { stdout, stderr, status } = await inside([
      "/bin/bash",
      "-c",
      'mkdir gone; cp -r .autobot-sh gone; cd gone; chmod 0 .; exec setpriv --bounding-set=-all --inh-caps=-all --reuid=65533 "$0" -c "echo ran" 2>&1; rm -r gone',
      autobotSh,
    ]);
    expect({ ran: stdout.includes("ran\n"), failed: status !== 0 && stderr + stdout !== "" }).toEqual({ ran: false, failed: true });
  });
});

describe.skipIf(reason !== undefined).each(["exec", "pty"])("on a terminal, `terminal: %s`", limit, (terminal) => {
  const cwd = join(directory, terminal);
  mkdirSync(join(cwd, ".autobot-sh"), { recursive: true });
  writeFileSync(join(cwd, ".autobot-sh", "a.yaml"), `policy: local\ndescription: An example.\nsettings: { runtime: strict, terminal: ${terminal} }\n`);

  async function typed(command: string, key: string): Promise<string> {
    const text = `trap : INT; ${autobotSh} -c '${command}'; echo "status $?"`;
    const pty = await openPty({
      file: "/bin/bash",
      args: ["-p", "-c", text],
      env: { ...stubs.environment, PATH: `${stubs.environment["PATH"]}:/usr/bin`, TERM: "xterm" },
      cwd,
      columns: 80,
      rows: 24,
    });
    if ("failure" in pty) throw new Error(pty.message);
    const before = await until(pty, "ready");
    await pty.write(key);
    return before + (await bytes(pty)).toString();
  }
  const mounted = "grep -q autobot-sh-strict /proc/self/mountinfo && echo mounted";

  it("keys reach the command", async () =>
    expect(await typed(`${mounted}; echo ready; read -r line; echo "<$line>"; exit 5`, "héllo\n")).toMatch(/mounted\r\nready.*<héllo>\r\nstatus 5\r\n$/s));
  it("^C is the command's to handle", async () => {
    expect(await typed('trap "echo caught; sleep 0.2; exit 5" INT; echo ready; while :; do sleep 0.05; done', "\x03")).toMatch(/caught\r\nstatus 5\r\n$/);
  });
  it("^C ends a command that does not", async () => expect(await typed("echo ready; sleep 20", "\x03")).toMatch(/status 130\r\n$/));
  it("jobs are controlled", async () => expect(await typed("set -m; sleep 0.1 & fg >/dev/null; echo ready; read -r line; echo end", "\n")).toMatch(/end\r\nstatus 0\r\n$/));
});

describe.skipIf(reason !== undefined)("without what it needs nothing runs", limit, () => {
  const failing = async (setUp: string, message: RegExp, as: readonly string[] = []) => {
    const { status, stdout, stderr, calls } = await inside([autobotSh, "-c", "echo ran; ssh 172.16.168.21 uptime"], {}, setUp, as);
    expect({ status, stdout, calls }).toEqual({ status: 125, stdout: "", calls: [] });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/; nothing was run\n {2}\S/);
  };
  const instead = (text: string) => `mount --bind ${executable(join(directory, `bwrap-${files++}`), `#!/bin/bash\n${text}\n`)} /usr/bin/bwrap`;

  it("no bubblewrap", () => {
    const plain = join(directory, "no-program");
    writeFileSync(plain, "");
    return failing(`mount --bind ${plain} /usr/bin/bwrap`, /`runtime: strict`, and `bwrap` is not installed/);
  });
  it("one that is too old", () => failing(instead("echo 'bwrap: Unknown option --perms' >&2; exit 1"), /cannot make what `runtime: strict` needs: bwrap: Unknown option/));
  it("one that dies", () => failing(instead("kill -KILL $$"), /cannot make what `runtime: strict` needs: it says nothing/));
  it("one that makes no namespace", () => failing(instead("echo $$; read -r line"), /`runtime: strict` is not in force behind `bwrap`/));
  it("no directory to mount in", () => failing("mount -o remount,ro /dev/shm", /`\/dev\/shm\/autobot-sh-strict-\d+` cannot be made/));
  it.skipIf(!isRoot)("somebody else's directory to mount in", () =>
    failing("mkdir /dev/shm/autobot-sh-strict-0 && chown 4242 /dev/shm/autobot-sh-strict-0", /`\/dev\/shm\/autobot-sh-strict-0` is not a directory of yours/),
  );
  it("an nsenter that may not", () => {
    const failed = executable(join(directory, "nsenter"), "#!/bin/bash\necho 'nsenter: reassociate to namespaces failed: Operation not permitted' >&2\nexit 1\n");
    return failing(`mount --bind ${failed} /usr/bin/nsenter`, /cannot enter what `runtime: strict` needs: nsenter: reassociate/);
  });
  it("another in PATH is not asked", async () => {
    const evil = join(directory, "evil");
    mkdirSync(evil);
    executable(join(evil, "bwrap"), "#!/bin/bash\necho $$; read -r line\n");
    executable(join(evil, "nsenter"), '#!/bin/bash\nwhile [[ $1 != -- ]]; do shift; done; shift; exec "$@"\n');
    const { calls, stderr } = await strict(decoded("/usr/bin/ssh 172.16.168.21 reboot"), { env: { PATH: `${evil}:${stubs.environment["PATH"]}` } });
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: refused");
  });
  it.skipIf(!isRoot)("no user namespaces", () =>
    // A user namespace of our own in which there may be no other: the machine's limit stays what it is.
    failing(
      "{ unshare -U sleep 60 & pid=$!; until [[ $(</proc/$pid/comm) == sleep ]]; do :; done; echo 0 0 100000 >/proc/$pid/uid_map; echo 0 0 100000 >/proc/$pid/gid_map; nsenter -t $pid -U /bin/bash -c 'echo 0 >/proc/sys/user/max_user_namespaces'; users=$(readlink /proc/$pid/ns/user); exec {held}</proc/$pid/ns/user; kill $pid; }",
      /cannot make what `runtime: strict` needs: bwrap: /,
      ["/bin/bash", "-c", 'exec /usr/bin/nsenter --user=/proc/self/fd/10 /usr/bin/setpriv --reuid=4242 --regid=4242 --clear-groups "$@"', "x"],
    ),
  );
});

describe.skipIf(reason !== undefined || !isRoot)("for a user who is not root", limit, () => {
  const as = ["/usr/bin/setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"];
  const { project, env, rootOnly } = ofUser();

  function ofUser() {
    const home = join(directory, "of-user");
    const project = join(home, "project");
    mkdirSync(join(project, ".autobot-sh"), { recursive: true });
    cpSync(join(workspace, ".autobot-sh"), join(project, ".autobot-sh"), { recursive: true });
    executable(join(bin, "sudo"), readFileSync(join(bin, "sudo"), "utf8"));
    chmodSync(join(bin, "sudo"), 0o4755);
    chmodSync(directory, 0o755);
    spawnSync("/bin/chown", ["-R", "4242:4242", home]);
    const calls = join(home, "calls");
    writeFileSync(calls, "");
    chmodSync(calls, 0o666);
    // What only root may read shows that the namespace gives nobody more than they had.
    return { project, rootOnly: "/etc/shadow", env: { HOME: home, XDG_CACHE_HOME: join(home, "cache"), XDG_STATE_HOME: join(home, "state"), STUB_CALLS: calls } };
  }

  const user = (line: string, options: { readonly env?: Readonly<Record<string, string>>; readonly setUp?: string } = {}) =>
    inside([autobotSh, ...decoded(line)], { cwd: project, env: { ...env, ...options.env } }, options.setUp, as).then((ran) => {
      const calls = existsSync(env.STUB_CALLS) ? readFileSync(env.STUB_CALLS, "utf8").split("\n").slice(0, -1) : [];
      writeFileSync(env.STUB_CALLS, "");
      return { ...ran, calls };
    });

  it("the same is refused", async () => {
    const { calls, stderr } = await user('/usr/bin/ssh 172.16.168.21 reboot; env -i HOME="$HOME" /usr/bin/ssh 172.16.168.21 reboot; cp /usr/bin/ssh x; ./x 172.16.168.21 reboot');
    expect(calls).toEqual([]);
    expect(stderr.match(/autobot-sh: refused/g)).toHaveLength(3);
  });
  it("the same runs", async () => expect((await user("/usr/bin/ssh 172.16.168.21 uptime")).calls).toEqual(["ssh <172.16.168.21> <uptime>"]));
  it("no mount is taken away", async () => {
    const { calls } = await user(
      "umount /usr/bin/ssh; unshare -Urm umount /usr/bin/ssh; unshare -Urm bash -c 'umount -l /usr/bin/ssh; /usr/bin/ssh 172.16.168.21 reboot'; /usr/bin/ssh 172.16.168.21 reboot",
    );
    expect(calls).toEqual([]);
  });
  it("no process outside is a way out", async () => {
    const setUp = `{ ${as.join(" ")} sleep 20 & export OUTSIDE=$!; until [[ $(</proc/$OUTSIDE/comm) == sleep ]]; do :; done; }`;
    const script = "[[ -x /proc/$$/root/usr/bin/ssh ]] && echo own; kill -0 $OUTSIDE && echo there; [[ -x /proc/$OUTSIDE/root/usr/bin/ssh ]] && echo open; kill $OUTSIDE";
    expect((await user(script, { setUp })).stdout).toBe("own\nthere\n");
  });
  it("ssh takes the system's configuration, which is nobody's there", async () => {
    const configured = join(directory, "ssh_config.d");
    mkdirSync(configured, { recursive: true });
    writeFileSync(join(configured, "here.conf"), "Host web\n  HostName web.example.org\n");
    const users = join(directory, "passwd");
    writeFileSync(users, `${readFileSync("/etc/passwd", "utf8")}user:x:4242:4242::${env.HOME}:/bin/bash\n`);
    const setUp = `umount /usr/bin/ssh && mount --bind ${configured} /etc/ssh/ssh_config.d && mount --bind ${users} /etc/passwd`;
    expect((await user("/usr/bin/ssh -G web | grep ^hostname", { setUp })).stdout).toBe("hostname web.example.org\n");
  });
  it("a sync script passes, and the same by hand does not", async () => {
    mkdirSync(join(project, "scripts/utilities"), { recursive: true });
    const upload = "/usr/bin/rsync -i ~/.ssh/autobot_key app.py autobot@172.16.168.24:/home/autobot/app.py";
    executable(join(project, "scripts/utilities/sync-to-vm.sh"), `#!/bin/bash\n${upload}\n`);
    expect((await user("./scripts/utilities/sync-to-vm.sh")).calls).toHaveLength(1);
    expect((await user(upload)).calls).toEqual([]);
  });
  it("the user is who it was, and no more", async () => {
    const { stdout } = await user(`id -u; id -g; cat ${rootOnly} 2>&1 | grep -c denied; grep CapEff /proc/self/status`);
    expect(stdout).toBe("4242\n4242\n1\nCapEff:\t0000000000000000\n");
  });
  it("sudo says why it cannot work", async () => {
    const { calls, stderr } = await user("sudo apt-get install jq; echo $? >&2");
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: `sudo` cannot work here: `runtime: strict` lets no program become another user; nothing was run\n  ");
    expect(stderr).toMatch(/125\n$/);
  });
  it("policies of the system, which are nobody's there, count", async () => {
    const policies = join(directory, "system");
    mkdirSync(policies, { recursive: true });
    writeFileSync(join(policies, "here.yaml"), "policy: here\ndescription: Ours.\nsettings:\n  runtime: strict\n");
    const etc = join(directory, "etc");
    mkdirSync(etc);
    const setUp = `mount -t tmpfs etc ${etc} && cp -a /etc/. ${etc} && rm -rf ${etc}/autobot-sh && cp -r ${policies} ${etc}/autobot-sh && mount --move ${etc} /etc`;
    const { calls, stderr } = await user("/usr/bin/ssh 172.16.168.21 uptime; /usr/bin/ssh 172.16.168.21 reboot", { setUp });
    expect(calls).toEqual(["ssh <172.16.168.21> <uptime>"]);
    expect(stderr).toContain("autobot-sh: refused");
  });
});

describe.skipIf(reason !== undefined)("approved ways", limit, () => {
  const upload = "/usr/bin/rsync -az -e 'ssh -i ~/.ssh/autobot_key' app.py autobot@172.16.168.24:/home/autobot/app.py";
  const passed = ["rsync <-az> <-e> <ssh -i ~/.ssh/autobot_key> <app.py> <autobot@172.16.168.24:/home/autobot/app.py>"];
  const sync = join(workspace, "scripts/utilities/sync-to-vm.sh");
  mkdirSync(join(workspace, "scripts/utilities"), { recursive: true });
  executable(sync, `#!/bin/bash\n${upload}\n`);

  it("pass, with utilities by their paths", async () => {
    expect((await strict(["-c", "./scripts/utilities/sync-to-vm.sh ai-stack"])).calls).toEqual(passed);
  });
  it("are not what is done by hand, nor after them", async () => {
    expect((await strict(decoded(upload))).calls).toEqual([]);
    expect((await strict(decoded(`./scripts/utilities/sync-to-vm.sh >/dev/null; ${upload}`))).calls).toEqual(passed);
  });
});

describe.skipIf(reason !== undefined)("scp's own ssh", limit, () => {
  const copy = join(workspace, "copied");
  writeFileSync(copy, "");
  const real = (line: string) => inside([autobotSh, ...decoded(line)], {}, "umount /usr/bin/scp && umount /usr/bin/sftp");

  it.each<readonly [string, RegExp]>([
    [`/usr/bin/scp -O ${copy} files.example.org:/srv/`, /^ssh <-x>.* <scp -t \/srv\/>$/],
    [`/usr/bin/scp ${copy} files.example.org:/srv/`, /^ssh <-x>.* <-s> <--> <files.example.org> <sftp>$/],
    ["/usr/bin/sftp -b /dev/null files.example.org", /^ssh .* <sftp>$/],
  ])("is judged as what it is part of: %s", async (line, call) => {
    const { calls } = await real(line);
    expect(calls).toEqual([expect.stringMatching(call)]);
  });
  it.each(["ssh files.example.org 'scp -t /srv/'", `/usr/bin/scp -O -o RemoteCommand=reboot ${copy} 172.16.168.21:/home/autobot/x`])(
    "is not what is done by hand: %s",
    async (line) => {
      expect((await real(line)).calls).toEqual([]);
    },
  );
});

describe.skipIf(reason !== undefined)("the settings of layers", limit, () => {
  it("a project may want it, and then the tables of harmless lines are not asked", async () => {
    expect((await strict(["-c", "true; grep -c autobot-sh-strict /proc/self/mountinfo"])).stdout).not.toMatch(/^0?\n/);
    expect((await inside([autobotSh, "-c", "grep -c autobot-sh-strict /proc/self/mountinfo"], { cwd: directory })).stdout).toBe("0\n");
  });
});
