// `$(…)`, backticks and `<(…)`: evaluates the commands inside, and gives what they print where the text tells.
import type * as unbash from "unbash";
import { type Context, deeper, newOutput, type Output, spanOf, spend, withOwnChoices } from "./context.ts";
import { written } from "./literal.ts";
import type { Stdin } from "./simple-command.ts";
import type { Source } from "./source.ts";
import { fork } from "./state.ts";
import { hole, type Value, withoutFinalNewlines } from "./value.ts";

type Substitution = unbash.CommandExpansionPart | unbash.ArithmeticCommandExpansion;

/** The value of a command substitution: known, or one hole. */
export function substitute(context: Context, node: Substitution): Value {
  const { outputs } = context.run.choices;
  const before = outputs.get(node) as Value | undefined;
  if (before !== undefined) return before;
  const output = run(context, node, context.stdin);
  const value = output?.known === true ? withoutFinalNewlines(output.pieces) : [hole(written(context.source, node.text), "command", true, spanOf(context, node).start)];
  outputs.set(node, value);
  return value;
}

/** What can be read from a process substitution; undefined: the text does not tell. */
export function processOutput(context: Context, node: unbash.ProcessSubstitutionPart): Value | undefined {
  const { outputs } = context.run.choices;
  if (outputs.has(node)) return outputs.get(node) as Value | undefined;
  const output = run(context, node, node.operator === "<" ? context.stdin : { from: "pipe", commands: [] });
  const value = output?.known === true && node.operator === "<" ? output.pieces : undefined;
  outputs.set(node, value);
  return value;
}

function run(context: Context, node: Substitution | unbash.ProcessSubstitutionPart, stdin: Stdin): Output | undefined {
  // reading the script costs its length, at each level of nesting anew
  spend(context, (node.end - node.pos) >> 3, node);
  const { script } = node;
  if (script === undefined) return undefined;
  const output = newOutput();
  const inner = deeper(context, node, { source: sourceOf(context, node, script), state: fork(context.state), stdin, output });
  if (inner === undefined) return undefined;
  withOwnChoices(context.run, () => context.run.evaluator.execute(inner, script));
  return output;
}

// Within backticks, backslashes are removed before the text is read: the script then has a text of its own.
function sourceOf(context: Context, node: { readonly text: string; readonly pos: number; readonly end: number }, script: unbash.ParsedScript): Source {
  const { source } = context;
  if (script.source === undefined) return source;
  const positions = backtickOffsets(node.text, script.source);
  return { ...source, text: script.source, origin: (offset) => source.origin(node.pos + (positions[Math.min(offset, positions.length - 1)] ?? 0)) };
}

// For each character of the decoded text its offset in the written one.
function backtickOffsets(written: string, decoded: string): number[] {
  const offsets: number[] = [];
  let at = 1;
  for (const character of decoded.split("")) {
    while (at < written.length && written[at] !== character) at++;
    offsets.push(at++);
  }
  return offsets;
}
