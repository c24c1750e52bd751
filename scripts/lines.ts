// Corpora → labelled lines, and the engine that judges them: the default policies and nothing of the machine's own.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Context, createEngine, type Engine, emptyContext } from "../src/decide.ts";
import { combine, type PolicySet } from "../src/policy/policies.ts";
import type { Policy } from "../src/policy/schema.ts";
import { readPolicyFile, showIssues } from "../src/world/policy-files.ts";

/** A row of a JSON Lines corpus. */
export interface CorpusLine {
  readonly line: string;
  readonly label: "block" | "allow" | "judgement";
  /** Where it would run; by default outside any workspace. */
  readonly cwd?: string | undefined;
  /** Whether a shell can parse it; false for templates and fragments. */
  readonly parses: boolean;
  readonly why?: string | undefined;
}

/** Nobody's workspace: neither the fleet's configured root nor below any directory with policies. */
const elsewhere = "/nonexistent/elsewhere";

export function contextFor(cwd: string | undefined): Context {
  return { ...emptyContext, cwd: cwd ?? elsewhere };
}

/** From the repository's root, where npm runs scripts. */
export function readPolicies(directory = "policies"): readonly { readonly file: string; readonly policy: Policy }[] {
  const files = readdirSync(directory).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => {
    const read = readPolicyFile(join(directory, file));
    if ("issues" in read) throw new Error(showIssues(read.issues));
    return { file, policy: read.policy };
  });
}

export function policySet(policies = readPolicies()): PolicySet {
  const combined = combine([{ origin: "built-in", policies }]);
  if ("issues" in combined) throw new Error(showIssues(combined.issues));
  return combined.set;
}

export function defaultEngine(): Engine {
  return createEngine(policySet());
}

export function readCorpus(file: string): readonly CorpusLine[] {
  const rows = readFileSync(file, "utf8").split("\n");
  return rows.flatMap((row, index) => (row.trim() === "" ? [] : [corpusLine(row, `${file}:${index + 1}`)]));
}

const labels = { block: "block", deny: "block", allow: "allow", permit: "allow", judgement: "judgement" } as const;

function corpusLine(row: string, place: string): CorpusLine {
  const value: unknown = JSON.parse(row);
  if (typeof value !== "object" || value === null) throw new Error(`${place}: not an object`);
  const { line, label, expect, cwd, parses, why } = value as Readonly<Record<string, unknown>>;
  const known = Object.entries(labels).find(([name]) => name === (label ?? expect))?.[1];
  if (typeof line !== "string" || known === undefined) {
    throw new Error(`${place}: needs \`line\`, and \`label\` (block, allow, judgement) or \`expect\` (deny, permit)`);
  }
  return { line, label: known, cwd: optional(cwd), parses: parses !== false, why: optional(why) };
}

function optional(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Every rule's examples: ordinary lines that come with the project. */
export function exampleLines(set: PolicySet): readonly string[] {
  return set.rules.flatMap(({ examples }) => [...examples.deny, ...examples.permit]).map((example) => (typeof example === "string" ? example : example.line));
}
