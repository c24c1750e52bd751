// A rule as its policy writes it → one that can be asked about a request.
import { list } from "./list.ts";
import { anyOf, compileMatcher, type Test } from "./match.ts";
import type { Matcher, Rule, Target } from "./schema.ts";

export const origins = ["built-in", "system", "user", "project"] as const;
export type Origin = (typeof origins)[number];

export interface CompiledRule {
  /** `<policy>/<id>`. */
  readonly id: string;
  readonly policy: string;
  /** Who wrote it. */
  readonly origin: Origin;
  readonly source: Target;
  readonly decision: "deny" | "ask";
  readonly reason: string;
  readonly advice: Rule["advice"];
  readonly home?: string | undefined;
  readonly examples: Rule["examples"];
  readonly target: Test;
  readonly when: Test;
  readonly unless: Test;
  /** What `when` and `unless` are made of. */
  readonly circumstances: readonly Matcher[];
  readonly exceptions: readonly Matcher[];
}

/** `others` come from other policies, and count as the rule's own `unless`. */
export function compileRule(policy: string, origin: Origin, rule: Rule, others: readonly Matcher[] = []): CompiledRule {
  const circumstances = list(rule.when);
  const exceptions = [...list(rule.unless), ...others];
  return {
    id: `${policy}/${rule.id}`,
    policy,
    origin,
    source: rule.target,
    decision: rule.decision ?? "deny",
    reason: rule.reason,
    advice: rule.advice,
    home: rule.home,
    examples: rule.examples,
    target: asked(() => compileMatcher(rule.target, "possible")),
    when: circumstances.length === 0 ? () => true : asked(() => anyOf(circumstances.map((matcher) => compileMatcher(matcher, "possible")))),
    unless: asked(() => anyOf(exceptions.map((matcher) => compileMatcher(matcher, "certain")))),
    circumstances,
    exceptions,
  };
}

/** Compiled when first asked: most lines ask few rules. */
function asked(compile: () => Test): Test {
  let test: Test | undefined;
  return (...given) => {
    test ??= compile();
    return test(...given);
  };
}
