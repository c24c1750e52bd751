// Writes policies/policy.schema.json from src/policy/schema.ts.
import { writeFileSync } from "node:fs";
import { policyJsonSchema } from "../src/policy/json-schema.ts";

writeFileSync("policies/policy.schema.json", policyJsonSchema());
