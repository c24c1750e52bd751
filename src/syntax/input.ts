// `read` and `mapfile`: variables whose values come from the command's standard input.
import type { Context, Status } from "./context.ts";
import { addValue, endField, newFields } from "./fields.ts";
import { bind } from "./state.ts";
import { textOf, type Value, valueOf } from "./value.ts";
import { assignArray, assignUnknown, isName, separatorsOf, targetOf } from "./variable.ts";
import { known, type Word } from "./word.ts";

// Options that take the next word.
const readArguments = "adinNptu";
const mapfileArguments = "dnOsuCc";
const maxLines = 16;

interface Operands {
  readonly names: readonly string[];
  readonly options: ReadonlyMap<string, string | undefined>;
}

function readOperands(words: readonly Word[], withArgument: string): Operands {
  const options = new Map<string, string | undefined>();
  let at = 0;
  for (; at < words.length; at++) {
    const text = known(words[at]);
    if (text === undefined || !text.startsWith("-") || text.length < 2) break;
    if (text === "--") {
      at++;
      break;
    }
    for (let index = 1; index < text.length; index++) {
      const letter = text[index] as string;
      if (!withArgument.includes(letter)) {
        options.set(letter, undefined);
        continue;
      }
      options.set(letter, index + 1 < text.length ? text.slice(index + 1) : known(words[++at]));
      break;
    }
  }
  return {
    options,
    names: words
      .slice(at)
      .map((word) => known(word) ?? "")
      .filter(isName),
  };
}

/** `read`: each variable may have the field of any line, since which line it gets is not followed. */
export function readVariables(context: Context, words: readonly Word[]): void {
  const { names, options } = readOperands(words, readArguments);
  const array = options.get("a");
  const lines = linesOf(context);
  const plain = !["d", "n", "N", "u"].some((letter) => options.has(letter));
  if (array !== undefined && isName(array)) return readFields(context, array, plain && lines?.length === 1 ? lines[0] : undefined);
  const targets = names.length === 0 ? ["REPLY"] : names;
  if (lines === undefined || lines.length === 0 || lines.length > maxLines || !plain) {
    for (const name of targets) assignUnknown(context, name);
    return;
  }
  const rows = lines.map((line) => split(context, options.has("r") ? line : line.replaceAll("\\", ""), names.length));
  targets.forEach((name, index) => {
    const values = new Set(rows.map((row) => row[index] ?? ""));
    bind(
      context.state,
      targetOf(context.state, name),
      [...values].map((text) => ({ kind: "scalar", value: valueOf(text) })),
    );
  });
}

function readFields(context: Context, name: string, line: string | undefined): void {
  if (line === undefined) return assignUnknown(context, name);
  const fields = newFields(separatorsOf(context), true);
  addValue(fields, valueOf(line), false);
  endField(fields);
  assignArray(context, name, new Map(fields.done.map((field, index) => [String(index), field.pieces])), false);
}

// The last variable gets what is left of the line.
function split(context: Context, line: string, count: number): string[] {
  const separators = separatorsOf(context) ?? "";
  if (count === 0 || separators === "") return [line];
  const fields: string[] = [];
  let rest = trimmed(line, separators);
  while (fields.length < count - 1 && rest !== "") {
    let end = 0;
    while (end < rest.length && !separators.includes(rest[end] as string)) end++;
    fields.push(rest.slice(0, end));
    rest = trimmed(rest.slice(end + 1), separators);
  }
  return [...fields, rest];
}

function trimmed(text: string, separators: string): string {
  const blank = (character: string | undefined) => character !== undefined && " \t\n".includes(character) && separators.includes(character);
  let start = 0;
  let end = text.length;
  while (blank(text[start])) start++;
  while (end > start && blank(text[end - 1])) end--;
  return text.slice(start, end);
}

function linesOf(context: Context): string[] | undefined {
  const text = context.stdin.from === "text" ? textOf(context.stdin.text.pieces) : undefined;
  if (text === undefined || text.length > 1 << 16) return undefined;
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** `mapfile`, `readarray`. */
export function readArray(context: Context, { operands }: { readonly operands: readonly Word[] }): Status {
  const { names, options } = readOperands(operands, mapfileArguments);
  const name = names[0] ?? "MAPFILE";
  const lines = linesOf(context);
  const plain = [...options.keys()].every((letter) => letter === "t");
  if (lines === undefined || !plain) assignUnknown(context, name);
  else assignArray(context, name, new Map(lines.map((line, index): [string, Value] => [String(index), valueOf(options.has("t") ? line : `${line}\n`)])), false);
  return undefined;
}
