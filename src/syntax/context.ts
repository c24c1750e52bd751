// What the parts of the evaluation share: the reading under way, and where a piece of code stands in it.
import type * as unbash from "unbash";
import { type Choices, newChoices } from "./choice.ts";
import type { Dialect, Issue, IssueCode, SimpleCommand, Stdin } from "./simple-command.ts";
import { originSpan, type Source } from "./source.ts";
import type { State } from "./state.ts";
import type { Value } from "./value.ts";
import type { Piece, Span, Word } from "./word.ts";

/** Limits; reading stops with an `over-budget` issue at the first one met. */
export interface Budget {
  /** UTF-16 units of the text; 1 MiB. */
  readonly length?: number;
  /** Nesting of substitutions, compound commands and function calls; 100. */
  readonly depth?: number;
  /** Simple commands, words and loop rounds; 200,000. */
  readonly work?: number;
}

export interface ReadOptions {
  readonly dialect: Dialect;
  /** What the commands get that inherit their standard input. */
  readonly stdin?: Stdin | undefined;
  /** Variables known where the text begins. */
  readonly environment?: Readonly<Record<string, string | Word | undefined>> | undefined;
  /** Variables of the code around this text, where `environment` does not name them. */
  readonly variable?: ((name: string) => Word | undefined) | undefined;
  /** A variable that `environment` does not name is unset, not unknown. */
  readonly environmentComplete?: boolean | undefined;
  /** `$0`, `$1` …; undefined: unknown. */
  readonly args?: readonly Word[] | undefined;
  /** Where the text begins; undefined: unknown. */
  readonly cwd?: Word | undefined;
  /** Aliases that the shell has before the text. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Functions likewise, by name: each as the code that defines it. */
  readonly functions?: Readonly<Record<string, string>> | undefined;
  /** A file that the shell reads into itself before the text. */
  readonly startFile?: string | undefined;
  /** Text of a file, by its path as the text has it and the directory that `cd` has led to; undefined where it cannot be read. */
  readonly readFile?: ((path: string, cwd: Word | undefined) => string | undefined) | undefined;
  readonly budget?: Budget | undefined;
}

/** One reading. */
export interface Run {
  readonly options: ReadOptions;
  readonly budget: Required<Budget>;
  readonly commands: SimpleCommand[];
  readonly issues: Issue[];
  /** Work done so far. */
  work: number;
  /** `exec` has replaced a standard input. */
  replacesStdin: boolean;
  /** The choices of the command being evaluated. */
  choices: Choices;
  /** Code that runs when the shell ends (`trap … EXIT`). */
  readonly traps: { readonly code: Word; readonly since: number }[];
  /** Texts of the files that have been read for their definitions. */
  readonly files: Set<string>;
  readonly evaluator: Evaluator;
}

/** The parts of the evaluation that need one another: scripts hold words, words hold arithmetic, arithmetic holds scripts. */
export interface Evaluator {
  /** Evaluates a script in a context. */
  execute(context: Context, script: unbash.Script): void;
  /** Evaluates a command of any kind. */
  node(context: Context, node: unbash.SyntaxNode): void;
  /** Parses and evaluates code in a context. */
  interpret(context: Context, source: Source): void;
  /** What a word expands to where no splitting takes place. */
  value(context: Context, word: unbash.Word): Value;
  /** The same for some of its parts. */
  parts(context: Context, parts: readonly unbash.WordPart[]): Value;
  /** A word as a pattern, quoted characters escaped; undefined: not known. */
  pattern(context: Context, word: unbash.Word): string | undefined;
  /** The output of `$(…)`. */
  substitute(context: Context, node: unbash.CommandExpansionPart | unbash.ArithmeticCommandExpansion): Value;
}

/** What a command has written to its standard output, as far as the text tells. */
export interface Output {
  readonly pieces: Piece[];
  known: boolean;
}

/** What is known of a command's exit status. `assumed`: success, unless something unusual happens. */
export type Status = "success" | "failure" | "assumed" | undefined;

export interface Context {
  readonly run: Run;
  /** The text that the nodes' offsets refer to. */
  readonly source: Source;
  readonly state: State;
  readonly stdin: Stdin;
  readonly output: Output | undefined;
  readonly depth: number;
  /** Inside a loop. */
  readonly loops: boolean;
  /** Functions and aliases being expanded, outermost first. */
  readonly calls: readonly string[];
}

export function newOutput(): Output {
  return { pieces: [], known: true };
}

const maxIssues = 200;

export function issue(context: Context, code: IssueCode, message: string, span: Span): void {
  const { issues } = context.run;
  if (context.source.inFile === true && code !== "over-budget") return;
  if (code === "over-budget" && issues.some((one) => one.message === message)) return;
  if (issues.length < maxIssues) issues.push({ code, message, span });
}

export function spanOf(context: Context, node: { readonly pos: number; readonly end: number }): Span {
  return originSpan(context.source, node.pos, node.end);
}

/** Ends a reading whose budget is used up: what was found so far stands, with an issue. */
export const exhausted = Symbol("exhausted");

/** Counts work; throws `exhausted` when there is none left. */
export function spend(context: Context, amount: number, node?: { readonly pos: number; readonly end: number }): void {
  const { run } = context;
  run.work += amount;
  if (run.work <= run.budget.work) return;
  issue(context, "over-budget", `more than ${run.budget.work} steps to read`, node === undefined ? { start: 0, end: 0 } : spanOf(context, node));
  throw exhausted;
}

/** One level deeper; undefined, with an issue, when that is too deep. */
export function deeper(context: Context, node: { readonly pos: number; readonly end: number }, change: Partial<Context>): Context | undefined {
  if (context.depth >= context.run.budget.depth) {
    issue(context, "over-budget", `nested more than ${context.run.budget.depth} deep`, spanOf(context, node));
    return undefined;
  }
  return { ...context, ...change, depth: context.depth + 1 };
}

/** Choices for a command. As the budget is used up, fewer combinations are told apart. */
export function freshChoices(run: Run): Choices {
  return newChoices(isScarce(run, 0.5) ? 1 : isScarce(run, 0.2) ? 4 : 16);
}

/** Whether more than this share of the budget has gone. */
export function isScarce(run: Run, share: number): boolean {
  return run.work > run.budget.work * share;
}

/** Evaluates with choices of its own, as a command within a command does. */
export function withOwnChoices<T>(run: Run, action: () => T): T {
  const saved = run.choices;
  run.choices = freshChoices(run);
  try {
    return action();
  } finally {
    run.choices = saved;
  }
}
