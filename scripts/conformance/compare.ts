// Runs a suite with both shells, one after the other, and tells what differs from what merely does not repeat itself.
import { type Place, type Side, type Suite, sides, type Verdicts } from "./suite.ts";

export interface Difference {
  readonly name: string;
  /** The verdicts of all runs, without repetitions. */
  readonly direct: readonly string[];
  readonly tested: readonly string[];
}

export interface Comparison {
  readonly units: number;
  readonly cases: number;
  /** Cases by verdict; a verdict that is not one word counts as `different`. */
  readonly tally: Readonly<Record<Side, ReadonlyMap<string, number>>>;
  /** No verdict of one shell is ever one of the other. */
  readonly differences: readonly Difference[];
  /** A case that gave both verdicts in one shell at least. */
  readonly unsteady: readonly Difference[];
}

type Places = Readonly<Record<Side, Place>>;
type Pair = Readonly<Record<Side, Verdicts>>;

const repetitions = 2;

/** What `isExplained` is not run again. */
export async function compare(suite: Suite, units: readonly string[], places: Places, isExplained: (name: string) => boolean): Promise<Comparison> {
  const direct = await runAll(suite, units, places.direct);
  const tested = await runAll(suite, units, places.tested);
  const first = units.map((unit): Pair => ({ direct: direct.get(unit) ?? new Map(), tested: tested.get(unit) ?? new Map() }));
  const runs = first.map((pair) => [pair]);
  for (const [index, unit] of units.entries()) {
    const pairs = runs[index] ?? [];
    const isOpen = () => differing(pairs).some(({ name }) => !isExplained(name));
    for (let again = 0; again < repetitions && isOpen(); again++) pairs.push(await runPair(suite, unit, places));
  }
  const found = runs.flatMap(differing);
  return {
    units: units.length,
    cases: first.reduce((sum, pair) => sum + names([pair]).size, 0),
    tally: { direct: tally(first.map((pair) => pair.direct)), tested: tally(first.map((pair) => pair.tested)) },
    differences: found.filter(isSteady),
    unsteady: found.filter((each) => !isSteady(each)),
  };
}

async function runAll(suite: Suite, units: readonly string[], place: Place): Promise<ReadonlyMap<string, Verdicts>> {
  const results = new Map<string, Verdicts>();
  const left = [...units];
  const worker = async () => {
    for (let unit = left.shift(); unit !== undefined; unit = left.shift()) results.set(unit, await suite.run(unit, place));
  };
  await Promise.all(Array.from({ length: suite.jobs }, worker));
  return results;
}

async function runPair(suite: Suite, unit: string, places: Places): Promise<Pair> {
  return { direct: await suite.run(unit, places.direct), tested: await suite.run(unit, places.tested) };
}

/** Cases whose verdicts were unlike in any run. */
function differing(pairs: readonly Pair[]): readonly Difference[] {
  const suspects = [...names(pairs)].filter((name) => pairs.some((pair) => pair.direct.get(name) !== pair.tested.get(name)));
  return suspects.map((name) => ({ name, direct: verdictsOf(pairs, "direct", name), tested: verdictsOf(pairs, "tested", name) }));
}

function names(pairs: readonly Pair[]): ReadonlySet<string> {
  return new Set(pairs.flatMap((pair) => sides.flatMap((side) => [...pair[side].keys()])));
}

function verdictsOf(pairs: readonly Pair[], side: Side, name: string): readonly string[] {
  return [...new Set(pairs.map((pair) => pair[side].get(name) ?? "no verdict"))];
}

function isSteady({ direct, tested }: Difference): boolean {
  return direct.every((verdict) => !tested.includes(verdict));
}

function tally(results: readonly Verdicts[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const verdict of results.flatMap((each) => [...each.values()])) {
    const word = /\s/.test(verdict) ? "different" : verdict;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
