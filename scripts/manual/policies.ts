// policies/ → the policies, and the rules that they make, as the pages speak of them: nothing of this machine's own.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Context, createEngine, type Engine, emptyContext } from "../../src/decide.ts";
import { combine, type Layer } from "../../src/policy/policies.ts";
import type { Example, Settings } from "../../src/policy/schema.ts";
import { readPolicyFile, showIssues } from "../../src/world/policy-files.ts";

/** Settings that stand for rules are switched on where their pages are written. */
const ruleSettings: Settings = { posture: "read-only", "remote-session": "refuse" };

export interface DefaultPolicies {
  readonly layer: Layer;
  readonly engine: Engine;
  /** With the rules that settings stand for. */
  readonly strictest: Engine;
}

export function defaultPolicies(root: string): DefaultPolicies {
  const layer: Layer = { origin: "built-in", policies: policiesIn(join(root, "policies")) };
  const settings: Layer = { origin: "system", policies: [{ file: "settings.yaml", policy: { policy: "settings", description: "Settings.", settings: ruleSettings } }] };
  return { layer, engine: engineOf([layer]), strictest: engineOf([layer, settings]) };
}

function policiesIn(folder: string): Layer["policies"] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  return files.map((name) => {
    const read = readPolicyFile(join(folder, name));
    if ("issues" in read) throw new Error(showIssues(read.issues));
    return { file: `policies/${name}`, policy: read.policy };
  });
}

function engineOf(layers: readonly Layer[]): Engine {
  const combined = combine(layers);
  if ("issues" in combined) throw new Error(showIssues(combined.issues));
  return createEngine(combined.set);
}

export type Circumstances = Exclude<Example, string>;

export function withCircumstances(example: Example): Circumstances {
  return typeof example === "string" ? { line: example } : example;
}

/** A line is typed in the workspace's root, with nobody at a terminal, where nothing else is said. */
export function contextOf({ cwd, tty = false, face = "scripts", env = {} }: Omit<Circumstances, "line">, { policies }: Engine): Context {
  return { ...emptyContext, cwd: cwd ?? policies.fleet.root, tty, face, environment: env };
}
