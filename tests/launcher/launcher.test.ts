// autobot-sh against bash itself: the same words, the same surroundings, the same result. And what is refused has not run.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { autobotSh, environment, installation, launcherInBash, root, run, scratch, throughAutobot, throughBash, withoutShims } from "../stage/run.ts";

const work = scratch();
const script = join(work, "script.sh");
writeFileSync(script, 'echo "$0|$#|$*|$-"\nreturn 2>/dev/null || exit 3\n');
writeFileSync(join(work, "rc"), "echo from rc\n");
writeFileSync(join(work, "env"), "echo from BASH_ENV\n");
writeFileSync(join(work, "binary"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]));
mkdirSync(join(work, "bin"));
writeFileSync(join(work, "bin", "named"), "echo found in PATH $*\n");
chmodSync(join(work, "bin", "named"), 0o755);

const facts = 'echo "$0|$#|$*|$-|$BASH_EXECUTION_STRING"';

describe.each([
  ["compiled", autobotSh],
  ["in bash", launcherInBash],
])("the launcher %s", (_kind, launcher) => {
  describe("argument shapes", () => {
    it.each<readonly [string, readonly string[]]>([
      ["-c", ["-c", facts]],
      ["-c with a name and arguments", ["-c", facts, "name", "a b", ""]],
      ["-lc", ["-lc", facts]],
      ["-c -l", ["-c", "-l", facts]],
      ["-l -c", ["-l", "-c", facts]],
      ["-ec", ["-ec", "false; echo no"]],
      ["-ce", ["-ce", "false; echo no"]],
      ["-uc", ["-uc", "echo $nosuch; echo no"]],
      ["-euxo pipefail -c", ["-euxo", "pipefail", "-c", "[[ -o pipefail ]]; echo $-"]],
      ["-c -o pipefail", ["-c", "-o", "pipefail", facts, "n"]],
      ["-cn", ["-cn", "echo no"]],
      ["-cm", ["-cm", facts]],
      ["+m -c", ["+m", "-c", facts]],
      ["+c", ["+c", facts]],
      ["+mn -c", ["+mn", "-c", facts]],
      ["-oo", ["-oo", "errexit", "nounset", "-c", facts]],
      ["-O extglob", ["-O", "extglob", "-c", "shopt extglob"]],
      ["+O", ["+O", "sourcepath", "-c", "shopt sourcepath"]],
      ["-o posix", ["-o", "posix", "-c", facts]],
      ["-abCefhuvx", ["-abCefhuvx", "-c", facts]],
      ["--norc --noprofile -c", ["--norc", "--noprofile", "-c", facts]],
      ["--posix", ["--posix", "-c", facts]],
      ["-norc, with one dash", ["-norc", "-c", facts]],
      ["--login", ["--login", "-c", facts]],
      ["--rcfile F -c", ["--rcfile", join(work, "rc"), "-c", facts]],
      ["-c --", ["-c", "--", facts, "n"]],
      ["-c -", ["-c", "-", facts, "n"]],
      ["-c after an unset option", ["-c", "+e", facts]],
      ["-c without a command", ["-c"]],
      ["-s with arguments", ["-s", "a", "b"]],
      ["-es", ["-es", "a"]],
      ["-o alone", ["-o"]],
      ["-o with an unknown name", ["-o", "nosuch", "-c", facts]],
      ["an unknown letter", ["-Z", "-c", facts]],
      ["an unknown word", ["--nosuch", "-c", facts]],
      ["--rcfile without a file", ["--rcfile"]],
      ["a file", [script]],
      ["a file and arguments", [script, "a b", "-c", "x"]],
      ["-e file", ["-e", script, "a"]],
      ["-x file", ["-x", script]],
      ["-- file", ["--", script, "a"]],
      ["a file that is not there", ["/nosuch/file"]],
      ["a directory", [work]],
      ["a binary", [join(work, "binary")]],
      ["an empty name", [""]],
      ["-i -c", ["--norc", "-i", "-c", "echo $-"]],
      ["--dump-strings", ["--dump-strings", "-c", 'echo $"hello"']],
      ["-D", ["-D", script]],
      ["standard input", []],
      ["-", ["-"]],
      ["--", ["--"]],
      ["-x on standard input", ["-x"]],
    ])("%s", (_, args) => {
      const input = 'echo "$0|$#|$*|$-"; cat\nrest of the input\n';
      // Below a shell: bash takes the outermost one with a socket on standard input for one that sshd has started.
      const options = { input, cwd: work, env: { SHLVL: "1" } };
      expect(throughAutobot(args, { ...options, launcher })).toEqual(throughBash(args, { ...options, launcher }));
    });

    it("a name without a slash is looked for here, then in PATH", () => {
      const options = { cwd: work, env: { PATH: `${join(work, "bin")}:${environment["PATH"]}` } };
      expect(throughAutobot(["named", "a"], { ...options, launcher })).toEqual(throughBash(["named", "a"], { ...options, launcher }));
    });
  });

  describe("the surroundings are bash's own", () => {
    const same = (command: string, options: Parameters<typeof throughBash>[1] = {}) =>
      expect(throughAutobot(["-c", command], { ...options, launcher })).toEqual(throughBash(["-c", command], { ...options, launcher }));

    it.each([
      ["exit status", "exit 7"],
      ["exit status of what is not found", "nosuchcommand"],
      ["a syntax error", "if"],
      ["the parent process", "[ $PPID = $(ps -o ppid= -p $$) ] && ps -o comm= -p $PPID"],
      ["descriptors", "ls /proc/self/fd"],
      ["the environment", "env | grep -v ^BASH_ENV= | sort"],
      ["variables", "compgen -v | grep -vx BASH_ENV | sort"],
      ["functions and aliases", "declare -F; alias"],
      ["options", "set -o; shopt"],
      ["umask and directory", "umask; pwd; pwd -P"],
      ["jobs", "sleep 0 & wait $!; echo $?"],
      ["SHLVL", "echo $SHLVL; bash -c 'echo $SHLVL'"],
      ["$_", 'echo "$_"'],
      ["ignored signals", "trap"],
      ["standard error", "echo out; echo err >&2"],
    ])("%s", (_, command) => same(command));

    it.each(["TERM", "KILL", "INT", "HUP", "PIPE", "XFSZ", "USR1"])("death by SIG%s", (signal) => same(`kill -${signal} $$; echo survived`));

    it.each<readonly [string, Readonly<Record<string, string>>, string]>([
      ["BASH_ENV runs, once", { BASH_ENV: join(work, "env") }, "echo ran"],
      ["BASH_ENV runs in shells below", { BASH_ENV: join(work, "env") }, "bash -c 'echo ran'"],
      ["exported functions", { "BASH_FUNC_greet%%": "() { echo hello; }" }, "greet; declare -F"],
      ["an exported SHELLOPTS", { SHELLOPTS: "braceexpand:noglob:pipefail" }, "echo $SHELLOPTS; echo *; env | grep SHELLOPTS"],
      ["an exported SHELLOPTS with xtrace", { SHELLOPTS: "xtrace:hashall" }, "echo $SHELLOPTS; bash -c 'echo $SHELLOPTS'"],
      ["an exported BASHOPTS", { BASHOPTS: "extglob:nullglob" }, "shopt extglob nullglob; env | grep BASHOPTS"],
      ["POSIXLY_CORRECT", { POSIXLY_CORRECT: "1" }, "set -o | grep posix"],
      ["NODE_OPTIONS", { NODE_OPTIONS: "--require /nosuch", NODE_PATH: "/x", NODE_EXTRA_CA_CERTS: "/y" }, "env | grep NODE | sort"],
      ["COLUMNS and LINES", { COLUMNS: "33", LINES: "11" }, "echo $COLUMNS $LINES; env | grep -E 'COLUMNS|LINES'"],
      ["names that are no identifiers", { "a.b": "1", "x-y": "2" }, "env | grep -E '^(a.b|x-y)' | sort"],
      ["IFS and PS4", { IFS: "x", PS4: "> " }, "set -x; echo axb $0"],
      ["CDPATH", { CDPATH: "/usr" }, "cd bin; pwd"],
    ])("%s", (_, env, command) => same(command, { env }));

    it("an empty environment", () => {
      const empty = (file: string, argv0: string) => withoutShims(spawnSync(file, ["-c", "env | grep -v ^BASH_ENV=; echo $PATH"], { argv0, encoding: "utf8", env: {} }).stdout);
      expect(empty(launcher, launcher)).toBe(empty("/bin/bash", launcher));
    });

    it("descriptors above 2 are passed on, and none is added", () => {
      const descriptors = (shell: string) => run("/bin/bash", ["-c", `exec 3</dev/null 9>/dev/null; ${shell} -c 'ls /proc/self/fd'`]).stdout;
      expect(descriptors(launcher)).toBe(descriptors("/bin/bash"));
    });

    it.each(["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])("closed standard descriptors: %s", (closed) => {
      const listed = (shell: string) => run("/bin/bash", ["-c", `exec 5>&1; ${shell} -c 'ls /proc/self/fd >&5' ${closed}`]).stdout;
      expect(listed(launcher)).toBe(listed("/bin/bash"));
    });

    it("an inherited ignored signal stays ignored", () => {
      const ignored = (shell: string) => run("/bin/bash", ["-c", `trap '' INT TERM; ${shell} -c 'kill -TERM $$; trap; echo survived'`]).stdout;
      expect(ignored(launcher)).toBe(ignored("/bin/bash"));
    });

    it("a command that reads one line leaves the rest", () => {
      const rest = (shell: string) => run("/bin/bash", ["-c", `printf 'a\\nb\\nc\\n' | { ${shell} -c 'read x'; cat; }`]).stdout;
      expect(rest(launcher)).toBe("b\nc\n");
    });

    it("dies of SIGPIPE as bash does", () => {
      const statuses = (shell: string) => run("/bin/bash", ["-c", `${shell} -c yes | head -2; echo \${PIPESTATUS[*]}`]).stdout;
      expect(statuses(launcher)).toBe("y\ny\n141 0\n");
    });

    it("signals reach the command itself", async () => {
      const child = spawn(launcher, ["-c", "trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done"], { env: environment });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      child.kill("SIGUSR1");
      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(9);
    });
  });
});

describe("a program on standard input", () => {
  it("in a file is judged whole and read by bash from where it stood", () => {
    const file = join(work, "stdin.sh");
    writeFileSync(file, "skipped line\necho one\nread x\ndata\necho got $x\n");
    const read = (shell: string) => run("/bin/bash", ["-c", `{ read -r; ${shell}; } < ${file}`]).stdout;
    expect(read(autobotSh)).toBe("one\ngot data\n");
    expect(read("/bin/bash")).toBe("one\ngot data\n");
  });

  it("through a pipe still shares its input with what it runs", () => {
    expect(throughAutobot([], { input: "echo one\ncat\ntwo\nthree\n" }).stdout).toBe("one\ntwo\nthree\n");
  });

  it("may hold any bytes", () => {
    const input = Buffer.concat([Buffer.from("cat | od -An -tx1\n"), Buffer.from([0, 255, 128, 10, 0])]);
    expect(throughAutobot([], { input })).toEqual(throughBash([], { input }));
  });

  it("is read from a process substitution too", () => {
    const read = (shell: string) => run("/bin/bash", ["-c", `${shell} <(echo 'echo hi "$1"') a`]).stdout;
    expect(read(autobotSh)).toBe("hi a\n");
  });

  it("leaves no copy behind", () => {
    const before = run("/bin/bash", ["-c", "mktemp -d"]).stdout.trim();
    throughAutobot([], { input: "echo one\n", env: { TMPDIR: before } });
    expect(run("ls", ["-A", before]).stdout).toBe("");
  });

  it("leaves no copy behind when it is refused", () => {
    const before = scratch();
    expect(throughAutobot([], { input: "ssh autobot@172.16.168.21 'vim /etc/hosts'\n", env: { TMPDIR: before } }).status).toBe(126);
    expect(run("ls", ["-A", before]).stdout).toBe("");
  });

  it("is bash's to complain of when it is no text", () => {
    const input = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 10]);
    expect(throughAutobot([], { input })).toEqual(throughBash([], { input }));
  });
});

describe("a refused program has not run in any part", () => {
  const marked = (text: (marker: string) => string, launch: (text: string) => readonly [readonly string[], string?]) => {
    const marker = join(scratch(), "marker");
    const [args, input] = launch(text(marker));
    const { status, stderr } = throughAutobot(args, { cwd: work, ...(input === undefined ? {} : { input }) });
    return { status, ran: existsSync(marker), said: /^autobot-sh: refused: /.test(stderr) };
  };
  const text = (marker: string) => `touch ${marker}\nssh autobot@172.16.168.21 'vim /etc/hosts'\n`;
  const nothing = { status: 126, ran: false, said: true };

  it("-c", () => expect(marked(text, (program) => [["-c", program]])).toEqual(nothing));
  it("-c among other options", () => expect(marked(text, (program) => [["--norc", "-eu", "-o", "pipefail", "-lc", program, "name"]])).toEqual(nothing));
  it("standard input", () => expect(marked(text, (program) => [[], program])).toEqual(nothing));
  it("-s", () => expect(marked(text, (program) => [["-s", "a"], program])).toEqual(nothing));
  it("a file", () => {
    const file = join(work, "refused.sh");
    expect(
      marked(text, (program) => {
        writeFileSync(file, program);
        return [[file, "a"]];
      }),
    ).toEqual(nothing);
  });
  it("a file found in PATH", () => {
    const file = join(work, "bin", "refused-by-name");
    const marker = join(work, "by-name");
    writeFileSync(file, text(marker));
    const { status } = throughAutobot(["refused-by-name"], { cwd: root, env: { PATH: `${join(work, "bin")}:${environment["PATH"]}` } });
    expect([status, existsSync(marker)]).toEqual([126, false]);
  });
  it("a file on standard input", () => {
    const file = join(work, "refused-stdin.sh");
    const marker = join(work, "by-stdin");
    writeFileSync(file, text(marker));
    const input = openSync(file, "r");
    const { status } = throughAutobot([], { stdio: [input, "pipe", "pipe"] });
    closeSync(input);
    expect([status, existsSync(marker)]).toEqual([126, false]);
  });
  it("a start-up file that the caller names", () => {
    const file = join(work, "refused-rc");
    const marker = join(work, "by-rc");
    writeFileSync(file, text(marker));
    const { status } = throughAutobot(["--rcfile", file, "-i", "-c", "true"]);
    expect([status, existsSync(marker)]).toEqual([126, false]);
  });
  it("BASH_ENV", () => {
    const file = join(work, "refused-env");
    const marker = join(work, "by-env");
    writeFileSync(file, text(marker));
    const { status } = throughAutobot(["-c", "true"], { env: { BASH_ENV: file } });
    expect([status, existsSync(marker)]).toEqual([126, false]);
  });
  it("a BASH_ENV that defines things, or is not there, is no fault", () => {
    const file = join(work, "functions");
    writeFileSync(file, "restart() { ssh 172.16.168.21 reboot; }\n");
    expect(throughAutobot(["-c", "echo ran"], { env: { BASH_ENV: file } }).stdout).toBe("ran\n");
    expect(throughAutobot(["-c", "echo ran"], { env: { BASH_ENV: "$HOME/nosuch" } }).stdout).toBe("ran\n");
  });
  it("arguments count", () => {
    expect(throughAutobot(["-c", 'ssh "$1" "vim /etc/hosts"', "name", "172.16.168.21"]).status).toBe(126);
  });
});

describe("when autobot-sh itself cannot work, nothing runs", () => {
  const broken = (damage: (copy: string) => void, env: Readonly<Record<string, string>> = {}, line = "echo ran") => {
    const copy = installation();
    damage(copy);
    const { status, stdout, stderr } = run(join(copy, "bin", "autobot-sh"), ["-c", line], { env });
    return { status, stdout, stderr: stderr.replaceAll(copy, "…").split("\n", 1)[0] };
  };

  it("the judge is missing", () => {
    expect(broken((copy) => run("rm", [join(copy, "dist", "judge.cjs")]))).toMatchObject({ status: 125, stdout: "" });
  });
  it("the judge is empty", () => {
    expect(broken((copy) => writeFileSync(join(copy, "dist", "judge.cjs"), ""))).toMatchObject({ status: 125, stdout: "" });
  });
  it("the judge is cut off", () => {
    const half = readFileSync(join(root, "dist", "judge.cjs"), "utf8").slice(0, 1500);
    expect(broken((copy) => writeFileSync(join(copy, "dist", "judge.cjs"), half))).toMatchObject({ status: 125, stdout: "" });
  });
  // `true` is in the family of read.ts.
  it.each(["core.js", "read.js"])("a piece of the judge is missing, empty, cut off or another's: %s", (name) => {
    const file = (copy: string) => join(copy, "dist", "judge", name);
    const text = readFileSync(join(root, "dist", "judge", name), "utf8");
    const damages: readonly ((copy: string) => void)[] = [
      (copy) => rmSync(file(copy)),
      (copy) => writeFileSync(file(copy), ""),
      (copy) => writeFileSync(file(copy), text.slice(0, 200)),
      (copy) => writeFileSync(file(copy), text.replace(/^\/\*\w{32}/, `/*${"0".repeat(32)}`)),
    ];
    for (const damage of damages) expect(broken(damage, {}, "true | xargs echo ran")).toMatchObject({ status: 125, stdout: "" });
  });
  it("the other half of the launcher in bash is missing", () => {
    const copy = installation();
    run("rm", [join(copy, "libexec", "node.bash")]);
    expect(run(join(copy, "libexec", "autobot-sh"), ["-c", "echo ran"])).toMatchObject({ status: 125, stdout: "" });
  });
  it("what calls itself node says nothing", () => {
    expect(broken((copy) => writeFileSync(join(copy, "dist", "node-path"), "/bin/true\n"))).toMatchObject({ status: 125, stdout: "" });
  });
  const canHideNode = run("unshare", ["-rm", "mount", "--bind", "/dev/null", "/usr/bin/node"]).status === 0;
  it.skipIf(!canHideNode)("there is no node anywhere", () => {
    const copy = installation();
    const jail = `mount -t tmpfs none /usr/local/bin; mount --bind /dev/null /usr/bin/node && "$0" -c 'echo ran'`;
    const { status, stdout, stderr } = run("unshare", ["-rm", "/bin/bash", "-c", jail, join(copy, "bin", "autobot-sh")]);
    expect({ status, stdout }).toEqual({ status: 125, stdout: "" });
    expect(stderr).toContain("cannot find node");
  });
  it("an installation elsewhere works", () => {
    expect(broken(() => {})).toEqual({ status: 0, stdout: "ran\n", stderr: "" });
  });
  it("it works through a link", () => {
    const link = join(scratch(), "autobot-sh");
    symlinkSync(autobotSh, link);
    expect(run(link, ["-c", "echo $0"]).stdout).toBe(`${link}\n`);
  });
});

it.each([autobotSh, launcherInBash])("sourced, %s leaves the shell that tried in place", (launcher) => {
  const { stdout, status } = run("/bin/bash", ["-c", `. ${launcher} -c 'echo ran'; echo $?`]);
  expect([stdout, status]).toEqual(["126\n", 0]);
});

describe("what our bash code calls its own, the environment cannot set", () => {
  const libexec = join(root, "libexec");
  const sources = readdirSync(libexec, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [readFileSync(join(libexec, entry.name), "utf8")] : []));
  const names = [...new Set(sources.flatMap((text) => text.match(/\bautobot_\w+/g) ?? []))];
  const marker = join(work, "taken-from-the-environment");
  const impostor = join(work, "impostor");
  writeFileSync(impostor, `#!/bin/sh\ntouch ${marker}\nprintf permit\n`, { mode: 0o755 });
  const env = Object.fromEntries(names.map((name) => [name, impostor]));

  it("is most of it", () => expect(names.length).toBeGreaterThan(40));

  it.each([
    ["the launcher", launcherInBash],
    ["the shims", autobotSh],
  ])("%s", (_kind, launcher) => {
    // The line passes, and its call is for the shim to judge.
    const line = launcher === autobotSh ? "H=host.invalid; sh -c 'ssh $0 vim /etc/hosts' $H" : "ssh host.invalid vim /etc/hosts";
    const { status, stderr } = run(launcher, ["-c", line], { env });
    expect([status, stderr.includes("autobot-sh: refused: "), existsSync(marker)]).toEqual([126, true, false]);
    expect(run(launcher, ["-c", "sh -c 'echo ran'"], { env }).stdout).toBe("ran\n");
    expect(existsSync(marker)).toBe(false);
  });
});

describe("argv[0], which a script never sees, is kept", () => {
  const named = (file: string, argv0: string, args: readonly string[], options = {}) => {
    const { stdout, stderr, status } = run(file, args, { ...options, argv0 });
    return { stdout: withoutShims(stdout), stderr, status };
  };
  it.each<readonly [string, string, readonly string[]]>([
    ["any name", "some name", ["-c", 'echo "$0"; nosuch']],
    ["a login shell", "-bash", ["-c", 'echo "$0"; shopt -q login_shell && echo login']],
    ["a login shell on standard input", "-bash", []],
    ["sh: POSIX mode", "sh", ["-c", 'echo "$0"; set -o | grep posix']],
    ["a login sh", "-sh", ["-c", 'echo "$0"; set -o | grep posix; shopt -q login_shell && echo login']],
  ])("%s", (_, argv0, args) => {
    const options = { input: "echo $0; shopt login_shell\n", env: { SHLVL: "1" } };
    expect(named(autobotSh, argv0, args, options)).toEqual(named("/bin/bash", argv0, args, options));
  });
  it("and is judged under any", () => {
    for (const argv0 of ["-bash", "sh", ""]) expect(named(autobotSh, argv0, ["-c", "ssh 172.16.168.21 'vim /etc/hosts'"]).status).toBe(126);
  });
});

it("NODE_OPTIONS does not reach the judge", () => {
  const hook = join(work, "hook.cjs");
  writeFileSync(hook, "process.stdout.write('permit\\n'); process.exit(0);");
  const { status } = throughAutobot(["-c", "ssh 172.16.168.21 'vim /etc/hosts'"], { env: { NODE_OPTIONS: `--require ${hook}` } });
  expect(status).toBe(126);
});
it("--version names both", () => {
  expect(throughAutobot(["--version"]).stdout).toMatch(/^autobot-sh \d+\.\d+\.\d+, judging for:\nGNU bash, version /);
});

it("--help is ours", () => {
  expect(throughAutobot(["--help"]).stdout).toMatch(/^usage: autobot-sh /);
});
