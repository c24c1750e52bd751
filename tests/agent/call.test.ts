// What the launcher reads of agents' calls in C: never another command, directory or shell than the hook itself reads, and what every agent
// sends as a rule.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileWithLauncher } from "../../scripts/prefilter.ts";
import { agentsFor } from "../../src/agent/agents.ts";
import { dialects } from "../../src/agent/dialect.ts";
import { readPayload } from "../../src/agent/payload.ts";
import { autobotctl, environment, root, run, scratch } from "../stage/run.ts";

const reader = compileWithLauncher(root, "ask-hook", ["call", "json"]) ?? "";
const here = "/directory/of/the/hook";

interface Asked {
  readonly agent: string;
  readonly payload: string | Buffer;
}

interface Read {
  readonly command: string;
  readonly cwd: string;
}

/** Undefined where it is left to the judge. */
function readInC(asked: readonly Asked[]): readonly (Read | undefined)[] {
  const input = asked.flatMap(({ agent, payload }) => {
    const bytes = Buffer.from(payload);
    return [Buffer.from(`${agent} ${bytes.length}\n`), bytes, Buffer.from("\n")];
  });
  const { stdout, stderr, status } = spawnSync(reader, { input: Buffer.concat(input), encoding: "latin1", maxBuffer: 1 << 30 });
  expect([status, stderr]).toEqual([0, ""]);
  const answers: (Read | undefined)[] = [];
  for (let at = 0; at < stdout.length; ) {
    const [whole, length] = /^(?:no\n|(\d+) )/.exec(stdout.slice(at, at + 12)) ?? [];
    if (whole === undefined) throw new Error(`no answer: ${stdout.slice(at, at + 80)}`);
    at += whole.length;
    if (length === undefined) {
      answers.push(undefined);
      continue;
    }
    const command = stdout.slice(at, at + Number(length));
    at += command.length;
    const [behind = "", , cwd = ""] = /^ (\d+) (.*)\n/.exec(stdout.slice(at)) ?? [];
    at += behind.length;
    answers.push({ command, cwd });
  }
  expect(answers).toHaveLength(asked.length);
  return answers;
}

/** The same by the hook's own reader. */
function readByHook({ agent, payload }: Asked): Read | "otherwise" {
  const read = readPayload(Buffer.from(payload).toString("utf8"), dialects[agent] ?? [], here);
  if (!("call" in read) || read.call.dialect !== "bash" || read.call.commands.length !== 1) return "otherwise";
  return { command: read.call.commands[0] ?? "", cwd: read.call.cwd };
}

/** Where the two differ, of those that the launcher takes; and how many it takes. */
function compared(asked: readonly Asked[]) {
  const taken = readInC(asked).flatMap((inC, index) => {
    const each = asked[index];
    return inC === undefined || each === undefined ? [] : [{ each, inC: { ...inC, cwd: inC.cwd || here }, byHook: readByHook(each) }];
  });
  return { taken: taken.length, different: taken.filter(({ inC, byHook }) => byHook === "otherwise" || inC.command !== byHook.command || inC.cwd !== byHook.cwd) };
}

const usual = agentsFor({ autobotctl: "/a", bash: "/b" }, { home: "/", env: {} });
const callOf = (agent: string, command: string, cwd = "/tmp") => usual.find(({ name, hook }) => name === agent || hook.answersAs === agent)?.hook.call(command, cwd);

/** Texts in which something that JSON or a call may be is changed. */
const payloads = fc.record({
  agent: fc.option(fc.constantFrom(...Object.keys(dialects)), { freq: 1, nil: undefined }),
  of: fc.constantFrom(...usual.map(({ name }) => name).filter((name) => name in dialects)),
  command: fc.oneof(
    fc.constantFrom("ls -la", "git status && ls | head", 'echo "a\tb" \\\n  c', "ssh h reboot", "echo é", "\u0000", "\ud800"),
    fc.string({ maxLength: 40, unit: "binary" }),
  ),
  cwd: fc.constantFrom<unknown>(
    "/tmp",
    "/tmp",
    "/tmp",
    "/var/lib",
    "/srv/a b",
    "/",
    "/tmp/",
    "/tmp/..",
    "//tmp",
    "/tmp/./x",
    "relative",
    "",
    "/a\u0000b",
    "/é",
    '/"',
    null,
    7,
    ["/tmp"],
    [],
    {},
    undefined,
  ),
  changes: fc.array(
    fc.record({
      at: fc.nat(),
      kind: fc.constantFrom("cut", "drop", "double", "insert", "flip", "escape", "swap"),
      what: fc.constantFrom(
        ...'" \\ { } [ ] , : \0 \ufeff \\u0022 \\ud800 null 1e5 01 é'.split(" "),
        ...['"cwd":"/etc",', '"command":"id",', '"tool_name":"Read",', '"__proto__":{},'],
      ),
    }),
    { maxLength: 3 },
  ),
});

function textOf({ agent, of, command, cwd, changes }: typeof payloads extends fc.Arbitrary<infer Payload> ? Payload : never): Asked {
  const call = callOf(of, command) as Readonly<Record<string, unknown>>;
  let text = JSON.stringify("cwd" in call ? { ...call, cwd } : call);
  for (const { at, kind, what } of changes) {
    const index = at % (text.length + 1);
    const key = /"(\w+)":/g;
    const keys = [...text.matchAll(key)];
    const chosen = keys[at % Math.max(keys.length, 1)];
    if (kind === "cut") text = text.slice(0, index);
    else if (kind === "drop") text = text.slice(0, index) + text.slice(index + 1);
    else if (kind === "insert") text = text.slice(0, index) + what + text.slice(index);
    else if (kind === "double" && chosen !== undefined) text = `${text.slice(0, chosen.index)}${what}${chosen[0]}null,${text.slice(chosen.index)}`;
    else if (kind === "flip") text = text.slice(0, index) + String.fromCharCode(text.charCodeAt(index % text.length) ^ 1) + text.slice(index + 1);
    else if (kind === "escape" && chosen !== undefined) {
      const code = (chosen[1] ?? "").charCodeAt(0).toString(16).padStart(4, "0");
      text = `${text.slice(0, chosen.index + 1)}\\u${code}${text.slice(chosen.index + 2)}`;
    } else if (kind === "swap" && chosen !== undefined) text = `${text.slice(0, chosen.index)}${JSON.stringify(JSON.stringify(call))}:1,${text.slice(chosen.index)}`;
  }
  return { agent: agent ?? of, payload: text };
}

describe.skipIf(reader === "")("the launcher's reader (needs a C compiler)", { timeout: 60_000 }, () => {
  it("reads what the hook reads, or nothing, of 50,000 calls that somebody has changed", () => {
    const asked = fc.sample(payloads, { numRuns: 50_000, seed: 5 }).map(textOf);
    const { taken, different } = compared(asked);
    expect(different).toEqual([]);
    expect(taken).toBeGreaterThan(1_000);
  });

  it("and where bytes are no text", () => {
    const text = JSON.stringify(callOf("claude", "ls -la"));
    const asked = [0x00, 0x1f, 0x7f, 0x80, 0xc0, 0xed, 0xff].flatMap((byte) =>
      Array.from(
        { length: text.length },
        (_, at): Asked => ({ agent: "claude", payload: Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from([byte]), Buffer.from(text.slice(at))]) }),
      ),
    );
    expect(compared(asked).different).toEqual([]);
  });

  it.each(["claude", "codex", "gemini", "qwen", "copilot", "cursor", "opencode", "goose", "crush", "droid"])("takes what %s sends", (agent) => {
    expect(readInC([{ agent, payload: JSON.stringify(callOf(agent, 'git log --format="%h\t%s" &&\n  ls')) }])).toEqual([
      { command: 'git log --format="%h\t%s" &&\n  ls', cwd: "/tmp" },
    ]);
  });

  const claude = (changes: object, input: object = { command: "ls" }) =>
    JSON.stringify({ hook_event_name: "PreToolUse", tool_name: "Bash", cwd: "/tmp", tool_input: input, ...changes });

  it.each<[string, string]>([
    ["another event", claude({ hook_event_name: "PostToolUse" })],
    ["another tool", claude({ tool_name: "Read" })],
    ["PowerShell", claude({ tool_name: "PowerShell" })],
    ["a list of commands", claude({}, { command: ["ls"] })],
    ["an input that is text", claude({ tool_input: '{"command":"ls"}' })],
    ["a command of 5,000 characters", claude({}, { command: `ls ${"x".repeat(5000)}` })],
    ["lists as deep as can be", claude({ deep: 0 }).replace('"deep":0', `"deep":${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
    ["a key twice", claude({}).replace('"cwd"', '"cwd":"/etc","cwd"')],
    ["a key with an escape", claude({}).replace('"cwd"', '"\\u0063wd"')],
    ["a directory that has to be resolved", claude({ cwd: "/tmp/../etc" })],
    ["a byte order mark", `\ufeff${claude({})}`],
  ])("leaves to the judge %s", (_, payload) => {
    expect(readInC([{ agent: "claude", payload }])).toEqual([undefined]);
  });

  it("takes what stands around the call for what it is", () => {
    const payload = claude({ more: [{ cwd: "/etc", tool_input: { command: "id" } }, "}", -1.5e-3, true, null, "\u2028é\ud800"], session_id: '\\",' });
    expect(readInC([{ agent: "claude", payload: ` \n${payload}\r\n` }])).toEqual([{ command: "ls", cwd: "/tmp" }]);
  });
});

describe("a harmless call", { timeout: 60_000 }, () => {
  const state = scratch();
  const env = { ...environment, XDG_STATE_HOME: state };
  const ask = (command: string, cwd = "/tmp") => run(autobotctl, ["hook", "--agent", "claude"], { env, input: JSON.stringify(callOf("claude", command, cwd)) });
  const last = () => JSON.parse(run("tail", ["-n", "1", join(state, "autobot-sh", "audit.jsonl")]).stdout);

  it("is on record as the judge would have it, but for what it asks for", () => {
    expect([ask("ssh h uptime").stdout, ask("ls").stdout]).toEqual(["", ""]);
    expect(last()).toMatchObject({ face: "agent", cwd: "/tmp", decision: "permit", effective: "permit", requests: [], text: "ls" });
    expect(Object.keys(last())).toEqual(Object.keys(JSON.parse(run("head", ["-n", "1", join(state, "autobot-sh", "audit.jsonl")]).stdout)));
  });

  it("is judged by the policies of its own directory", () => {
    const project = scratch();
    mkdirSync(join(project, ".autobot-sh"));
    writeFileSync(join(project, ".autobot-sh", "x.yaml"), "policy: x\n");
    expect([ask("ls", project).stdout, ask("ls", "/nowhere/at/all").stdout]).toEqual([expect.stringContaining("REFUSED [failure]"), expect.stringContaining("REFUSED [failure]")]);
  });
});
