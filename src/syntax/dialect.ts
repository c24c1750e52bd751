// The syntax tree is bash's. Where dash or zsh would run something else for the same text, the text is not read.
import type * as unbash from "unbash";
import type { Dialect } from "./simple-command.ts";

/** Why this node means something else to the dialect's shell, or undefined. */
export function dialectDifference(node: unbash.SyntaxNode, text: string, dialect: Dialect): string | undefined {
  if (dialect === "sh") return differsInSh(node, text);
  return dialect === "zsh" ? differsInZsh(node) : undefined;
}

function differsInSh(node: unbash.SyntaxNode, text: string): string | undefined {
  switch (node.type) {
    case "ArithmeticCommand":
      return "`((…))`, which sh reads as two subshells";
    case "TestCommand":
      return isCommandInSh(node.expression) ? "`[[…]]` with an operator that sh reads as its own" : undefined;
    case "Function":
      return text.startsWith("function", node.pos) ? "`function`, which is a command to sh" : undefined;
    case "AnsiCQuoted":
      return node.text.includes("\\'") ? "`$'…'`, which sh ends at the first quote" : undefined;
    case "Redirect":
      return node.operator.startsWith("&") ? "`&>`, which sh reads as two commands" : undefined;
    default:
      return undefined;
  }
}

function isCommandInSh(expression: unbash.TestExpression): boolean {
  if (expression.type === "TestLogical") return true;
  if (expression.type === "TestNot") return isCommandInSh(expression.operand);
  if (expression.type === "TestBinary") return expression.operator === "<" || expression.operator === ">";
  return expression.type === "TestGroup";
}

function differsInZsh(node: unbash.SyntaxNode): string | undefined {
  if (node.type !== "Command" || node.name === undefined) return undefined;
  return node.name.text === "repeat" || node.name.text.startsWith("=") ? `\`${node.name.text}\`, which zsh reads in its own way` : undefined;
}
