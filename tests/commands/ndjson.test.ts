// JSON Lines: one answer for each line, in order, whatever the line and however the input is cut.
import { describe, expect, it } from "vitest";
import { decideLines, parseQuery } from "../../src/commands/ndjson.ts";
import { createEngine, decide, emptyContext } from "../../src/decide.ts";
import { defaultPolicies } from "../policy/default-policies.ts";
import { autobotctl, run } from "../stage/run.ts";

const engine = createEngine(defaultPolicies);

async function answers(chunks: readonly string[]): Promise<readonly string[]> {
  let text = "";
  async function* input() {
    yield* chunks;
  }
  await decideLines(
    input(),
    async ({ line }) => decide(line, engine, emptyContext),
    (more) => {
      text += more;
    },
  );
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const { error, decision } = JSON.parse(line);
      return error === undefined ? decision : `error: ${error}`;
    });
}

describe("lines", () => {
  const deny = '{"line":"ssh 172.16.168.21 reboot"}';
  it("are answered in order", async () => expect(await answers([`{"line":"ls"}\n${deny}\n{"line":"ls"}\n`])).toEqual(["permit", "deny", "permit"]));
  it("may be cut anywhere", async () => expect(await answers([...'{"line":"ls"}\n', ...deny, "\n"])).toEqual(["permit", "deny"]));
  it("need no newline at the end", async () => expect(await answers([deny])).toEqual(["deny"]));
  it("may end in a carriage return", async () => expect(await answers([`${deny}\r\n`])).toEqual(["deny"]));
  it("that are empty are errors", async () => expect(await answers([`\n${deny}\n`])).toEqual([expect.stringMatching(/^error: not JSON/), "deny"]));
});

describe("a line that is malformed says why", () => {
  it.each([
    ["ls", /^not JSON/],
    ["[]", /^not a JSON object$/],
    ["null", /^not a JSON object$/],
    ["{}", /^`line` must be a string$/],
    ['{"line":1}', /^`line` must be a string$/],
    ['{"line":"ls","cwd":1}', /^`cwd` must be a string$/],
    ['{"line":"ls","tty":"yes"}', /^`tty` must be true or false$/],
    ['{"line":"ls","face":"robot"}', /^`face` must be/],
    ['{"line":"ls","env":{"A":1}}', /^`env` must be an object of strings$/],
  ])("%s", (text, error) => expect(parseQuery(text)).toEqual({ error: expect.stringMatching(error) }));
});

describe("autobotctl check --ndjson", () => {
  it("takes cwd, tty, face and env of each line", () => {
    const queries = [
      { line: "ssh 172.16.168.21", tty: true },
      { line: "ssh 172.16.168.21" },
      { line: "ssh $VM reboot", env: { VM: "172.16.168.21" } },
      { line: "echo x > debug.log", cwd: "/home/kali/Desktop/AutoBot" },
      { line: "echo x > debug.log", cwd: "/" },
    ];
    const { stdout } = run(autobotctl, ["check", "--ndjson"], { input: queries.map((query) => `${JSON.stringify(query)}\n`).join("") });
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).decision),
    ).toEqual(["permit", "deny", "deny", "deny", "permit"]);
  });

  it("answers ten thousand lines in seconds", () => {
    const input = Array.from({ length: 10_000 }, (_, index) => `${JSON.stringify({ line: `ssh autobot@172.16.168.21 'tail -n ${index} /var/log/syslog' | grep x` })}\n`).join("");
    const { stdout } = run(autobotctl, ["check", "--ndjson"], { input });
    expect(stdout.split("\n")).toHaveLength(10_001);
  }, 20_000);
});
