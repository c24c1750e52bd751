// `autobotctl policy`: the policies in force, or files that may come into force, validated and shown.
import { resolve } from "node:path";
import { exampleFaults } from "../check.ts";
import { policyJsonSchema } from "../policy/json-schema.ts";
import { combine, type Layer, type PolicySet } from "../policy/policies.ts";
import { oneLine } from "../report/mask.ts";
import { builtIn } from "../world/built-in.ts";
import { builtInEngine } from "../world/engine.ts";
import { findLayers, layerPlaces } from "../world/layers.ts";
import { type FileIssue, readLayers, readPolicyFile, showIssues } from "../world/policy-files.ts";

interface Loaded {
  readonly set: PolicySet;
  readonly layers: readonly Layer[];
}

type Loading = Loaded | { readonly issues: readonly FileIssue[] };

/** Exit status: 0 valid and every example holds, 1 not. */
export function checkPolicies(files: readonly string[], cwd: string): number {
  const loaded = load(files, cwd);
  if ("issues" in loaded) return complain(showIssues(loaded.issues));
  const names = new Set(loaded.layers.flatMap(({ policies }) => policies.map(({ policy }) => policy.policy)));
  // The defaults' examples speak of the hosts that the defaults name.
  const defaults = files.length === 0 ? builtInEngine().policies : undefined;
  const own = loaded.set.rules.filter(({ policy }) => (defaults === undefined ? namedIn(loaded, policy) : !isDefault(policy)));
  const rules = [...own, ...(defaults?.rules ?? [])];
  const faults = [...exampleFaults(loaded.set, own), ...(defaults === undefined ? [] : exampleFaults(defaults))];
  if (faults.length > 0) return complain(faults.map(({ rule, line, message }) => `${rule}: ${message}: \`${oneLine(line)}\``).join("\n"));
  const examples = rules.reduce((count, { examples: { deny, permit } }) => count + deny.length + permit.length, 0);
  process.stdout.write(`${names.size} policies, ${rules.length} rules and their ${examples} examples hold\n`);
  return 0;
}

/** `rules`, `hosts`: their names alone, one a line. */
export type PoliciesForm = "text" | "json" | "rules" | "hosts";

export function showPolicies(files: readonly string[], cwd: string, form: PoliciesForm): number {
  const loaded = load(files, cwd);
  if ("issues" in loaded) return complain(showIssues(loaded.issues));
  process.stdout.write(shown[form](loaded));
  return 0;
}

const shown: Readonly<Record<PoliciesForm, (loaded: Loaded) => string>> = {
  text: ({ layers }) => layers.map(showLayer).join(""),
  json: ({ layers }) => `${JSON.stringify(layers, undefined, 2)}\n`,
  rules: ({ set }) => set.rules.map(({ id }) => `${id}\n`).join(""),
  hosts: ({ set }) => (set.fleet.hosts ?? []).map(({ name }) => `${name}\n`).join(""),
};

export function printSchema(): number {
  process.stdout.write(policyJsonSchema());
  return 0;
}

/** Files given by name are joined to the built-in policies as the system's would be. */
function load(files: readonly string[], cwd: string): Loading {
  const read = files.length === 0 ? readLayers(findLayers(layerPlaces(process.env, cwd))) : readNamed(files.map((file) => resolve(cwd, file)));
  if ("issues" in read) return read;
  const layers = [builtIn, ...read.layers];
  const combined = combine(layers);
  return "issues" in combined ? combined : { set: combined.set, layers };
}

function readNamed(files: readonly string[]): ReturnType<typeof readLayers> {
  const results = files.map((file) => ({ file, ...readPolicyFile(file) }));
  const issues = results.flatMap((each) => ("issues" in each ? each.issues : []));
  if (issues.length > 0) return { issues };
  return { layers: [{ origin: "system", policies: results.flatMap((each) => ("policy" in each ? [each] : [])) }] };
}

function isDefault(name: string): boolean {
  return builtIn.policies.some(({ policy }) => policy.policy === name);
}

function namedIn({ layers }: Loaded, policy: string): boolean {
  return layers.some(({ origin, policies }) => origin !== "built-in" && policies.some((each) => each.policy.policy === policy));
}

function showLayer({ origin, policies }: Layer): string {
  return policies
    .map(({ policy, file }) => {
      const rules = (policy.rules ?? []).map(({ id, reason }) => `  ${policy.policy}/${id}\n      ${reason}\n`);
      return `${policy.policy} (${origin}, ${file})\n  ${policy.description}\n${rules.join("")}`;
    })
    .join("");
}

function complain(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
