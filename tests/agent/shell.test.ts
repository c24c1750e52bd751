// autobot-bash in the place of an agent's shell: called as agents call it, with the scaffolds that they write, for real.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { createStubs, executable, type Stubs } from "../stage/stubs.ts";

const autobotBash = join(root, "bin", "autobot-bash");
const standIn = join(root, "libexec", "agent");
const refused = "ssh 172.16.168.21 reboot";
const permitted = "ssh 172.16.168.21 uptime";

const stubs: Stubs = createStubs();
const shell = (words: readonly string[], env: Readonly<Record<string, string>> = {}) => stubs.plain([autobotBash, ...words], { env });

/** As Claude Code writes it (tests/syntax/scaffolds/claude.txt), with files that exist. */
function claude(command: string, snapshot = ""): { readonly text: string; readonly directoryFile: string } {
  const folder = join(stubs.directory, "shell-snapshots");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `snapshot-bash-${process.pid}-a.sh`);
  const directoryFile = join(stubs.directory, "claude-1a2b-cwd");
  writeFileSync(file, snapshot);
  const whole = readFileSync(join(root, "tests/syntax/scaffolds/claude.txt"), "utf8").split("\n-----\n")[0] ?? "";
  const text = whole
    .replace(/^source \S+/, `source ${file}`)
    .replace("'ls | wc -l'", () => `'${command.replaceAll("'", `'"'"'`)}'`)
    .replace(/\S+-cwd$/, directoryFile);
  return { text, directoryFile };
}

function gemini(command: string): string {
  const whole = readFileSync(join(root, "tests/syntax/scaffolds/gemini.txt"), "utf8").split("\n-----\n")[0] ?? "";
  return whole.replace(/_bgpids_file=\S+/, `_bgpids_file=${join(stubs.directory, "bgpids.tmp")}`).replace("npm test", () => command);
}

function codex(command: string): string {
  const whole = readFileSync(join(root, "tests/syntax/scaffolds/codex.txt"), "utf8").split("\n-----\n")[0] ?? "";
  return whole.replace(`'echo "x" | cat'`, () => `'${command.replaceAll("'", `'"'"'`)}'`);
}

describe("every way in which agents call a shell", { timeout: 60_000 }, () => {
  it.each<[readonly string[]]>([
    [["-c"]],
    [["-lc"]],
    [["-l", "-c"]],
    [["-c", "-l"]],
    [["-i", "-c"]],
    [["-l", "-i", "-c"]],
    [["--norc", "--noprofile", "-c"]],
    [["-euo", "pipefail", "-c"]],
  ])("%j", async (options) => {
    expect(await shell([...options, refused])).toMatchObject({ status: 126, stdout: "", calls: [] });
    // Nothing that reaches further: a profile may have set another PATH, without the stubs.
    const { status, stdout } = await shell([...options, `echo '${permitted}'; echo "$0 $1"; exit 3`, "opencode", "/w"]);
    expect({ status, stdout }).toEqual({ status: 3, stdout: `${permitted}\nopencode /w\n` });
  });
});

describe("Claude Code's scaffold", { timeout: 60_000 }, () => {
  it("keeps the directory that the command ended in", async () => {
    const { text, directoryFile } = claude("cd /usr/lib && echo 'it'\"'\"'s'");
    expect(await shell(["-c", text])).toMatchObject({ status: 0, stdout: "it's\n", stderr: "" });
    expect(readFileSync(directoryFile, "utf8")).toBe("/usr/lib\n");
  });

  it("is refused for what is in it, and nothing of it runs", async () => {
    const { text } = claude(`echo first; ${refused}`);
    const { status, stdout, stderr, calls } = await shell(["-c", text]);
    expect({ status, stdout, calls }).toEqual({ status: 126, stdout: "", calls: [] });
    expect(stderr).not.toContain("shell-snapshots");
  });

  const snapshot = "shopt -s expand_aliases\nalias -- p='ssh'\nalias -- k='ls'\nq() {\n  command ssh \"$@\"\n}\nfind() {\n  command find \"$@\"\n}\n";

  it.each(["p 172.16.168.21 reboot", "q 172.16.168.21 reboot", "echo first; p 172.16.168.21 'sed -i s/a/b/ /etc/hosts'"])(
    "resolves what the snapshot of the user's shell defines: %s",
    async (command) => {
      expect(await shell(["-c", claude(command, snapshot).text])).toMatchObject({ status: 126, stdout: "", calls: [] });
    },
  );

  it.each([
    ["p 172.16.168.21 uptime", ["ssh <172.16.168.21> <uptime>"]],
    ["q 172.16.168.21 uptime", ["ssh <172.16.168.21> <uptime>"]],
    ["k / >/dev/null", []],
    ["echo 'p 172.16.168.21 reboot' >/dev/null", []],
  ])("and runs what is harmless by those names: %s", async (command, calls) => {
    expect(await shell(["-c", claude(command, snapshot).text])).toMatchObject({ status: 0, calls });
  });
});

describe("other scaffolds", { timeout: 60_000 }, () => {
  it.each<[string, (command: string) => string]>([
    ["Codex", codex],
    ["Gemini CLI", gemini],
  ])("%s", async (_name, scaffold) => {
    expect(await shell(["-c", scaffold(refused)])).toMatchObject({ status: 126, stdout: "", calls: [] });
    expect(await shell(["-c", scaffold(`${permitted}; exit 3`)])).toMatchObject({ status: 3, calls: ["ssh <172.16.168.21> <uptime>"] });
  });

  it("one that nobody knows is read whole", async () => {
    const wrapped = (command: string) => `__wrap() { eval "$1"; }; __wrap '${command}' && pwd -P >| ${join(stubs.directory, "other-cwd")}`;
    expect(await shell(["-c", wrapped(refused)])).toMatchObject({ status: 126, calls: [] });
    expect(await shell(["-c", wrapped("echo ran")])).toMatchObject({ status: 0, stdout: "ran\n" });
  });
});

describe("where an agent cannot be told of a shell", { timeout: 60_000 }, () => {
  it("a bash that stands first in PATH is autobot-bash", async () => {
    const env = { PATH: `${standIn}:${stubs.environment["PATH"]}` };
    const call = (words: readonly string[]) => stubs.plain(["bash", ...words], { env });
    expect(await call(["-c", gemini(refused)])).toMatchObject({ status: 126, calls: [] });
    const { stdout, calls } = await call(["-c", `${permitted}; echo "$0"; type -P bash`]);
    expect({ stdout, calls }).toEqual({ stdout: `bash\n${join(stubs.directory, "tools", "bash")}\n`, calls: ["ssh <172.16.168.21> <uptime>"] });
  });

  it("BASH_ENV makes one of `/bin/bash -c`", async () => {
    const env = { BASH_ENV: join(standIn, "env.bash") };
    const call = (words: readonly string[]) => stubs.plain(["/bin/bash", ...words], { env });
    expect(await call(["-c", refused])).toMatchObject({ status: 126, calls: [] });
    expect(await call(["-c", codex(refused)])).toMatchObject({ status: 126, calls: [] });
    const { status, stdout, calls } = await call(["-euc", `${permitted}; echo "$0 $1 $-"; false; echo no`, "name", "a b"]);
    expect({ status, stdout, calls }).toEqual({ status: 1, stdout: "name a b ehuBc\n", calls: ["ssh <172.16.168.21> <uptime>"] });
  });

  it("BASH_ENV leaves scripts alone", async () => {
    const script = join(stubs.workspace, "plain.sh");
    writeFileSync(script, 'echo "$0 ${PATH%%:*} $1"\n');
    const { stdout } = await stubs.plain(["/bin/bash", script, "one"], { env: { BASH_ENV: join(standIn, "env.bash") } });
    expect(stdout).toBe(`${script} ${join(stubs.directory, "bin")} one\n`);
  });
});

describe("a terminal that an agent has made has no person in front of it", { timeout: 60_000 }, () => {
  const script = "/usr/bin/script";
  const open = join(stubs.workspace, "open.sh");
  writeFileSync(open, "ssh 172.16.168.21\n");
  const onTerminal = (line: string, env: Readonly<Record<string, string>> = {}, program = autobotBash) =>
    stubs.plain([script, "-qec", `${program} -c '${line}'`, "/dev/null"], { env: { TERM: "dumb", ...env } });
  const bare = (line: string) => `exec /usr/bin/env -i STUB_CALLS="$STUB_CALLS" PATH="$PATH" HOME="$HOME" ${script} -qec "${line}" /dev/null`;

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ["by its variable, where the text tells", "ssh 172.16.168.21", { GEMINI_CLI: "1" }],
    ["by its variable, where a script does", `bash ${open}`, { CLAUDECODE: "1" }],
    ["by its process, where the variable is taken away", `${bare(`bash ${open}`)}; exit`, { CODEX_CI: "1" }],
  ])("%s", async (_, line, env) => {
    expect(await onTerminal(line, env)).toMatchObject({ status: 126, calls: [], stdout: expect.stringContaining("remote-session/session") });
  });

  it("by its name, where it sets no variable", async () => {
    const aider = executable(join(stubs.directory, "aider"), `#!/bin/bash\n"$@"\nexit\n`);
    expect(await stubs.plain([aider, script, "-qec", `${autobotBash} -c 'bash ${open}'`, "/dev/null"], { env: { TERM: "dumb" } })).toMatchObject({ status: 126, calls: [] });
  });

  it("and what only looks runs, as a person's session does", async () => {
    expect(await onTerminal(`echo \`ssh 172.16.168.21 uptime\``, { CLAUDECODE: "1" })).toMatchObject({ status: 0, calls: ["ssh <172.16.168.21> <uptime>"] });
    expect(await onTerminal(`bash ${open}`)).toMatchObject({ status: 0, calls: ["ssh <172.16.168.21>"] });
  });
});

describe("streams and signals", { timeout: 60_000 }, () => {
  it("gives pipes bytes, and no terminal", async () => {
    const { stdout, stderr } = await shell(["-c", "[ -t 1 ] || echo pipe; printf 'a\\nb\\n'; echo err >&2"]);
    expect({ stdout, stderr }).toEqual({ stdout: "pipe\na\nb\n", stderr: "err\n" });
  });

  it("ends with the group that it was started in, whatever it had started", async () => {
    const mark = join(stubs.directory, "group");
    const child = spawn(autobotBash, ["-c", claude(`sleep 300 & echo $! > ${mark}; wait`).text], { detached: true, stdio: "ignore", env: stubs.environment, cwd: stubs.workspace });
    const ended = once(child);
    const sleeper = await numberIn(mark);
    process.kill(-(child.pid ?? 0), "SIGTERM");
    expect(await ended).toBe("SIGTERM");
    await until(() => !isAlive(sleeper));
  });
});

function once(child: ChildProcess): Promise<string | number | null> {
  return new Promise((resolve) => child.once("close", (status, signal) => resolve(signal ?? status)));
}

async function numberIn(file: string): Promise<number> {
  await until(() => existsSync(file) && /^\d+\n$/.test(readFileSync(file, "utf8")));
  return Number(readFileSync(file, "utf8"));
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("it has not happened");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** An ended one that nobody has waited for does not count. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
