// All that is written by `npm run generate` for people to read, by file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandReference } from "./command-reference.ts";
import { manualPages } from "./manual-pages.ts";
import { defaultPolicies } from "./policies.ts";
import { policyReference } from "./policy-reference.ts";
import { type Pages, rulePages } from "./rule-pages.ts";
import { utilityPages } from "./utility-pages.ts";

/** Nothing in them is written by hand. */
export const generatedFolders = ["docs/rules", "docs/utilities", "man"] as const;

/** `root`: the repository's. */
export function manual(root: string): Pages {
  const policies = defaultPolicies(root);
  const read = (file: string) => readFileSync(join(root, file), "utf8");
  const { version }: { readonly version: string } = JSON.parse(read("package.json"));
  return {
    ...rulePages(policies),
    ...utilityPages(root, policies),
    "docs/commands.md": commandReference(),
    "docs/policy-reference.md": policyReference(),
    ...manualPages({ version, policies, policyExample: firstPolicy(read("docs/guides/policy-author.md")) }),
  };
}

function firstPolicy(guide: string): string {
  const [, example] = /^```yaml[^\n]*\n(policy:.*?)^```$/ms.exec(guide) ?? [];
  if (example === undefined) throw new Error("docs/guides/policy-author.md shows no policy");
  return example;
}
