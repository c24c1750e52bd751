// Who gets a shell where the guard cannot work → the small file of root's in which the launchers look it up: by then it may be
// the policy that is broken (docs/adr/0017, src/launcher/rescue.c).
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Engine } from "../decide.ts";
import { makeDirectories, systemCache } from "../world/directory.ts";
import type { LayerFiles } from "../world/layers.ts";
import { replaceFile } from "../world/replace-file.ts";

const place = `${systemCache}/rescue`;

/** For root's judge, under policies that are valid: only the system's may name users. Never fails: without it, root alone is rescued. */
export function keepRescue({ policies }: Engine, layers: readonly LayerFiles[]): void {
  const { rescue } = policies.settings;
  const bySystem = layers.some(({ origin }) => origin === "system");
  const lines = !bySystem ? [] : [...idsOf("u", "/etc/passwd", rescue?.users ?? []), ...idsOf("g", "/etc/group", rescue?.groups ?? [])];
  const text = lines.map((line) => `${line}\n`).join("");
  if (read(place) === text) return;
  try {
    if (text === "") return rmSync(place, { force: true });
    makeDirectories(dirname(place), 0o755);
    replaceFile(place, text, { mode: 0o644 });
  } catch {
    // A read-only /var, say.
  }
}

/** passwd(5) and group(5) both begin with name and password, and the number is third. A name that is not there is left out. */
function idsOf(kind: "u" | "g", file: string, names: readonly string[]): readonly string[] {
  const entries = read(file)
    .split("\n")
    .map((line) => line.split(":"));
  return names.flatMap((name) => entries.filter(([each]) => each === name).flatMap(([, , id]) => (id !== undefined && /^\d+$/.test(id) ? [`${kind} ${id}`] : [])));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
