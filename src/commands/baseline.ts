// Findings that were there before: a file with how often each occurs, by what it says and not by its line number.
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { PlacedFinding } from "../report/finding.ts";
import { replaceFile } from "../world/replace-file.ts";

const schema = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ file: z.string(), rule: z.string(), fingerprint: z.string(), count: z.int().positive() })),
});

/** How often each fingerprint may occur. */
export type Baseline = ReadonlyMap<string, number>;

export function readBaseline(path: string): { readonly baseline: Baseline } | { readonly fault: string } {
  try {
    const { findings } = schema.parse(JSON.parse(readFileSync(path, "utf8")));
    return { baseline: new Map(findings.map(({ fingerprint, count }) => [fingerprint, count])) };
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { fault: missing ? `no such baseline: \`${path}\`\nmake it with \`--update-baseline\`` : `not a baseline: \`${path}\`\nmake it anew with \`--update-baseline\`` };
  }
}

export function writeBaseline(path: string, found: readonly PlacedFinding[]): void {
  const entries = new Map<string, { readonly file: string; readonly rule: string; readonly fingerprint: string; readonly count: number }>();
  for (const { finding, place, fingerprint } of found) {
    entries.set(fingerprint, { file: place.file, rule: finding.rule, fingerprint, count: (entries.get(fingerprint)?.count ?? 0) + 1 });
  }
  replaceFile(path, `${JSON.stringify({ version: 1, findings: [...entries.values()] }, undefined, 2)}\n`, { mode: 0o666 & ~process.umask() });
}

/** Those that the baseline has, as often as it has them, and the others. */
export function divide(found: readonly PlacedFinding[], baseline: Baseline): { readonly known: readonly PlacedFinding[]; readonly fresh: readonly PlacedFinding[] } {
  const left = new Map(baseline);
  const known: PlacedFinding[] = [];
  const fresh: PlacedFinding[] = [];
  for (const each of found) {
    const count = left.get(each.fingerprint) ?? 0;
    left.set(each.fingerprint, count - 1);
    (count > 0 ? known : fresh).push(each);
  }
  return { known, fresh };
}
