// A rule → text for people: why it is there, what it is about, and lines of both kinds.
import type { PolicySet } from "../decide.ts";
import type { Example, Matcher } from "../policy/schema.ts";
import { wrap } from "./columns.ts";
import type { TextOptions } from "./explanation-text.ts";
import { oneLine } from "./mask.ts";

type Rule = PolicySet["rules"][number];

/** Ends in a newline. */
export function ruleText({ id, reason, decision, source, circumstances, exceptions, examples }: Rule, { style, width }: TextOptions): string {
  const parts: readonly (readonly [title: string, lines: readonly string[]])[] = [
    ["about", matcherLines(source)],
    ["only where", circumstances.flatMap(matcherLines)],
    ["not where", exceptions.flatMap(matcherLines)],
    ["refused", examples.deny.map(exampleLine)],
    ["looks alike and passes", examples.permit.map(exampleLine)],
  ];
  const lines = parts.flatMap(([title, all]) => (all.length === 0 ? [] : ["", style.strong(title), ...all.map((line) => `  ${line}`)]));
  const asked = decision === "ask" ? ["", "It refuses only where no terminal is there."] : [];
  return `${[style.strong(id), ...wrap(reason, width - 2).map((line) => `  ${line}`), ...asked, ...lines].join("\n")}\n`;
}

/** One line: all that is given has to hold. */
function matcherLines(matcher: Matcher): readonly string[] {
  return [
    Object.entries(matcher)
      .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(", ") : String(value)}`)
      .join("; "),
  ];
}

function exampleLine(example: Example): string {
  if (typeof example === "string") return oneLine(example);
  const { line, ...circumstances } = example;
  const words = Object.entries(circumstances).map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}`);
  return `${oneLine(line)}   (${words.join(", ")})`;
}

/** As a policy writes it, with the exceptions that other policies make. */
export function ruleJson({ id, decision, reason, source, circumstances, exceptions, advice, examples }: Rule) {
  return { rule: id, decision, reason, target: source, when: circumstances, unless: exceptions, advice, examples };
}
