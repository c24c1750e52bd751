// The words after `autobot-sh` → what bash would take from them: where its program comes from, and what is set around
// it. Read exactly as bash's main() reads them (bash 5.2; bash(1), OPTIONS): a shape misread here is a program unjudged.

/** Where bash takes its program from. `index`: the argument's place among the words, from 1. */
export type Program =
  /** `-c`. `text` is undefined where the argument is missing, which bash reports. */
  { readonly from: "argument"; readonly text: string | undefined; readonly index: number } | { readonly from: "file"; readonly path: string } | { readonly from: "stdin" };

export interface Invocation {
  readonly program: Program;
  /** `$0`, `$1` … of the program. `$0` is undefined where it is the shell's own name. */
  readonly parameters: readonly (string | undefined)[];
  /** `-i`: the start-up file for interactive shells is read, whatever the program is. */
  readonly interactive: boolean;
  /** `-l`, `--login`, or a name that begins with a dash: the profile is read first. */
  readonly login: boolean;
  /** `-p`: no start-up file of the environment's is read. */
  readonly privileged: boolean;
  /** Word options, without their dashes: `norc`, `posix`. */
  readonly words: ReadonlySet<string>;
  /** `--rcfile` or `--init-file`. */
  readonly startupFile?: string | undefined;
  /** Nothing is executed: `-n` (which an interactive shell ignores), `-D`, `--dump-strings`. */
  readonly readsOnly: boolean;
  /** Asked for in place of running anything. */
  readonly asks?: "help" | "version" | undefined;
}

const withArgument = new Set(["rcfile", "init-file"]);
const flags = new Set([
  "debug",
  "debugger",
  "dump-po-strings",
  "dump-strings",
  "help",
  "login",
  "noediting",
  "noprofile",
  "norc",
  "posix",
  "pretty-print",
  "protected",
  "restricted",
  "verbose",
  "version",
  "wordexp",
]);

interface LongOptions {
  readonly names: ReadonlySet<string>;
  readonly startupFile?: string | undefined;
  /** Index of the first word that is not one. */
  readonly next: number;
}

interface ShortOptions {
  readonly on: ReadonlySet<string>;
  readonly next: number;
}

/** `name`: argv[0]. Never fails: what bash would reject is read as far as it goes, and bash rejects it itself. */
export function readInvocation(args: readonly string[], name = ""): Invocation {
  const long = readLongOptions(args);
  const short = readShortOptions(args, long.next);
  const rest = args.slice(short.next);
  const { program, parameters } = programOf(rest, short.on, short.next + 1);
  return {
    program,
    parameters,
    interactive: short.on.has("i"),
    login: name.startsWith("-") || short.on.has("l") || long.names.has("login"),
    privileged: short.on.has("p"),
    words: long.names,
    startupFile: long.startupFile,
    readsOnly: (!short.on.has("i") && [..."nD"].some((each) => short.on.has(each))) || ["dump-strings", "dump-po-strings"].some((each) => long.names.has(each)),
    asks: long.names.has("help") ? "help" : long.names.has("version") ? "version" : undefined,
  };
}

/** Word options come first, with one dash or two, and end at the first word that is none. */
function readLongOptions(args: readonly string[]): LongOptions {
  const names = new Set<string>();
  let startupFile: string | undefined;
  let index = 0;
  for (; index < args.length; index++) {
    const word = args[index] ?? "";
    const twoDashes = word.startsWith("--") && word.length > 2;
    const name = word.slice(twoDashes ? 2 : 1);
    if (!word.startsWith("-")) break;
    if (withArgument.has(name)) startupFile = args[++index];
    // An unknown one ends bash; should some bash know it after all, what follows is still read.
    else if (twoDashes || flags.has(name)) names.add(name);
    else break;
  }
  return { names, startupFile, next: Math.min(index, args.length) };
}

/** Bundles of letters, `-` or `+` before them; each `o` and `O` in one takes the next word. `-` and `--` end them. */
function readShortOptions(args: readonly string[], start: number): ShortOptions {
  const on = new Set<string>();
  let index = start;
  while (index < args.length) {
    const word = args[index] ?? "";
    if (word === "-" || word === "--") return { on, next: index + 1 };
    if (!word.startsWith("-") && !word.startsWith("+")) break;
    let next = index + 1;
    for (const letter of word.slice(1)) {
      if (letter === "o" || letter === "O") {
        if (letter === "o" && args[next] === "noexec") setLetter(on, "n", word.startsWith("-"));
        if (letter === "o" && args[next] === "privileged") setLetter(on, "p", word.startsWith("-"));
        next++;
      } else setLetter(on, letter, word.startsWith("-"));
    }
    index = next;
  }
  return { on, next: Math.min(index, args.length) };
}

/** For c, s and l the sign does not matter to bash: `+c` takes a program too. */
function setLetter(on: Set<string>, letter: string, minus: boolean): void {
  if (minus || "csl".includes(letter)) on.add(letter);
  else on.delete(letter);
}

function programOf(rest: readonly string[], on: ReadonlySet<string>, index: number): Pick<Invocation, "program" | "parameters"> {
  const [first, ...others] = rest;
  if (on.has("c")) return { program: { from: "argument", text: first, index }, parameters: others };
  if (first === undefined || on.has("s")) return { program: { from: "stdin" }, parameters: [undefined, ...rest] };
  return { program: { from: "file", path: first }, parameters: [first, ...others] };
}
