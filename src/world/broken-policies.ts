// What goes on where a policy is not valid. What it would refuse is not known, so that nothing is done on another host, by an
// approved way or any other; what is done here goes on under all other policies, or nobody could log in to mend it
// (docs/adr/0034).
import { createEngine, type Engine } from "../decide.ts";
import { withRules } from "../policy/policies.ts";
import { compileRule } from "../policy/rule.ts";

/** The rule that refuses it. */
export const notValid = "policy/not-valid";

/** `faults`: what is wrong where. */
export function staying({ policies }: Engine, faults: readonly string[]): Engine {
  const rule = compileRule("policy", "built-in", {
    id: "not-valid",
    target: { host: "remote" },
    reason: "A policy here is not valid, and what it would refuse is not known: until it is mended nothing is done on another host.",
    advice: faults.map((fault) => ({ say: `mend ${fault.replaceAll(/\n */g, "; ")}` })),
    examples: { deny: [], permit: [] },
  });
  // On a server what is done here is asked of that host, and the other rules judge it.
  const elsewhere = { ...rule, id: notValid, unless: ({ host }: Parameters<typeof rule.unless>[0]) => host.kind === "remote" && host.here === true };
  // An approved way would end there, and so would break-glass.
  const closed = { ...policies, routes: [], settings: { ...policies.settings, indeterminate: "deny", "break-glass": "off" } } as const;
  return createEngine(withRules(closed, [elsewhere, ...policies.rules.filter(({ id }) => id !== notValid)]));
}
