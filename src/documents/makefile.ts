// make(1): the recipes of a makefile, each line for a shell of its own, and what `$(shell …)` runs.
import type { Dialect } from "../syntax/simple-command.ts";
import { type Fragment, join, lines, slice, standIn, verbatim } from "./fragment.ts";
import { type Document, directoryOf, type Piece, type Reading, unknownParameter } from "./piece.ts";

/** Variables with the texts that assignments give them; what a condition or a command line may change is not followed. */
type Variables = ReadonlyMap<string, string>;

export function readMakefile({ path, text }: Document): Reading {
  const all = logicalLines(text);
  const variables = variablesIn(all);
  const dialect = dialectOf(variables.get("SHELL"));
  const directory = directoryOf(path);
  const oneShell = /^\.ONESHELL:/m.test(text);
  const pieces = recipesIn(all, oneShell).map((code): Piece => ({ code: expanded(code, variables), dialect, directory }));
  const asked = all.filter(({ text: line }) => !line.startsWith("\t") && line.includes("$(shell ")).flatMap((line) => shellCalls(line));
  return { pieces: [...pieces, ...asked.map((code) => ({ code: expanded(code, variables), dialect, directory }))] };
}

/** A line that ends in a backslash goes on in the next; of a recipe's, the shell sees both characters and make takes the tab. */
function logicalLines(text: string): readonly Fragment[] {
  const found: Fragment[] = [];
  let open: Fragment[] = [];
  for (const line of lines(verbatim(text, 0, text.length))) {
    const recipe = (open[0] ?? line).text.startsWith("\t");
    const part = open.length > 0 && recipe && line.text.startsWith("\t") ? slice(line, 1) : line;
    open.push(part);
    if (/(?<!\\)(\\\\)*\\$/.test(line.text)) continue;
    found.push(join(open, "\n"));
    open = [];
  }
  return open.length > 0 ? [...found, join(open, "\n")] : found;
}

function variablesIn(all: readonly Fragment[]): Variables {
  const variables = new Map<string, string>();
  const changed = new Set<string>();
  for (const { text } of all) {
    const [, name, operator, value] = /^ *(?:export +|override +)?([\w.-]+) *(::?:?=|\?=|\+=|!=|=) *(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) continue;
    // Set twice or by a command: which one counts is make's to say.
    if (variables.has(name) || operator === "+=" || operator === "!=") changed.add(name);
    variables.set(
      name,
      value
        .replace(/\s+#.*$/s, "")
        .replaceAll(/\\\n\s*/g, " ")
        .trimEnd(),
    );
  }
  for (const name of changed) variables.delete(name);
  return variables;
}

function dialectOf(shell: string | undefined): Dialect {
  const name = /([^/\s]+)\s*$/.exec(shell ?? "")?.[1];
  return name === "bash" || name === "zsh" ? name : "sh";
}

/** Lines after a tab, and what follows `target: prerequisites;`. */
function recipesIn(all: readonly Fragment[], oneShell: boolean): readonly Fragment[] {
  const recipes: Fragment[][] = [];
  let inRule = false;
  for (const line of all) {
    if (line.text.startsWith("\t")) {
      if (!inRule || /^\t\s*(#|$)/.test(line.text)) continue;
      const code = withoutPrefix(slice(line, 1));
      if (oneShell && recipes.length > 0) recipes.at(-1)?.push(code);
      else recipes.push([code]);
      continue;
    }
    if (/^\s*(#|$)/.test(line.text)) continue;
    const rule = /^[^\s#:=][^#=]*?::?(?![:=])/.exec(line.text);
    const condition = /^\s*(ifn?eq|ifn?def|else|endif)\b/.test(line.text);
    inRule = rule !== null || (condition && inRule);
    const semicolon = rule === null ? -1 : line.text.indexOf(";", rule[0].length);
    if (oneShell && rule !== null) recipes.push([]);
    if (semicolon >= 0) recipes.push([withoutPrefix(slice(line, semicolon + 1))]);
  }
  return recipes.filter((parts) => parts.length > 0).map((parts) => join(parts, "\n"));
}

/** `@`, `-` and `+` speak to make. */
function withoutPrefix(code: Fragment): Fragment {
  return slice(code, /^[\s@+-]*/.exec(code.text)?.[0].length ?? 0);
}

const opening = "$(shell ";

function shellCalls(line: Fragment): readonly Fragment[] {
  const calls: Fragment[] = [];
  for (let start = line.text.indexOf(opening); start >= 0; start = line.text.indexOf(opening, start + opening.length)) {
    const end = closing(line.text, start + 1);
    if (end !== undefined) calls.push(slice(line, start + opening.length, end));
  }
  return calls;
}

/** Offset of the bracket that closes the one at `open`. */
function closing(text: string, open: number): number | undefined {
  const [left, right] = text[open] === "(" ? "()" : "{}";
  let depth = 0;
  for (let index = open; index < text.length; index++) {
    if (text[index] === left) depth++;
    if (text[index] === right && --depth === 0) return index;
  }
  return undefined;
}

const deepest = 8;

/** `$$` is the shell's `$`; a variable that is known is its text, what is not is a parameter that nothing sets. */
function expanded(code: Fragment, variables: Variables, depth = 0): Fragment {
  if (!code.text.includes("$")) return code;
  const parts: Fragment[] = [];
  let done = 0;
  for (let index = code.text.indexOf("$"); index >= 0; index = code.text.indexOf("$", done)) {
    const next = code.text[index + 1] ?? "";
    const end = next === "(" || next === "{" ? (closing(code.text, index + 1) ?? index + 1) : index + 1;
    const name = end > index + 1 ? code.text.slice(index + 2, end) : next;
    parts.push(slice(code, done, index), next === "$" ? slice(code, index, index + 1) : valueOf(name, code.at(index), variables, depth));
    done = Math.min(end + 1, code.text.length);
  }
  return join([...parts, slice(code, done)]);
}

function valueOf(name: string, at: number, variables: Variables, depth: number): Fragment {
  const value = variables.get(name);
  // make itself, as `$(MAKE) -C dir`: a utility that we know.
  if (name === "MAKE") return standIn("make", at);
  return value === undefined || depth >= deepest ? standIn(unknownParameter(name), at) : expanded(standIn(value, at), variables, depth + 1);
}
