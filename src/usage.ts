// The table of options → the help and the shell completions, so that they cannot disagree. The manual page: scripts/manual/.
import { type CommandDefinition, commands, globalOptions, type OptionDefinition, statuses } from "./options.ts";
import { quoted } from "./shell/words.ts";

type OptionEntries = readonly (readonly [string, OptionDefinition])[];

/** The help of one command, or of all. */
export function helpText(name?: string): string {
  const command = commands.find((each) => each.name === name);
  return command === undefined ? overview() : commandHelp(command);
}

function overview(): string {
  const width = Math.max(...commands.map((command) => synopsis(command).length));
  return [
    "usage: autobotctl COMMAND [OPTION…]",
    "",
    "Tools around autobot-sh, the shell that keeps people and agents from changing servers by hand.",
    "",
    ...commands.map((command) => `  ${synopsis(command).padEnd(width)}  ${command.help}`),
    "",
    ...optionLines(Object.entries(globalOptions)),
    "",
    `\`autobotctl COMMAND --help\` lists a command's options. Status: ${statuses.map(([status, meaning]) => `${status} ${meaning}`).join(", ")}.`,
    "",
  ].join("\n");
}

function commandHelp(command: CommandDefinition): string {
  const options = Object.entries(command.options);
  return [
    `usage: autobotctl ${[command.name, ...(options.length > 0 ? ["[OPTION…]"] : []), command.operands].filter(Boolean).join(" ")}`,
    "",
    sentence(command.help),
    ...(options.length > 0 ? ["", ...optionLines(options)] : []),
    ...(command.example === undefined ? [] : ["", `example: ${command.example}`]),
    "",
  ].join("\n");
}

export function synopsis(command: CommandDefinition): string {
  return `${command.name} ${command.operands}`.trimEnd();
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function optionLines(options: OptionEntries): readonly string[] {
  const names = options.map(([name, { short, takes }]) => `${short === undefined ? "    " : `-${short}, `}--${name}${takes === undefined ? "" : ` ${takes}`}`);
  const width = Math.max(...names.map((each) => each.length));
  return options.map(([, { help }], index) => `  ${(names[index] ?? "").padEnd(width)}  ${help}`);
}

export function completion(shell: string): string | undefined {
  const generators: Readonly<Record<string, () => string>> = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
  return generators[shell]?.();
}

const firstWords = () => [...new Set(commands.flatMap(({ name }) => name.split(" ", 1)))];
const secondWords = (first: string) => commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));
const groups = () => firstWords().filter((first) => secondWords(first).length > 0);
const allOptions = (command: CommandDefinition): OptionEntries => Object.entries({ ...command.options, ...globalOptions });

function bashCompletion(): string {
  return [
    "_autobotctl() {",
    '  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=""',
    `  case $command in ${groups().join(" | ")}) command="$command \${COMP_WORDS[2]}" ;; esac`,
    "  if ((COMP_CWORD == 1)); then",
    `    words="${[...firstWords(), ...Object.keys(globalOptions).map((name) => `--${name}`)].join(" ")}"`,
    ...groups().flatMap((group) => [`  elif ((COMP_CWORD == 2)) && [[ \${COMP_WORDS[1]} == ${group} ]]; then`, `    words="${secondWords(group).join(" ")}"`]),
    "  else",
    '    case "$command $previous" in',
    ...valueOptions().map(([pattern, values]) => `      ${pattern}) words="${values}" ;;`),
    "      *)",
    "        case $command in",
    ...commands.map((command) => `          "${command.name}") words="${bashWords(command)}" ;;`),
    "        esac",
    "        ;;",
    "    esac",
    "  fi",
    '  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")',
    "}",
    "complete -o bashdefault -o default -F _autobotctl autobotctl",
    "",
  ].join("\n");
}

function bashWords(command: CommandDefinition): string {
  const operands = Array.isArray(command.completes) ? command.completes : [];
  return [...operands, ...allOptions(command).map(([name]) => `--${name}`)].join(" ");
}

function valueOptions(): readonly (readonly [string, string])[] {
  return commands.flatMap((command) =>
    Object.entries(command.options).flatMap(([name, { values }]) => (values === undefined ? [] : [[`"${command.name} --${name}"`, values.join(" ")] as const])),
  );
}

function zshCompletion(): string {
  return [
    "#compdef autobotctl",
    "_autobotctl() {",
    "  local command=$words[2]",
    `  case $command in ${groups().join("|")}) command="$command $words[3]" ;; esac`,
    "  if (( CURRENT == 2 )); then",
    `    compadd -- ${firstWords().join(" ")} --help --version`,
    ...groups().flatMap((group) => [`  elif (( CURRENT == 3 )) && [[ $words[2] == ${group} ]]; then`, `    compadd -- ${secondWords(group).join(" ")}`]),
    "  else",
    "    case $command in",
    ...commands.map((command) => `      ${quoted(command.name)}) _arguments ${zshArguments(command)} ;;`),
    "    esac",
    "  fi",
    "}",
    '_autobotctl "$@"',
    "",
  ].join("\n");
}

function zshArguments(command: CommandDefinition): string {
  const options = allOptions(command).map(([name, { help, takes, values }]) => {
    const argument = values !== undefined ? `:${takes}:(${values.join(" ")})` : takes === undefined ? "" : `:${takes}:${takes === "DIR" ? "_files -/" : ""}`;
    return quoted(`--${name}[${help.replaceAll(/[[\]:]/g, " ")}]${argument}`);
  });
  const operands = command.completes === "files" ? ["'*:file:_files'"] : Array.isArray(command.completes) ? [`'1:what:(${command.completes.join(" ")})'`] : [];
  return [...options, ...operands].join(" ");
}

function fishCompletion(): string {
  const lines = ["complete -c autobotctl -f"];
  for (const first of firstWords()) {
    const help = commands.find(({ name }) => name === first)?.help ?? `${secondWords(first).join(", ")}`;
    lines.push(`complete -c autobotctl -n __fish_use_subcommand -a ${first} -d ${quoted(help)}`);
  }
  for (const command of commands) {
    const words = command.name.split(" ");
    const condition = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    if (words[1] !== undefined) {
      const open = `__fish_seen_subcommand_from ${words[0]}; and not __fish_seen_subcommand_from ${secondWords(words[0] ?? "").join(" ")}`;
      lines.push(`complete -c autobotctl -n ${quoted(open)} -a ${words[1]} -d ${quoted(command.help)}`);
    }
    for (const [name, { short, help, takes, values }] of allOptions(command)) {
      const value = values !== undefined ? ` -x -a ${quoted(values.join(" "))}` : takes === undefined ? "" : " -r";
      lines.push(`complete -c autobotctl -n ${quoted(condition)} -l ${name}${short === undefined ? "" : ` -s ${short}`}${value} -d ${quoted(help)}`);
    }
    if (command.completes === "files") lines.push(`complete -c autobotctl -n ${quoted(condition)} -F`);
    if (Array.isArray(command.completes)) lines.push(`complete -c autobotctl -n ${quoted(condition)} -a ${quoted(command.completes.join(" "))}`);
  }
  return `${lines.join("\n")}\n`;
}
