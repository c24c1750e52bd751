// The policies in force where a shell stands now: they change with its directory, and when somebody writes a file.
import { statSync } from "node:fs";
import type { Engine } from "../decide.ts";
import { builtInEngine, type LoadedEngine, loadEngine } from "./engine.ts";
import { findLayers, type LayerFiles, layerPlaces } from "./layers.ts";

/** `failure`: the policies here are not valid, and `engine` is that of the built-in ones. */
export interface InForce {
  readonly engine: Engine;
  readonly failure?: string;
}

/** `first`: what has been read just now. */
export function watchPolicies(environment: Readonly<Record<string, string | undefined>>, first?: LoadedEngine): (cwd: string | undefined) => Promise<InForce> {
  let known: { readonly state: string; readonly loaded: LoadedEngine } | undefined;
  if (first !== undefined && "layers" in first) known = { state: stateOfAll(first.layers), loaded: first };
  return async (cwd) => {
    const places = layerPlaces(environment, cwd);
    const state = stateOfAll(findLayers(places));
    if (known?.state !== state) known = { state, loaded: await loadEngine(places) };
    return "failure" in known.loaded ? { engine: builtInEngine(), failure: known.loaded.failure } : known.loaded;
  };
}

function stateOfAll(layers: readonly LayerFiles[]): string {
  return layers.flatMap(({ directory, files }) => [directory, ...files].map(stateOf)).join("\n");
}

function stateOf(path: string): string {
  const { ino, size, mode, uid, ctimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return [path, ino, size, mode, uid, ctimeMs].join(" ");
}
