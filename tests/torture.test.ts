// The hand-made forms of tests/syntax/torture.tsv, on which bash itself was watched: wherever it ran ssh, the engine has
// to see that or say that it cannot know.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEngine, decide, emptyContext, type Response } from "../src/decide.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const file = join(import.meta.dirname, "syntax/torture.tsv");
const engine = createEngine(defaultPolicies);

interface Form {
  readonly id: string;
  readonly line: string;
  readonly runsSsh: boolean;
}

function readForms(): readonly Form[] {
  const [header = "", ...rows] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = header.split("\t");
  const cell = (row: string, name: string) => row.split("\t")[names.indexOf(name)] ?? "";
  return rows.map((row) => ({ id: cell(row, "id"), line: JSON.parse(cell(row, "source_json")), runsSsh: cell(row, "bash_runs_ssh") === "yes" }));
}

function seesSsh({ requests, steps }: Response): boolean {
  const runs = steps.some(({ utility, words }) => utility === "ssh" || /^(.*\/)?ssh$/.test(words[0] ?? ""));
  return runs || requests.some(({ utility, via }) => utility === "ssh" || via.includes("ssh"));
}

const forms = readForms();

describe("wherever bash runs ssh", () => {
  it.each(forms.filter(({ runsSsh }) => runsSsh))("$id is seen or indeterminate: $line", ({ line }) => {
    const response = decide(line, engine, { ...emptyContext, cwd: "/nonexistent" });
    expect(seesSsh(response) || response.decision === "indeterminate").toBe(true);
  });
});

it("the list is whole", () => {
  expect(forms.filter(({ runsSsh }) => runsSsh).length).toBeGreaterThan(400);
});
