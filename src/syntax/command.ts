// A simple command of the syntax tree → the commands it stands for: itself, a function's body, an alias, what `eval` reads.
import type * as unbash from "unbash";
import { expandAlias } from "./alias.ts";
import { asArgument, asWord, type Prepared, perform, prepare } from "./assignment.ts";
import { builtins, type Invocation, unlisted } from "./builtins.ts";
import { nextPass } from "./choice.ts";
import { type Context, freshChoices, type Status, spanOf, spend } from "./context.ts";
import { emit } from "./emit.ts";
import { expandInto } from "./expand.ts";
import { callFunction } from "./function.ts";
import { outputOf } from "./output.ts";
import { type Placeholder, placeholdersIn } from "./placeholder.ts";
import { type Redirected, redirect } from "./redirect.ts";
import type { SimpleCommand } from "./simple-command.ts";
import { bind, fork, functionKey, lookup, merge, type State } from "./state.ts";
import { contentsOf } from "./variable.ts";
import { known, type Span, type Word } from "./word.ts";

/** A command's words after expansion. */
interface Expanded {
  readonly words: readonly Word[];
  readonly declarations: readonly Prepared[];
  readonly assignments: readonly Prepared[];
  readonly redirected: Redirected;
}

/** A command costs about as much as so many words. */
const commandSteps = 10;

export function runCommand(context: Context, node: unbash.Command): Status {
  const { run } = context;
  const saved = run.choices;
  const choices = freshChoices(run);
  let status: Status;
  let states: State[] | undefined;
  do {
    run.choices = choices;
    const expanded = expand(context, node);
    if (choices.met === 0 && states === undefined) status = runExpanded(context, node, expanded);
    else {
      states ??= [];
      const state = fork(context.state);
      status = runExpanded({ ...context, state }, node, expanded);
      states.push(state);
    }
  } while (nextPass(choices));
  run.choices = saved;
  if (states !== undefined) {
    merge(context.state, states, false);
    if (context.output !== undefined && states.length > 1) context.output.known = false;
  }
  return status;
}

function expand(context: Context, node: unbash.Command): Expanded {
  const words: Word[] = [];
  const declarations: Prepared[] = [];
  const replaced = new Map<unbash.Redirection, unbash.Redirection | undefined>();
  if (node.name !== undefined) expandInto(context, node.name, words);
  let previous: unbash.Command["suffix"][number] | undefined;
  const placeholders = placeholdersIn(node);
  for (const item of node.suffix) {
    const placeholder = placeholders.get(item);
    if (placeholder !== undefined && !isMadeHere(context, placeholder)) {
      expandPlaceholder(context, node, placeholder, words);
      replaced.set(placeholder.open, undefined);
      if (!mayWrite(placeholder)) replaced.set(placeholder.close, undefined);
      const descriptor = descriptorAfter(node, placeholder);
      if (descriptor !== undefined) replaced.set(descriptor.item, descriptor.meant);
    } else if (item.type === "Word") expandArgument(context, item, previous, words);
    else if (item.type === "Assignment") {
      const declaration = prepare(context, item);
      declarations.push(declaration);
      words.push(asArgument(context, declaration));
    }
    previous = item;
  }
  const redirected = redirect(context, replaced.size === 0 ? node.redirects : node.redirects.flatMap((each) => (replaced.has(each) ? (replaced.get(each) ?? []) : each)));
  const assignments: Prepared[] = [];
  for (const item of node.prefix) if (item.type === "Assignment") assignments.push(prepare(context, item));
  return { words, declarations, assignments, redirected };
}

/** A file that the line itself has made is one. */
function isMadeHere({ run }: Context, { open }: Placeholder): boolean {
  return run.commands.some(({ redirections }) => redirections.some(({ target }) => known(target) === open.target?.text));
}

/** Where a file of the first name is there, the shell writes the second: a path counts as both. Options, bare names and quoted commands are only words. */
function mayWrite({ close: { target, pos } }: Placeholder): boolean {
  return target !== undefined && target.pos !== pos + 1 && !/^(?:-.*|[\w-]+|[^/~.].*\s.*)$/s.test(target.value);
}

/** The placeholder as a word, or a part of one, that nobody knows, and the word after it, which looked like the target of a redirection. */
function expandPlaceholder(context: Context, node: unbash.Command, { open, close, joined }: Placeholder, words: Word[]): void {
  const span = { start: spanOf(context, open).start, end: spanOf(context, { pos: close.pos, end: close.pos + 1 }).end };
  const word: Word = { pieces: [{ hole: `<${open.target?.text ?? ""}>`, why: "other", splits: false }], span };
  const last = joined ? words.pop() : undefined;
  words.push(last === undefined ? word : join(last, word));
  const { target } = close;
  if (target === undefined || descriptorAfter(node, { close }) !== undefined) return;
  const from = words.length;
  expandInto(context, target, words);
  const next = words[from];
  if (target.pos === close.pos + 1 && next !== undefined) words.splice(from - 1, 2, join(words[from - 1] as Word, next));
}

/** `<name> 2>&1`: the word after it is the descriptor of the redirection that it touches. */
function descriptorAfter({ redirects }: unbash.Command, { close: { target, end } }: Pick<Placeholder, "close">) {
  if (target === undefined || !/^\d$/.test(target.text)) return undefined;
  const item = redirects.find((each) => each.type === "Redirect" && each.pos === end);
  return item && { item, meant: { ...item, descriptor: { type: "FileDescriptor", pos: target.pos, end: target.end, value: Number(target.text) } } as const };
}

function join(first: Word, second: Word): Word {
  return { pieces: [...first.pieces, ...second.pieces], span: { start: first.span.start, end: second.span.end } };
}

// The parser splits `--f=<(…)` in two.
function expandArgument(context: Context, item: unbash.Word, previous: unbash.Command["suffix"][number] | undefined, words: Word[]): void {
  const from = words.length;
  expandInto(context, item, words);
  if (previous?.type !== "Word" || previous.end !== item.pos || from === 0 || words.length === from) return;
  const first = words[from - 1] as Word;
  const second = words[from] as Word;
  words.splice(from - 1, 2, join(first, second));
}

function runExpanded(context: Context, node: unbash.Command, expanded: Expanded): Status {
  spend(context, commandSteps, node);
  const { words, assignments, redirected } = expanded;
  const span = spanOf(context, node);
  if (words.length === 0) {
    for (const assignment of assignments) perform(context, assignment);
    const command = emit(context, { words, assignments: assignments.map((one) => asWord(context, one)), redirected, span });
    write(context, command, redirected);
    return "assumed";
  }
  const invocation: Invocation = { ...peel(words), declarations: expanded.declarations, redirected, ambient: context.stdin, span };
  return underAssignments(context, assignments, (inner) => runWords(inner, node, words, assignments, invocation));
}

// `command` and `builtin` keep a builtin's effect on the shell.
function peel(words: readonly Word[]): { readonly name: string | undefined; readonly operands: readonly Word[]; readonly direct: boolean } {
  let at = 0;
  while (isPeeled(known(words[at]))) {
    at++;
    while (known(words[at]) === "-p" || known(words[at]) === "--") at++;
  }
  return { name: known(words[at]), operands: words.slice(at + 1), direct: at === 0 };
}

function isPeeled(name: string | undefined): boolean {
  return name === "command" || name === "builtin";
}

function runWords(context: Context, node: unbash.Command, words: readonly Word[], assignments: readonly Prepared[], invocation: Invocation): Status {
  const { name, redirected, span } = invocation;
  if (name !== undefined && invocation.direct) {
    expandAlias(context, node, redirected);
    const called = callIfFunction(context, name, words, redirected, span);
    if (called) {
      if (redirected.redirections.length > 0) emit(context, { words: [], assignments: [], redirected, span });
      return undefined;
    }
  }
  const builtin = name === undefined ? undefined : builtins.get(name);
  const listed = name === undefined || !unlisted(invocation);
  if (listed || redirected.redirections.length > 0) {
    const command = emit(context, { words: listed ? words : [], assignments: assignments.map((one) => asWord(context, one)), redirected, span });
    if (listed) write(context, command, redirected);
  }
  return builtin?.({ ...context, stdin: redirected.stdin, output: redirected.silent ? undefined : context.output }, invocation);
}

function callIfFunction(context: Context, name: string, words: readonly Word[], redirected: Redirected, span: Span): boolean {
  const contents = lookup(context.state, functionKey(name));
  if (contents === undefined) return false;
  let certain = true;
  for (const content of contents) {
    if (content.kind !== "function") certain = false;
    else callFunction(context, name, content, words, redirected, span);
  }
  return certain;
}

/** `X=1 command`: the assignments hold while the command runs. */
function underAssignments(context: Context, assignments: readonly Prepared[], action: (context: Context) => Status): Status {
  if (assignments.length === 0) return action(context);
  const before = assignments.map(({ name }) => [name, contentsOf(context, name)] as const);
  for (const assignment of assignments) perform(context, assignment);
  const status = action(context);
  for (const [name, contents] of before) bind(context.state, name, contents);
  return status;
}

function write(context: Context, command: SimpleCommand, redirected: Redirected): void {
  const { output } = context;
  if (output === undefined || redirected.silent || !output.known) return;
  const printed = outputOf(command, context.run.options.dialect === "sh");
  if (printed === undefined) output.known = false;
  else output.pieces.push(...printed);
}
