// The policies in force where a shell stands now: they change with its directory, and when somebody writes a file.
import { statSync } from "node:fs";
import type { Engine } from "../decide.ts";
import { staying } from "./broken-policies.ts";
import { builtInEngine, type Loaded, type LoadedEngine, loadEngine } from "./engine.ts";
import { findLayers, type LayerFiles, layerPlaces } from "./layers.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `failure`: the policies here are not valid, and under `engine` nothing is done on another host. */
export interface InForce {
  readonly engine: Engine;
  readonly failure?: string;
}

/** `first`: what has been read just now. */
export function watchPolicies(environment: Environment, first?: Loaded): (cwd: string | undefined) => Promise<InForce> {
  let known = first === undefined ? undefined : { state: stateOfAll(first.layers), inForce: first as InForce };
  return async (cwd) => {
    const places = layerPlaces(environment, cwd);
    const state = stateOfAll(findLayers(places));
    if (known?.state !== state) known = { state, inForce: inForceIn(await loadEngine(places), known?.inForce.engine) };
    return known.inForce;
  };
}

/** `before`: whose rules hold on while the system's own policies are broken. */
function inForceIn(loaded: LoadedEngine, before: Engine = builtInEngine()): InForce {
  if (!("failure" in loaded)) return loaded;
  const { failure, faults, rest } = loaded;
  return { failure, engine: rest?.engine ?? staying(before, faults) };
}

function stateOfAll(layers: readonly LayerFiles[]): string {
  return layers.flatMap(({ directory, files }) => [directory, ...files].map(stateOf)).join("\n");
}

function stateOf(path: string): string {
  const { ino, size, mode, uid, ctimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return [path, ino, size, mode, uid, ctimeMs].join(" ");
}
