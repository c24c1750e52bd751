// The rules → a page each: what is refused, what to do instead, and what looks alike and passes. All of it decided here and now.
import { stringify } from "yaml";
import { decide, type Engine, type Response } from "../../src/decide.ts";
import type { CompiledRule } from "../../src/policy/rule.ts";
import { refusal } from "../../src/report/refusal.ts";
import { plain } from "../../src/report/style.ts";
import { code, fence, generatedFrom, page, table, typed } from "./markdown.ts";
import { type Circumstances, contextOf, type DefaultPolicies, withCircumstances } from "./policies.ts";

/** Columns of a terminal, in what pages show of one. */
export const width = 110;

export type Pages = Readonly<Record<string, string>>;

/** By file, relative to the repository's root. */
export function rulePages(policies: DefaultPolicies): Pages {
  const { rules } = policies.strictest.policies;
  const pages = rules.map((rule) => [`docs/rules/${rule.id}.md`, rulePage(rule, engineFor(rule, policies), sourceOf(rule, policies))] as const);
  return Object.fromEntries([["docs/rules/README.md", rulesIndex(rules, policies)], ...pages]);
}

/** What a setting stands for is decided with that setting. */
function engineFor(rule: CompiledRule, { engine, strictest }: DefaultPolicies): Engine {
  return engine.policies.rules.some(({ id }) => id === rule.id) ? engine : strictest;
}

function sourceOf({ policy }: CompiledRule, { layer }: DefaultPolicies): string {
  return layer.policies.find((each) => each.policy.policy === policy)?.file ?? "src/policy/settings.ts";
}

function rulesIndex(rules: readonly CompiledRule[], { layer }: DefaultPolicies): string {
  const groups = [...new Set(rules.map(({ policy }) => policy))];
  const descriptions = new Map(layer.policies.map(({ policy }) => [policy.policy, policy.description]));
  return page(
    generatedFrom("policies/"),
    "# Rules",
    "A page for each rule of the default policies: what it refuses, what to do instead, and what looks alike and passes. A refusal names its rule in brackets: `[remote-editing/editor]`.",
    "A refusal with `[indeterminate]` comes from no rule: the text does not tell what the line would do, and a server is in reach. [How to write such a line](../guides/script-author.md).",
    ...groups.flatMap((group) => [
      `## ${group}`,
      descriptions.get(group) ?? "Settings that are rules while they are set: [settings](../policy-reference.md#settings).",
      table(
        ["rule", "why"],
        rules.filter(({ policy }) => policy === group).map(({ id, reason }) => [`[${id}](${id}.md)`, reason]),
      ),
    ]),
  );
}

function rulePage(rule: CompiledRule, engine: Engine, source: string): string {
  const refused = rule.examples.deny.map(withCircumstances);
  const lookAlikes = rule.examples.permit.map(withCircumstances);
  const passing = lookAlikes.filter((example) => decideExample(example, engine).effective === "permit");
  const others = lookAlikes.filter((example) => !passing.includes(example));
  return page(
    generatedFrom(source),
    `# ${rule.id}`,
    rule.reason,
    `Policy: [${rule.policy}](../README.md#${rule.policy}). ${code(`autobotctl explain ${rule.id}`)} shows it as it is in force, ${code("autobotctl explain 'LINE'")} why a line is decided as it is.`,
    "What it is about ([keys](../../policy-reference.md#rule)):",
    fence("yaml rule", stringify(matched(rule), { lineWidth: 0 })),
    "## Refused",
    ...listed(refused, "refused"),
    "## What to do instead",
    ...instead(refused, engine),
    "## Looks alike and passes",
    ...listed(passing, "permitted"),
    ...(others.length === 0 ? [] : ["Not this rule's, and refused by another one:", ...listed(others, "refused other")]),
  );
}

function matched({ source, circumstances, exceptions }: CompiledRule): object {
  return { target: source, ...(circumstances.length === 0 ? {} : { when: circumstances }), ...(exceptions.length === 0 ? {} : { unless: exceptions }) };
}

function decideExample(example: Circumstances, engine: Engine): Response {
  return decide(example.line, engine, contextOf(example, engine));
}

/** Those with the same circumstances in one block. */
function listed(examples: readonly Circumstances[], decision: string): readonly string[] {
  const groups = new Map<string, Circumstances[]>();
  for (const example of examples) {
    const info = circumstancesInfo(example);
    groups.set(info, [...(groups.get(info) ?? []), example]);
  }
  return [...groups].flatMap(([info, group]) => {
    const [first] = group;
    const said = first === undefined || info === "" ? [] : [`${sentence(first)}:`];
    return [...said, fence(`console ${decision}${info}`, group.map(({ line }) => typed(line)).join("\n"))];
  });
}

/** As tests read it back. */
function circumstancesInfo({ cwd, tty, face, env = {} }: Circumstances): string {
  const words = [
    ...(cwd === undefined ? [] : [`cwd=${cwd}`]),
    ...(tty === true ? ["tty"] : []),
    ...(face === undefined ? [] : [`face=${face}`]),
    ...Object.entries(env).map(([name, value]) => `env.${name}=${value}`),
  ];
  return words.map((word) => ` ${word}`).join("");
}

function sentence({ cwd, tty, face, env = {} }: Circumstances): string {
  const who = face === "agent" ? "for an agent" : face === "login" ? "in a person's shell" : "";
  const parts = [
    tty === true ? "at a terminal" : "",
    who,
    cwd === undefined ? "" : `in ${code(cwd)}`,
    ...Object.entries(env).map(([name, value]) => `with ${code(`${name}=${value}`)}`),
  ].filter((part) => part !== "");
  const text = parts.join(", ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** The first line as it is refused; for the others the commands, where they are not those of a line before. */
function instead(examples: readonly Circumstances[], engine: Engine): readonly string[] {
  const [first, ...rest] = examples;
  if (first === undefined) return [];
  const response = decideExample(first, engine);
  const shown = fence(`console refused${circumstancesInfo(first)}`, `${typed(first.line)}\n${refusal(first.line, response, { policies: engine.policies, style: plain, width })}`);
  const seen = new Set([commandsOf(response).join("\n")]);
  const others = rest.flatMap((example) => {
    const commands = commandsOf(decideExample(example, engine));
    if (commands.length === 0 || seen.has(commands.join("\n"))) return [];
    seen.add(commands.join("\n"));
    return ["In place of", fence(`console refused${circumstancesInfo(example)}`, typed(example.line)), "do", fence("sh", commands.join("\n"))];
  });
  return [shown, ...others];
}

function commandsOf({ advice }: Response): readonly string[] {
  return [...new Set(advice.flatMap(({ run }) => run ?? []))];
}
