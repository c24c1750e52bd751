// What a suite of shell tests is to `npm run conformance`: a tree to fetch and build, and units that each give verdicts.
import type { Account } from "./account.ts";

/** The shells that are compared: bash as it is, and the one under test. */
export const sides = ["direct", "tested"] as const;

export type Side = (typeof sides)[number];

/** Case → its verdict, in the suite's own words. */
export type Verdicts = ReadonlyMap<string, string>;

/**
 * Where one side of a comparison runs. Both sides' paths have the same length, and in each the shell is called `bash`,
 * because tests print `$0`, and tables have columns.
 */
export interface Place {
  readonly side: Side;
  /** The shell, an absolute path that ends in `/bash`. */
  readonly shell: string;
  /** The suite's tree: built, owned by the account, and this side's alone. */
  readonly tree: string;
  /** A writable directory for what the tests leave behind. */
  readonly scratch: string;
  readonly account: Account;
}

export interface Suite {
  readonly name: string;
  /** Debian's source package, where there is one. */
  readonly debian?: string;
  /** A file that only this suite's tree has. */
  readonly mark: string;
  /** What has to be installed to build and run it. */
  readonly needs: readonly string[];
  /** Builds the few programs that the tests start, in `tree`, once for both sides. `account` will run them. */
  build(tree: string, account: Account): Promise<void>;
  /** What can be run apart: test files. `short`: those that tell launchers apart within seconds. */
  units(tree: string, short: boolean): readonly string[];
  /** How many units may run at a time on one side: more than one where they do not get in each other's way. */
  readonly jobs: number;
  run(unit: string, place: Place): Promise<Verdicts>;
}

/** Cases that share a name are told apart by the order in which they come. */
export function verdicts(cases: Iterable<readonly [name: string, verdict: string]>): Verdicts {
  const seen = new Map<string, number>();
  const result = new Map<string, string>();
  for (const [name, verdict] of cases) {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    result.set(count === 1 ? name : `${name} (${count})`, verdict);
  }
  return result;
}
