// What can be on a hook's standard input, and what can be wrong with the descriptors around it: read rightly or refused, and never a crash,
// a hang, or a silence that an agent takes for leave.
import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { autobotctl, environment, run, scratch } from "../stage/run.ts";

const cwd = scratch();
const refused = "ssh autobot@172.16.168.21 'vim /etc/hosts'";
const call = (changes: object = {}, input: object = { command: refused }) => ({
  session_id: "s",
  cwd,
  hook_event_name: "PreToolUse",
  tool_name: "Bash",
  tool_input: input,
  ...changes,
});
const text = (changes?: object, input?: object) => JSON.stringify(call(changes, input));

interface Told {
  readonly status: number | null;
  /** The rule's name, `failure`, or `silence`. */
  readonly why: string | undefined;
  readonly reason: string;
}

function ask(input: string | Buffer, env: Readonly<Record<string, string>> = {}): Told {
  const { status, stdout, stderr } = run(autobotctl, ["hook", "--agent", "claude"], { cwd, input, env });
  if (stdout === "" && stderr === "") return { status, why: "silence", reason: "" };
  const reason: string = JSON.parse(stdout).hookSpecificOutput.permissionDecisionReason;
  return { status, why: /^autobot-sh REFUSED \[([^\]]*)\]/.exec(reason)?.[1], reason };
}

const why = (input: string | Buffer) => ask(input).why;
const editor = "remote-editing/editor";

describe("an input", { timeout: 60_000 }, () => {
  it.each<[string, string | Buffer, string]>([
    ["with unknown keys around it", text({ new_key: { deep: [1] }, agent_id: "x" }), editor],
    ["over many lines", JSON.stringify(call(), undefined, 4), editor],
    ["with space around it", `\n\n ${text()} \n`, editor],
    ["with escapes for every letter", text().replace("vim", "\\u0076\\u0069\\u006d"), editor],
    ["with the tool's input as text", text({ tool_input: JSON.stringify({ command: refused }) }), editor],
    ["with a key of every object's", text({ __proto__x: 1, constructor: "x", toString: "y" }), editor],
    ["of a tool that nobody knows, with a command", text({ tool_name: "run_anything" }), editor],
    ["of a tool that is called as an object's own", text({ tool_name: "constructor" }), editor],
    ["of a tool that nobody knows, with none", text({ tool_name: "run_anything" }, { path: "/x" }), "silence"],
    ["of a tool that nobody knows, with a command that is none", text({ tool_name: "run_anything" }, { command: 7 }), "silence"],
    ["with a list of commands", text({}, { command: ["true", refused] }), editor],
    ["with a directory that is relative", text({ cwd: "." }), editor],
    ["with no session", text({ session_id: undefined }), editor],
    ["with a session that is no text", text({ session_id: { a: 1 } }), editor],
    ["that is a text, with all of it in it", JSON.stringify(text()), editor],
    ["that is harmless", text({}, { command: "ls -la" }), "silence"],
    ["with an empty command", text({}, { command: "" }), "silence"],
  ])("%s is read", (_, input, expected) => {
    expect(why(input)).toBe(expected);
  });

  it.each<[string, string | Buffer]>([
    ["with a byte order mark", `\uFEFF${text()}`],
    ["with something behind it", `${text()}${text()}`],
    ["in UTF-16", Buffer.from(text(), "utf16le")],
    ["that is a text of something else", JSON.stringify(refused)],
    ["that is a number", "7"],
    ["with an event that is no text", text({ hook_event_name: 7 })],
    ["with a tool that is no text", text({ tool_name: ["Bash"] })],
    ["without a tool", text({ tool_name: undefined })],
    ["without a tool's input", text({ tool_input: undefined })],
    ["with null for a tool's input", text({ tool_input: null })],
    ["with a list for a tool's input", text({ tool_input: [refused] })],
    ["with half an object as a text", text({ tool_input: '{"command": "true"' })],
    ["with null for a command", text({}, { command: null })],
    ["with no commands in a list", text({}, { command: [] })],
    ["with a command in a list that is none", text({}, { command: ["true", 7] })],
    ["with a directory that is no text", text({ cwd: 7 })],
    ["with a directory that is a file", text({ cwd: "/etc/passwd" })],
    ["with a directory with a NUL in it", text({ cwd: "/tmp\0" })],
  ])("%s is refused", (_, input) => {
    expect(why(input)).toBe("failure");
  });

  it("with a key twice means what it means to the agents, which read it in the same way", () => {
    const twice = (first: string, second: string) =>
      text().replace(/"tool_input":\{[^}]*\}/, `"tool_input":{"command":${JSON.stringify(first)},"command":${JSON.stringify(second)}}`);
    expect([why(twice("true", refused)), why(twice(refused, "true"))]).toEqual([editor, "silence"]);
  });

  it.each([
    ["lists", `${"[".repeat(200_000)}${"]".repeat(200_000)}`],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ])("as deep as can be in %s is read", (_, deep) => {
    expect(why(text().replace('"session_id":"s"', `"session_id":"s","deep":${deep}`))).toBe(editor);
  });

  it("of 1 MiB is read, and a longer one refused, to its end", () => {
    const long = (size: number) => text({ pad: "x".repeat(size) });
    expect(why(long(900_000))).toBe(editor);
    const told = ask(long(8_000_000));
    expect([told.why, told.reason]).toEqual(["failure", expect.stringContaining("longer than 1 MiB")]);
  });

  it("that comes in pieces, and late, is read whole", async () => {
    const child = spawn(autobotctl, ["hook", "--agent", "claude"], { cwd, env: environment, stdio: ["pipe", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    const whole = text();
    for (let at = 0; at < whole.length; at += 40) {
      child.stdin.write(whole.slice(at, at + 40));
      await new Promise((resume) => setTimeout(resume, 5));
    }
    child.stdin.end();
    await new Promise((resume) => child.on("close", resume));
    expect(stdout).toContain(editor);
  });
});

describe("a command", { timeout: 60_000 }, () => {
  it.each<[string, string, string]>([
    ["with a NUL before what it does", `true\0; ${refused}`, "indeterminate"],
    ["with a NUL behind it", `${refused}\0`, "indeterminate"],
    ["with a NUL, and nothing remote", "echo a\0b", "silence"],
    ["with a lone surrogate", "ssh autobot@172.16.168.21 'vim /etc/\ud800'", "indeterminate"],
    ["with a carriage return", `${refused}\r\n`, editor],
    ["over lines", `cd /tmp\n\n\n${refused}`, editor],
    ["behind a comment", `# nothing\n${refused}`, editor],
    ["in a comment", `true # ${refused}`, "silence"],
  ])("%s", (_, command, expected) => {
    expect(why(text({}, { command }))).toBe(expected);
  });

  it("with bytes that are no UTF-8 is judged by the rest", () => {
    const bytes = Buffer.concat([Buffer.from(text().slice(0, -4)), Buffer.from([0xff, 0xfe]), Buffer.from(text().slice(-4))]);
    expect(why(bytes)).toBe(editor);
  });
});

describe("descriptors", { timeout: 60_000 }, () => {
  const through = (redirections: string, input?: object) => {
    const file = join(scratch(), "input");
    writeFileSync(file, text({}, input));
    return spawnSync("/bin/bash", ["-c", `"$1" hook --agent claude ${redirections}`, "bash", autobotctl, file], { cwd, env: environment, encoding: "utf8", timeout: 20_000 });
  };

  it.each([
    ["standard input is closed", "<&-", /REFUSED \[failure\]/],
    ["standard input is a directory", "</", /REFUSED \[failure\]/],
    ["standard input is open for writing alone", "0>/dev/null", /REFUSED \[failure\]/],
    ["standard error is closed", '<"$2" 2>&-', /REFUSED \[remote-editing\/editor\]/],
  ])("it is refused where %s", (_, redirections, expected) => {
    const { status, stdout } = through(redirections);
    expect([status, stdout]).toEqual([0, expect.stringMatching(expected)]);
  });

  it.each([
    ["is closed", '<"$2" >&-'],
    ["is full", '<"$2" >/dev/full'],
    ["is read-only", '<"$2" 1</dev/null'],
  ])("the agent hears of it by its status where standard output %s", (_, redirections) => {
    const { status, stderr } = through(redirections);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^autobot-sh REFUSED \[failure\]/)]);
  });

  it("the agent hears of it by its status where nobody reads standard output any more", () => {
    const script = 'exec 3> >(exec true); wait $!; "$1" hook --agent claude <<<"$2" >&3';
    const { status, stderr } = spawnSync("/bin/bash", ["-c", script, "bash", autobotctl, text()], { cwd, env: environment, encoding: "utf8", timeout: 20_000 });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^autobot-sh REFUSED \[failure\]/)]);
  });

  it.each(['<"$2" >&-', '<"$2" >/dev/full'])("what may run is silence all the same where nobody listens: %s", (redirections) => {
    const { status, stderr } = through(redirections, { command: "true" });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("what a caller sets", { timeout: 60_000 }, () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["node's options", { NODE_OPTIONS: "--require=/nonexistent.js" }],
    ["bash's start-up file", { BASH_ENV: "/nonexistent", ENV: "/nonexistent" }],
    ["bash's options", { SHELLOPTS: "errexit:nounset:xtrace", BASHOPTS: "extdebug" }],
    ["an empty PATH", { PATH: "" }],
    ["a function in the place of a word", { "BASH_FUNC_printf%%": "() { exit 0; }", "BASH_FUNC_exit%%": "() { :; }" }],
    ["a home that is none", { HOME: "/proc/nowhere", XDG_STATE_HOME: "/proc/nowhere", XDG_CACHE_HOME: "/proc/nowhere" }],
  ])("changes nothing: %s", (_, env) => {
    expect([ask(text(), env).why, ask(text({}, { command: "true" }), env).why]).toEqual([editor, "silence"]);
  });
});

describe("the second time", { timeout: 60_000 }, () => {
  const twice = (command: string, changes: readonly [object, object] = [{}, {}]) => {
    const env = { XDG_RUNTIME_DIR: scratch() };
    return changes.map((each) => ask(text({ session_id: "again", ...each }, { command }), env).reason);
  };

  it.each([
    ["a denial", refused, editor],
    ["what cannot be known", 'ssh autobot@172.16.168.21 "$COMMAND"', "indeterminate"],
  ])("%s is told in fewer words", (_, command, rule) => {
    const [first = "", second = ""] = twice(command);
    expect(second).toMatch(new RegExp(`^autobot-sh REFUSED \\[${rule}\\] Already refused \\(2x\\)`));
    expect(second.length).toBeLessThan(first.length / 2);
  });

  it("of another session is the first", () => {
    const [first, second] = twice(refused, [{ session_id: "a" }, { session_id: "b" }]);
    expect(second).toBe(first);
  });
});
