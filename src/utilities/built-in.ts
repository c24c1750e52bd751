// The built-in utilities by name. In the judge the build puts a table in place of this file, from which the few that a
// line names are found without evaluating the others (scripts/on-demand.js).
import { builtIn } from "./index.ts";
import type { Utility } from "./utility.ts";

const byName = new Map(builtIn.flatMap((utility) => utility.names.map((name) => [name, utility] as const)));

export function builtInUtility(name: string): Utility | undefined {
  return byName.get(name);
}

/** All names, or those of utilities with this `transport`. */
export function builtInNames(transport?: Utility["transport"]): readonly string[] {
  const all = [...byName];
  return (transport === undefined ? all : all.filter(([, utility]) => utility.transport === transport)).map(([name]) => name);
}
