// Constructs that the parser is known to read otherwise than the shell: each becomes an issue, never a wrong reading.
// The parser's own errors, those of nested scripts included, are collected on the same walk.
import type * as unbash from "unbash";
import { forEachChild } from "unbash";
import { lineContinuations } from "./continuation.ts";
import { dialectDifference } from "./dialect.ts";
import { holdsHole } from "./literal.ts";
import { placeholderEnds } from "./placeholder.ts";
import type { Dialect, Issue } from "./simple-command.ts";
import { originSpan, type Source } from "./source.ts";

interface Visit {
  readonly node: unbash.SyntaxNode;
  readonly source: Source;
  /** Inside arithmetic, a subscript or a slice: quotes do not keep the shell from expanding. */
  readonly arithmetic: boolean;
  /** Inside the body of a here-document: quotes are characters. */
  readonly body: boolean;
  readonly scripts: number;
}

const maxNodes = 250_000;
const maxScripts = 100;
const maxIssues = 50;
// Each nested script is parsed from its first character on, so depth times length is what reading costs.
const maxNested = 1 << 19;

export function guard(source: Source, script: unbash.ParsedScript, dialect: Dialect): readonly Issue[] {
  if (isPlain(source.text, dialect)) return script.errors === undefined || script.errors.length === 0 ? noIssues : parserErrors(source, script);
  const issues: Issue[] = [];
  const quoted: [number, number][] = [];
  const stack: Visit[] = [{ node: script, source, arithmetic: false, body: false, scripts: 0 }];
  let nested = 0;
  for (let nodes = 0; stack.length > 0; nodes++) {
    const visit = stack.pop() as Visit;
    const { node } = visit;
    if (node.type === "Script") {
      if (node !== script) nested += node.end - node.pos;
      const errors = parserErrors(visit.source, node);
      issues.push(...errors);
      // after an error the rest is only guessed, and costs most
      if (errors.length > 0) break;
    }
    const excess =
      nodes > maxNodes
        ? "too many parts"
        : visit.scripts > maxScripts
          ? `nested more than ${maxScripts} deep`
          : nested > Math.max(maxNested, source.text.length)
            ? "too much nested text"
            : undefined;
    if (excess !== undefined) {
      issues.push({ code: "over-budget", message: excess, span: spanOf(visit) });
      break;
    }
    const problem = misread(visit) ?? dialectDifference(node, visit.source.text, dialect);
    if (problem !== undefined) issues.push({ code: "unreadable", message: problem, span: spanOf(visit) });
    if (visit.source === source && isQuoting(node)) quoted.push([node.pos, node.end]);
    pushChildren(stack, visit);
  }
  for (const at of lineContinuations(source.text, quoted)) {
    issues.push({ code: "unreadable", message: "a backslash-newline inside a token", span: originSpan(source, at, at + 2) });
  }
  return issues;
}

const noIssues: readonly Issue[] = [];
const noEnds: ReadonlySet<number> = new Set();

// Nothing in the text that any of the checks is about.
function isPlain(text: string, dialect: Dialect): boolean {
  if (dialect !== "bash") return false;
  return !(
    text.includes("$") ||
    text.includes("`") ||
    text.includes("\\\n") ||
    text.includes("&-") ||
    text.includes("<(") ||
    text.includes(">(") ||
    text.includes("}>") ||
    text.includes("}<") ||
    text.includes("((") ||
    text.endsWith("\\")
  );
}

function parserErrors(source: Source, script: unbash.ParsedScript): Issue[] {
  const errors = (script.errors ?? []).slice(0, maxIssues);
  const unfilled = errors.length > 0 && source.text.includes("<") ? placeholderEnds(script) : noEnds;
  return errors.filter(({ pos }) => !unfilled.has(pos)).map((error) => ({ code: "syntax-error", message: error.message, span: originSpan(source, error.pos, error.pos + 1) }));
}

function spanOf({ source, node }: Visit): Issue["span"] {
  return originSpan(source, node.pos, node.end);
}

function isQuoting(node: unbash.SyntaxNode): boolean {
  return (
    node.type === "SingleQuoted" ||
    node.type === "DoubleQuoted" ||
    node.type === "AnsiCQuoted" ||
    node.type === "LocaleString" ||
    node.type === "HereDocBody" ||
    node.type === "HereDocDelimiter"
  );
}

function pushChildren(stack: Visit[], visit: Visit): void {
  const { node } = visit;
  const numeric = visit.arithmetic || node.type.startsWith("Arithmetic");
  const subscript = "index" in node ? node.index : undefined;
  const slice = node.type === "Slice";
  const body = visit.body || node.type === "HereDocBody";
  const from = stack.length;
  forEachChild(node, (child) => {
    const inner = child.type === "Script";
    stack.push({
      node: child,
      source: inner && child.source !== undefined ? { text: child.source, holes: visit.source.holes, origin: () => visit.source.origin(node.pos) } : visit.source,
      arithmetic: !inner && !isStatement(child) && (numeric || slice || (subscript !== undefined && child === subscript)),
      body: !inner && body,
      scripts: visit.scripts + (inner ? 1 : 0),
    });
  });
  reverse(stack, from);
}

// The body of `for ((…))` is a list, not arithmetic.
function isStatement(node: unbash.SyntaxNode): boolean {
  return node.type === "CompoundList";
}

function reverse(stack: Visit[], from: number): void {
  for (let low = from, high = stack.length - 1; low < high; low++, high--) {
    const visit = stack[low] as Visit;
    stack[low] = stack[high] as Visit;
    stack[high] = visit;
  }
}

function misread(visit: Visit): string | undefined {
  const { node } = visit;
  switch (node.type) {
    case "CommandExpansion":
    case "ProcessSubstitution":
    case "ArithmeticCommandExpansion":
      return node.script === undefined && holdsCode(node.text) ? "a substitution that cannot be read" : undefined;
    case "ArithmeticExpansion":
      return node.expression === undefined && holdsCode(node.text.slice(2)) ? "arithmetic that cannot be read" : undefined;
    case "ArithmeticCommand":
      return node.expression === undefined && holdsCode(node.body) ? "arithmetic that cannot be read" : undefined;
    case "ArithmeticWord":
      if (node.parts !== undefined) return undefined;
      return holdsCode(node.value) || (visit.arithmetic && holdsExpansion(node.value) && isQuotedText(node.value)) ? "arithmetic that cannot be read" : undefined;
    case "Word":
      if (node.parts !== undefined) return undefined;
      return holdsCode(node.text) ? "a word that cannot be read" : visit.arithmetic && holdsExpansion(node.value) ? quotedArithmetic : undefined;
    case "BraceExpansion":
    case "ExtendedGlob":
      return node.parts === undefined && holdsCode(node.text) ? "a pattern that cannot be read" : undefined;
    case "Literal":
      return visit.arithmetic && holdsExpansion(node.value) && holdsCode(node.value) ? quotedArithmetic : undefined;
    case "SingleQuoted":
      return quotedProblem(visit, node.value);
    case "AnsiCQuoted":
      return node.text.includes("\\x{") ? "`\\x{…}` in a quoted string" : quotedProblem(visit, node.value);
    case "ParameterExpansion":
      return parameterProblem(node, visit.source);
    case "Redirect":
      return isGluedClose(node) ? "a closed descriptor glued to a word" : undefined;
    case "Command":
      return touchingProblem(node);
    default:
      return undefined;
  }
}

const quotedArithmetic = "a quoted expansion in arithmetic, which the shell expands again";

function quotedProblem(visit: Visit, value: string): string | undefined {
  if (!holdsExpansion(value)) return undefined;
  if (visit.arithmetic) return quotedArithmetic;
  return visit.body ? "a quoted expansion in a here-document, where quotes mean nothing" : undefined;
}

function isQuotedText(text: string): boolean {
  return text.includes("'") || text.includes('"') || text.includes("\\");
}

function holdsExpansion(text: string): boolean {
  return text.includes("$") || text.includes("`");
}

/** Whether text holds the beginning of a substitution, characters after a backslash left out. */
function holdsCode(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 92) at++;
    else if (character === 96) return true;
    else if (character === 36 && "({[".includes(text[at + 1] ?? " ")) return true;
    else if ((character === 60 || character === 62) && text.charCodeAt(at + 1) === 40) return true;
  }
  return false;
}

function parameterProblem(node: unbash.ParameterExpansionPart, source: Source): string | undefined {
  const { operation } = node;
  // a name that is not known, as `eval` makes it
  if (holdsHole(source, node.text) && !holdsCode(node.text.slice(2))) return undefined;
  if (operation?.type === "Unknown") return "a parameter expansion that cannot be read";
  if (operation !== undefined || node.index !== undefined) return undefined;
  return holdsCode(node.text.slice(2)) ? "a parameter expansion that cannot be read" : undefined;
}

function isGluedClose(node: unbash.Redirect): boolean {
  if (node.operator !== ">&" && node.operator !== "<&") return false;
  const target = node.target?.text ?? "";
  return target.startsWith("-") && target.length > 1;
}

// A process substitution that touches its neighbour belongs to the same word; a word `{fd}` that touches a redirection names its descriptor.
function touchingProblem(node: unbash.Command): string | undefined {
  let previous: unbash.SyntaxNode | undefined;
  const check = (next: unbash.SyntaxNode): string | undefined => {
    const before = previous;
    previous = next;
    if (before === undefined || before.end !== next.pos) return undefined;
    if ((isProcess(before) || isProcess(next)) && !(isArgument(node, before) && isArgument(node, next))) return "a process substitution glued to a word";
    if (next.type !== "Redirect" && next.type !== "HereDoc" && next.type !== "HereString") return undefined;
    return before.type === "Word" && before.text.startsWith("{") && before.text.endsWith("}") ? "a word in braces glued to a redirection" : undefined;
  };
  for (const item of node.prefix) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  if (node.name !== undefined) {
    const problem = check(node.name);
    if (problem !== undefined) return problem;
  }
  for (const item of node.suffix) {
    const problem = check(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

// Among the arguments it is only one word instead of two.
function isArgument(command: unbash.Command, node: unbash.SyntaxNode): boolean {
  return node.type === "Word" && node !== command.name;
}

function isProcess(node: unbash.SyntaxNode): boolean {
  const word = node.type === "Assignment" ? node.value : node;
  if (word.type !== "Word") return false;
  return word.text.startsWith("<(") || word.text.startsWith(">(");
}
