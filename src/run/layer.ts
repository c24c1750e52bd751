// The runtime layer for the bash that takes the launcher's place: its variables, and the program that puts the shims in front
// again behind start-up files (docs/adr/0012).

import { quoted } from "../world/words.ts";
import type { Permit } from "./answer.ts";
import { behindShims, ours, searchPath } from "./shims.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** `shims`: their directory. `words`: the launcher's. `pid`: the process that becomes bash. `reapplied`: the word that is a program behind start-up files; 0: none. */
export function layerFor(shims: string, environment: Environment, words: readonly string[], pid: number, reapplied: number): Permit {
  const kept = keptBashEnv(environment);
  return {
    variables: {
      PATH: behindShims(shims, searchPath(environment)),
      BASH_ENV: kept === undefined && !mayBecomeAnother(words) ? onlyElsewhere(`${shims}/.bash-env`, environment, pid) : `${shims}/.bash-env`,
      AUTOBOT_SH_BASH_ENV: kept,
    },
    // On the same line, because the lines of a program are counted: LINENO, messages.
    word: reapplied === 0 ? undefined : { index: reapplied, before: `{ . ${quoted(`${shims}/.profile`)} "$_"; } 2>/dev/null;` },
  };
}

/** What BASH_ENV said before is kept for our own file to do. A layer around this one has kept it already. */
function keptBashEnv({ BASH_ENV: value, AUTOBOT_SH_BASH_ENV: kept }: Environment): string | undefined {
  const before = value !== undefined && ours.test(value) ? kept : value;
  return before === "" ? undefined : before;
}

/** Another shell may take bash's place in the process, as `-c 'bash -l …'` does, and has to read the file: then a word says so. */
function mayBecomeAnother(words: readonly string[]): boolean {
  return /^-.*c .*sh/s.test(words.join(" "));
}

/**
 * bash expands the value of BASH_ENV. The bash that comes has the right PATH and need not read the file, which `-v` and `-x`
 * would show: in its process, at its depth, the value is nothing. src/launcher/layer.c writes the same.
 */
function onlyElsewhere(file: string, { SHLVL: level = "" }: Environment, pid: number): string {
  const next = /^\d{1,3}$/.test(level) ? Number(level) + 1 : 1;
  return /[\\"`$}]/.test(file) ? file : `\${BASH_VERSINFO[$$==${pid}&&SHLVL==${next}?9:0]+${file}}`;
}
