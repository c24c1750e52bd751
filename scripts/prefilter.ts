// Lines → those that the launcher takes for harmless, asked of its own code; and what would be wrong with that.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Context, decide, type Engine } from "../src/decide.ts";
import { formsHeader } from "./hook-forms.ts";
import { contextFor } from "./lines.ts";

/** A byte read too far ends it. */
const flags = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover"];

/** Undefined where there is no C compiler. Compiled once for each caller. */
export function compileReader(root: string): string | undefined {
  return compileWithLauncher(root, "ask", ["text", "prefilter"]);
}

/** The same of another program of tests/launcher/, with parts of the launcher. */
export function compileWithLauncher(root: string, name: string, parts: readonly string[]): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "autobot-sh-reader-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  writeFileSync(join(directory, "hook-forms.h"), formsHeader());
  const program = join(directory, name);
  const sources = [join(root, "tests", "launcher", `${name}.c`), ...parts.map((part) => join(root, "src", "launcher", `${part}.c`))];
  const { status, error, stderr } = spawnSync("cc", [...flags, "-I", directory, "-o", program, ...sources], { encoding: "utf8" });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(stderr);
  return program;
}

/** One answer a line. `reader`: from compileReader; `root`: where the package is built. */
export function takenForHarmless(lines: readonly string[], reader: string, root: string): readonly boolean[] {
  const input = lines.map((line) => `${line}\0`).join("");
  const { stdout, stderr, status } = spawnSync(reader, [join(root, "dist", "prefilter"), join(root, "dist", "judge.cjs")], {
    input,
    encoding: "utf8",
    maxBuffer: 1024 * 1024 * 1024,
  });
  const answers = stdout.trimEnd().split("\n");
  if (status !== 0 || stderr !== "" || answers.length !== lines.length) throw new Error(`the launcher's reader gave ${answers.length} answers to ${lines.length} lines: ${stderr}`);
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

/** Without NUL, which no argument has. */
export function compared(given: readonly string[], engine: Engine, reader: string, root: string): Compared {
  const lines = given.map((line) => line.replaceAll("\0", ""));
  const answers = takenForHarmless(lines, reader, root);
  const harmless = lines.filter((_, index) => answers[index]);
  const missed = harmless.flatMap((line) => {
    const why = objection(line, engine);
    return why === undefined ? [] : [{ line, why }];
  });
  return { harmless: harmless.length, missed };
}
