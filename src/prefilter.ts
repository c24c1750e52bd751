// Policies and utilities → the tables by which the launcher tells lines that nothing can be denied about without starting
// the judge (src/prefilter.bash, docs/adr/0011). Made by the build; a set that it cannot vouch for has none.
import type { Engine, PolicySet } from "./decide.ts";
import { literalParts } from "./policy/glob.ts";
import { list } from "./policy/list.ts";
import type { CompiledRule } from "./policy/rule.ts";

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

/** The first character of a name decides in which line of the table it stands. */
const lastCharacter = 126;

export interface Prefilter {
  /**
   * A line for each character code up to `~`, the names that begin with it between blanks: `name` only looks, `name!` is
   * the shell's own and does so too, `name:` may change something here, `name%` and `name:%` may run what follows one of
   * `starters`, `name@` may reach other hosts.
   */
  readonly table: string;
  /** Options after which another command stands. */
  readonly starters: readonly string[];
  /** What stands in every path on this machine that a rule speaks of. */
  readonly fragments: readonly string[];
}

/** Undefined where a rule or a setting asks for more than the tables can say. */
export function prefilterOf({ policies, registry }: Engine): Prefilter | undefined {
  const fragments = fragmentsOf(policies);
  if (fragments === undefined || !usualSettings(policies)) return undefined;
  const names = [...registry.names];
  const confined = names.flatMap((name) => {
    const utility = rereading.has(name) || registry.reaching.has(name) ? undefined : registry.find(name);
    if (utility?.confined === undefined) return [];
    const mark = `${utility.confined === "writes" ? ":" : ""}${utility.commandAfter === undefined ? "" : "%"}`;
    return [{ name, mark: mark === "" && builtins.has(name) ? "!" : mark }];
  });
  const reaching = [...registry.reaching].map((name) => ({ name, mark: "@" }));
  const starters = new Set(names.flatMap((name) => (registry.find(name)?.confined !== undefined ? (registry.find(name)?.commandAfter?.split(" ") ?? []) : [])));
  return { table: tableOf([...confined, ...reaching]), starters: [...starters].sort(), fragments };
}

/** The tables but the first, as bash code. */
export function showPrefilter({ starters, fragments }: Prefilter): string {
  const short = starters.filter((option) => !option.startsWith("--"));
  // GNU getopt_long(3) takes the beginning of a long one too.
  const hidden = starters.map((option) => (option.startsWith("--") ? option.slice(0, 4) : option));
  return [
    `autobot_ascii=${quoted(ascii)}`,
    "autobot_digits=0123456789abcdefghijklmnopqrstuvwxyz",
    `autobot_starters=${quoted(` ${short.join(" ")} `)}`,
    `autobot_hidden=${quoted([...new Set(hidden)].join(" "))}`,
    `autobot_fragments=${quoted(fragments.join(" "))}`,
    "",
  ].join("\n");
}

/** What is printed of ASCII, and tab and newline. */
const ascii = `\t\n${String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index))}`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function tableOf(entries: readonly { readonly name: string; readonly mark: string }[]): string {
  const lines = Array.from({ length: lastCharacter + 1 }, () => " ");
  for (const { name, mark } of [...entries].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const code = name.charCodeAt(0);
    if (lines[code] !== undefined && !/\s/.test(name)) lines[code] += `${name}${mark} `;
  }
  return `${lines.join("\n")}\n`;
}

/** The judge writes what is recorded otherwise, and starts what runs on a terminal. */
function usualSettings({ settings }: PolicySet): boolean {
  return settings.audit === undefined && (settings.terminal ?? "exec") === "exec" && (settings.runtime ?? "on") === "on";
}

function fragmentsOf({ rules }: PolicySet): readonly string[] | undefined {
  const local = rules.filter(({ source }) => list(source.host).length === 0 || list(source.host).includes("local"));
  const fragments = local.flatMap(ruleFragments);
  if (fragments.some((fragment) => fragment.length < leastFragment || /\s/.test(fragment))) return undefined;
  const all = [...new Set(fragments)];
  return all.filter((one) => !all.some((other) => other !== one && one.includes(other))).sort();
}

/** "" where a rule speaks of more than files with such a path. */
function ruleFragments({ source }: CompiledRule): readonly string[] {
  const changes = list(source.action);
  if (changes.length === 0 || !changes.every((action) => action === "write" || action === "edit")) return [""];
  const paths = list(source.path);
  return paths.length === 0 ? [""] : paths.flatMap((path) => literalParts(path.replace("{workspace}/", "")));
}
