// Redirections of a command → the files they name, and where its standard input then comes from.
import type * as unbash from "unbash";
import { type Context, spanOf } from "./context.ts";
import { expandBody, expandSingle } from "./expand.ts";
import { literalPieces } from "./literal.ts";
import type { Redirection, Stdin } from "./simple-command.ts";
import { inputKey, lookup } from "./state.ts";
import { textOf } from "./value.ts";
import type { Piece, Word } from "./word.ts";

export interface Redirected {
  readonly redirections: readonly Redirection[];
  readonly stdin: Stdin;
  /** Standard output goes elsewhere. */
  readonly silent: boolean;
  /** Descriptors other than standard input that can be read from. */
  readonly inputs: ReadonlyMap<number, Stdin>;
}

const none: ReadonlyMap<number, Stdin> = new Map();

// The standard input of a command without redirections: `exec <f` replaces the surrounding one.
function ambientStdin(context: Context): Stdin {
  if (!context.run.replacesStdin) return context.stdin;
  const bound = lookup(context.state, inputKey(0))?.[0];
  return bound?.kind === "input" && bound.over === context.stdin ? bound.stdin : context.stdin;
}

interface Progress {
  readonly redirections: Redirection[];
  readonly inputs: Map<number, Stdin>;
  stdin: Stdin;
  silent: boolean;
}

export function redirect(context: Context, nodes: readonly unbash.Redirection[]): Redirected {
  const ambient = ambientStdin(context);
  if (nodes.length === 0) return { redirections: [], stdin: ambient, silent: false, inputs: none };
  const progress: Progress = { redirections: [], inputs: new Map(), stdin: ambient, silent: false };
  for (const node of nodes) {
    if (node.type === "Redirect") redirectFile(context, node, progress);
    else setInput(progress, descriptorOf(node, 0), { from: "text", text: node.type === "HereDoc" ? hereDocument(context, node) : hereString(context, node) });
  }
  return progress;
}

function descriptorOf(node: unbash.Redirection, otherwise: number): number {
  if (node.descriptor === undefined) return otherwise;
  // the shell picks a number from 10 on
  return node.descriptor.type === "FileDescriptor" ? node.descriptor.value : 10;
}

function setInput(progress: Progress, descriptor: number, stdin: Stdin): void {
  if (descriptor === 0) progress.stdin = stdin;
  else progress.inputs.set(descriptor, stdin);
}

function hereDocument(context: Context, node: unbash.HereDoc): Word {
  const span = spanOf(context, node.body);
  const { body } = node;
  const pieces = node.delimiter?.quoted === true ? literalPieces(context.source, body.text, body.text, body.pos, false) : expandBody(context, body);
  return { pieces: node.operator === "<<-" ? withoutTabs(pieces) : pieces, span };
}

// `<<-` takes the tabs off the beginning of each line.
function withoutTabs(pieces: readonly Piece[]): Piece[] {
  let atLineStart = true;
  const kept: Piece[] = [];
  for (const piece of pieces) {
    if (!("text" in piece)) kept.push(piece);
    else keepWithoutTabs(piece.text, piece.at, atLineStart, kept);
    atLineStart = "text" in piece && piece.text.endsWith("\n");
  }
  return kept;
}

function keepWithoutTabs(text: string, at: number | undefined, atLineStart: boolean, kept: Piece[]): void {
  let start = 0;
  let lineStart = atLineStart;
  while (start < text.length) {
    if (lineStart) while (text[start] === "\t") start++;
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline + 1;
    if (end > start) kept.push({ text: text.slice(start, end), at: at === undefined ? undefined : at + start });
    start = end;
    lineStart = true;
  }
}

function hereString(context: Context, node: unbash.HereString): Word {
  const word = node.target === undefined ? { pieces: [], span: spanOf(context, node) } : expandSingle(context, node.target);
  return { pieces: [...word.pieces, { text: "\n" }], span: word.span };
}

function redirectFile(context: Context, node: unbash.Redirect, progress: Progress): void {
  if (node.target === undefined) return;
  const target = expandSingle(context, node.target);
  const input = node.operator.startsWith("<");
  const descriptor = descriptorOf(node, input ? 0 : 1);
  if ((node.operator === ">&" || node.operator === "<&") && duplicates(context, node, target, descriptor, progress)) return;
  const operator = node.operator === ">&" ? "&>" : node.operator === "<&" ? "<" : node.operator;
  progress.redirections.push({ operator, descriptor, target, span: spanOf(context, node) });
  if (operator === "<") setInput(progress, descriptor, fileInput(target));
  else if (operator !== "<>" && (descriptor === 1 || operator.startsWith("&"))) progress.silent = true;
}

function fileInput(target: Word): Stdin {
  return target.content === undefined ? { from: "file", path: target } : { from: "text", text: target.content };
}

// `2>&1`, `<&3`, `>&-`; false where `>&` names a file.
function duplicates(context: Context, node: unbash.Redirect, target: Word, descriptor: number, progress: Progress): boolean {
  const text = textOf(target.pieces);
  const number = text === undefined ? Number.NaN : Number.parseInt(text, 10);
  if (text !== "-" && Number.isNaN(number)) return node.operator === "<&" || (text === undefined && node.descriptor !== undefined);
  if (node.operator === ">&") {
    if (descriptor === 1) progress.silent = true;
    return true;
  }
  const input = text === "-" ? ({ from: "pipe", commands: [] } as const) : inputOf(context, progress, number);
  if (input !== undefined) setInput(progress, descriptor, input);
  return true;
}

function inputOf(context: Context, progress: Progress, descriptor: number): Stdin | undefined {
  if (descriptor === 0) return progress.stdin;
  const here = progress.inputs.get(descriptor);
  if (here !== undefined) return here;
  const bound = lookup(context.state, inputKey(descriptor))?.[0];
  return bound?.kind === "input" ? bound.stdin : undefined;
}
