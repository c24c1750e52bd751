// An AI agent's tool wraps the command it was asked to run in shell code of its own. Takes that code off, so that what is
// judged and shown is the command; only where it is, to the character, what that agent writes. Anything else is the
// command line itself and is read whole.
import { joinedSource, type Source } from "./source.ts";
import type { Piece } from "./word.ts";

/** The command inside, quotes resolved, with each character's place in the whole text. */
export interface Peeled extends Source {
  /** Where in the whole text the command starts. */
  readonly offset: number;
  /** The file that the scaffold has the command's shell read first. */
  readonly startFile?: string | undefined;
}

/**
 * The command inside an agent's scaffold, or undefined where `text` is not exactly one.
 * `variable` gives the value of an environment variable.
 */
export function peel(text: string, variable: (name: string) => string | undefined): Peeled | undefined {
  if (!marks.some((mark) => text.includes(mark))) return undefined;
  return peelClaude(text, variable) ?? peelCodex(text) ?? peelGemini(text);
}

// What stands in each scaffold, in the order of those below: most lines are none, and need no regular expression for it.
const marks = [" && pwd -P >| ", "exec '/", "trap 'jobs -p "];

// Directories and names that a shell takes literally, quoted or not.
const path = String.raw`/(?:[\w.+@=,-]+/)*`;

// Claude Code: the snapshot of the user's shell, clean-up, the command for eval, the directory it ended in.
const claudeStart = new RegExp(
  [
    `(?:source (${path}shell-snapshots/snapshot-bash-[\\w-]+\\.sh)(?: 2>/dev/null \\|\\| true)? && )?`,
    String.raw`(?:(?:\\builtin )?shopt -u extglob 2>/dev/null \|\| true && `,
    String.raw`|\{ (?:\\builtin )?shopt -u extglob \|\| (?:\\builtin )?setopt NO_EXTENDED_GLOB; \} (?:>/dev/null 2>&1|2>/dev/null) \|\| true && )`,
    String.raw`(?:\{ \\builtin unalias -- '([\w-]+)'; \\builtin unset -f -- '\2'; \} >/dev/null 2>&1 \|\| true && )*`,
  ].join(""),
  "y",
);
const claudeEnd = new RegExp(`(?: < /dev/null)? && pwd -P >\\| ${path}claude-[0-9A-Za-z]+-cwd$`, "y");
const claudeVariable = "__CLAUDE_CC_COMMAND_TEXT";
const claudeIndirect = String.raw`'eval' "\builtin 'unset' -v '${claudeVariable}'; 'eval' $${claudeVariable}"`;

function peelClaude(text: string, variable: (name: string) => string | undefined): Peeled | undefined {
  claudeStart.lastIndex = 0;
  const [, startFile] = claudeStart.exec(text) ?? [];
  const start = claudeStart.lastIndex;
  if (start === 0) return undefined;
  if (text.startsWith("eval '", start)) {
    const inner = literal(text, start + "eval ".length);
    return inner !== undefined && matchAt(claudeEnd, text, inner.end) !== undefined ? { ...source(inner.pieces), startFile } : undefined;
  }
  // The eval inside parses the variable's value again, so `eval` stays part of what is read.
  const value = text.startsWith(claudeIndirect, start) ? variable(claudeVariable) : undefined;
  if (value === undefined || matchAt(claudeEnd, text, start + claudeIndirect.length) === undefined) return undefined;
  return { ...source([{ text: `eval ${value}` }], start), startFile };
}

// Codex: remembers variables, reads the snapshot of the user's shell, gives the variables their values back, execs.
const codexVariable = /__CODEX_SNAPSHOT_((?:PROXY_)?OVERRIDE)_SET_(\d+)="\$\{([A-Za-z_]\w*)\+x\}"\n__CODEX_SNAPSHOT_\1_\2="\$\{\3-\}"\n/y;
const codexSnapshot = new RegExp(`if \\. '${path}shell_snapshots/[\\w.-]+\\.sh' >/dev/null 2>&1; then :; fi\\n\\n`, "y");
const codexExec = /exec '\/(?:[\w.+-]+\/)*bash' -c /y;

function peelCodex(text: string): Peeled | undefined {
  const captured = captures(text);
  const start = captured.end === 0 ? 0 : afterNewline(text, captured.end);
  const sourced = matchAt(codexSnapshot, text, start);
  if (sourced === undefined) return undefined;
  let at: number | undefined = sourced;
  for (const each of captured.variables) at = afterRestore(text, at, each);
  const quote = matchAt(codexExec, text, captured.end === 0 ? at : afterNewline(text, at));
  const inner = quote === undefined ? undefined : literal(text, quote);
  // More words would be the command's positional parameters.
  return inner?.end === text.length ? source(inner.pieces) : undefined;
}

interface Capture {
  readonly kind: string;
  readonly index: string;
  readonly name: string;
}

/** The variables that the lines at the start of `text` remember. */
function captures(text: string): { readonly variables: readonly Capture[]; readonly end: number } {
  const variables: Capture[] = [];
  let end = 0;
  for (;;) {
    codexVariable.lastIndex = end;
    const [, kind, index, name] = codexVariable.exec(text) ?? [];
    if (kind === undefined || index === undefined || name === undefined) return { variables, end };
    variables.push({ kind, index, name });
    end = codexVariable.lastIndex;
  }
}

/** Behind the line at `at` that gives the same variable its own value back: one taken from another could be code. */
function afterRestore(text: string, at: number | undefined, { kind, index, name }: Capture): number | undefined {
  if (at === undefined) return undefined;
  const line = `if [ -n "\${__CODEX_SNAPSHOT_${kind}_SET_${index}}" ]; then export ${name}="\${__CODEX_SNAPSHOT_${kind}_${index}}";`;
  const form = [`${line} fi\n`, `${line} else unset ${name}; fi\n`].find((each) => text.startsWith(each, at));
  return form === undefined ? undefined : at + form.length;
}

function afterNewline(text: string, at: number | undefined): number | undefined {
  return at !== undefined && text[at] === "\n" ? at + 1 : undefined;
}

// Gemini CLI: the command as it is, in a subshell that leaves a list of background jobs.
const geminiStart = new RegExp(
  String.raw`shopt -u promptvars nullglob extglob nocaseglob dotglob; _bgpids_file=${path}bgpids\.tmp\n\(\n  trap 'jobs -p > "\$_bgpids_file"' EXIT\n`,
  "y",
);
const geminiEnd = "\n)\n__code=$?\nexit $__code";

function peelGemini(text: string): Peeled | undefined {
  const start = matchAt(geminiStart, text, 0);
  if (start === undefined || !text.endsWith(geminiEnd)) return undefined;
  const command = text.slice(start, text.length - geminiEnd.length);
  // It is not quoted: a parenthesis could end the subshell, and what stands after it would not parse on its own.
  return command.includes(")") ? undefined : source([{ text: command, at: start }]);
}

function matchAt(pattern: RegExp, text: string, at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

interface Literal {
  readonly pieces: readonly Piece[];
  readonly end: number;
}

/** The word at `at` that consists of single-quoted text, each ' in it written as '"'"' or '\''. */
function literal(text: string, at: number): Literal | undefined {
  const pieces: Piece[] = [];
  let start = at;
  while (text[start] === "'") {
    const close = text.indexOf("'", start + 1);
    if (close === -1) return undefined;
    pieces.push({ text: text.slice(start + 1, close), at: start + 1 });
    const escape = [`'"'"'`, String.raw`'\''`].find((form) => text.startsWith(form, close));
    if (escape === undefined) return { pieces, end: close + 1 };
    pieces.push({ text: "'", at: close + 2 });
    start = close + escape.length - 1;
  }
  return undefined;
}

function source(pieces: readonly Piece[], at = pieces[0]?.at ?? 0): Peeled {
  return { ...joinedSource([{ pieces, span: { start: at, end: at } }]), offset: at };
}
