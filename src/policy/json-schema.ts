// The schema of policy files → JSON Schema, for editors.
import { z } from "zod";
import { policySchema } from "./schema.ts";

/** JSON Schema draft 2020-12 of a policy file, as text. What only code can check, such as globs, is not in it. */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policySchema, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ ...schema, title: "autobot-sh policy" }, undefined, 2)}\n`;
}
