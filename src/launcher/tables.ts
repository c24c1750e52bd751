// What is kept of the policies in force for the launcher, which reads no policy: src/launcher/compiled.ts, src/launcher/rescue.ts.
import { existsSync } from "node:fs";
import { systemCache } from "../world/directory.ts";
import type { LoadedEngine } from "../world/engine.ts";
import type { LayerPlaces } from "../world/layers.ts";
import { keepPrefilter } from "./compiled.ts";
import { keepRescue } from "./rescue.ts";

/** Nothing where the built-in policies are alone. */
export function keepTables({ engine, layers }: Exclude<LoadedEngine, { readonly failure: string }>, places: LayerPlaces): void {
  if (layers.length > 0) keepPrefilter(engine, layers, places);
  if (process.getuid?.() === 0 && (layers.length > 0 || existsSync(systemCache))) keepRescue(engine, layers);
}
