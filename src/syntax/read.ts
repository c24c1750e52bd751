// Shell code → the simple commands that running it would run, and what its text does not tell.
import { forEachChild, parse } from "unbash";
import type * as unbash from "unbash";
import type { Dialect, Issue, Reading, Redirection, SimpleCommand, Stdin } from "./simple-command.ts";
import { originSpan, type Source } from "./source.ts";
import type { Hole, Piece, Word } from "./word.ts";

/** Limits; reading stops with an `over-budget` issue at the first one met. */
export interface Budget {
  /** UTF-16 units of the text; 1 MiB. */
  readonly length?: number;
  /** Nesting of substitutions and compound commands. */
  readonly depth?: number;
  /** Simple commands, words and loop rounds. */
  readonly work?: number;
}

export interface ReadOptions {
  readonly dialect: Dialect;
  /** What the commands get that inherit their standard input. */
  readonly stdin?: Stdin;
  /** Variables known where the text begins. */
  readonly environment?: Readonly<Record<string, string | Word | undefined>>;
  /** A variable that `environment` does not name is unset, not unknown. */
  readonly environmentComplete?: boolean;
  /** `$0`, `$1` …; undefined: unknown. */
  readonly args?: readonly Word[];
  /** Where the text begins; undefined: unknown. */
  readonly cwd?: Word;
  readonly budget?: Budget;
}

export function read(source: Source, options: ReadOptions): Reading {
  const commands: SimpleCommand[] = [];
  const issues: Issue[] = [];
  let script: unbash.ParsedScript;
  try {
    script = parse(source.text);
  } catch (error) {
    return { commands, issues: [{ code: "unreadable", message: String(error), span: originSpan(source, 0, source.text.length) }] };
  }
  const inherit: Stdin = options.stdin ?? { from: "inherit" };
  let pending: Redirection[] = [];

  const piecesOf = (text: string, at: number | undefined, out: Piece[], quoted: boolean) => {
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const hole = source.holes.size > 0 ? source.holes.get(text[i] as string) : undefined;
      if (hole === undefined) continue;
      if (i > from) out.push({ text: text.slice(from, i), at: at === undefined ? undefined : source.origin(at + from) });
      out.push({ ...hole, splits: !quoted && hole.splits });
      from = i + 1;
    }
    if (from < text.length) out.push({ text: text.slice(from), at: at === undefined ? undefined : source.origin(at + from) });
  };
  const parts = (nodes: readonly unbash.WordPart[], out: Piece[], quoted: boolean): boolean => {
    let glob = false;
    for (const node of nodes) {
      switch (node.type) {
        case "Literal":
          piecesOf(node.value, node.value === node.text ? node.pos : undefined, out, quoted);
          break;
        case "SingleQuoted":
          piecesOf(node.value, node.pos + 1, out, true);
          break;
        case "AnsiCQuoted":
          piecesOf(node.value, undefined, out, true);
          break;
        case "DoubleQuoted":
        case "LocaleString":
          parts(node.parts, out, true);
          break;
        case "Glob":
        case "ExtendedGlob":
          glob = true;
          piecesOf(node.text, node.pos, out, true);
          break;
        case "BraceExpansion":
          piecesOf(node.text, node.pos, out, true);
          break;
        default: {
          const why: Hole["why"] = node.type === "CommandExpansion" || node.type === "ProcessSubstitution" ? "command" : node.type === "ArithmeticExpansion" ? "computed" : "environment";
          out.push({ hole: node.text, why, splits: !quoted && node.type !== "ArithmeticExpansion", at: source.origin(node.pos) });
          if ("script" in node && node.script) visit(node.script, inherit, undefined);
          else visit(node, inherit, undefined);
        }
      }
    }
    return glob;
  };
  const word = (node: unbash.Word): Word => {
    const pieces: Piece[] = [];
    let glob = false;
    if (node.parts === undefined) piecesOf(node.value, node.value === node.text ? node.pos : undefined, pieces, false);
    else glob = parts(node.parts, pieces, false);
    const only = node.parts?.length === 1 ? node.parts[0] : undefined;
    return {
      pieces,
      span: originSpan(source, node.pos, node.end),
      glob: glob || undefined,
      process: only?.type === "ProcessSubstitution" ? only.operator : undefined,
    };
  };
  const redirections = (nodes: readonly unbash.Redirection[], stdin: Stdin, out: Redirection[]): Stdin => {
    for (const node of nodes) {
      if (node.type === "HereDoc") {
        const pieces: Piece[] = [];
        if (node.body.parts && node.delimiter?.quoted !== true) parts(node.body.parts, pieces, true);
        else piecesOf(node.body.text, node.body.pos, pieces, true);
        stdin = { from: "text", text: { pieces, span: originSpan(source, node.body.pos, node.body.end) } };
      } else if (node.target !== undefined) {
        const target = word(node.target);
        if (node.type === "HereString") stdin = { from: "text", text: { ...target, pieces: [...target.pieces, { text: "\n" }] } };
        else if (node.operator === "<&") continue;
        else if (node.operator === ">&" && /^[0-9-]+$/.test(node.target.text)) continue;
        else {
          const operator = node.operator === ">&" ? "&>" : node.operator;
          const descriptor = node.descriptor?.type === "FileDescriptor" ? node.descriptor.value : operator.startsWith("<") ? 0 : 1;
          out.push({ operator, descriptor, target, span: originSpan(source, node.pos, node.end) });
          if (operator === "<" && descriptor === 0) stdin = { from: "file", path: target };
        }
      }
    }
    return stdin;
  };
  const visit = (node: unbash.SyntaxNode, stdin: Stdin, cwd: Word | undefined): void => {
    if ("errors" in node) for (const error of node.errors ?? []) issues.push({ code: "syntax-error", message: error.message, span: originSpan(source, error.pos, error.pos + 1) });
    if (node.type === "Command") {
      const own: Redirection[] = [];
      const assignments = node.prefix.flatMap((item) => (item.type === "Assignment" && item.value.type === "Word" ? [{ name: item.name, value: word(item.value) }] : []));
      const words = node.name === undefined ? [] : [node.name, ...node.args].flatMap((item) => (item.type === "Word" ? [word(item)] : [{ pieces: [{ text: item.text, at: source.origin(item.pos) }], span: originSpan(source, item.pos, item.end) }]));
      const input = redirections(node.redirects, stdin, own);
      commands.push({ words, assignments, redirections: [...own, ...pending], stdin: input, cwd: options.cwd ?? cwd, variable: (name) => assignments.find((one) => one.name === name)?.value, span: originSpan(source, node.pos, node.end) });
      return;
    }
    if (node.type === "Redirected") {
      const own: Redirection[] = [];
      const input = redirections(node.redirects, stdin, own);
      const saved = pending;
      pending = [...own, ...pending];
      visit(node.command, input, cwd);
      pending = saved;
      return;
    }
    if (node.type === "Pipeline") {
      let input = stdin;
      for (const command of node.commands) {
        const from = commands.length;
        visit(command, input, cwd);
        input = { from: "pipe", commands: commands.slice(from) };
      }
      return;
    }
    if (node.type === "Word") {
      word(node);
      return;
    }
    forEachChild(node, (child) => visit(child, stdin, cwd));
  };
  visit(script, inherit, undefined);
  return { commands, issues };
}
