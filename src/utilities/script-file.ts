// A local program file → the shell code in it, where it is a shell script.
import type { Dialect } from "../syntax/simple-command.ts";
import type { Source } from "../syntax/source.ts";
import type { Span } from "../syntax/word.ts";

export interface ScriptFile {
  readonly source: Source;
  readonly dialect: Dialect;
}

const dialects: Readonly<Record<string, Dialect>> = {
  bash: "bash",
  rbash: "bash",
  ksh: "bash",
  mksh: "bash",
  zsh: "zsh",
  sh: "sh",
  dash: "sh",
  ash: "sh",
  ".": "bash",
  source: "bash",
};

/**
 * Undefined for programs of other languages and for binaries. `reader` is the shell it is given to; undefined: it is
 * started by its path, and without `#!` the calling shell runs it (execve(2), ENOEXEC). All of it stands for `span`.
 */
export function scriptFile(text: string, reader: string | undefined, span: Span): ScriptFile | undefined {
  if (text.includes("\0")) return undefined;
  const dialect = reader === undefined ? scriptDialect(text) : dialects[reader];
  return dialect === undefined ? undefined : { source: { text, holes: new Map(), origin: () => span.start, span }, dialect };
}

/** What a program file says that it is: undefined for other languages; without `#!` the calling shell runs it. */
export function scriptDialect(text: string): Dialect | undefined {
  if (!text.startsWith("#!")) return "bash";
  const [program = "", ...rest] = (text.slice(2, 256).split("\n")[0] ?? "").trim().split(/[ \t]+/);
  const interpreter = /(^|\/)env$/.test(program) ? rest.find((word) => !/^-|=/.test(word)) : program;
  return dialects[interpreter?.replace(/.*\//, "") ?? ""];
}
