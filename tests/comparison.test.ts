// The comparison with other guards: that its list is fair and ours is decided as it says, that answers are counted rightly, and that the
// document has the numbers of this list.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answerIn } from "../scripts/compare/guards.ts";
import { classesOf, type Input, readInputs } from "../scripts/compare/inputs.ts";
import { answerTable, misses, timeTable, withPart } from "../scripts/compare/table.ts";
import { contextFor } from "../scripts/lines.ts";
import { createEngine, decide } from "../src/decide.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const root = join(import.meta.dirname, "..");
const inputs = readInputs(join(root, "tests/comparison/inputs.jsonl"));
const engine = createEngine(defaultPolicies);
const answers = inputs.map(({ line }) => (decide(line, engine, { ...contextFor(undefined), face: "agent" }).effective === "deny" ? ("refused" as const) : ("passed" as const)));
const ours = { title: "autobot-sh", answers };

describe("the list", () => {
  it("has no line twice, and harmless ones for every class of changes", () => {
    expect(new Set(inputs.map(({ line }) => line)).size).toBe(inputs.length);
    expect(classesOf(inputs, "change").filter((name) => !classesOf(inputs, "look-alike").includes(name))).toEqual([]);
    expect(inputs.filter(({ kind }) => !["change", "look-alike", "local"].includes(kind))).toEqual([]);
  });

  it("is decided as it says, but for what docs/comparison.md explains", () => {
    expect(misses(inputs, ours).flatMap(({ kind, line }) => (kind === "local" ? [] : [line]))).toEqual(["echo c3NoIDE3Mi4xNi4xNjguMjEgcmVib290 | base64 -d | sh"]);
  });

  it("has what is not our subject, and we do not refuse it", () => {
    const local = inputs.flatMap(({ kind }, index) => (kind === "local" ? [answers[index]] : []));
    expect([local.length > 0, local.every((answer) => answer === "passed")]).toEqual([true, true]);
  });
});

describe("a guard's answer", () => {
  const specific = (permissionDecision: string) => JSON.stringify({ hookSpecificOutput: { hookEventName: "PreToolUse", permissionDecision } });

  it.each([
    ["a denial", specific("deny"), 0, "refused"],
    ["a question", specific("ask"), 0, "refused"],
    ["the older denial", '{"decision":"block","reason":"x"}', 0, "refused"],
    ["status 2", "", 2, "refused"],
    ["a permission with a warning", specific("allow"), 0, "passed"],
    ["an empty object", "{}", 0, "passed"],
    ["silence", "\n", 0, "passed"],
  ])("is read as the agent reads it: %s", (_, stdout, status, expected) => {
    expect(answerIn(stdout, "", status)).toBe(expected);
  });

  it.each([
    ["that failed", "", 1],
    ["that was killed", "", null],
    ["that could not judge", specific("deny").replace("deny", "deny autobot-sh REFUSED [failure]"), 0],
    ["in another form", "denied", 0],
  ])("is none: one %s", (_, stdout, status) => {
    expect(() => answerIn(stdout, "", status)).toThrow();
  });
});

describe("the tables", () => {
  const few: readonly Input[] = [
    { class: "copy", kind: "change", line: "a" },
    { class: "copy", kind: "look-alike", line: "b" },
    { class: "files", kind: "local", line: "c" },
  ];

  it("count what was answered as it should be", () => {
    const table = answerTable(few, [
      { title: "careful", answers: ["refused", "refused", "refused"] },
      { title: "careless", answers: ["passed", "passed", "passed"] },
    ]);
    expect(table.split("\n")).toEqual([
      "|  | lines | careful | careless |",
      "| --- | ---: | ---: | ---: |",
      "| **changes of a server, refused** | 1 | 1 | 0 |",
      "| copy | 1 | 1 | 0 |",
      "| **look-alikes, passed** | 1 | 0 | 1 |",
      "| copy | 1 | 0 | 1 |",
      "| **destructive here, refused** | 1 | 1 | 0 |",
      "| files | 1 | 1 | 0 |",
    ]);
  });

  it("divide times by the yardstick's", () => {
    const timed = [
      { what: "node", wall: 40, cpu: 20 },
      { what: "a guard", wall: 60, cpu: 50 },
    ];
    expect(timeTable(timed, "node").split("\n").at(-1)).toBe("| a guard | 60 | 50 | 1.50 | 2.50 |");
    expect(() => timeTable(timed, "bash")).toThrow("nothing was timed");
  });

  it("take the place of what stood between the marks, and of nothing else", () => {
    expect(withPart("a\n<!-- x -->\nold\n<!-- /x -->\nb\n", "x", "new")).toBe("a\n<!-- x -->\nnew\n<!-- /x -->\nb\n");
    expect(() => withPart("a\n<!-- /x -->\n<!-- x -->\n", "x", "new")).toThrow("no `<!-- x -->`");
  });
});

it("docs/comparison.md has the counts of this list and of these decisions", () => {
  const document = readFileSync(join(root, "docs/comparison.md"), "utf8");
  const [, shown = ""] = /<!-- answers -->\n(.*?)\n<!-- \/answers -->/s.exec(document) ?? [];
  const columns = (table: string) => table.split("\n").map((row) => row.split("|").slice(1, 4).join("|"));
  expect(columns(shown)).toEqual(columns(answerTable(inputs, [ours])));
});
