// The default policies as a test uses them: read from policies/, joined, nothing of the machine's own.
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { combine, type PolicySet } from "../../src/policy/policies.ts";
import { type Policy, parsePolicy } from "../../src/policy/schema.ts";

export const directory = new URL("../../policies/", import.meta.url);

export const policyFiles: readonly string[] = readdirSync(directory).filter((file) => file.endsWith(".yaml"));

export function readPolicy(file: string): Policy {
  const result = parsePolicy(parse(readFileSync(new URL(file, directory), "utf8")));
  if ("issues" in result) throw new Error(result.issues.map(({ path, message }) => `${file}: ${path}: ${message}`).join("\n"));
  return result.policy;
}

export function combined(...layers: Parameters<typeof combine>[0]): PolicySet {
  const result = combine(layers);
  if ("issues" in result) throw new Error(result.issues.map(({ file, path, message }) => `${file}: ${path}: ${message}`).join("\n"));
  return result.set;
}

export const defaultLayer = { origin: "built-in" as const, policies: policyFiles.map((file) => ({ file, policy: readPolicy(file) })) };

export const defaultPolicies: PolicySet = combined(defaultLayer);
