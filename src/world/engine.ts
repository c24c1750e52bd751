// Policy layers → an Engine, or why there is none.
import { createEngine, type Engine } from "../decide.ts";
import { combine, type FileIssue, type Layer } from "../policy/policies.ts";
import { staying } from "./broken-policies.ts";
import { builtIn } from "./built-in.ts";
import { findLayers, type LayerFiles, type LayerPlaces } from "./layers.ts";

export interface Loaded {
  readonly engine: Engine;
  readonly layers: readonly LayerFiles[];
  /** Of policies that are left out, because they are not valid. */
  readonly warning?: string | undefined;
}

/** Some policy is not valid. */
export interface Broken {
  /** All faults, and what to do. */
  readonly failure: string;
  /** Each with its file. */
  readonly faults: readonly string[];
  /** What goes on meanwhile, under the other layers; undefined where the system's own policies are among the broken ones (docs/adr/0034). */
  readonly rest?: Loaded | undefined;
}

export type LoadedEngine = Loaded | Broken;

export async function loadEngine(places: LayerPlaces): Promise<LoadedEngine> {
  const files = findLayers(places);
  if (files.length === 0) return { engine: builtInEngine(), layers: [] };
  const { readLayers, showIssues } = await import("./policy-files.ts");
  const faults: string[] = [];
  for (let layers = files; ; ) {
    const read = readLayers(layers);
    const made = "issues" in read ? read : engineOf([builtIn, ...read.layers]);
    if ("engine" in made) return faults.length === 0 ? { ...made, layers } : without(faults, { ...made, layers });
    faults.push(...made.issues.map((issue) => showIssues([issue])));
    const whole = layers.filter((layer) => !made.issues.some(({ file }) => layer.files.includes(file)));
    const systems = ({ origin }: LayerFiles) => origin === "system";
    if (whole.length === layers.length || whole.some(systems) !== layers.some(systems)) return without(faults);
    layers = whole;
  }
}

function without(faults: readonly string[], rest?: Loaded): Broken {
  const said = `${faults.join("\n")}\nmend the file, then see \`autobotctl policy check\``;
  return {
    failure: `the policies in force here are not valid; nothing was run\n${said}`,
    faults,
    rest: rest && { ...rest, engine: staying(rest.engine, faults), warning: `warning: a policy here is not valid: until it is mended nothing is done on another host\n${said}` },
  };
}

let defaults: Engine | undefined;

/** The engine of the default policies alone. Made once. */
export function builtInEngine(): Engine {
  if (defaults !== undefined) return defaults;
  const made = engineOf([builtIn]);
  if ("issues" in made) throw new Error(made.issues.map(({ file, path, message }) => `${file}: ${path}: ${message}`).join("\n"));
  defaults = made.engine;
  return defaults;
}

function engineOf(policies: readonly Layer[]): { readonly engine: Engine } | { readonly issues: readonly FileIssue[] } {
  const combined = combine(policies);
  return "set" in combined ? { engine: createEngine(combined.set) } : combined;
}
