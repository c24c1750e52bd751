// One compact line for each simple command of a reading, and one for each issue.
import { type ReadOptions, read } from "../../src/syntax/read.ts";
import type { SimpleCommand } from "../../src/syntax/simple-command.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { known, show, type Word } from "../../src/syntax/word.ts";

/** `ssh h` with holes as `‹$x›`, a `*` after a pattern, assignments and redirections, `<<` text, `|` a pipe, `@` the directory. */
export function commandsOf(text: string, options: Partial<ReadOptions> = {}): string[] {
  return read(rootSource(text), { dialect: "bash", ...options }).commands.map(line);
}

export function issuesOf(text: string, options: Partial<ReadOptions> = {}): string[] {
  return read(rootSource(text), { dialect: "bash", ...options }).issues.map((issue) => `${issue.code}: ${text.slice(issue.span.start, issue.span.end)}`);
}

/** The command words of a reading, without what stands around them. */
export function wordsOf(text: string, options: Partial<ReadOptions> = {}): string[] {
  return read(rootSource(text), { dialect: "bash", ...options })
    .commands.filter(({ words }) => words.length > 0)
    .map(({ words }) => words.map(wordText).join(" "));
}

export function wordText(word: Word): string {
  const text = word.pieces.map((piece) => ("text" in piece ? piece.text : `‹${piece.hole}›`)).join("");
  return (known(word) === "" ? "''" : text) + (word.glob === true ? "*" : "");
}

function line(command: SimpleCommand): string {
  const { stdin } = command;
  const input = stdin.from === "text" ? `<<${JSON.stringify(show(stdin.text))}` : stdin.from === "file" ? `<${show(stdin.path)}` : stdin.from === "pipe" ? "|" : "";
  return [
    ...command.assignments.map(({ name, value }) => `${name}=${wordText(value)}`),
    ...command.words.map(wordText),
    ...command.redirections.filter(({ operator }) => operator !== "<").map((one) => `${one.descriptor === 1 ? "" : one.descriptor}${one.operator}${wordText(one.target)}`),
    input,
    command.cwd === undefined ? "" : `@${show(command.cwd)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
