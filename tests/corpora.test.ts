// The corpora: lines as operators and agents type them. Each is decided as it says, and no refusal is without a way that works.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextFor, readCorpus } from "../scripts/lines.ts";
import { type Context, createEngine, decide } from "../src/decide.ts";
import { adviseAll } from "../src/policy/advice.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const engine = createEngine(defaultPolicies);
const corpus = (name: string) => readCorpus(join(import.meta.dirname, "corpora", name)).map((row) => [row.line, row] as const);
const denied = corpus("deny.jsonl");
const permitted = corpus("permit.jsonl");

/** What happens to a line; where it is not what is expected, why. */
function effect(line: string, context: Context, expected: string): string {
  const { effective, denials, unknowns } = decide(line, engine, context);
  return effective === expected ? effective : [effective, ...denials.map(({ rule }) => rule.id), ...unknowns.map(({ message }) => message)].join(", ");
}

it("no line is in them twice, or in both", () => {
  const lines = [...denied, ...permitted].map(([line]) => line);
  expect(lines.filter((line, index) => lines.indexOf(line) !== index)).toEqual([]);
});

describe("denied", () => {
  it.each(denied)("%s", (line, { cwd, label }) => {
    expect(label).toBe("block");
    expect(effect(line, contextFor(cwd), "deny")).toBe("deny");
  });
});

describe("permitted", () => {
  it.each(permitted)("%s", (line, { cwd, label }) => {
    expect(label).toBe("allow");
    expect(effect(line, contextFor(cwd), "permit")).toBe("permit");
  });
});

// Outside the workspace and in its root: advice differs.
describe.each([undefined, defaultPolicies.fleet.root])("what is advised in %s", (cwd) => {
  const context = contextFor(cwd);

  it.each(denied)("is permitted: %s", (line) => {
    // What is computed, before `decide` leaves out what would be refused: nothing may have to be left out.
    const computed = adviseAll(defaultPolicies, decide(line, engine, context).denials, { ...context, line });
    const commands = computed.flatMap(({ run }) => run ?? []);
    expect(commands.filter((command) => effect(command, context, "permit") !== "permit")).toEqual([]);
  });

  it.each(denied)("has nothing left open: %s", (line) => {
    const { advice } = decide(line, engine, context);
    // An unfilled placeholder, or a part that only run time tells.
    expect(advice.filter(({ say, run = "" }) => /\{[a-z]+\}/.test(`${say} ${run}`) || /\$[\w{(]|`|\0|\bundefined\b/.test(run))).toEqual([]);
  });
});

it("a denial by a rule says what to do instead", () => {
  const silent = denied.filter(([line, { cwd }]) => {
    const { denials, advice } = decide(line, engine, contextFor(cwd));
    return denials.length > 0 && advice.length === 0;
  });
  expect(silent.map(([line]) => line)).toEqual([]);
});
