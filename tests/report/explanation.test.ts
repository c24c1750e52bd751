// What an explanation tells: options by what they change, hops with their hosts, words by what is known, rules that come near.
import { describe, expect, it } from "vitest";
import { type Context, createEngine, decide, emptyContext } from "../../src/decide.ts";
import { type Explanation, explain } from "../../src/report/explanation.ts";
import { explanationText } from "../../src/report/explanation-text.ts";
import { plain } from "../../src/report/style.ts";
import { defaultPolicies } from "../policy/default-policies.ts";

const engine = createEngine(defaultPolicies);

function explained(line: string, context: Partial<Context> = {}): Explanation {
  return explain(line, decide(line, engine, { ...emptyContext, cwd: "/w", trace: true, ...context }), defaultPolicies);
}

describe("an option is told by what would be without it", () => {
  const options = (line: string) => explained(line).commands.flatMap((command) => command.options.map(({ name, argument, without }) => [name, argument, without]));
  it.each([
    ["sed -i s/a/b/ f", [["-i", undefined, "reads"]]],
    [
      "sed -ni.bak s/a/b/ f",
      [
        ["-n", undefined, undefined],
        ["-i", ".bak", "reads"],
      ],
    ],
    ["sed -n p f", [["-n", undefined, undefined]]],
    ["curl -o f https://example.org/", [["-o", "f", "reads"]]],
    ["sort -o f f", [["-o", "f", "reads"]]],
    [
      "tar tf a.tar",
      [
        ["-t", undefined, undefined],
        ["-f", "a.tar", undefined],
      ],
    ],
    ["ssh -p 2222 h uptime", [["-p", "2222", "the same, by another host, port, user or key"]]],
    ["docker rm -f web", [["-f", undefined, undefined]]],
  ])("%s", (line, expected) => expect(options(line)).toEqual(expected));
});

describe("hops", () => {
  const reached = (line: string) => explained(line).commands.map(({ text, hops, host }) => [text, hops.map((hop) => `${hop.utility} on ${hop.host}`).join(", "), host]);
  it("are each named with their host", () =>
    expect(reached("ssh a ssh 172.16.168.21 sudo id")).toEqual([
      ["ssh a ssh 172.16.168.21 sudo id", "", "this machine"],
      ["ssh 172.16.168.21 sudo id", "ssh on this machine", "a"],
      ["sudo id", "ssh on this machine, ssh on a", "frontend (172.16.168.21)"],
      ["id", "ssh on this machine, ssh on a, sudo on frontend (172.16.168.21)", "frontend (172.16.168.21)"],
    ]));
  it("are none for what a line only mentions", () => expect(reached("echo 'ssh vm vim f'")).toEqual([["echo ssh vm vim f", "", "this machine"]]));
});

describe("words", () => {
  it("are known, or the reason is told", () =>
    expect(explained('cat a "$F" $(date)').commands.at(-1)?.words).toEqual([
      { text: "cat", known: true, why: [] },
      { text: "a", known: true, why: [] },
      { text: "$F", known: false, why: ["`$F` is a variable that the text does not set"] },
      { text: "$(date)", known: false, why: ["`$(date)` is the output of a command"] },
    ]));
  it("that the text sets are known", () => expect(explained("f=x; cat $f").commands[0]?.words[1]).toEqual({ text: "x", known: true, why: [] }));
  it("that hold secrets do not show them", () => expect(JSON.stringify(explained("mysql -phunter2 -e 'select 1'"))).not.toContain("hunter2"));
});

describe("rules", () => {
  it("that deny are named with what they deny", () => {
    const { rules, commands } = explained("ssh 172.16.168.21 'rm /etc/motd'");
    expect(rules.map(({ id, denies }) => [id, denies])).toEqual([["remote-editing/write", "change files on frontend (172.16.168.21)"]]);
    expect(commands[1]?.requests.map((each) => each.rules)).toEqual([["remote-editing/write"]]);
  });
  it("that nearly deny are named with the one thing that is otherwise", () =>
    expect(explained("vim /etc/motd").nearly).toContainEqual({
      rule: "remote-editing/editor",
      request: "edit `/etc/motd` on this machine",
      span: { start: 4, end: 13 },
      but: "the rule is about host: remote",
    }));
  it("whose exception holds come first", () => expect(explained("ssh 172.16.168.21 'touch /tmp/x'").nearly[0]?.but).toMatch(/^excepted: .*\/tmp/));
  it("are none for what only looks", () => expect(explained("ls").nearly).toEqual([]));
});

describe("advice", () => {
  it("is shown with the decision on it", () => {
    const { advice } = explained("ssh 172.16.168.21 'vim /home/autobot/autobot-vue/src/App.vue'");
    expect(advice.filter(({ run }) => run !== undefined).map(({ judged }) => judged)).not.toEqual([]);
    expect(advice.every(({ run, judged }) => run === undefined || judged === "permit")).toBe(true);
  });
  it("is none for what runs", () => expect(explained("ls").advice).toEqual([]));
});

it("decides as without a trace", () => {
  for (const line of ["ssh 172.16.168.21 'rm /etc/motd'", "vim f", 'ssh "$H" "$C"']) {
    const [traced, plainly] = [true, false].map((trace) => decide(line, engine, { ...emptyContext, trace }));
    expect([traced?.effective, traced?.advice, traced?.requests]).toEqual([plainly?.effective, plainly?.advice, plainly?.requests]);
    expect([plainly?.suggestions, plainly?.nearMisses]).toEqual([undefined, undefined]);
  }
});

describe("the text", () => {
  it.each([60, 80, 200])("fits %i columns but for commands to be typed", (width) => {
    const text = explanationText(explained("ssh -p 22 172.16.168.21 'cd /etc && sudo sed -i s/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/b/ motd'"), { style: plain, width });
    const long = text.split("\n").filter((each) => each.length > width && !each.startsWith("    "));
    expect(long).toEqual([]);
  });
});
