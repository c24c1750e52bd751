// Shell code → the simple commands that running it would run, and what its text does not tell.
import { newChoices } from "./choice.ts";
import { type Budget, type Context, deeper, type Evaluator, exhausted, issue, type ReadOptions, type Run, spend } from "./context.ts";
import { readDefinitions } from "./definitions.ts";
import { executeScript, runNode } from "./evaluate.ts";
import { expandParts, expandPattern, expandValue } from "./expand.ts";
import { parseSource } from "./parse.ts";
import type { Issue, Reading } from "./simple-command.ts";
import { joinedSource, originSpan, type Source } from "./source.ts";
import { fork, newState } from "./state.ts";
import { substitute } from "./substitution.ts";

export type { ReadOptions } from "./context.ts";

const defaults: Required<Budget> = { length: 1 << 20, depth: 100, work: 200_000 };

const evaluator: Evaluator = { execute: executeScript, interpret, node: runNode, parts: expandParts, pattern: expandPattern, substitute, value: expandValue };

/** Reads a text as the shell of `dialect` would. Never throws: what cannot be read is an issue. */
export function read(source: Source, options: ReadOptions): Reading {
  const run: Run = {
    options,
    budget: { ...defaults, ...options.budget },
    commands: [],
    issues: [],
    work: 0,
    replacesStdin: false,
    choices: newChoices(1),
    traps: [],
    files: new Set(),
    evaluator,
  };
  const context: Context = { run, source, state: newState(), stdin: options.stdin ?? { from: "inherit" }, output: undefined, depth: 0, loops: false, calls: [] };
  try {
    for (const text of Object.values(options.functions ?? {})) interpret(context, definition(text));
    if (options.startFile !== undefined) readDefinitions(context, options.startFile, undefined, { start: 0, end: 0 });
    interpret(context, source);
    runTraps(context);
  } catch (error) {
    if (error !== exhausted) run.issues.push(failure(error, source));
  }
  return { commands: run.commands, issues: run.issues };
}

/** Where a function that the shell has is called, there its body stands (src/syntax/function.ts). */
function definition(text: string): Source {
  return { text, holes: new Map(), origin: () => 0, span: { start: 0, end: 0 } };
}

function interpret(outer: Context, source: Source): void {
  // Text that is parsed again and again costs more than the text itself does once.
  spend(outer, outer.depth === 0 ? 1 : 4 + (source.text.length >> 3));
  const context = deeper(outer, { pos: 0, end: 0 }, { source: outer.source.inFile === true ? { ...source, inFile: true } : source });
  if (context === undefined) return;
  const { script, issues } = parseSource(source, context.run.options.dialect, context.run.budget.length);
  for (const one of issues) issue(context, one.code, one.message, one.span);
  if (script !== undefined) executeScript(context, script);
}

// What `trap` has set runs at the end again, with the variables as they are then.
function runTraps(context: Context): void {
  for (const { code, since } of context.run.traps.slice(0, 16)) {
    if (context.state.clock.now > since) interpret({ ...context, state: fork(context.state) }, joinedSource([code]));
  }
}

function failure(error: unknown, source: Source): Issue {
  const overflow = error instanceof RangeError;
  return {
    code: overflow ? "over-budget" : "unreadable",
    message: overflow ? "nested too deep to read" : `the text cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    span: originSpan(source, 0, source.text.length),
  };
}
