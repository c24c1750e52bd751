// A file that the shell reads into itself (`source lib.sh`, an agent's snapshot of the user's shell) → the functions and aliases
// that it may have defined. What else it does is read where the command that names it is followed.
import { type Context, deeper, exhausted, type Run } from "./context.ts";
import { bind, type Content, fork, lookup, type State, unset } from "./state.ts";
import type { Span, Word } from "./word.ts";

/** Longer ones define more than a line calls, and cost more to read than it does. */
const maxLength = 1 << 18;
const maxWork = 20_000;

/** `span`: the words that name the file. Once for each file. */
export function readDefinitions(context: Context, path: string, cwd: Word | undefined, span: Span): void {
  const { run } = context;
  const text = run.options.readFile?.(path, cwd);
  if (text === undefined || text.length > maxLength || text.includes("\0") || run.files.has(text)) return;
  run.files.add(text);
  const state = fork(context.state);
  const apart: Run = { ...run, budget: { ...run.budget, work: maxWork }, commands: [], issues: [], work: 0, traps: [] };
  const inner = deeper({ ...context, run: apart, state, output: undefined }, noWhere, {});
  if (inner === undefined) return;
  try {
    run.evaluator.interpret(inner, { text, holes: new Map(), origin: () => span.start, span, inFile: true });
  } catch (error) {
    // What it had defined by then still counts.
    if (error !== exhausted) throw error;
  }
  for (const [name, { contents }] of state.bindings) define(context.state, name, contents.filter(isDefinition));
}

const noWhere = { pos: 0, end: 0 };

function isDefinition({ kind }: Content): boolean {
  return kind === "function" || kind === "alias";
}

/** Beside what the name has been: how far the file is read at run time, and what it says then, its text does not tell. */
function define(state: State, name: string, contents: readonly Content[]): void {
  if (contents.length === 0) return;
  const before = lookup(state, name)?.filter((content) => content !== unset && !contents.includes(content)) ?? [];
  bind(state, name, [...before, ...contents]);
}
