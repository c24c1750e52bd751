// Lines → those that the built prefilter takes for harmless, asked of the generated bash itself; and what would be wrong with that.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Context, decide, type Engine } from "../src/decide.ts";
import { contextFor } from "./lines.ts";

const program = `
autobot_root=$1
. "$1/dist/prefilter.bash"
while IFS= read -r -d '' line; do
  if autobot_harmless_text "$line"; then echo yes; else echo no; fi
done`;

/** One answer a line. `root`: where the package is built. Lines are data to that bash: nothing of them runs. */
export function takenForHarmless(lines: readonly string[], root: string): readonly boolean[] {
  const input = lines.map((line) => `${line.replaceAll("\0", "")}\0`).join("");
  const { stdout, stderr, status } = spawnSync("/bin/bash", ["--norc", "-c", program, "prefilter", root], {
    input,
    encoding: "utf8",
    cwd: join(root, "src"),
    env: { PATH: "/usr/bin:/bin" },
    maxBuffer: 1024 * 1024 * 1024,
  });
  const answers = stdout.trimEnd().split("\n");
  if (status !== 0 || stderr !== "" || answers.length !== lines.length) throw new Error(`the prefilter gave ${answers.length} answers to ${lines.length} lines: ${stderr}`);
  return answers.map((answer) => answer === "yes");
}

/** Why the judge has to see a line; undefined where it has nothing to say in any place. */
function objection(line: string, engine: Engine): string | undefined {
  const { root } = engine.policies.fleet;
  const places: readonly Context[] = [contextFor(undefined), contextFor(root)];
  const denied = places.map((place) => decide(line, engine, place)).find(({ effective }) => effective === "deny");
  if (denied !== undefined) return `denied: ${[...denied.denials.map(({ rule }) => rule.id), ...denied.unknowns.map(({ message }) => message)].join(", ")}`;
  return undefined;
}

export interface Compared {
  /** How many lines the prefilter takes for harmless. */
  readonly harmless: number;
  /** Those of them that the engine denies. */
  readonly missed: readonly { readonly line: string; readonly why: string }[];
}

export function compared(lines: readonly string[], engine: Engine, root: string): Compared {
  const answers = takenForHarmless(lines, root);
  const harmless = lines.filter((_, index) => answers[index]);
  const missed = harmless.flatMap((line) => {
    const why = objection(line, engine);
    return why === undefined ? [] : [{ line, why }];
  });
  return { harmless: harmless.length, missed };
}
