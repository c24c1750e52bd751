// `terminal: pty` through the launcher: on a terminal the command gets one of its own, and nobody can tell but by its name.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openPty, type Pty } from "../../src/session/pty.ts";
import { autobotSh, environment, scratch, throughAutobot } from "../stage/run.ts";
import { bytes, isRunning, until } from "../stage/watch.ts";

function project(setting: string): string {
  const directory = scratch();
  mkdirSync(join(directory, ".autobot-sh"));
  writeFileSync(join(directory, ".autobot-sh", "a.yaml"), `policy: local\ndescription: An example.\nsettings: { terminal: ${setting} }\n`);
  return directory;
}

const inPlace = project("exec");
const onTerminal = project("pty");

interface Person {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A person's bash on a terminal, in which `on CMD` is `autobot-sh -c CMD`. */
async function terminal(script: string, { cwd = onTerminal, env = {} }: Person = {}): Promise<Pty> {
  const text = `on() { ${autobotSh} -c "$@"; }\n${script}`;
  const variables = { ...environment, TERM: "xterm", ...env };
  const pty = await openPty({ file: "/bin/bash", args: ["-c", text], env: variables, cwd, columns: 97, rows: 31 });
  if ("failure" in pty) throw new Error(pty.message);
  return pty;
}

const seen = async (script: string, person?: Person): Promise<string> => (await bytes(await terminal(script, person))).toString();

/** Session, and so terminal, is another than the caller's. */
const ownSession = 'on \'[ "$(ps -o sess= -p $$)" = "$0" ] && echo the same || echo its own\' "$(ps -o sess= -p $$)"';

describe("who gets a terminal", () => {
  it.each<readonly [string, string, string, string]>([
    ["a command on a terminal, where the policy says so", onTerminal, ownSession, "its own\r\n"],
    ["none where it does not", inPlace, ownSession, "the same\r\n"],
    ["none into a pipe", onTerminal, `{ ${ownSession}; } | cat`, "the same\r\n"],
    ["none out of a pipe", onTerminal, `echo | { ${ownSession}; }`, "the same\r\n"],
    ["none where errors go to a file", onTerminal, `{ ${ownSession}; } 2>/dev/null`, "the same\r\n"],
    ["none in the background, where it would be stopped", onTerminal, `set -m; { ${ownSession}; } & wait`, "the same\r\n"],
  ])("%s", async (_title, cwd, script, expected) => {
    expect(await seen(script, { cwd })).toContain(expected);
  });

  it("no command without any terminal", () => {
    expect(throughAutobot(["-c", "tty; echo out; echo err >&2; exit 3"], { cwd: onTerminal })).toEqual({ stdout: "not a tty\nout\n", stderr: "err\n", status: 3, signal: null });
  });
});

describe("on a terminal of its own and in place, the same", { timeout: 30_000 }, () => {
  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ["words", 'on \'echo "$0|$#|$*|$-"\'; on \'echo "$0|$#|$*|$-"\' name "a b" ""; on -- -x 2>&1', {}],
    ["options", `${autobotSh} -euo pipefail -c 'echo $-; shopt -o pipefail'; ${autobotSh} -O extglob -c 'shopt extglob'`, {}],
    ["status", "on 'exit 7'; echo $?; on nosuch; echo $?; on 'if'; echo $?", {}],
    ["deaths", "for each in TERM KILL INT HUP ABRT USR1 PIPE SEGV; do ulimit -c 0; on 'kill -'$each' $$'; echo $each $?; done", {}],
    ["size", "on 'stty size'", {}],
    ["settings", "stty erase ^H -ixany; on 'stty -a'", {}],
    [
      "environment",
      "on 'env | grep -v -e ^_= -e ^BASH_ENV= | sort'",
      { NODE_OPTIONS: "--no-warnings", NODE_EXTRA: "a b", OPENSSL_CONF: "/nosuch", COLUMNS: "5", "BASH_FUNC_f%%": "() { echo f; }" },
    ],
    ["functions from the environment", "on f", { "BASH_FUNC_f%%": "() { echo f; }" }],
    ["exported options", "on 'echo $SHELLOPTS; echo $BASHOPTS; env | grep -c SHELLOPTS'", { SHELLOPTS: "noglob:pipefail", BASHOPTS: "extglob" }],
    ["mask, directory, limits", "umask 027; cd ..; mkdir -p gone; cd gone; rmdir ../gone; on 'umask; pwd; ulimit -n'", {}],
    ["shell level and versions", "on 'echo $SHLVL $BASH'", {}],
  ])("%s", async (_title, script, env) => {
    const printed = async (cwd: string) => (await seen(script, { cwd, env })).replaceAll(cwd, "…").replaceAll(/line \d+: +\d+/g, "line");
    const expected = await printed(inPlace);
    expect(expected).not.toBe("");
    expect(await printed(onTerminal)).toBe(expected);
  });
});

it.each<readonly [string, string, string]>([
  ["ends", "on 'stty raw -echo; exit 4'", "4"],
  ["is killed", "on 'stty raw -echo; kill -9 $$' 2>&1", "137"],
  ["is interrupted", "trap : INT; on 'stty raw -echo; kill -INT $$'", "130"],
])("the person's terminal is put back when the command %s", async (_title, script, status) => {
  expect(await seen(`stty erase ^H; before=$(stty -g); ${script}; echo $?; [ "$before" = "$(stty -g)" ] && echo same`)).toContain(`${status}\r\nsame\r\n`);
});

it("1.4 MB are complete", { timeout: 20_000 }, async () => {
  const lines = Array.from({ length: 200_000 }, (_, index) => `${index + 1}\r\n`).join("");
  expect(await seen("on 'seq 1 200000; exit 7'; echo $?")).toBe(`${lines}7\r\n`);
});

it("keys reach it, and ^C as SIGINT", async () => {
  const pty = await terminal('trap : INT; on \'trap "exit 5" INT; echo ready; read line; echo "<$line>"; while :; do sleep 0.05; done\'; echo status $?');
  await until(pty, "ready");
  await pty.write("héllo\n");
  await until(pty, "<héllo>");
  await pty.write("\x03");
  expect((await bytes(pty)).toString()).toContain("status 5");
});

it("^C ends a command that does not catch it as it would have in place", async () => {
  const pty = await terminal('trap : INT; before=$(stty -g); on \'echo ready; sleep 20\'; echo status $?; [ "$before" = "$(stty -g)" ] && echo same');
  await until(pty, "ready");
  await pty.write("\x03");
  expect((await bytes(pty)).toString()).toMatch(/status 130\r\nsame\r\n$/);
});

it("a new size reaches it", async () => {
  const pty = await terminal("on 'trap \"stty size; exit 0\" WINCH; echo ready; while :; do sleep 0.05; done'");
  await until(pty, "ready");
  pty.resize(132, 50);
  expect((await bytes(pty)).toString()).toContain("50 132");
});

it("a signal to us reaches it", async () => {
  const pty = await terminal("on 'trap \"echo asked; exit 9\" TERM; echo ready $PPID; while :; do sleep 0.05; done'; echo status $?");
  process.kill(Number(/ready (\d+)/.exec(await until(pty, "\n"))?.[1]), "SIGTERM");
  expect((await bytes(pty)).toString()).toContain("asked\r\nstatus 9\r\n");
});

it("nothing is left when the terminal is closed", async () => {
  const status = join(scratch(), "status");
  const pty = await terminal(`trap : HUP; on 'echo ready $$ $PPID; while :; do sleep 0.05; done'; echo $? >${status}`);
  const [, program, us] = (/ready (\d+) (\d+)/.exec(await until(pty, "\n")) ?? []).map(Number);
  pty.output.destroy();
  for (const pid of [program, us]) await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 5_000 });
  await vi.waitFor(() => expect(readFileSync(status, "utf8")).toBe("129\n"));
});

it("what is refused gets no terminal, and has not run", async () => {
  const marker = join(scratch(), "ran");
  expect(await seen(`on "touch ${marker}; ssh 172.16.168.21 'vim f'" 2>/dev/null; echo $?; ls ${marker} 2>&1 | grep -c such`)).toBe("126\r\n1\r\n");
});

it("NODE_OPTIONS does not act on what holds the terminal", async () => {
  const marker = join(scratch(), "loaded.cjs");
  writeFileSync(marker, "require('node:fs').writeFileSync(__filename + '.ran', '')");
  expect(await seen(`on 'echo $NODE_OPTIONS'; ls ${marker}.ran 2>&1 | grep -c such`, { env: { NODE_OPTIONS: `--require=${marker}` } })).toBe(`--require=${marker}\r\n1\r\n`);
});
