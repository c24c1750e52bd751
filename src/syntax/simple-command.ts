// What reading a text yields: its simple commands, and what could not be read.
import type { Span, Word } from "./word.ts";

/** POSIX *redirection* (XCU 2.7) to or from a file. Here-documents and duplicated descriptors are not listed here. */
export interface Redirection {
  readonly operator: ">" | ">>" | ">|" | "&>" | "&>>" | "<" | "<>";
  /** The descriptor redirected; 1 for `>`, 0 for `<`. */
  readonly descriptor: number;
  readonly target: Word;
  readonly span: Span;
}

/** Where a command's standard input comes from. */
export type Stdin =
  /** The surrounding text's own. */
  | { readonly from: "inherit" }
  /** A here-document, a here-string, or a pipeline whose output the text tells (`echo vim f |`). */
  | { readonly from: "text"; readonly text: Word }
  | { readonly from: "file"; readonly path: Word }
  /** Output that the text does not tell. */
  | { readonly from: "pipe"; readonly commands: readonly SimpleCommand[] };

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

/** POSIX *simple command* (XCU 2.9.1), wherever in the text a shell would run one. */
export interface SimpleCommand {
  /** Utility name and arguments. Empty for a lone assignment or redirection. */
  readonly words: readonly Word[];
  readonly assignments: readonly Assignment[];
  /** Its own, and those of the compound commands around it that reach it. */
  readonly redirections: readonly Redirection[];
  readonly stdin: Stdin;
  /** Where `cd` in the same text has led; undefined: where the text began. Relative operands of `cd` are joined on. */
  readonly cwd: Word | undefined;
  /** A variable's value at this point, prefix assignments included; undefined: never set in the text nor given. */
  variable(name: string): Word | undefined;
  readonly span: Span;
  /** It stands in a file that the text has the shell read: what its words do not tell is left to run time. */
  readonly inFile?: boolean | undefined;
}

export type IssueCode =
  /** The text does not parse; a shell would say so too. */
  | "syntax-error"
  /** The parser is known to misread this construct, or the shell evaluates it a second time. */
  | "unreadable"
  /** Longer, deeper or more work than the budget. */
  | "over-budget"
  /** A name, host or command that only run time tells. */
  | "dynamic";

/** Something the text did not tell: the decision is indeterminate there, never permit by default. */
export interface Issue {
  readonly code: IssueCode;
  readonly message: string;
  readonly span: Span;
}

export interface Reading {
  readonly commands: readonly SimpleCommand[];
  readonly issues: readonly Issue[];
}

/** The shell that will run the text: its reading is the one that counts. */
export type Dialect = "bash" | "sh" | "zsh";
