// Arithmetic (bash(1), ARITHMETIC EVALUATION): an expression's value where the text tells it.
// Every word in it is expanded, so that the commands inside are found; what it assigns is kept.
import type * as unbash from "unbash";
import { parse } from "unbash";
import { type Context, spend } from "./context.ts";
import { expandText } from "./later.ts";
import { textOf, valueOf } from "./value.ts";
import { assign, assignUnknown, contentsOf, isName, scalarOf } from "./variable.ts";

export function evaluateArithmetic(context: Context, expression: unbash.ArithmeticExpression | undefined): number | undefined {
  if (expression === undefined) return 0;
  switch (expression.type) {
    case "ArithmeticGroup":
      return evaluateArithmetic(context, expression.expression);
    case "ArithmeticCommandExpansion":
      return evaluateText(context, textOf(context.run.evaluator.substitute(context, expression)));
    case "ArithmeticWord":
      return evaluateText(context, operandText(context, expression));
    case "ArithmeticUnary":
      return unary(context, expression);
    case "ArithmeticTernary":
      return ternary(context, expression);
    case "ArithmeticBinary":
      return binary(context, expression);
  }
}

// The text of an operand after its expansions.
function operandText(context: Context, word: unbash.ArithmeticWord): string | undefined {
  if (word.parts === undefined) return word.value;
  return textOf(context.run.evaluator.parts(context, word.parts));
}

/** The value of text that the shell evaluates as an expression: variables in it are expressions in their turn. */
export function evaluateText(context: Context, text: string | undefined): number | undefined {
  if (text === undefined || text.length > maxText || context.depth >= context.run.budget.depth) return undefined;
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  const constant = parseNumber(trimmed);
  if (constant !== undefined) return constant;
  spend(context, 1);
  const name = trimmed.startsWith("${") && trimmed.endsWith("}") ? trimmed.slice(2, -1) : trimmed.startsWith("$") ? trimmed.slice(1) : trimmed;
  const inner = { ...context, depth: context.depth + 1 };
  if (isName(name) || (name !== trimmed && parseNumber(name) !== undefined)) return variable(inner, name);
  if (holdsCode(trimmed)) expandText(context, valueOf(trimmed));
  return element(inner, name) ?? parsed(inner, trimmed);
}

const maxText = 1000;

function holdsCode(text: string): boolean {
  return text.includes("$") || text.includes("`");
}

function variable(context: Context, name: string): number | undefined {
  const contents = contentsOf(context, name);
  const values = contents.map((content) => evaluateText(context, textOf(scalarOf(content) ?? [])));
  return values.length === 1 ? values[0] : undefined;
}

// `a[i]`
function element(context: Context, text: string): number | undefined {
  const open = text.indexOf("[");
  if (open <= 0 || !text.endsWith("]") || !isName(text.slice(0, open)) || holdsCode(text)) return undefined;
  const content = contentsOf(context, text.slice(0, open))[0];
  const subscript = text.slice(open + 1, -1);
  if (content?.kind !== "array") return undefined;
  const key = content.associative ? subscript : evaluateText(context, subscript);
  const value = key === undefined ? undefined : content.elements.get(String(key));
  return value === undefined ? undefined : evaluateText(context, textOf(value));
}

function parsed(context: Context, text: string): number | undefined {
  if (holdsCode(text)) return undefined;
  const { commands, errors } = parse(`((${text}))`);
  const command = commands[0]?.command;
  if (errors !== undefined && errors.length > 0) return undefined;
  if (commands.length !== 1 || command?.type !== "ArithmeticCommand" || command.expression?.type === "ArithmeticWord") return undefined;
  return evaluateArithmetic(context, command.expression);
}

/** A decimal, octal, hexadecimal or `base#` constant, else undefined. */
export function parseNumber(text: string): number | undefined {
  const negative = text.startsWith("-");
  const digits = negative || text.startsWith("+") ? text.slice(1) : text;
  const hash = digits.indexOf("#");
  if (hash > 0) return signed(parseDigits(digits.slice(hash + 1), Number(digits.slice(0, hash))), negative);
  if (digits.startsWith("0x") || digits.startsWith("0X")) return signed(parseDigits(digits.slice(2), 16), negative);
  if (digits.length > 1 && digits.startsWith("0")) return signed(parseDigits(digits, 8), negative);
  return signed(parseDigits(digits, 10), negative);
}

function signed(value: number | undefined, negative: boolean): number | undefined {
  return value === undefined ? undefined : negative ? -value : value;
}

function parseDigits(text: string, base: number): number | undefined {
  if (text === "" || text.length > 20 || !(base >= 2 && base <= 36)) return undefined;
  let value = 0;
  for (const character of text.toLowerCase()) {
    const digit = "0123456789abcdefghijklmnopqrstuvwxyz".indexOf(character);
    if (digit < 0 || digit >= base) return undefined;
    value = value * base + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function ternary(context: Context, expression: unbash.ArithmeticTernary): number | undefined {
  const test = evaluateArithmetic(context, expression.test);
  if (test !== undefined) return evaluateArithmetic(context, test !== 0 ? expression.consequent : expression.alternate);
  const consequent = evaluateArithmetic(context, expression.consequent);
  const alternate = evaluateArithmetic(context, expression.alternate);
  return consequent === alternate ? consequent : undefined;
}

function unary(context: Context, expression: unbash.ArithmeticUnary): number | undefined {
  const value = evaluateArithmetic(context, expression.operand);
  const { operator } = expression;
  if (operator === "++" || operator === "--") {
    const changed = value === undefined ? undefined : value + (operator === "++" ? 1 : -1);
    store(context, expression.operand, changed);
    return expression.prefix ? changed : value;
  }
  if (value === undefined) return undefined;
  if (operator === "-") return -value;
  if (operator === "!") return value === 0 ? 1 : 0;
  return operator === "~" ? ~value : value;
}

function store(context: Context, target: unbash.ArithmeticExpression, value: number | undefined): void {
  if (target.type !== "ArithmeticWord") return;
  const open = target.value.indexOf("[");
  const name = (open < 0 ? target.value : target.value.slice(0, open)).trim();
  if (!isName(name)) return;
  if (value === undefined || open >= 0) assignUnknown(context, name);
  else assign(context, name, valueOf(String(value)));
}

function binary(context: Context, expression: unbash.ArithmeticBinary): number | undefined {
  // long sums lean to the left: no recursion there
  const spine: unbash.ArithmeticBinary[] = [];
  let first: unbash.ArithmeticExpression = expression;
  while (first.type === "ArithmeticBinary" && !assigns(first.operator)) {
    spine.push(first);
    first = first.left;
  }
  let value = first.type === "ArithmeticBinary" ? assignment(context, first) : evaluateArithmetic(context, first);
  for (let index = spine.length - 1; index >= 0; index--) {
    const { operator, right } = spine[index] as unbash.ArithmeticBinary;
    if (operator === "&&" && value === 0) continue;
    if (operator === "||" && value !== undefined && value !== 0) value = 1;
    else value = compute(operator, value, evaluateArithmetic(context, right));
  }
  return value;
}

function assigns(operator: string): boolean {
  return operator.endsWith("=") && operator !== "==" && operator !== "!=" && operator !== "<=" && operator !== ">=";
}

function assignment(context: Context, { operator, left, right }: unbash.ArithmeticBinary): number | undefined {
  const before = operator === "=" && isPlainName(left) ? 0 : evaluateArithmetic(context, left);
  const operand = evaluateArithmetic(context, right);
  const value = operator === "=" ? operand : compute(operator.slice(0, -1), before, operand);
  store(context, left, value);
  return value;
}

function isPlainName(expression: unbash.ArithmeticExpression): boolean {
  return expression.type === "ArithmeticWord" && isName(expression.value);
}

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => Math.trunc(left / right),
  "%": (left, right) => left % right,
  "**": (left, right) => left ** right,
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  "||": (left, right) => Number(left !== 0 || right !== 0),
  ",": (_left, right) => right,
};

function compute(operator: string, left: number | undefined, right: number | undefined): number | undefined {
  if (operator === ",") return right;
  if (left === undefined || right === undefined) return undefined;
  const value = operators[operator]?.(left, right);
  return value !== undefined && Number.isSafeInteger(value) ? value + 0 : undefined;
}
