// A source → its syntax tree, with an issue for each thing the tree cannot be trusted on.
import type * as unbash from "unbash";
import { parse as parseText } from "unbash";
import { guard } from "./guard.ts";
import type { Dialect, Issue } from "./simple-command.ts";
import { originSpan, type Source } from "./source.ts";

export interface Parsed {
  /** Undefined: nothing of the text can be read. */
  readonly script: unbash.ParsedScript | undefined;
  readonly issues: readonly Issue[];
}

// The parser needs time quadratic in the here-documents that begin on one line.
const maxHereDocumentsALine = 500;

/** Never throws. */
export function parseSource(source: Source, dialect: Dialect, maxLength: number): Parsed {
  const refusal = refuse(source, maxLength);
  if (refusal !== undefined) return { script: undefined, issues: [refusal] };
  try {
    const script = parseText(source.text);
    return { script, issues: guard(source, script, dialect) };
  } catch (error) {
    return { script: undefined, issues: [unreadable(source, `the parser failed: ${error instanceof Error ? error.message : String(error)}`)] };
  }
}

function refuse(source: Source, maxLength: number): Issue | undefined {
  const { text } = source;
  if (text.length > maxLength) return { ...unreadable(source, `longer than ${maxLength} characters`), code: "over-budget" };
  if (text.includes("\0")) return unreadable(source, "a NUL character");
  if (!text.isWellFormed()) return unreadable(source, "a surrogate without its partner");
  if (hasManyHereDocuments(text)) return { ...unreadable(source, `more than ${maxHereDocumentsALine} here-documents in one line`), code: "over-budget" };
  return undefined;
}

function unreadable(source: Source, message: string): Issue {
  return { code: "unreadable", message, span: originSpan(source, 0, source.text.length) };
}

function hasManyHereDocuments(text: string): boolean {
  let count = 0;
  let line = text.indexOf("\n");
  for (let at = text.indexOf("<<"); at >= 0; at = text.indexOf("<<", at + 2)) {
    if (line >= 0 && line < at) {
      count = 0;
      line = text.indexOf("\n", at);
    }
    if (++count > maxHereDocumentsALine) return true;
  }
  return false;
}
