// Where the program comes from that a shell or an interpreter reads on its standard input.
import type { SimpleCommand } from "../syntax/simple-command.ts";
import { known, textWord, type Word } from "../syntax/word.ts";
import { request, unknown } from "./effect.ts";
import type { Effect, Invocation } from "./utility.ts";

export type Program =
  | { readonly from: "text"; readonly text: Word }
  | { readonly from: "terminal" }
  /** A file that cannot be read here. */
  | { readonly from: "file"; readonly path: Word }
  /** Output that the text does not tell. */
  | { readonly from: "pipe"; readonly word: Word | undefined };

export function programOnStdin({ command, readFile }: Invocation): Program {
  const { stdin } = command;
  switch (stdin.from) {
    case "inherit":
      return { from: "terminal" };
    case "text":
      return stdin;
    case "file":
      return terminal.test(known(stdin.path) ?? "") ? { from: "terminal" } : programInFile(stdin.path, readFile);
    case "pipe":
      return copied(stdin.commands, readFile) ?? { from: "pipe", word: undefined };
  }
}

/** What is typed, also where standard input was something else (tty(4)). */
const terminal = /^\/dev\/(?:tty|console|pts\/\d+|std(?:out|err)|fd\/[12])$/;

export function programInFile(path: Word, readFile: Invocation["readFile"]): Program {
  const name = known(path);
  if (name === "/dev/null") return { from: "text", text: textWord("", path.span) };
  if (path.content !== undefined) return { from: "text", text: path.content };
  if (path.process !== undefined) return { from: "pipe", word: path };
  const text = name === undefined ? undefined : readFile(name);
  return text === undefined ? { from: "file", path } : { from: "text", text: textWord(text, path.span) };
}

/** `cat script |`: the file itself. */
function copied(commands: readonly SimpleCommand[], readFile: Invocation["readFile"]): Program | undefined {
  const [only, ...others] = commands;
  const [name, file, ...more] = only?.words ?? [];
  if (others.length > 0 || more.length > 0 || file === undefined || known(name) !== "cat") return undefined;
  const program = programInFile(file, readFile);
  return program.from === "text" ? program : undefined;
}

const standardInput = new Set(["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]);

/** The operand means standard input. */
export function isStandardInput(word: Word | undefined): boolean {
  return standardInput.has(known(word) ?? "");
}

/** Effects of code that the text does not show. */
export function hiddenCode(program: Exclude<Program, { from: "text" | "terminal" }>): readonly Effect[] {
  if (program.from === "file") {
    return [request("execute", program.path, { name: "script" }), unknown("code from a file that cannot be read here", program.path)];
  }
  const { word } = program;
  const execution = request("execute", undefined, { name: "code", word, note: "runs code that the text does not show" });
  return word !== undefined && printsSetup(word) ? [execution] : [execution, unknown("code that another command prints", word)];
}

const setupCommands = new Set(["completion", "completions", "init", "hook", "shellenv", "activate", "shell-init"]);

/** `<(kubectl completion bash)`: a utility's own set-up code for the shell. Only where the text is plain words. */
function printsSetup({ pieces }: Word): boolean {
  const text = pieces.map((piece) => ("text" in piece ? piece.text : piece.hole)).join("");
  const inner = /^<\(([\w\s./=-]+)\)$/.exec(text)?.[1];
  const [, ...words] = inner?.trim().split(/\s+/) ?? [];
  return words.some((word) => setupCommands.has(word));
}
