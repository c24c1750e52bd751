// Policies and utilities → the tables by which the launcher tells lines that nothing can be denied about without starting
// the judge (src/launcher/text.c, docs/adr/0016). A set that they cannot vouch for has none.
import type { Engine, PolicySet } from "./decide.ts";
import { literalParts } from "./policy/glob.ts";
import { list } from "./policy/list.ts";
import type { CompiledRule } from "./policy/rule.ts";
import { elsewhere } from "./utilities/lookup.ts";
import type { Utility } from "./utilities/utility.ts";

/**
 * Utilities of the shell that make code, names or arguments of their words: what stands after them may mean something
 * else than it says.
 */
const rereading: ReadonlySet<string> = new Set(
  ". alias bind builtin caller command compgen complete declare enable eval exec fc getopts hash history let mapfile readarray source trap typeset unalias".split(" "),
);

/** Those that start no program. */
const builtins: ReadonlySet<string> = new Set(
  ": [ break cd continue dirs echo exit export false local popd printf pushd pwd read readonly return set shift shopt test times true umask unset wait".split(" "),
);

/** Shorter ones stand in too many lines to tell any apart. */
const leastFragment = 3;

/** GNU getopt_long(3) takes the beginning of a long option too: this much of it is enough to go to the judge. */
const longBeginning = 4;

/** What the tables say of a utility: src/launcher/prefilter.c has the letters. */
interface Row {
  readonly name: string;
  readonly marks: string;
}

export interface Prefilter {
  readonly rows: readonly Row[];
  /** Options after which another command stands. */
  readonly starters: readonly string[];
  /** Options after which files are made. */
  readonly makers: readonly string[];
  /** `git status`: what of a utility that may reach other hosts never does. */
  readonly subcommands: readonly string[];
  /** What stands in every path on this machine that a rule speaks of. */
  readonly fragments: readonly string[];
}

/** Undefined where a rule or a setting asks for more than the tables can say. */
export function prefilterOf({ policies, registry }: Engine): Prefilter | undefined {
  const fragments = fragmentsOf(policies);
  if (fragments === undefined || !usualSettings(policies)) return undefined;
  const names = [...registry.names].filter((name) => !/\s/.test(name));
  const utilities = names.flatMap((name) => {
    const utility = registry.find(name);
    if (utility?.confinedSubcommands !== undefined && !registry.transports.has(name)) return [{ name, marks: ":=" }];
    const marks = utility === undefined || rereading.has(name) || registry.reaching.has(name) || elsewhere.has(name) ? undefined : marksOf(name, utility);
    return marks === undefined ? [] : [{ name, marks }];
  });
  const transports = [...registry.transports].map((name) => ({ name, marks: "@" }));
  const all = (list: (utility: Utility) => string | undefined) =>
    utilities.flatMap(({ name }) => {
      const utility = registry.find(name);
      return (utility === undefined ? undefined : list(utility))?.split(" ").map((word) => ({ name, word })) ?? [];
    });
  return {
    rows: [...utilities, ...transports],
    starters: distinct(all(({ commandAfter }) => commandAfter).map(({ word }) => word)),
    makers: distinct(all(({ newAfter }) => newAfter).map(({ word }) => word)),
    subcommands: all(({ confinedSubcommands }) => confinedSubcommands).map(({ name, word }) => `${name} ${word}`),
    fragments,
  };
}

function distinct(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

function marksOf(name: string, { confined, commandAfter, wraps, givesMore, grammar }: Utility): string | undefined {
  if (wraps !== undefined) return `${givesMore === true ? "+" : ""}&${lettersOf(grammar.short ?? "")}${wraps}`;
  if (confined === undefined) return undefined;
  return `${builtins.has(name) ? "!" : ""}${confined === "new" ? ":" : ""}${commandAfter === undefined ? "" : "%"}`;
}

/** Letters of short options with an argument, then behind `;` those with an attached one only (getopt(3)). */
function lettersOf(short: string): string {
  const options = [...short.matchAll(/(\w)(:*)/g)];
  const having = (colons: string) => options.flatMap(([, letter, given]) => (given === colons ? [letter] : [])).join("");
  return `${having(":")};${having("::")};`;
}

/** As the launcher reads them (src/launcher/prefilter.c has the letters). */
export function showPrefilter({ rows, starters, makers, subcommands, fragments }: Prefilter): string {
  const short = starters.filter((option) => !option.startsWith("--"));
  const long = starters.filter((option) => option.startsWith("--")).map((option) => option.slice(0, longBeginning));
  return [
    ...fragments.map((each) => `f ${each}`),
    ...short.map((each) => `s ${each}`),
    ...distinct(long).map((each) => `l ${each}`),
    ...makers.map((each) => `m ${each}`),
    ...subcommands.map((each) => `c ${each}`),
    ...rows.map(({ name, marks }) => `u ${name} ${marks}`),
    "",
  ].join("\n");
}

/** The judge writes what is recorded otherwise, and starts what runs on a terminal; on a server every change is one to look at. */
function usualSettings({ settings }: PolicySet): boolean {
  return (settings.role ?? "workstation") === "workstation" && settings.audit === undefined && (settings.terminal ?? "exec") === "exec" && (settings.runtime ?? "on") === "on";
}

function fragmentsOf({ rules }: PolicySet): readonly string[] | undefined {
  const local = rules.filter(({ source }) => list(source.host).length === 0 || list(source.host).includes("local"));
  const fragments = local.flatMap(ruleFragments);
  if (fragments.some((fragment) => fragment.length < leastFragment || /\s/.test(fragment))) return undefined;
  const all = [...new Set(fragments)];
  return all.filter((one) => !all.some((other) => other !== one && one.includes(other))).sort();
}

/** "" where a rule speaks of more than new files with such a path. */
function ruleFragments({ source }: CompiledRule): readonly string[] {
  const changes = list(source.action);
  if (source.existing !== false || changes.length === 0 || !changes.every((action) => action === "write" || action === "edit")) return [""];
  const paths = list(source.path);
  return paths.length === 0 ? [""] : paths.flatMap((path) => literalParts(path.replace("{workspace}/", "")));
}
