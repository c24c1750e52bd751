// What a person's shell refuses however a command stands in a line, in bash and in zsh alike.

/** Refused in every place where it stands. */
export const denied = "ssh 172.16.168.21 'vim f'";

/** What is typed, with its title. MARK: a file that no refused line may make. `\r` is Enter. */
export const refusedForms: readonly (readonly [string, string])[] = [
  ["a plain line", `touch MARK; ${denied}`],
  ["a list", `touch MARK && ${denied} || touch MARK`],
  ["a pipeline", `touch MARK | ${denied}`],
  ["in the background", `{ touch MARK; ${denied}; } &`],
  ["a substitution", `touch MARK "$(${denied})"`],
  ["a subshell", `(touch MARK; ${denied})`],
  ["redirections of a group", `{ ${denied}; } > MARK`],
  ["redirections of a condition", `if true; then ${denied}; fi > MARK`],
  ["redirections of a loop", `while true; do ${denied}; done > MARK`],
  ["a co-process", `coproc { touch MARK; ${denied}; }`],
  ["several lines", `for x in 1; do\rtouch MARK\r${denied}\rdone`],
  ["a here-document", `touch MARK; bash <<E\r${denied}\rE`],
  ["a quote over lines", `touch MARK; ssh 172.16.168.21 '\rvim f'`],
  ["a continued line", `touch MARK; ssh 172.16.168.21 \\\r'vim f'`],
  ["a leading blank", ` touch MARK; ${denied}`],
  ["time", `time { touch MARK; ${denied}; }`],
  ["an alias", "touch MARK; deploy"],
  ["a function", "fix MARK"],
  ["a function defined and called", `f() { touch MARK; ${denied}; }; f`],
  ["eval", `eval "touch MARK; ${denied}"`],
  ["exec", `touch MARK; exec ${denied}`],
  ["a sourced file", "touch MARK; . ./denied.sh"],
];
