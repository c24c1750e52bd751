// Policy layers → an Engine, or why there is none.
import { createEngine, type Engine } from "../decide.ts";
import { combine, type Layer } from "../policy/policies.ts";
import { builtIn } from "./built-in.ts";
import { findLayers, type LayerFiles, type LayerPlaces } from "./layers.ts";

export type LoadedEngine = { readonly engine: Engine; readonly layers: readonly LayerFiles[] } | { readonly failure: string };

export async function loadEngine(places: LayerPlaces): Promise<LoadedEngine> {
  const files = findLayers(places);
  if (files.length === 0) return { engine: builtInEngine(), layers: [] };
  const { readLayers, showIssues } = await import("./policy-files.ts");
  const read = readLayers(files);
  return "issues" in read ? { failure: policyFailure(showIssues(read.issues)) } : engineOf([builtIn, ...read.layers], files);
}

let defaults: Engine | undefined;

/** The engine of the default policies alone. Made once. */
export function builtInEngine(): Engine {
  if (defaults !== undefined) return defaults;
  const loaded = engineOf([builtIn], []);
  if ("failure" in loaded) throw new Error(loaded.failure);
  defaults = loaded.engine;
  return defaults;
}

function engineOf(policies: readonly Layer[], layers: readonly LayerFiles[]): LoadedEngine {
  const combined = combine(policies);
  if ("set" in combined) return { engine: createEngine(combined.set), layers };
  return { failure: policyFailure(combined.issues.map(({ file, path, message }) => `${file}: ${path}: ${message.replaceAll("\n", "\n  ")}`).join("\n")) };
}

function policyFailure(issues: string): string {
  return `the policies in force here are not valid; nothing was run\n${issues}\nmend the file, then see \`autobotctl policy check\``;
}
