// The shell's own utilities that change what later words mean, or run their operands as code.
import type { Prepared } from "./assignment.ts";
import { perform, splitAssignment } from "./assignment.ts";
import { type Context, type Status, spend } from "./context.ts";
import { readDefinitions } from "./definitions.ts";
import { changeDirectory, popDirectory, pushDirectory } from "./directory.ts";
import { currentDirectory } from "./emit.ts";
import { readArray, readVariables } from "./input.ts";
import { expandText } from "./later.ts";
import { printFormatted } from "./output.ts";
import type { Redirected } from "./redirect.ts";
import type { Stdin } from "./simple-command.ts";
import { joinedSource } from "./source.ts";
import { aliasKey, bind, fork, functionKey, inputKey, makeLocal, unset } from "./state.ts";
import { textOf, type valueOf } from "./value.ts";
import { argumentsOf, assign, assignArray, assignElement, assignUnknown, certainOf, contentsOf, isName, joined, listed, scalarOf, setArguments, targetOf } from "./variable.ts";
import { known, type Span, textWord, type Word } from "./word.ts";

export interface Invocation {
  /** The builtin behind `command` and `builtin`. */
  readonly name: string | undefined;
  readonly operands: readonly Word[];
  /** Without `command` or `builtin` before it. */
  readonly direct: boolean;
  /** Assignments among the operands, in their order. */
  readonly declarations: readonly Prepared[];
  readonly redirected: Redirected;
  /** The standard input around the command. */
  readonly ambient: Stdin;
  readonly span: Span;
}

type Builtin = (context: Context, invocation: Invocation) => Status;

/** Whether the command is not listed itself, what it runs being listed instead. */
export function unlisted({ name, operands, redirected }: Invocation): boolean {
  if (name === "eval") return true;
  return (name === "source" || name === ".") && sourcedText(operands, redirected) !== undefined;
}

function evaluateWords(context: Context, { operands }: Invocation): Status {
  const words = known(operands[0]) === "--" ? operands.slice(1) : operands;
  context.run.evaluator.interpret(context, joinedSource(words));
  return undefined;
}

// Text that `.` reads from a process substitution or its own standard input.
function sourcedText(operands: readonly Word[], redirected: Redirected): Word | undefined {
  const file = operands[0];
  if (file?.content !== undefined) return file.content;
  const path = known(file);
  const fromInput = path === "/dev/stdin" || path === "/dev/fd/0" || path === "/proc/self/fd/0";
  return fromInput && redirected.stdin.from === "text" ? redirected.stdin.text : undefined;
}

function sourceFile(context: Context, { operands, redirected, span }: Invocation): Status {
  const text = sourcedText(operands, redirected);
  const path = known(operands[0]);
  if (text !== undefined) context.run.evaluator.interpret(context, joinedSource([text]));
  else if (path !== undefined) readDefinitions(context, path, currentDirectory(context), span);
  return undefined;
}

function setTrap(context: Context, { operands }: Invocation): Status {
  const words = known(operands[0]) === "--" ? operands.slice(1) : operands;
  const [code] = words;
  const text = known(code);
  if (code === undefined || words.length < 2 || text === "-" || text === "" || text === "-p" || text === "-l") return "assumed";
  context.run.evaluator.interpret({ ...context, state: fork(context.state), output: undefined }, joinedSource([code]));
  context.run.traps.push({ code, since: context.state.clock.now });
  return "assumed";
}

function setAliases(context: Context, { operands }: Invocation): Status {
  for (const operand of operands) {
    const split = splitAssignment(operand);
    if (split !== undefined) bind(context.state, aliasKey(split.name), [{ kind: "alias", value: split.value }]);
  }
  return "assumed";
}

function unsetAliases(context: Context, { operands }: Invocation): Status {
  for (const operand of operands) {
    const name = known(operand);
    if (name !== undefined) bind(context.state, aliasKey(name), [unset]);
  }
  return "assumed";
}

// `hash -p path name`: the name runs the path from now on.
function hashCommands(context: Context, { operands }: Invocation): Status {
  const [option, path, name] = operands;
  const text = known(name);
  if (known(option) === "-p" && path !== undefined && text !== undefined) bind(context.state, aliasKey(text), [{ kind: "alias", value: path.pieces }]);
  return "assumed";
}

function declare(context: Context, invocation: Invocation): Status {
  const { operands, declarations, name } = invocation;
  const options = operands
    .map((word) => known(word) ?? "")
    .filter((text) => text.startsWith("-"))
    .join("");
  const local = name === "local" || ((name === "declare" || name === "typeset") && !options.includes("g"));
  if (options.includes("f") || options.includes("p")) return "assumed";
  for (const operand of operands) declareWord(context, operand, options, local, declarations);
  for (const declaration of declarations) {
    if (local) makeLocal(context.state, declaration.name);
    declareAttributes(context, declaration.name, options, Array.isArray(declaration.value) && declaration.array);
    if (options.includes("i") && !declaration.array) expandText(context, declaration.value as ReturnType<typeof valueOf>);
    if (!bindReference(context, declaration.name, options, declaration.array ? undefined : textOf(declaration.value as ReturnType<typeof valueOf>))) perform(context, declaration);
  }
  return "assumed";
}

// Operands that no assignment of the syntax tree stands for: a bare name, or `name=value` made by an expansion.
function declareWord(context: Context, operand: Word, options: string, local: boolean, declarations: readonly Prepared[]): void {
  const bare = known(operand);
  if (bare !== undefined && isName(bare)) {
    if (local) {
      makeLocal(context.state, bare);
      bind(context.state, bare, [unset]);
    }
    declareAttributes(context, bare, options, false);
    return;
  }
  const split = splitAssignment(operand);
  if (split === undefined || !isName(split.name) || declarations.some((one) => one.name === split.name)) return;
  if (local) makeLocal(context.state, split.name);
  if (options.includes("i")) expandText(context, split.value);
  if (bindReference(context, split.name, options, textOf(split.value))) return;
  const before = split.append ? (scalarOf(contentsOf(context, split.name)[0] ?? unset) ?? []) : [];
  assign(context, split.name, joined(context, before, split.value));
}

function declareAttributes(context: Context, name: string, options: string, isArray: boolean): void {
  const associative = options.includes("A");
  if (!associative && !(options.includes("a") && isArray)) return;
  const content = contentsOf(context, name)[0];
  if (content?.kind !== "array" || content.associative !== associative) assignArray(context, name, new Map(), associative);
}

function bindReference(context: Context, name: string, options: string, target: string | undefined): boolean {
  if (!options.includes("n") || target === undefined || !isName(target) || target === name) return false;
  bind(context.state, name, [{ kind: "reference", name: target }]);
  return true;
}

function setOptions(context: Context, { operands }: Invocation): Status {
  for (let at = 0; at < operands.length; at++) {
    const text = known(operands[at]);
    if (text === "--" || text === "-") return setPositional(context, operands.slice(at + 1));
    if (text === undefined || !(text.startsWith("-") || text.startsWith("+"))) return setPositional(context, operands.slice(at));
    // `-euo pipefail`: the option's name is the next word.
    if (text.includes("o")) at++;
  }
  return "assumed";
}

function setPositional(context: Context, words: readonly Word[]): Status {
  setArguments(context.state, words.map(listed));
  return "assumed";
}

function shiftArguments(context: Context, { operands }: Invocation): Status {
  const count = operands.length === 0 ? 1 : Number(known(operands[0]));
  const values = argumentsOf(context);
  spend(context, (values?.length ?? 0) >> 2);
  setArguments(
    context.state,
    values === undefined || Number.isNaN(count) || count > (certainOf(values) ?? count) ? undefined : count <= values.length ? values.slice(count) : values,
  );
  return "assumed";
}

function unsetNames(context: Context, { operands }: Invocation): Status {
  let functions = false;
  for (const operand of operands) {
    const text = known(operand);
    if (text === "-f") functions = true;
    else if (text === undefined || text.includes("[")) unsetElement(context, operand, text);
    else if (isName(text)) {
      if (!functions) bind(context.state, targetOf(context.state, text), [unset]);
      if (functions || contentsOf(context, text).length === 0) bind(context.state, functionKey(text), [unset]);
    }
  }
  return "assumed";
}

function unsetElement(context: Context, operand: Word, text: string | undefined): void {
  expandText(context, operand.pieces);
  const name = text?.slice(0, text.indexOf("["));
  if (name !== undefined && isName(name)) assignUnknown(context, name);
}

function printToVariable(context: Context, { operands }: Invocation): Status {
  if (known(operands[0]) !== "-v" || operands[1] === undefined) return "assumed";
  const name = known(operands[1]);
  expandText(context, operands[1].pieces);
  if (name === undefined) return "assumed";
  const rest = operands.slice(2);
  const printed = printFormatted(known(rest[0]) === "--" ? rest.slice(1) : rest);
  const open = name.indexOf("[");
  if (open > 0 && printed !== undefined) assignElement(context, name.slice(0, open), name.slice(open + 1, -1), printed);
  else if (!isName(name)) assignUnknown(context, open > 0 ? name.slice(0, open) : name);
  else if (printed === undefined) assignUnknown(context, name);
  else assign(context, name, printed);
  return "assumed";
}

// Each operand is an arithmetic expression.
function letArithmetic(context: Context, { operands }: Invocation): Status {
  for (const operand of operands) context.run.evaluator.interpret(context, joinedSource([textWord("(("), operand, textWord("))")], ""));
  return undefined;
}

// `-v name`: a subscript in the name is evaluated.
function testVariables(context: Context, { operands }: Invocation): Status {
  operands.forEach((operand, index) => {
    if (known(operands[index - 1]) === "-v") expandText(context, operand.pieces);
  });
  return undefined;
}

function getOptions(context: Context, { operands }: Invocation): Status {
  const name = known(operands[1]);
  if (name !== undefined && isName(name)) assignUnknown(context, name);
  assignUnknown(context, "OPTARG");
  assignUnknown(context, "OPTIND");
  return undefined;
}

// `exec` without operands: its redirections stay.
function keepRedirections(context: Context, { operands, redirected, ambient }: Invocation): Status {
  if (operands.length > 0) {
    return exit(context);
  }
  for (const [descriptor, stdin] of redirected.inputs) bind(context.state, inputKey(descriptor), [{ kind: "input", stdin }]);
  if (redirected.stdin !== ambient) {
    context.run.replacesStdin = true;
    bind(context.state, inputKey(0), [{ kind: "input", stdin: redirected.stdin, over: ambient }]);
  }
  return "assumed";
}

function exit(context: Context): Status {
  context.state.ended = "exit";
  return undefined;
}

// Outside a function it only complains.
function returnFromFunction(context: Context): Status {
  context.state.ended = context.calls.some((call) => !call.includes(" ")) ? "stop" : "exit";
  return undefined;
}

// Outside a loop it only complains.
function leaveRound(context: Context): Status {
  if (context.loops) context.state.ended = "stop";
  return undefined;
}

const succeed = (): Status => "success";
const assume = (): Status => "assumed";

function readLine(context: Context, { operands }: Invocation): Status {
  for (const operand of operands) expandText(context, operand.pieces);
  readVariables(context, operands);
  return undefined;
}

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", succeed],
  ["true", succeed],
  ["false", () => "failure"],
  [".", sourceFile],
  ["[", testVariables],
  ["alias", setAliases],
  ["break", leaveRound],
  ["cd", changeDirectory],
  ["continue", leaveRound],
  ["declare", declare],
  ["echo", assume],
  ["eval", evaluateWords],
  ["exec", keepRedirections],
  ["exit", exit],
  ["export", declare],
  ["getopts", getOptions],
  ["hash", hashCommands],
  ["let", letArithmetic],
  ["local", declare],
  ["mapfile", readArray],
  ["popd", popDirectory],
  ["printf", printToVariable],
  ["pushd", pushDirectory],
  ["read", readLine],
  ["readarray", readArray],
  ["readonly", declare],
  ["return", returnFromFunction],
  ["set", setOptions],
  ["shift", shiftArguments],
  ["shopt", assume],
  ["source", sourceFile],
  ["test", testVariables],
  ["trap", setTrap],
  ["typeset", declare],
  ["unalias", unsetAliases],
  ["unset", unsetNames],
]);
