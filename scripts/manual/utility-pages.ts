// The families of utilities, their descriptors and lines that call them → a page each.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { decide } from "../../src/decide.ts";
import { quoteWords } from "../../src/policy/command.ts";
import type { Clause, Condition, Descriptor, HostSelector, Runs, Selector } from "../../src/policy/descriptor.ts";
import { families } from "../../src/utilities/index.ts";
import type { Utility } from "../../src/utilities/utility.ts";
import { code, fence, generatedFrom, page, table, typed } from "./markdown.ts";
import { contextOf, type DefaultPolicies } from "./policies.ts";
import type { Pages } from "./rule-pages.ts";

const linesFile = "scripts/manual/utility-lines.yaml";

const lines = z.strictObject({ changes: z.array(z.string()), looks: z.array(z.string()) });
const familySchema = z.strictObject({ title: z.string(), there: lines.optional(), here: lines.optional() });
type Family = z.infer<typeof familySchema>;

const nothing = { changes: [], looks: [] };

/** By file, relative to the repository's root. */
export function utilityPages(root: string, policies: DefaultPolicies): Pages {
  const described = z.record(z.string(), familySchema).parse(parse(readFileSync(join(root, linesFile), "utf8")));
  const missing = Object.keys(families).filter((name) => described[name] === undefined);
  const unknown = Object.keys(described).filter((name) => families[name] === undefined);
  if (missing.length + unknown.length > 0) throw new Error(`${linesFile}: ${missing.join(", ")} is missing; ${unknown.join(", ")} is no family`);
  const entries = Object.entries(families).map(([name, utilities]) => ({ name, utilities, family: described[name] ?? { title: name }, about: headOf(root, name) }));
  const pages = entries.map(({ name, ...entry }) => [`docs/utilities/${name}.md`, familyPage(name, entry, policies)] as const);
  return Object.fromEntries([["docs/utilities/README.md", index(entries)], ...pages]);
}

/** What a family's file says of itself first. */
function headOf(root: string, name: string): string {
  const [head = ""] = /^(?:\/\/ .*\n)+/.exec(readFileSync(join(root, "src/utilities", `${name}.ts`), "utf8")) ?? [];
  return head
    .replaceAll(/^\/\/ /gm, "")
    .trim()
    .replaceAll("\n", " ");
}

interface Entry {
  readonly utilities: readonly Utility[];
  readonly family: Family;
  readonly about: string;
}

function index(entries: readonly (Entry & { readonly name: string })[]): string {
  const count = entries.reduce((sum, { utilities }) => sum + utilities.flatMap(({ names }) => names).length, 0);
  return page(
    generatedFrom(`src/utilities/ and ${linesFile}`),
    "# Utilities",
    `What is known of ${count} utilities, by family: what each does, per option, and which hosts it reaches. What is not here is unclassified: on a server it passes and is recorded, or with ${code("posture: read-only")} is refused.`,
    "A wrapper of your own is described in a policy, in the same form: [utility](../policy-reference.md#utility).",
    table(
      ["family", "utilities", "of them"],
      entries.map(({ name, utilities, family }) => [`[${family.title}](${name}.md)`, String(namesOf(utilities).length), some(namesOf(utilities))]),
    ),
  );
}

function namesOf(utilities: readonly Utility[]): readonly string[] {
  return [...new Set(utilities.flatMap(({ names }) => names))];
}

function some(names: readonly string[]): string {
  const most = 8;
  return `${names.slice(0, most).map(code).join(", ")}${names.length > most ? " …" : ""}`;
}

function familyPage(name: string, { utilities, family, about }: Entry, policies: DefaultPolicies): string {
  const { there = nothing, here = nothing } = family;
  const onServer = (line: string) => quoteWords(["ssh", "autobot@172.16.168.21", line]) ?? "";
  const changes = [...here.changes, ...there.changes.map(onServer)];
  const looks = [...here.looks, ...there.looks.map(onServer)];
  const reaching = utilities.filter(({ transport }) => transport === true);
  const sometimes = utilities.filter(({ transport }) => transport === "optional");
  const starting = utilities.filter(({ wraps }) => wraps !== undefined);
  const rows = utilities.flatMap(({ descriptor }) => (descriptor === undefined ? [] : describedRows(descriptor)));
  return page(
    generatedFrom(`src/utilities/${name}.ts and ${linesFile}`),
    `# ${family.title}`,
    about,
    `${namesOf(utilities).map(code).join(", ")}.`,
    note("Reach other hosts", reaching),
    note("Reach other hosts where their options, a variable or their configuration say so", sometimes),
    note("Start the command that follows their own words, which is judged in its place", starting),
    ...(changes.length === 0 ? [] : ["## Changes, and is refused"]),
    ...byRule(changes, policies),
    ...passing("## Looks, and passes", looks),
    ...passing("## Passes on this machine", there.changes),
    ...(rows.length === 0 ? [] : ["## Described as", "A utility does what each line says whose condition holds, and looks otherwise.", table(["utility", "when", "does"], rows)]),
  );
}

function note(title: string, utilities: readonly Utility[]): string {
  return utilities.length === 0 ? "" : `${title}: ${namesOf(utilities).map(code).join(", ")}.`;
}

function passing(title: string, all: readonly string[]): readonly string[] {
  return all.length === 0 ? [] : [title, fence("console permitted", all.map(typed).join("\n"))];
}

/** Lines that the same rules refuse stand together. */
function byRule(changes: readonly string[], policies: DefaultPolicies): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const line of changes) {
    const rules = refusedBy(line, policies);
    groups.set(rules, [...(groups.get(rules) ?? []), line]);
  }
  return [...groups].flatMap(([rules, all]) => [`By ${rules}:`, fence("console refused", all.map(typed).join("\n"))]);
}

function refusedBy(line: string, { engine }: DefaultPolicies): string {
  const { denials } = decide(line, engine, contextOf({}, engine));
  const rules = [...new Set(denials.map(({ rule }) => rule.id))];
  return rules.length === 0 ? "[indeterminate](../rules/README.md)" : rules.map((rule) => `[${rule}](../rules/${rule}.md)`).join(", ");
}

function describedRows({ names, runs = [], effects = [], unclassified }: Descriptor): readonly (readonly string[])[] {
  const name = names.map(code).join(", ");
  const rows = [...runs.map((each) => [name, when(each.when), runText(each)]), ...effects.map((each) => [name, when(each.when, each.unless), effectText(each)])];
  return unclassified === true ? [...rows, [name, "", "is unclassified"]] : rows;
}

function when(holds: Condition | undefined, not?: Condition | undefined): string {
  return [conditionText(holds), not === undefined ? "" : `not ${conditionText(not)}`].filter((part) => part !== "").join("; ");
}

function conditionText(condition: Condition = {}): string {
  const { option, subcommand, operand, argument, atLeast, atMost } = condition;
  const parts = [
    option === undefined ? "" : `with ${codes(option)}`,
    subcommand === undefined ? "" : codes(subcommand),
    operand === undefined ? "" : `an operand is ${codes(operand)}`,
    ...Object.entries(argument ?? {}).map(([name, values]) => `${code(name)} is ${codes(values)}`),
    atLeast === undefined ? "" : `${atLeast} operands or more`,
    atMost === undefined ? "" : `${atMost} operands or fewer`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function codes(words: readonly string[]): string {
  return words.map(code).join(", ");
}

function effectText({ action, path, name, host, note: said, sources }: Clause): string {
  const what = [
    path === undefined ? "" : ` ${selected(path)}`,
    name === undefined ? "" : ` (${typeof name === "string" && !isSelector(name) ? name : selected(name as Selector)})`,
    host === undefined ? "" : ` on ${hostText(host)}`,
    sources === undefined ? "" : `, sent from ${selected(sources)}`,
  ].join("");
  return `${action}${what}${said === undefined ? "" : `: ${said}`}`;
}

function isSelector(name: string): boolean {
  return ["operands", "last", "all-but-last"].includes(name);
}

function runText({ command, as, host, container }: Runs): string {
  const place = `${container === true ? " in a container" : ""}${host === undefined ? "" : ` on ${hostText(host)}`}`;
  return `runs ${selected(command)}${as === "sh" ? ", by a shell" : ""}${place}`;
}

function selected(selector: Selector): string {
  if (selector === "operands") return "each operand";
  if (selector === "last") return "the last operand";
  if (selector === "all-but-last") return "all operands but the last";
  if ("operand" in selector) return `operand ${selector.operand + 1}`;
  if ("from" in selector) return `the operands from ${selector.from + 1} on`;
  return `the argument of ${codes(selector.option)}`;
}

function hostText(host: HostSelector): string {
  if (host === "unknown") return "a host that the words do not name";
  return typeof host === "object" && "fixed" in host ? code(host.fixed) : `the host that ${selected(host)} names`;
}
