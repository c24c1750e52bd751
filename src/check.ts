// Rules → those of their examples that are not decided as written. Used by `autobotctl policy check` and by the tests.
import { type Context, createEngine, decide, type Engine, emptyContext, type PolicySet } from "./decide.ts";
import { asWorkstation } from "./policy/managed-host.ts";
import { onlyRules } from "./policy/policies.ts";
import type { CompiledRule } from "./policy/rule.ts";
import type { Example } from "./policy/schema.ts";

export interface ExampleFault {
  /** The rule's id. */
  readonly rule: string;
  readonly line: string;
  readonly message: string;
}

/**
 * Each example is decided by its rule alone, so that no neighbour hides a dead rule; what is denied has to be denied
 * under all rules together as well.
 */
export function exampleFaults(set: PolicySet, rules: readonly CompiledRule[] = set.rules): readonly ExampleFault[] {
  // They are written for where people work, whatever this machine is.
  const there = asWorkstation(set);
  const all = createEngine(there);
  return rules.flatMap((rule) => {
    const alone = createEngine(onlyRules(there, (each) => each === rule));
    const denied = rule.examples.deny.filter((example) => !denies(example, alone, set) || !denies(example, all, set));
    const permitted = rule.examples.permit.filter((example) => denies(example, alone, set));
    return [
      ...denied.map((example) => ({ rule: rule.id, line: lineOf(example), message: "an example of what it denies, which it permits" })),
      ...permitted.map((example) => ({ rule: rule.id, line: lineOf(example), message: "an example of what it permits, which it denies" })),
    ];
  });
}

function denies(example: Example, engine: Engine, set: PolicySet): boolean {
  return decide(lineOf(example), engine, contextOf(example, set)).denials.length > 0;
}

function lineOf(example: Example): string {
  return typeof example === "string" ? example : example.line;
}

function contextOf(example: Example, set: PolicySet): Context {
  const given = typeof example === "string" ? { line: example } : example;
  return {
    ...emptyContext,
    cwd: given.cwd ?? set.fleet.root,
    tty: given.tty ?? false,
    face: given.face ?? "scripts",
    environment: given.env ?? {},
  };
}
