// Shells: the code they are given with -c, on standard input or in a file; and what reads code into the current shell.
import type { Dialect } from "../syntax/simple-command.ts";
import { known, maySplit, prefix, slice, suffix, textWord, type Word } from "../syntax/word.ts";
import { request, unknown } from "./effect.ts";
import { hiddenCode, isStandardInput, type Program, programInFile, programOnStdin } from "./program.ts";
import { scriptRun } from "./script.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

/** Shells that no dialect of ours covers are read as bash: their command names and quotes are near enough. */
const dialects: Readonly<Record<string, Dialect>> = {
  bash: "bash",
  rbash: "bash",
  sh: "sh",
  dash: "sh",
  ash: "sh",
  posh: "sh",
  yash: "sh",
  zsh: "zsh",
  ksh: "bash",
  ksh93: "bash",
  mksh: "bash",
  oksh: "bash",
  fish: "bash",
  csh: "bash",
  tcsh: "bash",
  nu: "bash",
  elvish: "bash",
};

/** Long options, with one dash or two, that take an argument. The second kind is code. */
const longWithFile = new Set(["rcfile", "init-file"]);
const longWithCode = new Set(["init-command", "commands"]);
const longWithWord = new Set(["emulate", "features", "debug-output", "profile", "config", "env-config", "profile-startup", "debug-level"]);
const longAlone = /^-(?:norc|noprofile|login|posix|noediting|restricted|verbose|version|help|debugger|protected|wordexp|noline-editing|dump-po-strings|dump-strings)$/;
const looking = ["version", "help", "dump-strings", "dump-po-strings", "pretty-print", "n", "D"];

interface ShellArguments {
  /** Letters, and long names without dashes. */
  readonly flags: ReadonlySet<string>;
  /** Code that runs before the program. */
  readonly first: readonly Word[];
  readonly startFile: Word | undefined;
  readonly operands: readonly Word[];
}

/**
 * bash(1) OPTIONS: long options, then letters with `-` or `+`; `-c` takes the first operand, wherever it stands; each
 * `o` or `O` takes a word of its own.
 */
function readShellArguments(words: readonly Word[]): ShellArguments {
  const flags = new Set<string>();
  const first: Word[] = [];
  let startFile: Word | undefined;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] as Word;
    const text = known(word) ?? prefix(word);
    if (maySplit(word) && /^[-+]/.test(prefix(words[index + 1] ?? word))) continue;
    if (text === "-" || text === "--") {
      index++;
      break;
    }
    if (!/^[-+]./.test(text)) break;
    if (text.startsWith("--") || longAlone.test(text) || longWithFile.has(text.slice(1))) {
      const [name = "", attached] = splitLong(word, text);
      const takes = longWithFile.has(name) || longWithCode.has(name) || longWithWord.has(name);
      const value = attached ?? (takes ? words[++index] : undefined);
      if (name === "command" || name === "c") return { flags: flags.add("c"), first, startFile, operands: [...(value === undefined ? [] : [value]), ...words.slice(index + 1)] };
      if (longWithFile.has(name)) startFile = value;
      else if (longWithCode.has(name) && value !== undefined) first.push(value);
      flags.add(name);
      continue;
    }
    for (const letter of text.slice(1)) {
      if (letter === "o" || letter === "O") index++;
      flags.add(letter);
    }
  }
  return { flags, first, startFile, operands: words.slice(index) };
}

function splitLong(word: Word, text: string): readonly [string, Word | undefined] {
  const equals = text.indexOf("=");
  return [text.slice(0, equals < 0 ? undefined : equals).replace(/^--?/, ""), equals < 0 ? undefined : slice(word, equals + 1)];
}

const shell: Utility = {
  names: Object.keys(dialects),
  grammar: {},
  effects: (invocation) => {
    const given = readShellArguments(invocation.words);
    const dialect = dialects[invocation.name] ?? "bash";
    if (looking.some((flag) => given.flags.has(flag))) return [];
    return [...startEffects(given, dialect, invocation), ...programEffects(given, dialect, invocation)];
  },
};

/** Files and code that the shell reads before its program. */
function startEffects({ first, startFile, flags }: ShellArguments, dialect: Dialect, { command }: Invocation): readonly Effect[] {
  const files = command.assignments.filter(({ name }) => name === "BASH_ENV" || (name === "ENV" && flags.has("i"))).map(({ value }) => value);
  return [...files, ...(startFile === undefined ? [] : [startFile])]
    .filter((file) => known(file) !== "" && known(file) !== "/dev/null")
    .flatMap((file) => (file.process === undefined ? scriptRun(file, []) : hiddenCode({ from: "pipe", word: file })))
    .concat(first.map((source) => ({ does: "code", source: [source], dialect })));
}

function programEffects({ flags, operands }: ShellArguments, dialect: Dialect, invocation: Invocation): readonly Effect[] {
  const { command, readFile } = invocation;
  const self = command.words[0] ?? textWord(invocation.name);
  const [operand, ...rest] = operands;
  if (flags.has("c")) {
    if (operand === undefined) return [];
    return [{ does: "code", source: [operand], dialect, args: rest.length > 0 ? rest : [self] }];
  }
  if (flags.has("s") || operand === undefined) return stdinEffects(programOnStdin(invocation), dialect, [self, ...operands]);
  if (isStandardInput(operand)) return stdinEffects(programOnStdin(invocation), dialect, operands);
  if (operand.process !== undefined) return stdinEffects(programInFile(operand, readFile), dialect, operands);
  return scriptRun(operand, rest);
}

function stdinEffects(program: Program, dialect: Dialect, args: readonly Word[]): readonly Effect[] {
  switch (program.from) {
    case "text":
      // What the program leaves unread its own commands may read; that is the terminal's or nothing.
      return known(program.text) === "" ? [] : [{ does: "code", source: [program.text], dialect, args, stdin: { from: "inherit" } }];
    case "terminal":
      return [request("session", undefined, { note: "starts an interactive shell" })];
    default:
      return hiddenCode(program);
  }
}

/** Files that only set up a shell's own variables and functions, by convention. */
const setupFile =
  /(?:^|\/)(?:activate(?:\.\w+)?|\.?(?:bash_|z)?(?:rc|profile|aliases|env)|\.(?:bash|zsh|ksh|mksh|ash)rc|\.bash_login|\.zprofile|\.env(?:\.[\w-]+)?|[\w-]+\.env|environment|os-release|lsb-release|(?:nvm|conda|sdkman-init|asdf|cargo|virtualenvwrapper|bash_completion|git-completion\.bash|setup-env)(?:\.sh)?|env\.sh)$/;

const source: Utility = {
  names: ["source", "."],
  grammar: { permute: false },
  effects: (invocation) => {
    const [file, ...rest] = invocation.arguments.operands;
    if (file === undefined) return [];
    if (isStandardInput(file)) return stdinEffects(programOnStdin(invocation), "bash", [file, ...rest]);
    if (file.process !== undefined) return hiddenCode({ from: "pipe", word: file });
    if (setupFile.test(known(file) ?? suffix(file))) return [];
    return [request("execute", file, { name: "source", note: "runs it in the shell" })];
  },
};

/** `hash -p path name` gives a name another program; `enable -f file name` makes it a builtin of a library. */
const naming: Utility = {
  names: ["hash", "enable"],
  grammar: { short: "p:f:" },
  effects: ({ arguments: given, name }) => {
    const file = given.argument(name === "hash" ? "-p" : "-f");
    return file === undefined ? [] : [unknown("it gives a command's name another program", file)];
  },
};

const powershell: Utility = {
  names: ["pwsh", "powershell"],
  grammar: { permute: false },
  effects: (invocation) => {
    const { words } = invocation;
    for (let index = 0; index < words.length; index++) {
      const word = words[index] as Word;
      const option = (known(word) ?? "").toLowerCase();
      const rest = words.slice(index + 1);
      if (/^-(?:c|com.*)$/.test(option))
        return rest.length === 0 || isStandardInput(rest[0]) ? stdinEffects(programOnStdin(invocation), "bash", []) : [{ does: "code", source: rest, dialect: "bash" }];
      if (/^-e(?:c|nc.*)?$/.test(option)) return hiddenCode({ from: "pipe", word: rest[0] });
      if (/^-f(?:i.*)?$/.test(option)) return rest[0] === undefined ? [] : scriptRun(rest[0], rest.slice(1));
      if (/^-v(?:er.*)?$/.test(option)) return [];
      if (powershellTakes.test(option)) index++;
      else if (!option.startsWith("-")) return scriptRun(word, rest);
    }
    return stdinEffects(programOnStdin(invocation), "bash", []);
  },
};

const powershellTakes = /^-(?:ex.*|ep|wd|workingdirectory|w|windowstyle|o|outputformat|if|inputformat|inp.*|config.*|settings.*|custompipename)$/;

export const utilities: readonly Utility[] = [naming, powershell, shell, source];
