// Finds the utility that a name means: the built-in ones, and those a policy adds.
import type { Descriptor } from "../policy/descriptor.ts";
import { fromDescriptor } from "./descriptor.ts";
import { builtIn } from "./index.ts";
import { elsewhere } from "./lookup.ts";
import type { Utility } from "./utility.ts";

export interface Registry {
  /** By name without directories; a trailing version (`python3.11`, `pip3`) or `.exe` is ignored where no exact name matches. */
  find(name: string): Utility | undefined;
  /** Every name, built in or added. */
  readonly names: ReadonlySet<string>;
  /** Names that always reach other hosts. */
  readonly transports: ReadonlySet<string>;
  /** Names that may reach other hosts. */
  readonly reaching: ReadonlySet<string>;
  /** Names whose calls are judged again when they run: those, and those that take what they run out of sight. */
  readonly judged: ReadonlySet<string>;
}

/** A descriptor for a name that exists already adds to it: a policy can make a utility mean more, never less. */
export function createRegistry(descriptors: readonly Descriptor[]): Registry {
  const byName = new Map<string, Utility>();
  for (const utility of builtIn) for (const name of utility.names) byName.set(name, utility);
  for (const descriptor of descriptors) {
    const added = fromDescriptor(descriptor);
    for (const name of added.names) {
      const present = byName.get(name);
      byName.set(name, present === undefined ? added : union(present, added));
    }
  }
  const described = descriptors.filter((each) => each.runs?.some((run) => run.host !== undefined) ?? false).flatMap((each) => each.names);
  const touching = descriptors.filter((each) => each.effects?.some((effect) => effect.host !== undefined) ?? false).flatMap((each) => each.names);
  const transports = new Set([...[...byName].filter(([, utility]) => utility.transport === true).map(([name]) => name), ...described]);
  const optional = [...byName].filter(([, utility]) => utility.transport === "optional").map(([name]) => name);
  const reaching = new Set([...transports, ...optional, ...touching]);
  return {
    names: new Set(byName.keys()),
    transports,
    reaching,
    judged: new Set([...reaching, ...elsewhere]),
    find: (name) => byName.get(name) ?? byName.get(name.replace(/\.exe$/, "").replace(/-?\d+(\.\d+)*$/, "")),
  };
}

function union(first: Utility, second: Utility): Utility {
  return { ...first, confined: undefined, effects: (invocation) => [...first.effects(invocation), ...second.effects(invocation)] };
}
