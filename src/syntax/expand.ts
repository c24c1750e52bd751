// A word of the syntax tree → the words it becomes: braces, tilde, parameters, substitutions, splitting, quote removal (XCU 2.6).
import type * as unbash from "unbash";
import { parse } from "unbash";
import { evaluateArithmetic } from "./arithmetic.ts";
import { expandBraces, type Runs } from "./braces.ts";
import { type Context, issue, spanOf, spend } from "./context.ts";
import { addEmpty, addValue, endField, type Fields, newFields } from "./fields.ts";
import { literalPieces, withDynamicNames, written } from "./literal.ts";
import { type Expansion, expandParameter, expandSimple } from "./parameter.ts";
import { escapePattern } from "./pattern.ts";
import type { Source } from "./source.ts";
import { processOutput } from "./substitution.ts";
import { hole, textOf, type Value, valueOf } from "./value.ts";
import { contentsOf, scalarOf, separatorsOf } from "./variable.ts";
import type { Hole, Word } from "./word.ts";

/** Appends the words that a word becomes. */
export function expandInto(context: Context, node: unbash.Word, words: Word[]): void {
  spend(context, 1, node);
  const { parts } = node;
  if (parts === undefined) {
    words.push({ pieces: tilde(context, withDynamicNames(literalPieces(context.source, node.text, node.value, node.pos, false)), node.text), span: spanOf(context, node) });
    return;
  }
  if (parts.length === 1 && parts[0]?.type === "ProcessSubstitution") words.push(processWord(context, parts[0]));
  else if (parts.some((part) => part.type === "BraceExpansion") && context.run.options.dialect !== "sh") expandBraceWord(context, node, words);
  else expandPartsInto(context, node, parts, words);
}

function expandPartsInto(context: Context, node: unbash.Word, parts: readonly unbash.WordPart[], words: Word[]): void {
  const fields = newFields(separatorsOf(context), true);
  addParts(context, fields, parts, false);
  endField(fields);
  const span = spanOf(context, node);
  spend(context, fields.done.length, node);
  for (const field of fields.done) {
    const pieces = field === fields.done[0] ? tilde(context, field.pieces, node.text) : field.pieces;
    words.push(field.glob ? { pieces, span, glob: true } : { pieces, span });
  }
}

function processWord(context: Context, part: unbash.ProcessSubstitutionPart): Word {
  const output = processOutput(context, part);
  const pieces = [hole(written(context.source, part.text), "command", false, spanOf(context, part).start)];
  const word: Word = { pieces, span: spanOf(context, part), process: part.operator };
  return output === undefined ? word : { ...word, content: { pieces: output, span: word.span } };
}

// Bash expands braces in the source text before it looks at anything else in the word.
function expandBraceWord(context: Context, node: unbash.Word, words: Word[]): void {
  const expansions = expandBraces(node.text);
  if (expansions === undefined) {
    issue(context, "over-budget", `too many words in \`${node.text.slice(0, 40)}\``, spanOf(context, node));
    words.push({ pieces: [hole(written(context.source, node.text), "other", true, spanOf(context, node).start)], span: spanOf(context, node) });
    return;
  }
  for (const runs of expansions) {
    spend(context, 1 + (node.text.length >> 6), node);
    if (runs.length === 0) continue;
    const source = runsSource(context.source, node, runs);
    const word = wordIn(source.text);
    if (word === undefined) words.push({ pieces: [hole(source.text, "other", true)], span: spanOf(context, node) });
    else if (word.parts === undefined)
      words.push({ pieces: tilde(context, literalPieces(source, word.text, word.value, word.pos, false), word.text), span: spanOf(context, node) });
    else {
      const from = words.length;
      expandPartsInto({ ...context, source }, word, word.parts, words);
      for (let index = from; index < words.length; index++) words[index] = { ...(words[index] as Word), span: spanOf(context, node) };
    }
  }
}

const leader = ": ";

function wordIn(text: string): unbash.Word | undefined {
  const command = parse(text).commands[0]?.command;
  const word = command?.type === "Command" ? command.suffix[0] : undefined;
  return word?.type === "Word" && word.end === text.length ? word : undefined;
}

function runsSource(source: Source, node: unbash.Word, runs: Runs): Source {
  let text = leader;
  const starts: (readonly [number, number])[] = [];
  for (const run of runs) {
    starts.push([text.length, "text" in run ? -1 : run.start]);
    text += "text" in run ? run.text : node.text.slice(run.start, run.end);
  }
  const origin = (offset: number): number => {
    const found = starts.findLast(([start]) => start <= offset);
    return source.origin(node.pos + (found === undefined || found[1] < 0 ? 0 : found[1] + offset - found[0]));
  };
  return { text, holes: source.holes, origin };
}

/** What the word expands to where it stays one word: an assigned value, a redirection's target, a case word. */
export function expandValue(context: Context, node: unbash.Word): Value {
  if (node.parts === undefined) return tilde(context, withDynamicNames(literalPieces(context.source, node.text, node.value, node.pos, false)), node.text);
  return tilde(context, expandParts(context, node.parts), node.text);
}

export function expandParts(context: Context, parts: readonly unbash.WordPart[]): Value {
  const fields = newFields("", false);
  addParts(context, fields, parts, false);
  endField(fields);
  return fields.done.length === 1 ? (fields.done[0]?.pieces ?? []) : fields.done.flatMap((field, index) => (index === 0 ? field.pieces : [{ text: " " }, ...field.pieces]));
}

/** A word to its single value, as a Word with its span. */
export function expandSingle(context: Context, node: unbash.Word): Word {
  const only = node.parts?.length === 1 ? node.parts[0] : undefined;
  if (only?.type === "ProcessSubstitution") return processWord(context, only);
  return { pieces: expandValue(context, node), span: spanOf(context, node) };
}

/** The body of a here-document whose delimiter is not quoted. */
export function expandBody(context: Context, body: unbash.HereDocBody): Value {
  const fields = newFields("", false);
  if (body.parts === undefined) addValue(fields, literalPieces(context.source, body.text, unescapeBody(body.text), body.pos, true), true);
  else addParts(context, fields, body.parts, true);
  endField(fields);
  return fields.done[0]?.pieces ?? [];
}

function unescapeBody(text: string): string {
  if (!text.includes("\\")) return text;
  let value = "";
  for (let at = 0; at < text.length; at++) {
    const next = text[at + 1];
    if (text[at] !== "\\" || next === undefined || !"$`\\\n".includes(next)) value += text[at];
    else if (++at && next !== "\n") value += next;
  }
  return value;
}

/** The word as a pattern: quoted characters escaped. Undefined: not known. */
export function expandPattern(context: Context, node: unbash.Word): string | undefined {
  if (node.parts === undefined) {
    // a part of the source that is not known is a character of its text
    if (textOf(literalPieces(context.source, node.text, node.value, node.pos, false)) === undefined) return undefined;
    return node.text.includes("\\") ? escapePattern(node.value) : node.value;
  }
  let pattern: string | undefined = "";
  for (const part of node.parts) {
    const text = patternOf(context, part);
    pattern = text === undefined || pattern === undefined ? undefined : pattern + text;
  }
  return pattern;
}

function patternOf(context: Context, part: unbash.WordPart): string | undefined {
  const text = textOf(expandParts(context, [part]));
  if (part.type === "Glob" || part.type === "ExtendedGlob") return text === undefined ? undefined : part.text;
  if (text === undefined) return undefined;
  const quoted = part.type === "SingleQuoted" || part.type === "DoubleQuoted" || part.type === "AnsiCQuoted" || part.type === "LocaleString";
  return quoted || (part.type === "Literal" && part.text !== part.value) ? escapePattern(text) : text;
}

function addParts(context: Context, fields: Fields, parts: readonly unbash.WordPart[], quoted: boolean): void {
  for (const part of parts) addPart(context, fields, part, quoted);
}

function addPart(context: Context, fields: Fields, part: unbash.WordPart, quoted: boolean): void {
  switch (part.type) {
    case "Literal":
      return addLiteral(fields, withDynamicNames(literalPieces(context.source, part.text, part.value, part.pos, quoted)));
    case "SingleQuoted":
      return addQuoted(fields, literalPieces(context.source, part.text.slice(1, -1), part.value, part.pos + 1, true));
    case "AnsiCQuoted":
      return addQuoted(fields, literalPieces(context.source, part.text.endsWith("'") ? part.text.slice(2, -1) : "", part.value, part.pos + 2, true));
    case "DoubleQuoted":
    case "LocaleString":
      return addDoubleQuoted(context, fields, part);
    case "Glob":
    case "ExtendedGlob":
      return addGlob(context, fields, part);
    case "BraceExpansion":
      return addBraces(context, fields, part);
    case "SimpleExpansion":
      return addExpansion(context, fields, expandSimple(context, part), part, quoted);
    case "ParameterExpansion":
      return addExpansion(context, fields, expandParameter(context, part), part, quoted);
    case "CommandExpansion":
      return addValue(fields, context.run.evaluator.substitute(context, part), quoted);
    case "ArithmeticExpansion":
      return addArithmetic(context, fields, part, quoted);
    case "ProcessSubstitution":
      processOutput(context, part);
      return addValue(fields, [hole(written(context.source, part.text), "command", false, spanOf(context, part).start)], true);
  }
}

// Braces that bash does not expand are characters.
function addBraces(context: Context, fields: Fields, part: unbash.BraceExpansionPart): void {
  const literal = (start: number, end: number): void =>
    addLiteral(fields, literalPieces(context.source, part.text.slice(start, end), part.text.slice(start, end), part.pos + start, false));
  if (part.parts === undefined) return literal(0, part.text.length);
  literal(0, 1);
  addParts(context, fields, part.parts, false);
  literal(part.text.length - 1, part.text.length);
}

function addLiteral(fields: Fields, pieces: Value): void {
  for (const piece of pieces) fields.pieces.push(piece);
  if (pieces.length > 0) fields.open = true;
}

function addQuoted(fields: Fields, pieces: Value): void {
  addLiteral(fields, pieces);
  fields.open = true;
}

function addDoubleQuoted(context: Context, fields: Fields, part: unbash.DoubleQuotedPart | unbash.LocaleStringPart): void {
  const before = fields.done.length;
  const wasOpen = fields.open;
  addParts(context, fields, part.parts, true);
  // `"$@"` without arguments is no word at all; any other empty quotes are an empty one
  if (fields.done.length === before && !(part.parts.length === 1 && isListExpansion(part.parts[0]))) addEmpty(fields);
  else if (wasOpen) addEmpty(fields);
}

function isListExpansion(part: unbash.WordPart | undefined): boolean {
  if (part?.type === "SimpleExpansion") return part.text === "$@";
  return part?.type === "ParameterExpansion" && (part.parameter === "@" || part.index?.text === "@");
}

function addGlob(context: Context, fields: Fields, part: unbash.GlobPart | unbash.ExtendedGlobPart): void {
  // the commands inside run whatever the pattern matches
  for (const inner of part.parts ?? []) expandParts(context, [inner]);
  addLiteral(fields, literalPieces(context.source, part.text, part.text, part.pos, false));
  fields.glob = true;
}

function addArithmetic(context: Context, fields: Fields, part: unbash.ArithmeticExpansionPart, quoted: boolean): void {
  const value = evaluateArithmetic(context, part.expression);
  const unknown: Hole = hole(written(context.source, part.text), "computed", false, spanOf(context, part).start);
  addValue(fields, value === undefined ? [unknown] : valueOf(String(value)), quoted || value === undefined);
}

function addExpansion(context: Context, fields: Fields, expansion: Expansion, part: unbash.WordPart, quoted: boolean): void {
  switch (expansion.kind) {
    case "value":
      return addValue(fields, expansion.value, quoted);
    case "operand":
      return addOperand(context, fields, expansion.word, quoted);
    case "unknown-list":
      fields.open = true;
      // even in quotes it may be no word or several
      fields.pieces.push({ ...expansion.hole, splits: fields.splits });
      return;
    case "list":
      spend(context, expansion.values.length, part);
      return addList(context, fields, expansion.values, expansion.star, quoted);
  }
}

function addOperand(context: Context, fields: Fields, word: unbash.Word, quoted: boolean): void {
  if (word.parts !== undefined) return addParts(context, fields, word.parts, quoted);
  const pieces = literalPieces(context.source, word.text, word.value, word.pos, quoted);
  addValue(fields, quoted ? pieces : tilde(context, pieces, word.text), quoted);
}

function addList(context: Context, fields: Fields, values: readonly Value[], star: boolean, quoted: boolean): void {
  if (star && quoted) {
    const separator = (separatorsOf(context) ?? " ").slice(0, 1);
    return addValue(
      fields,
      values.flatMap((value, index) => (index === 0 ? value : [{ text: separator }, ...value])),
      true,
    );
  }
  values.forEach((value, index) => {
    if (index > 0) endField(fields);
    // an element may itself be several, in quotes too
    if (quoted) addQuoted(fields, value);
    else addValue(fields, value, false);
  });
}

// A leading `~` or `~/` where HOME is known; elsewhere it stays as written.
function tilde(context: Context, value: Value, written: string): Value {
  if (written.charCodeAt(0) !== 126) return value;
  const first = value[0];
  if (first === undefined || !("text" in first) || !first.text.startsWith("~")) return value;
  if (first.text.length === 1 ? value.length > 1 && written[1] !== "/" : first.text[1] !== "/") return value;
  const contents = contentsOf(context, "HOME");
  const home = contents.length === 1 ? scalarOf(contents[0] as (typeof contents)[0]) : undefined;
  if (home === undefined || textOf(home) === undefined) return value;
  const rest = first.text.slice(1);
  return [...home, ...(rest === "" ? [] : [{ text: rest, at: first.at === undefined ? undefined : first.at + 1 }]), ...value.slice(1)];
}
