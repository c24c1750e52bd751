// Comments that say that a rule shall not be looked at in one place: `# autobot-sh: ignore RULE REASON`.

const mark = "autobot-sh: ignore";

/** Whether the line that `offset` stands in, or a comment above it, exempts it from `rule`. */
export type Exempts = (offset: number, rule: string) => boolean;

/**
 * A comment behind code speaks of its own line; one that stands alone speaks of the next, with all lines that it goes on in
 * after backslashes. Both a rule (or policy) and a reason have to be there.
 */
export function exemptionsIn(text: string): Exempts {
  if (!text.includes(mark)) return () => false;
  const all = text.split("\n");
  const byLine = new Map<number, string[]>();
  all.forEach((line, index) => {
    const [, before = "", rule] = /^(.*?)#\s*autobot-sh: ignore ([a-z0-9/-]+)\s+\S/.exec(line) ?? [];
    if (rule === undefined) return;
    let covered = before.trim() === "" ? index + 1 : index;
    do byLine.set(covered, [...(byLine.get(covered) ?? []), rule]);
    while (all[covered++]?.endsWith("\\") === true);
  });
  const starts: number[] = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset, rule) => (byLine.get(starts.findLastIndex((start) => start <= offset)) ?? []).some((each) => covers(each, rule));
}

/** A policy stands for all of its rules, "" for all there are. */
export function covers(exempted: string, rule: string): boolean {
  return exempted === "" || rule === exempted || rule.startsWith(`${exempted}/`);
}
