// All that is written by `npm run generate` for people to read, by file.
import { defaultPolicies } from "./policies.ts";
import { policyReference } from "./policy-reference.ts";
import { type Pages, rulePages } from "./rule-pages.ts";

/** Nothing in them is written by hand. */
export const generatedFolders = ["docs/rules"] as const;

/** `root`: the repository's. */
export function manual(root: string): Pages {
  const policies = defaultPolicies(root);
  return { ...rulePages(policies), "docs/policy-reference.md": policyReference() };
}
