// Lists a simple command with all that is known where it runs.
import { nextPass } from "./choice.ts";
import { type Context, freshChoices } from "./context.ts";
import type { Redirected } from "./redirect.ts";
import type { Assignment, SimpleCommand } from "./simple-command.ts";
import { directory, lookup } from "./state.ts";
import { wordAt } from "./variable.ts";
import type { Span, Word } from "./word.ts";

export interface Emission {
  readonly words: readonly Word[];
  readonly assignments: readonly Assignment[];
  readonly redirected: Redirected;
  readonly span: Span;
}

export function emit(context: Context, { words, assignments, redirected, span }: Emission): SimpleCommand {
  const time = context.state.clock.now;
  const command: SimpleCommand = {
    words,
    assignments,
    redirections: redirected.redirections,
    stdin: redirected.stdin,
    cwd: currentDirectory(context),
    variable: (name) => assignments.findLast((one) => one.name === name)?.value ?? wordAt(context, name, time),
    span,
    inFile: context.source.inFile,
  };
  context.run.commands.push(command);
  return command;
}

/** Where `cd` has led; the caller's directory, or undefined, before that. */
export function currentDirectory(context: Context): Word | undefined {
  const content = lookup(context.state, directory)?.[0];
  if (content === undefined) return context.run.options.cwd;
  return content.kind === "scalar" ? { pieces: content.value, span: noSpan } : undefined;
}

const noSpan: Span = { start: 0, end: 0 };

/** Does it once for each combination of the values that the words in it may have. */
export function eachChoice(context: Context, action: (context: Context) => void): void {
  const { run } = context;
  const saved = run.choices;
  const choices = freshChoices(run);
  do {
    run.choices = choices;
    action(context);
  } while (nextPass(choices));
  run.choices = saved;
}
