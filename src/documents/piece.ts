// Shell code that is written down somewhere, with what the place tells about how it would run.
import type { Dialect } from "../syntax/simple-command.ts";
import type { Fragment } from "./fragment.ts";

/** A file's text, and its path below the project's root, which tells what kind it is. */
export interface Document {
  readonly path: string;
  readonly text: string;
}

export interface Piece {
  readonly code: Fragment;
  readonly dialect: Dialect;
  /** Where it runs, below the project's root: "" is the root. */
  readonly directory: string;
  /** Variables that the document sets for it; all others are unknown. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Who runs it: a person or a program of theirs (default), an AI agent that reads the document, or a machine with nobody at it. */
  readonly runner?: "person" | "agent" | "machine" | undefined;
  /**
   * It runs on a machine that is made for it or that a playbook is for: an image, a runner of CI, a play's hosts. What it does
   * there is nobody's change by hand; only what it does to others is looked at.
   */
  readonly apart?: true | undefined;
  /** The document says that rule, or every rule (""), shall not be looked at here. */
  readonly exempt?: string | undefined;
}

export interface Reading {
  readonly pieces: readonly Piece[];
  /** Why the document could not be read, where it could not. */
  readonly fault?: string | undefined;
}

/** A value that only run time tells, as the shell writes one: a parameter that nothing sets. */
export function unknownParameter(name: string): string {
  return `\${${
    name
      .trim()
      .replaceAll(/\W+/g, "_")
      .replace(/^(?=\d)/, "_")
      .slice(0, 60) || "_"
  }}`;
}

/** The directory that a document lies in, below the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}
