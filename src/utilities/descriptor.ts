// A utility described as data → a Utility. Built-in and user-defined descriptors take the same way.
import type { Clause, Condition, Descriptor, HostSelector, Runs, Selector } from "../policy/descriptor.ts";
import { known, show, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import type { Effect, Hop, Invocation, Utility } from "./utility.ts";

export function fromDescriptor(descriptor: Descriptor): Utility {
  const clauses = descriptor.effects ?? [];
  const runs = descriptor.runs ?? [];
  // Most utilities of a family are made and never asked anything.
  let depth: number | undefined;
  let asked: ReturnType<typeof confinement> | undefined;
  const confines = () => (asked ??= confinement(descriptor));
  return {
    names: descriptor.names,
    grammar: descriptor.options ?? {},
    descriptor,
    transport: runs.some(({ host }) => host !== undefined) ? true : undefined,
    get confined() {
      return confines().confined;
    },
    get commandAfter() {
      return confines().commandAfter;
    },
    effects: (invocation) => {
      if (descriptor.unclassified === true) return [{ does: "request", action: "execute", name: "unclassified" }];
      depth ??= Math.max(0, ...[...clauses, ...runs].map(subcommandDepth));
      const undecided = undecidedSubcommand(invocation, depth);
      if (undecided !== undefined) return [{ does: "unknown", why: `its subcommand is \`${show(undecided)}\``, word: undecided }];
      return [
        ...runs.flatMap((each) => (holds(each.when, invocation) ? runEffects(each, invocation) : [])),
        ...clauses.flatMap((each) => (applies(each, invocation) ? requestEffects(each, invocation) : [])),
      ];
    },
  };
}

const quiet: ReadonlySet<string> = new Set(["read", "edit", "write", "service", "package", "container"]);

function confinement({ runs = [], effects = [], unclassified }: Descriptor): Pick<Utility, "confined" | "commandAfter"> {
  const here = effects.every(({ action, host, sources }) => quiet.has(action) && host === undefined && sources === undefined);
  const starters = runs.flatMap(({ command, host, container }) => ("option" in command && host === undefined && container !== true ? command.option : [""]));
  // An abbreviation of a short option would be any word.
  if (!here || unclassified === true || starters.some((option) => !option.startsWith("--"))) return {};
  const confined = effects.some(({ action, existing }) => (action === "write" || action === "edit") && existing !== true) ? "new" : "existing";
  return starters.length === 0 ? { confined } : { confined, commandAfter: starters.join(" ") };
}

/** Whether a condition holds for an invocation; an absent one does. */
export function holds(condition: Condition | undefined, invocation: Invocation): boolean {
  if (condition === undefined) return true;
  const { arguments: given } = invocation;
  const fold = condition.ignoreCase === true;
  if (condition.option !== undefined && !condition.option.some((name) => hasOption(given, name))) return false;
  if (condition.subcommand !== undefined && !condition.subcommand.some((pattern) => beginsWith(given.operands, pattern, fold))) return false;
  if (condition.operand !== undefined && !given.operands.some((word) => condition.operand?.some((glob) => matchesGlob(known(word), glob, fold)))) return false;
  if (condition.argument !== undefined) {
    const any = Object.entries(condition.argument).some(([name, globs]) => given.all(name).some((word) => globs.some((glob) => matchesGlob(known(word), glob, fold))));
    if (!any) return false;
  }
  if (condition.atLeast !== undefined && given.candidates.length < condition.atLeast) return false;
  return condition.atMost === undefined || given.operands.length <= condition.atMost;
}

/** The words that a selector names. */
export function select(selector: Selector, given: Arguments): readonly Word[] {
  if (selector === "operands") return given.candidates;
  if (selector === "last") return given.candidates.slice(-1);
  if (selector === "all-but-last") return given.candidates.slice(0, -1);
  if ("operand" in selector) return given.operands.slice(selector.operand, selector.operand + 1);
  if ("from" in selector) return given.operands.slice(selector.from);
  return given.all(...selector.option);
}

function applies(clause: Clause, invocation: Invocation): boolean {
  return holds(clause.when, invocation) && !(clause.unless !== undefined && holds(clause.unless, invocation));
}

function requestEffects(clause: Clause, invocation: Invocation): readonly Effect[] {
  const { arguments: given } = invocation;
  const hops = clause.host === undefined ? undefined : hostHops(clause.host, given);
  const sent = clause.sources === undefined ? {} : ({ transfer: true, sources: select(clause.sources, given) } as const);
  const base = { does: "request", action: clause.action, note: clause.note, hops, existing: clause.existing === true ? true : undefined, ...sent } as const;
  if (clause.path !== undefined) {
    const name = typeof clause.name === "string" && !isSelector(clause.name) ? clause.name : undefined;
    const paths = select(clause.path, given);
    return paths.length > 0 ? paths.map((path) => ({ ...base, path, name })) : [{ ...base, name }];
  }
  if (clause.name === undefined || !isSelector(clause.name)) return [{ ...base, name: clause.name }];
  const names = select(clause.name, given);
  return names.length > 0 ? names.map((word) => ({ ...base, name: show(word), word })) : [base];
}

function isSelector(name: string | Selector): name is Selector {
  return typeof name === "object" || name === "operands" || name === "last" || name === "all-but-last";
}

function runEffects(runs: Runs, invocation: Invocation): readonly Effect[] {
  const words = commandWords(runs, invocation);
  if (words.length === 0) return [];
  const hops = runHops(runs, invocation.arguments);
  return [runs.as === "argv" ? { does: "run", words, hops } : { does: "code", source: words, dialect: "bash", hops }];
}

function commandWords(runs: Runs, invocation: Invocation): readonly Word[] {
  const { arguments: given, words } = invocation;
  if ("option" in runs.command) return given.all(...runs.command.option).slice(-1);
  if ("operand" in runs.command) return given.operands.slice(runs.command.operand, runs.command.operand + 1);
  const first = given.operands[runs.command.from] ?? (given.operands.length === runs.command.from ? given.unknown.at(-1) : undefined);
  return first === undefined ? [] : words.slice(words.indexOf(first));
}

function runHops(runs: Runs, given: Arguments): readonly Hop[] | undefined {
  const hops = runs.host === undefined ? [] : [...hostHops(runs.host, given)];
  if (runs.container === true) hops.push({ kind: "container", destination: undefined });
  return hops.length > 0 ? hops : undefined;
}

function hostHops(host: HostSelector, given: Arguments): readonly Hop[] {
  if (host === "unknown") return [{ kind: "host", destination: undefined }];
  if (typeof host === "object" && "fixed" in host) return [{ kind: "host", destination: { pieces: [{ text: host.fixed }], span: { start: 0, end: 0 } } }];
  return select(host, given).map((destination) => ({ kind: "host", destination }));
}

function subcommandDepth(clause: { readonly when?: Condition | undefined; readonly unless?: Condition | undefined }): number {
  const patterns = [...(clause.when?.subcommand ?? []), ...(clause.unless?.subcommand ?? [])];
  return patterns.length === 0 ? 0 : 1;
}

/** The first operand where it decides what the utility does and is not known. */
function undecidedSubcommand(invocation: Invocation, depth: number): Word | undefined {
  if (depth === 0) return undefined;
  const first = invocation.arguments.operands[0] ?? invocation.arguments.unknown[0];
  return first !== undefined && known(first) === undefined ? first : undefined;
}

function hasOption(given: Arguments, name: string): boolean {
  if (given.has(name)) return true;
  if (!name.startsWith("--")) return false;
  return given.options.some((option) => option.name.length > 3 && option.name.startsWith("--") && name.startsWith(option.name));
}

function beginsWith(operands: readonly Word[], pattern: string, fold: boolean): boolean {
  const globs = pattern.split(" ");
  return globs.every((glob, index) => matchesGlob(known(operands[index]), glob, fold));
}

const globs = new Map<string, RegExp>();

/** A whole word against a glob of `*`, `?` and `{a,b}`. */
export function matchesGlob(value: string | undefined, glob: string, ignoreCase = false): boolean {
  if (value === undefined) return false;
  const key = (ignoreCase ? "i" : "c") + glob;
  let pattern = globs.get(key);
  if (pattern === undefined) {
    const source = glob
      .replace(/[.+^$()|[\]\\]/g, "\\$&")
      .replace(/\*/g, "[^]*")
      .replace(/\?/g, "[^]")
      .replace(/\{([^{}]*)\}/g, (_, list: string) => `(?:${list.split(",").join("|")})`);
    pattern = new RegExp(`^${source}$`, ignoreCase ? "i" : "");
    globs.set(key, pattern);
  }
  return pattern.test(value);
}
