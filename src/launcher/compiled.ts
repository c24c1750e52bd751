// The prefilter's tables for other policies than the built-in ones, kept where the launcher looks for them (src/launcher/main.c),
// with what they were made from: once that has changed they are not believed.
import { lstatSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Engine } from "../decide.ts";
import { prefilterOf, showPrefilter } from "../prefilter.ts";
import { directoryName, layerOf, variant } from "../run/shims.ts";
import { account } from "../world/account.ts";
import { makeDirectories, systemCache } from "../world/directory.ts";
import type { LayerFiles, LayerPlaces } from "../world/layers.ts";
import { replaceFile } from "../world/replace-file.ts";

const systems = `${systemCache}/prefilter`;

/** Makes them where they are missing or stale. Never fails: without them the judge is asked. */
export function keepPrefilter(engine: Engine, layers: readonly LayerFiles[], places: LayerPlaces): void {
  const file = placeOf(layers, places);
  if (file === undefined) return;
  const made = `${dependencies(layers, places)
    .map((path) => `d ${stateOf(path)} ${path}`)
    .join("\n")}\n`;
  try {
    if (readFileSync(file, "utf8").startsWith(made)) return;
  } catch {
    // None yet.
  }
  const prefilter = prefilterOf(engine);
  put(file, `${made}v ${variant(layerOf(engine))}\n${prefilter === undefined ? "" : showPrefilter(prefilter)}`);
}

/** Undefined where the launcher looks for none, or this user cannot make it. */
function placeOf(layers: readonly LayerFiles[], places: LayerPlaces): string | undefined {
  const own = layers.some(({ origin }) => origin !== "system");
  if (lstatSync(places.system, { throwIfNoEntry: false }) !== undefined) return own || process.getuid?.() !== 0 ? undefined : systems;
  const home = account()?.home;
  if (home === undefined || !own) return undefined;
  const project = layers.findLast(({ origin, directory }) => origin === "project" && directory !== places.configured);
  const configured = places.configured !== undefined && lstatSync(places.configured, { throwIfNoEntry: false }) !== undefined ? dirname(places.configured) : "";
  return join(home, ".cache", "autobot-sh", "prefilter", directoryName(`${configured}:${project === undefined ? "" : dirname(project.directory)}`));
}

/** Directories too: a new file is a change of its directory. */
function dependencies(layers: readonly LayerFiles[], { system, user, configured }: LayerPlaces): readonly string[] {
  const places = [system, user, configured].flatMap((place) => place ?? []);
  return [...new Set([join(dirname(process.argv[1] ?? ""), "judge.cjs"), ...places, ...layers.flatMap(({ directory, files }) => [directory, ...files])])].filter(
    (path) => !path.includes("\n"),
  );
}

/** `seconds.nanoseconds size`, or that it is not there. */
function stateOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return "- -";
  const second = 1_000_000_000n;
  return `${stat.mtimeNs / second}.${String(stat.mtimeNs % second).padStart(9, "0")} ${stat.size}`;
}

function put(file: string, text: string): void {
  try {
    makeDirectories(dirname(file), file === systems ? 0o755 : 0o700);
    // The system's are read by everybody.
    replaceFile(file, text, { mode: file === systems ? 0o644 : 0o600 });
  } catch {
    // The judge is asked then.
  }
}
