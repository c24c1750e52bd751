// Values that the shell expands a second time: subscripts in arithmetic, `let`, `${x@P}`, prompts.
import type { Context } from "./context.ts";
import { joinedSource } from "./source.ts";
import { fork } from "./state.ts";
import type { Value } from "./value.ts";
import { textWord } from "./word.ts";

// No text can hold it, so the body ends where the value does.
const delimiter = "\u0001END";

/** Finds the commands in a value that the shell expands again, quotes in it meaning nothing. */
export function expandText(context: Context, value: Value): void {
  if (!holdsCode(value)) return;
  const source = joinedSource([textWord(`: <<${delimiter}\n`), { pieces: value, span: { start: 0, end: 0 } }, textWord(`\n${delimiter}\n`)], "");
  const { commands } = context.run;
  const from = commands.length;
  context.run.evaluator.interpret({ ...context, state: fork(context.state), output: undefined }, source);
  // the last one is the command that the text was given to
  if (commands.length > from) commands.pop();
}

function holdsCode(value: Value): boolean {
  return value.some((piece) => "text" in piece && (piece.text.includes("$(") || piece.text.includes("`") || piece.text.includes("${")));
}
