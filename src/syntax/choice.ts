// Words with several possible values: evaluates a command once for each combination of them.

/** One pass through the combinations. A later pass gives the same answers up to the choice that changes. */
export interface Choices {
  /** The option taken at each choice point of this pass, in the order of meeting. */
  taken: number[];
  counts: number[];
  met: number;
  /** The option taken for a name: a variable has one value within a command. */
  readonly byKey: Map<string, number>;
  combinations: number;
  /** How many combinations there may be. */
  readonly most: number;
  /** Output of the command's substitutions: they are evaluated in the first pass only. */
  readonly outputs: Map<object, unknown>;
}

export function newChoices(most: number): Choices {
  return { taken: [], counts: [], met: 0, byKey: new Map(), combinations: 1, most, outputs: new Map() };
}

/** The option to take among `count`, or undefined where there would be too many combinations. */
export function choose(choices: Choices, key: string, count: number): number | undefined {
  const before = choices.byKey.get(key);
  if (before !== undefined && before < count) return before;
  if (choices.combinations * count > choices.most) return undefined;
  choices.combinations *= count;
  const option = choices.taken[choices.met] ?? 0;
  choices.taken[choices.met] = option;
  choices.counts[choices.met] = count;
  choices.met++;
  choices.byKey.set(key, option);
  return option;
}

/** Prepares the next pass; false after the last. */
export function nextPass(choices: Choices): boolean {
  let last = choices.met - 1;
  while (last >= 0 && (choices.taken[last] ?? 0) + 1 >= (choices.counts[last] ?? 0)) last--;
  if (last < 0) return false;
  choices.taken = choices.taken.slice(0, last + 1);
  choices.taken[last] = (choices.taken[last] ?? 0) + 1;
  choices.counts = [];
  choices.met = 0;
  choices.combinations = 1;
  choices.byKey.clear();
  return true;
}
