import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { policyJsonSchema } from "../../src/policy/json-schema.ts";
import { directory, policyFiles } from "./default-policies.ts";

it("policies/policy.schema.json is what `node scripts/run.js generate-schema` writes", () => {
  expect(readFileSync(new URL("policy.schema.json", directory), "utf8")).toBe(policyJsonSchema());
});

it.each(policyFiles)("%s names its schema for editors, and is called as its policy", (file) => {
  const [first, second] = readFileSync(new URL(file, directory), "utf8").split("\n");
  expect(first).toBe("# yaml-language-server: $schema=./policy.schema.json");
  expect(second).toBe(`policy: ${file.replace(".yaml", "")}`);
});
