// What the reference of policies, the JSON Schema and editors say of a key.

/** What it is for, ended by `; default: …` where it has one, and values that it may have. */
export type About = { readonly description: string; readonly examples?: readonly unknown[] };

export function about(description: string, ...examples: readonly unknown[]): About {
  return examples.length === 0 ? { description } : { description, examples };
}
