// Every rule of the default policies: its examples decided by the rule alone, and what it advises judged again.
import { describe, expect, it } from "vitest";
import { createEngine, decide, emptyContext, type Context, type Engine } from "../src/decide.ts";
import { advise } from "../src/policy/advice.ts";
import { onlyRules } from "../src/policy/policies.ts";
import type { Example } from "../src/policy/schema.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const everything = createEngine(defaultPolicies);
const root = defaultPolicies.fleet.root;

function contextOf(example: Exclude<Example, string>): Context {
  return { ...emptyContext, cwd: example.cwd ?? root, tty: example.tty ?? false, face: example.face ?? "scripts", environment: example.env ?? {} };
}

function cases(examples: readonly Example[]): readonly (readonly [string, Exclude<Example, string>])[] {
  return examples.map((example) => (typeof example === "string" ? [example, { line: example }] : [example.line, example]));
}

function deniedBy(engine: Engine, example: Exclude<Example, string>): readonly string[] {
  return decide(example.line, engine, contextOf(example)).denials.map(({ rule }) => rule.id);
}

for (const rule of defaultPolicies.rules) {
  const alone = createEngine(onlyRules(defaultPolicies, ({ id }) => id === rule.id));

  describe(rule.id, () => {
    it.each(cases(rule.examples.deny))("denies: %s", (_, example) => {
      expect(deniedBy(alone, example)).toContain(rule.id);
      expect(deniedBy(everything, example)).toContain(rule.id);
    });

    it.each(cases(rule.examples.permit))("permits: %s", (_, example) => {
      expect(deniedBy(alone, example)).toEqual([]);
    });

    it.each(cases(rule.examples.deny))("advises only what is permitted: %s", (_, example) => {
      const context = contextOf(example);
      const advice = decide(example.line, everything, context).denials.flatMap((denial) => advise(defaultPolicies, denial, context));
      expect(advice.length).toBeGreaterThan(0);
      const refused = advice.flatMap(({ run }) => (run !== undefined && decide(run, everything, context).effective === "deny" ? [run] : []));
      expect(refused).toEqual([]);
    });
  });
}

it("gives at least three examples of both kinds for every rule", () => {
  const short = defaultPolicies.rules.filter(({ examples }) => examples.deny.length < 3 || examples.permit.length < 3);
  expect(short.map(({ id }) => id)).toEqual([]);
});
