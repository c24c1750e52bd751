// A syntax tree → the simple commands that running it would run, in the order of execution, with the state each one meets.
import type * as unbash from "unbash";
import { evaluateArithmetic } from "./arithmetic.ts";
import { runCommand } from "./command.ts";
import { type Context, deeper, isScarce, newOutput, type Status, spanOf, spend, withOwnChoices } from "./context.ts";
import { eachChoice, emit } from "./emit.ts";
import { expandInto, expandPattern, expandSingle, expandValue } from "./expand.ts";
import { expandText } from "./later.ts";
import { matches } from "./pattern.ts";
import { redirect } from "./redirect.ts";
import type { Stdin } from "./simple-command.ts";
import { adopt, bind, type Content, fork, functionKey, lookup, merge, type State, sameContent, unknown } from "./state.ts";
import { commonParts, patternParts, stored, textOf, type Value } from "./value.ts";
import { argumentsOf, assign, assignUnknown, knownText } from "./variable.ts";
import type { Word } from "./word.ts";

export function executeScript(context: Context, script: unbash.Script): void {
  runList(context, script.commands);
}

function runList(context: Context, statements: readonly unbash.Statement[]): Status {
  let status: Status = "success";
  for (const statement of statements) {
    spend(context, 1, statement);
    status = statement.background === true ? runSubshell(context, statement.command) : runNode(context, statement.command);
    if (context.state.ended === "stop") return undefined;
  }
  return status;
}

// In a copy of the state, which is then forgotten.
function runSubshell(context: Context, node: unbash.SyntaxNode): Status {
  return runNode({ ...context, state: fork(context.state) }, node);
}

export function runNode(context: Context, node: unbash.SyntaxNode): Status {
  switch (node.type) {
    case "Command":
      return runCommand(context, node);
    case "Pipeline":
      return runPipeline(context, node);
    case "AndOr":
      return runAndOr(context, node);
    case "Function":
      if (node.name.value !== "") bind(context.state, functionKey(node.name.value), [{ kind: "function", node, source: context.source }]);
      return "success";
    default:
      return runNested(context, node);
  }
}

function runNested(outer: Context, node: unbash.SyntaxNode): Status {
  const context = deeper(outer, node, {});
  if (context === undefined) return undefined;
  switch (node.type) {
    case "CompoundList":
      return runList(context, node.commands);
    case "BraceGroup":
      return runList(context, node.body.commands);
    case "Subshell":
      return runList({ ...context, state: fork(context.state) }, node.body.commands);
    case "Redirected":
      return runRedirected(context, node);
    case "If":
      return runIf(context, node);
    case "For":
    case "Select":
      return runFor(context, node);
    case "ArithmeticFor":
      return runArithmeticFor(context, node);
    case "While":
      return runWhile(context, node);
    case "Case":
      return runCase(context, node);
    case "Coproc":
      return runCoproc(context, node);
    case "TestCommand":
      return runTest(context, node.expression);
    case "ArithmeticCommand":
      return runArithmetic(context, node.expression);
    default:
      return undefined;
  }
}

function runArithmetic(context: Context, expression: unbash.ArithmeticExpression | undefined): Status {
  withOwnChoices(context.run, () => evaluateArithmetic(context, expression));
  return undefined;
}

function runPipeline(context: Context, node: unbash.Pipeline): Status {
  if (node.commands.length === 1) {
    const status = runNode(context, node.commands[0] as unbash.CommandNode);
    if (node.prefixes.every((prefix) => prefix.type !== "Negation")) return status;
    return status === "success" ? "failure" : status === "failure" ? "success" : undefined;
  }
  let { stdin } = context;
  node.commands.forEach((command, index) => {
    const last = index === node.commands.length - 1;
    const output = last ? context.output : newOutput();
    const from = context.run.commands.length;
    runNode({ ...context, state: fork(context.state), stdin, output }, command);
    if (last) return;
    stdin = pipedInput(context, output as NonNullable<typeof output>, from, spanOf(context, command));
  });
  return undefined;
}

function pipedInput(context: Context, output: { readonly pieces: readonly Word["pieces"][number][]; readonly known: boolean }, from: number, span: Word["span"]): Stdin {
  if (output.known) return { from: "text", text: { pieces: output.pieces, span } };
  return { from: "pipe", commands: context.run.commands.slice(from) };
}

function runAndOr(context: Context, node: unbash.AndOr): Status {
  let status = runNode(context, node.commands[0] as unbash.PipelineNode);
  node.operators.forEach((operator, index) => {
    const next = node.commands[index + 1];
    if (next === undefined) return;
    const wanted = operator === "&&" ? "success" : "failure";
    if (status === wanted || (status === "assumed" && wanted === "success")) status = runNode(context, next);
    else if (status === undefined || status === "assumed") {
      runBranches(context, [(branch) => runNode(branch, next)], true);
      status = undefined;
    }
  });
  return status;
}

/** Evaluates each branch in a copy of the state, then merges them; `orNone`: perhaps none of them runs. */
function runBranches(context: Context, branches: readonly ((context: Context) => void)[], orNone: boolean): void {
  merge(
    context.state,
    branches.map((branch) => runBranch(context, branch)),
    orNone,
  );
}

// Evaluates what perhaps runs in a copy of the state; what it prints is not certain.
function runBranch(context: Context, branch: (context: Context) => void): State {
  const state = fork(context.state);
  const output = context.output === undefined ? undefined : newOutput();
  branch({ ...context, state, output });
  if (context.output !== undefined && (output?.known === false || (output?.pieces.length ?? 0) > 0)) context.output.known = false;
  return state;
}

function runRedirected(context: Context, node: unbash.Redirected): Status {
  let status: Status;
  eachChoice(context, (inner) => {
    const redirected = redirect(inner, node.redirects);
    if (redirected.redirections.length > 0) emit(inner, { words: [], assignments: [], redirected, span: spanOf(context, node) });
    const body: Context = { ...inner, stdin: redirected.stdin, output: redirected.silent ? undefined : inner.output };
    for (const [descriptor, stdin] of redirected.inputs) bind(body.state, `${descriptor}<`, [{ kind: "input", stdin }]);
    withOwnChoices(context.run, () => {
      status = runNode(body, node.command);
    });
  });
  return status;
}

function runIf(context: Context, node: unbash.If): Status {
  const branches: State[] = [];
  let current = context;
  let overlays = 0;
  for (const { clause, then } of [node, ...node.elif]) {
    // the first clause always runs; what a later one assigns holds from there on
    const tested = clause === node.clause || overlays > maxOverlays ? current : { ...current, state: fork(current.state) };
    const status = runList(tested, clause.commands);
    if (tested.state.bindings.size > 0 && tested !== current) {
      current = tested;
      overlays++;
    }
    if (status === "failure") continue;
    branches.push(runBranch(current, (branch) => runList(branch, then.commands)));
    if (status === "success") return merged(context, branches);
  }
  if (node.else === undefined) branches.push(fork(current.state));
  else branches.push(runBranch(current, (branch) => runList(branch, (node.else as unbash.CompoundList).commands)));
  return merged(context, branches);
}

const maxOverlays = 64;

function merged(context: Context, branches: readonly State[]): Status {
  merge(context.state, branches, false);
  return undefined;
}

const maxRounds = 4096;

function runFor(context: Context, node: unbash.For | unbash.Select): Status {
  const words = loopWords(context, node);
  const name = node.name.value;
  const certain = words.every((word) => textOf(word.pieces) !== undefined && word.glob === undefined);
  const select = node.type === "Select";
  if (!select && certain && words.length <= (mayRead(context, node.body, name) ? maxRounds : fewRounds)) {
    runRounds(context, node, name, words);
    return undefined;
  }
  const values =
    certain && words.length > maxRounds
      ? [
          commonParts(
            words.map((word) => word.pieces),
            `$${name}`,
          ),
        ]
      : words.map((word) => stored(word.glob === true ? patternParts(word.pieces, `$${name}`) : word.pieces));
  runLoop(context, (round) => {
    bind(round.state, name, values.length > 16 || values.length === 0 ? [unknown(name)] : values.map((value) => ({ kind: "scalar", value })));
    runList(round, node.body.commands);
  });
  return undefined;
}

/** Rounds that the loop's variable cannot tell apart are worth evaluating one by one only where there are few. */
const fewRounds = 4;

function mayRead(context: Context, body: unbash.CompoundList, name: string): boolean {
  return context.source.text.slice(body.pos, body.end).includes(name);
}

function runRounds(outer: Context, node: unbash.For | unbash.Select, name: string, words: readonly Word[]): void {
  const context = { ...outer, loops: true };
  const { ended } = context.state;
  for (const word of words) {
    spend(context, 1, node);
    assign(context, name, word.pieces);
    runList(context, node.body.commands);
    context.state.ended = ended;
  }
}

function loopWords(context: Context, node: unbash.For | unbash.Select): readonly Word[] {
  if (node.wordlist === undefined)
    return (argumentsOf(context) ?? [[{ hole: "$@", why: "environment", splits: true } as const]]).map((pieces) => ({ pieces, span: spanOf(context, node.name) }));
  const words: Word[] = [];
  eachChoice(context, (inner) => {
    for (const word of node.wordlist ?? []) expandInto(inner, word, words);
  });
  return words;
}

/** A body that runs any number of times: evaluated until its changes to the state repeat. */
function runLoop(context: Context, body: (context: Context) => void): void {
  const { commands } = context.run;
  const from = commands.length;
  const { ended } = context.state;
  for (let pass = 0; ; pass++) {
    const state = runBranch({ ...context, loops: true }, body);
    state.ended = ended;
    const before = [...state.bindings.keys()].map((key) => lookup(context.state, key));
    merge(context.state, [state], true);
    const grown = [...state.bindings.keys()].filter((key, index) => grows(before[index], lookup(context.state, key)));
    const last = isScarce(context.run, 0.2) ? 1 : 2;
    if (grown.length === 0 || pass >= last) return;
    if (pass === last - 1) for (const key of grown) bind(context.state, key, [unknown(key)]);
    spend(context, commands.length - from);
    // the next pass gives these again, with what later rounds know
    commands.length = from;
  }
}

function grows(before: readonly Content[] | undefined, after: readonly Content[] | undefined): boolean {
  return after !== undefined && (before === undefined ? after.length > 1 : after.length !== before.length || after.some((one) => !before.some((other) => sameContent(one, other))));
}

function runArithmeticFor(context: Context, node: unbash.ArithmeticFor): Status {
  withOwnChoices(context.run, () => evaluateArithmetic(context, node.initialize));
  const counted = node.test !== undefined && evaluateArithmetic(trial(context), node.test) !== undefined;
  if (counted && runCounted(context, node)) return undefined;
  runLoop(context, (round) => {
    evaluateArithmetic(round, node.test);
    runList(round, node.body.commands);
    evaluateArithmetic(round, node.update);
  });
  return undefined;
}

function trial(context: Context): Context {
  return { ...context, state: fork(context.state) };
}

const maxCounted = 64;

// `for ((i = 0; i < 3; i++))` round by round; false where the text does not tell when it ends.
function runCounted(context: Context, node: unbash.ArithmeticFor): boolean {
  const from = context.run.commands.length;
  const attempt = { ...trial(context), loops: true };
  for (let round = 0; round < maxCounted; round++) {
    spend(context, 1, node);
    const test = evaluateArithmetic(attempt, node.test);
    if (test === 0) {
      adopt(context.state, attempt.state);
      return true;
    }
    if (test === undefined) break;
    runList(attempt, node.body.commands);
    attempt.state.ended = context.state.ended;
    evaluateArithmetic(attempt, node.update);
  }
  context.run.commands.length = from;
  return false;
}

function runWhile(context: Context, node: unbash.While): Status {
  runLoop(context, (round) => {
    const status = runList(round, node.clause.commands);
    if (status === (node.kind === "while" ? "failure" : "success")) return;
    runList(round, node.body.commands);
  });
  return undefined;
}

function runCase(context: Context, node: unbash.Case): Status {
  const values: Value[] = [];
  eachChoice(context, (inner) => values.push(expandValue(inner, node.word)));
  const subjects = values.map(textOf);
  const bodies: unbash.CaseItem[] = [];
  let certain = false;
  node.items.forEach((item, index) => {
    const verdicts = certain ? [false] : item.pattern.flatMap((pattern) => patternVerdicts(context, pattern, subjects));
    const falls = index > 0 && bodies.at(-1) === node.items[index - 1] && node.items[index - 1]?.terminator === ";&";
    if (falls || verdicts.some((verdict) => verdict !== false)) bodies.push(item);
    if (subjects.length === 1 && verdicts.includes(true) && item.terminator !== ";;&") certain = true;
  });
  if (certain && bodies.length === 1) return runList(context, (bodies[0] as unbash.CaseItem).body.commands);
  // what `;&` falls into is a branch of its own
  runBranches(
    context,
    bodies.map((item) => (branch: Context) => runList(branch, item.body.commands)),
    !certain,
  );
  return undefined;
}

function patternVerdicts(context: Context, pattern: unbash.Word, subjects: readonly (string | undefined)[]): (boolean | undefined)[] {
  const text = withOwnChoices(context.run, () => expandPattern(context, pattern));
  return subjects.map((subject) => (text === undefined || subject === undefined ? undefined : matches(text, subject)));
}

function runCoproc(context: Context, node: unbash.Coproc): Status {
  runSubshell({ ...context, stdin: { from: "pipe", commands: [] }, output: undefined }, node.body);
  assignUnknown(context, node.name?.value ?? "COPROC");
  return "assumed";
}

const arithmeticTests: ReadonlySet<string> = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);

function runTest(context: Context, expression: unbash.TestExpression): Status {
  switch (expression.type) {
    case "TestLogical":
      for (const operand of expression.operands) runTest(context, operand);
      return undefined;
    case "TestNot":
      runTest(context, expression.operand);
      return undefined;
    case "TestGroup":
      return runTest(context, expression.expression);
    case "TestUnary":
      eachChoice(context, (inner) => {
        const { pieces } = expandSingle(inner, expression.operand);
        if (expression.operator === "-v") expandText(inner, pieces);
      });
      return undefined;
    case "TestBinary":
      eachChoice(context, (inner) => runBinaryTest(inner, expression));
      return undefined;
  }
}

function runBinaryTest(context: Context, expression: unbash.TestBinaryExpression): void {
  for (const word of [expression.left, expression.right]) {
    const value = expandValue(context, word);
    if (!arithmeticTests.has(expression.operator)) continue;
    // operands are arithmetic: names in them are variables, whose values are arithmetic again
    expandText(context, value);
    const name = textOf(value);
    const content = name === undefined ? undefined : knownText(context, name);
    if (content !== undefined && content !== name) expandText(context, [{ text: content }]);
  }
}
