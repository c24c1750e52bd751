// The runtime layer: its directory of shims is in front of whatever runs below autobot-sh, and hardly to be seen.
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtInEngine } from "../../src/world/engine.ts";
import { autobotSh, launcherInBash } from "../stage/run.ts";
import { createStubs, executable, type Ran } from "../stage/stubs.ts";

const stubs = createStubs();
const { directory, workspace } = stubs;

let files = 0;

function written(text: string): string {
  const path = join(directory, `text-${files++}`);
  writeFileSync(path, `${text}\n`);
  return path;
}

describe("the utility behind a shim", () => {
  const same = async (script: string, options?: Parameters<typeof stubs.plain>[1]) => {
    const plain = await stubs.plain(["/bin/bash", "-c", script], options);
    const layered = await stubs.layered(["/bin/bash", "-c", script], options);
    expect({ ...layered, stdout: withoutLayer(layered) }).toEqual(plain);
    return plain;
  };
  const withoutLayer = ({ stdout }: Ran) => stdout.replaceAll(/\/[^\s:=]*\/autobot-sh\/shims\/[\w-]+:/g, "");

  it.each([
    ["has its arguments, byte for byte", `ssh -V; docker ps ' a  b' '' "$(printf 'x\\ny')" '*' '$HOME' '\\'; ssh web.example.org uptime '"' "'"`],
    ["has its standard input", "printf 'a\\0b\\377' | STUB_CODE='od -An -tx1' ssh 172.16.168.21 'grep a'"],
    ["leaves what it does not read", "printf '1\\n2\\n3\\n' | { STUB_CODE='read -r x' ssh 172.16.168.21 wc; cat; }"],
    ["has the caller's descriptors and no others", "STUB_CODE='ls /proc/self/fd' docker ps 5</dev/null; STUB_CODE='ls /proc/self/fd' ssh 172.16.168.21 uptime 9</dev/null"],
    ["has the caller's exit status", "STUB_STATUS=7 docker ps; echo $?; STUB_STATUS=9 ssh 172.16.168.21 uptime; echo $?"],
    ["dies by a signal as it would", "STUB_CODE='kill -TERM $$' docker ps; echo $?; STUB_CODE='kill -INT $$' ssh 172.16.168.21 uptime; echo $?"],
    ["has ignored signals ignored", "trap '' TERM; STUB_CODE='kill -TERM $$; trap' docker ps; STUB_CODE='trap' ssh 172.16.168.21 uptime"],
    [
      "has its variables",
      "A=1 STUB_CODE='env | grep -Ev \"^(BASH_ENV|STUB_CALLS|_)=\" | sort' docker ps; B=2 STUB_CODE='env | grep -Ev \"^(BASH_ENV|STUB_CALLS|_)=\" | sort' ssh 172.16.168.21 uptime",
    ],
    ["has exported functions", "f() { echo hello; }; export -f f; STUB_CODE=f docker ps; STUB_CODE=f ssh 172.16.168.21 uptime"],
    [
      "has exported options",
      "export SHELLOPTS; set -o pipefail; STUB_CODE='echo $SHELLOPTS' docker ps; env -u STUB_CODE true; STUB_CODE='echo $SHELLOPTS' ssh 172.16.168.21 uptime",
    ],
    ["is a child of the caller", "STUB_CODE='echo $(( PPID == '$$' ))' docker ps & wait; STUB_CODE='[ \"$(cat /proc/$PPID/comm)\" = bash ]; echo $?' ssh 172.16.168.21 uptime; :"],
    ["is found by `command -v` if it is there", "command -v nosuch podman-remote lxc; command -v docker | sed 's,.*/,,'"],
  ])("%s", async (_, script) => {
    const { calls, stdout } = await same(script);
    expect(calls.length + stdout.length).toBeGreaterThan(0);
  });

  it("is not there where it was not", async () => {
    const { stderr, status } = await stubs.layered(["/bin/bash", "-c", "helm version"]);
    expect([status, stderr]).toEqual([127, expect.stringContaining("helm: command not found")]);
  });

  it("a link or a second mention of the directory makes no loop", async () => {
    const script = 'shims=${PATH%%:*}; ln -sfn "$shims" shims; PATH=$shims:$PATH:$shims:$PWD/shims docker ps; "$shims/docker" images; PATH=shims:$PATH docker info';
    const { calls } = await stubs.layered(["/bin/bash", "-c", script]);
    expect(calls).toEqual(["docker <ps>", "docker <images>", "docker <info>"]);
  });

  it("another installation's directory makes no loop", async () => {
    const other = join(directory, "other-cache");
    const script = `PATH=$PATH XDG_CACHE_HOME=${other} "$0" -c 'echo $PATH'`;
    const { stdout } = await stubs.layered(["/bin/bash", "-c", script, autobotSh]);
    const shims = stdout.split(":", 1)[0] ?? "";
    const { calls } = await stubs.layered(["/bin/bash", "-c", `PATH=${shims}:$PATH docker ps; PATH=$PATH:${shims} docker ps`]);
    expect(calls).toEqual(["docker <ps>", "docker <ps>"]);
  });
});

describe("the layer is there again", () => {
  const reset = `PATH=${stubs.environment["PATH"]}`;
  const refused = 'ssh 172.16.168.21 "vim /etc/hosts"';

  it.each([
    ["in a script below one that sets PATH", `${reset}; bash -c '${refused}'`],
    ["in a script by its name", `${reset}; ${executable(join(directory, "named"), `#!/bin/bash\n${refused}\n`)}`],
    ["where PATH has got more in front", `PATH=/opt:$PATH; bash -c '${refused}'`],
    ["in a login shell", `bash -lc '${refused}'`],
    ["for sh, by PATH", `sh -c '${refused}'`],
    ["below env", `env A=1 bash -c '${refused}'`],
  ])("%s", async (_, script) => {
    const { calls, stderr } = await stubs.layered(["/bin/bash", "-c", script]);
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: refused: this would edit a file on frontend");
  });

  it.each(["-lc", "-ic", "-lic"])("behind the start-up files of %s", async (options) => {
    writeFileSync(join(stubs.environment["HOME"] ?? "", ".bashrc"), `${reset}\n`);
    writeFileSync(join(stubs.environment["HOME"] ?? "", ".bash_profile"), `${reset}\n`);
    const command = 'shims=${PATH%%:*}; echo ${shims%/*}; echo "$LINENO|$BASH_EXECUTION_STRING|$_"; type -P docker';
    const { stdout } = await stubs.guarded([options, command]);
    expect(stdout.split("\n")[0]).toMatch(/\/autobot-sh\/shims$/);
    expect(stdout.split("\n")[1]).toBe(`1|${command}|${stdout.split("\n")[0]}`);
    expect(stdout.split("\n")[2]).toMatch(/\/autobot-sh\/shims\/[\w-]+\/docker$/);
  });

  it("the user's own BASH_ENV is still read, once by each shell, and told in its variable", async () => {
    const own = join(directory, "own-env");
    writeFileSync(own, "echo own\n");
    const { stdout } = await stubs.guarded(["-c", "echo 1; bash -c 'echo 2; echo $AUTOBOT_SH_BASH_ENV'"], { env: { BASH_ENV: own } });
    expect(stdout).toBe(`own\n1\nown\n2\n${own}\n`);
  });

  it("autobot-sh within autobot-sh has one layer", async () => {
    const { stdout } = await stubs.guarded(["-c", "\"$0\" -c 'echo $PATH'", autobotSh]);
    expect(stdout.split(":").filter((entry) => entry.includes("/shims/"))).toHaveLength(1);
  });
});

describe("what a line leaves to run time", () => {
  it.each<readonly [string, number, readonly string[]]>([
    ["C=ssh; H=$(echo 172.16.168.21); $C $H uptime", 0, ["ssh <172.16.168.21> <uptime>"]],
    ["H=$(echo 172.16.168.21); W=$(echo 'sudo vim /etc/hosts'); ssh $H $W", 126, []],
    ["ssh $(echo 172.16.168.21) $(echo cat /etc/hosts)", 0, ["ssh <172.16.168.21> <cat> </etc/hosts>"]],
    ["echo 'ssh 172.16.168.21 uptime' | base64 | base64 -d | sh", 0, ["ssh <172.16.168.21> <uptime>"]],
    ["echo 'ssh 172.16.168.21 reboot' | base64 | base64 -d | sh", 126, []],
    ["echo uptime | ssh 172.16.168.21", 0, []],
  ])("%s", async (line, status, calls) => {
    const ran = await stubs.guarded(["-c", line]);
    expect({ status: ran.status, calls: ran.calls }).toEqual(line.includes("| ssh") ? { status: 126, calls } : { status, calls });
  });

  it.each([
    "/usr/bin/ssh $(echo 172.16.168.21) $(echo vim f)",
    "sudo ssh $(echo 172.16.168.21) $(echo vim f)",
    "env -i ssh $(echo 172.16.168.21) $(echo vim f)",
    "command -p ssh $(echo 172.16.168.21) $(echo vim f)",
    "PATH=/usr/bin:/bin; ssh $(echo 172.16.168.21) $(echo vim f)",
    'sh -lc "ssh $(echo 172.16.168.21) $(echo vim f)"',
  ])("is refused where no shim would see it: %s", async (line) => {
    const { status, calls, stderr } = await stubs.guarded(["-c", line]);
    expect({ status, calls, said: stderr.includes("autobot-sh: refused") }).toEqual({ status: 126, calls: [], said: true });
  });
});

describe("the far end of a transfer that is permitted", () => {
  it.each([
    "ssh -l backup files.example.org rsync --server -logDtpre.iLsfxC . /srv/",
    "ssh autobot@172.16.168.24 rsync --server --sender -vlogDtpre.iLsfxC . /home/autobot/logs/",
    "ssh -i ~/.ssh/autobot_key autobot@172.16.168.24 rsync --server -e.LsfxC . /tmp/app.py",
    "ssh git@git.example.org \"git-receive-pack 'a.git'\"",
    "ssh git@git.example.org \"git-upload-pack 'a.git'\"",
    "ssh -W '[172.16.168.21]:22' jump.example.org",
  ])("is reached: %s", async (line) => expect((await stubs.layered(["/bin/bash", "-c", line])).calls).toHaveLength(1));

  it.each([
    "ssh autobot@172.16.168.24 rsync --server -e.LsfxC . /home/autobot/app.py",
    "ssh autobot@172.16.168.24 \"git-receive-pack 'a.git'\"",
    "ssh 172.16.168.24 docker system dial-stdio",
  ])("and of none that is not: %s", async (line) => expect((await stubs.layered(["/bin/bash", "-c", line])).calls).toEqual([]));
});

describe("what takes its commands out of sight is judged itself", () => {
  const decoded = (line: string) => stubs.layered(["/bin/bash", "-c", `base64 -d <<<${Buffer.from(line).toString("base64")} | bash`]);

  it.each(["H=172.16.168.21; sudo ssh $H vim /etc/hosts", 'sudo -E bash -c "ssh 172.16.168.21 reboot"', "tmux new-session -d 'ssh 172.16.168.21 vim f'"])(
    "refused: %s",
    async (line) => expect(await decoded(line)).toMatchObject({ status: 126, calls: [] }),
  );
  it.each<readonly [string, string]>([
    ["sudo apt-get install -y jq", "sudo <apt-get> <install> <-y> <jq>"],
    ["sudo -u root systemctl restart nginx", "sudo <-u> <root> <systemctl> <restart> <nginx>"],
    ["env A=1 ssh 172.16.168.21 uptime", "ssh <172.16.168.21> <uptime>"],
  ])("runs: %s", async (line, call) => expect(await decoded(line)).toMatchObject({ status: 0, calls: [call] }));
});

describe("standard input of a remote shell", () => {
  const read = (text: string) => {
    const file = written(text);
    const input = openSync(file, "r");
    return stubs.layered(["ssh", "172.16.168.21", "bash -s"], { stdio: [input, "pipe", "pipe"] }).finally(() => closeSync(input));
  };

  it("in a file is read ahead: harmless", async () => expect((await read("uptime")).calls).toEqual(["ssh <172.16.168.21> <bash -s>"]));
  it("in a file is read ahead: not harmless", async () => expect((await read("uptime\nsed -i s/a/b/ /etc/hosts")).calls).toEqual([]));
  it("is judged from where it stands", async () => {
    const file = written("vim /etc/hosts\nuptime");
    const { calls } = await stubs.layered(["/bin/bash", "-c", `{ read -r skipped; STUB_CODE=cat ssh 172.16.168.21 bash -s; } <${file}`]);
    expect(calls).toEqual(["ssh <172.16.168.21> <bash> <-s>"]);
  });
  it("on a pipe is unknown", async () => expect((await stubs.layered(["ssh", "172.16.168.21", "bash -s"], { input: "uptime\n" })).status).toBe(126));
  it("on a pipe does not matter to a command that only reads", async () => {
    expect((await stubs.layered(["ssh", "172.16.168.21", "grep a"], { input: "a\n" })).calls).toEqual(["ssh <172.16.168.21> <grep a>"]);
  });
  it("to a host outside the fleet passes", async () => {
    expect((await stubs.layered(["ssh", "web.example.org", "cat"], { input: "a\n" })).status).toBe(0);
  });
});

describe("a program on a pipe", () => {
  const talk = `
import subprocess, sys
shell = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
for line in ["echo one", "ssh 172.16.168.21 vim /etc/hosts; echo $?", "ssh 172.16.168.21 uptime; echo two"]:
    shell.stdin.write(line + "; echo end\\n"); shell.stdin.flush()
    for answer in iter(shell.stdout.readline, "end\\n"):
        if not answer.startswith(" "): print(answer, end="")
shell.stdin.close(); sys.exit(shell.wait())
`;

  it("that comes line by line, with waiting for each answer, runs below the layer", async () => {
    const { calls, stdout } = await stubs.plain(["python3", "-c", talk, autobotSh]);
    expect(calls).toEqual(["ssh <172.16.168.21> <uptime>"]);
    expect(stdout).toMatch(/^one\nautobot-sh: refused: .*\n126\ntwo\n$/);
  });

  it("that is there as a whole is judged as a whole", async () => {
    const { calls, stdout, status } = await stubs.plain(["/bin/bash", "-c", `echo 'echo ran; /usr/bin/ssh 172.16.168.21 vim f' | ${autobotSh}`]);
    expect({ calls, stdout, status }).toEqual({ calls: [], stdout: "", status: 126 });
  });
});

describe("variables that say where a utility goes count", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ["DOCKER_HOST", { DOCKER_HOST: "ssh://autobot@172.16.168.24" }, ["docker", "restart", "backend"]],
    ["DOCKER_HOST, for what only looks", { DOCKER_HOST: "tcp://172.16.168.24:2375" }, ["docker", "rm", "-f", "backend"]],
    ["GIT_SSH_COMMAND", { GIT_SSH_COMMAND: "ssh 172.16.168.21 vim /etc/hosts #" }, ["git", "fetch", "ssh://git@git.example.org/x"]],
    ["RSYNC_RSH", { RSYNC_RSH: "ssh 172.16.168.21 vim /etc/hosts #" }, ["rsync", "web.example.org:/a", "."]],
  ])("%s", async (_, env, words) => {
    expect(await stubs.layered(words, { env })).toMatchObject({ status: 126, calls: [] });
  });
});

describe("what git does on this machine", { timeout: 60_000 }, () => {
  // So little memory that node cannot start: what the shim knows by itself works all the same.
  const withoutJudge = (calls: readonly string[]) => stubs.layered(["/bin/bash", "-c", `ulimit -v 200000; ${calls.join("; ")}`]);
  const confined = builtInEngine().registry.find("git")?.confinedSubcommands?.split(" ") ?? [];

  it("is known without the judge, as its descriptor has it", async () => {
    expect(confined).toContain("status");
    const { calls } = await withoutJudge([...confined.map((each) => `git ${each}`), "git -C / --no-pager log -1", "git help", "git --version"]);
    expect(calls).toEqual([...confined.map((each) => `git <${each}>`), "git <-C> </> <--no-pager> <log> <-1>", "git <help>", "git <--version>"]);
  });

  it.each(["push", "fetch", "ls-remote", "submodule update", "'add am'", "-c alias.x=!ssh x", "''", "stat*"])("and nothing else is: git %s", async (words) => {
    expect((await withoutJudge([`git ${words}`])).calls).toEqual([]);
  });
});

describe("variables of the shims' own", () => {
  it("are not taken from the environment", async () => {
    const links = join(directory, "links");
    mkdirSync(links);
    const env = { autobot_target: "/usr/bin/true", autobot_names: " ssh ", autobot_real: "", autobot_links: links, autobot_shims: links, autobot_usual: "1", autobot_root: links };
    const claimed = "autobot_target=$(type -ap ssh | tail -1) bash -c 'ssh 172.16.168.21 reboot'; ssh 172.16.168.21 reboot";
    expect((await stubs.layered(["/bin/bash", "-c", claimed], { env })).calls).toEqual([]);
    expect((await stubs.layered(["ssh", "172.16.168.21", "uptime"], { env })).calls).toHaveLength(1);
  });
  it("nor the launcher's in bash", async () => {
    const script = executable(join(directory, "given"), "echo unjudged\n");
    expect((await stubs.plain([launcherInBash, "-c", "echo judged"], { env: { autobot_options: script, autobot_start: script } })).stdout).toBe("judged\n");
  });
});

describe("the directory of shims", () => {
  const base = join(stubs.environment["XDG_CACHE_HOME"] ?? "", "autobot-sh", "shims");

  it("is the user's alone", () => {
    const [first = ""] = readdirSync(base);
    expect((statSync(base).mode & 0o777).toString(8)).toBe("700");
    expect((statSync(join(base, first)).mode & 0o777).toString(8)).toBe("700");
    expect(readFileSync(join(base, first, ".shim"), "utf8")).toMatch(/^#!\/bin\/bash -p\n/);
  });

  it("is made again where somebody else could have written it, and where a program is new", async () => {
    const [bin = ""] = (stubs.environment["PATH"] ?? "").split(":");
    executable(join(bin, "helm"), "#!/bin/bash\necho helm\n");
    expect((await stubs.guarded(["-c", "type -P helm; helm --version"])).stdout).toMatch(/\/shims\/[\w-]+\/helm\nhelm\n$/);
  });

  it("is not used where none can be made: what is left to run time is refused", async () => {
    const file = join(directory, "no-directory");
    writeFileSync(file, "");
    const env = { XDG_CACHE_HOME: file, TMPDIR: file };
    expect(await stubs.guarded(["-c", "echo $PATH"], { env })).toMatchObject({ status: 0, stdout: `${stubs.environment["PATH"]}\n` });
    expect(await stubs.guarded(["-c", "ssh $(echo 172.16.168.21) $(echo vim f)"], { env })).toMatchObject({ status: 126, calls: [] });
  });

  it("holds the transports that a policy describes, and judges their calls", async () => {
    const project = join(workspace, "project");
    mkdirSync(join(project, ".autobot-sh"), { recursive: true });
    writeFileSync(
      join(project, ".autobot-sh", "tools.yaml"),
      "policy: tools\ndescription: A client of our own.\nutilities:\n  - names: [frobnicate]\n    options: { permute: false }\n    runs: [{ command: { from: 1 }, as: sh, host: { operand: 0 } }]\n",
    );
    const script = `f=$(cat ${written("frobnicate")}); bash -c '$0 172.16.168.21 uptime; $0 172.16.168.21 reboot' $f`;
    expect((await stubs.guarded(["-c", script], { cwd: project })).calls).toEqual(["frobnicate <172.16.168.21> <uptime>"]);
  });
});
