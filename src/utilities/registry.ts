// Finds the utility that a name means: the built-in ones, and those a policy adds.
import type { Descriptor } from "../policy/descriptor.ts";
import { builtInNames, builtInUtility } from "./built-in.ts";
import { fromDescriptor } from "./descriptor.ts";
import { elsewhere } from "./lookup.ts";
import type { Utility } from "./utility.ts";

/** The sets are made when first asked for: most lines need none. */
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
  const added = new Set(descriptors.flatMap((descriptor) => descriptor.names));
  const joined = new Map<string, Utility>();
  const exactly = (name: string) => {
    if (!added.has(name)) return builtInUtility(name);
    const utility = joined.get(name) ?? join(name, descriptors);
    joined.set(name, utility);
    return utility;
  };
  const transporting = (kind: Utility["transport"]) => [
    ...builtInNames(kind).filter((name) => !added.has(name)),
    ...[...added].filter((name) => exactly(name)?.transport === kind),
  ];
  let names: ReadonlySet<string> | undefined;
  let transports: ReadonlySet<string> | undefined;
  let reaching: ReadonlySet<string> | undefined;
  return {
    find: (name) => exactly(name) ?? exactly(name.replace(/\.exe$/, "").replace(/-?\d+(\.\d+)*$/, "")),
    get names() {
      names ??= new Set([...builtInNames(), ...added]);
      return names;
    },
    get transports() {
      const described = descriptors.filter((each) => each.runs?.some((run) => run.host !== undefined) ?? false).flatMap((each) => each.names);
      transports ??= new Set([...transporting(true), ...described]);
      return transports;
    },
    get reaching() {
      const touching = descriptors.filter((each) => each.effects?.some((effect) => effect.host !== undefined) ?? false).flatMap((each) => each.names);
      reaching ??= new Set([...this.transports, ...transporting("optional"), ...touching]);
      return reaching;
    },
    get judged() {
      return new Set([...this.reaching, ...elsewhere]);
    },
  };
}

/** A name that a descriptor has. */
function join(name: string, descriptors: readonly Descriptor[]): Utility {
  const described = descriptors.filter(({ names }) => names.includes(name)).map(fromDescriptor);
  return [builtInUtility(name) ?? [], described].flat().reduce(union);
}

function union(first: Utility, second: Utility): Utility {
  return { ...first, confined: undefined, effects: (invocation) => [...first.effects(invocation), ...second.effects(invocation)] };
}
