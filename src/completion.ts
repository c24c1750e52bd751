// The table of commands → completions for bash, zsh and fish: commands, options, their values, and what operands are. Names
// that policies give, such as rules, are asked for when Tab is pressed: they are those in force where the person stands.
import { type CommandDefinition, type Completes, commands, globalOptions, type OptionDefinition } from "./options.ts";
import { quoted } from "./world/words.ts";

type Generator = () => string;

const generators: Readonly<Record<string, Generator>> = { bash, zsh, fish };

export function completion(shell: string): string | undefined {
  return generators[shell]?.();
}

const firstWords = () => [...new Set(commands.flatMap(({ name }) => name.split(" ", 1)))];
const secondWords = (first: string) => commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));
const groups = () => firstWords().filter((first) => secondWords(first).length > 0);
const commandNamed = (name: string) => commands.find((each) => each.name === name);
const optionsOf = ({ options }: CommandDefinition) => Object.entries({ ...options, ...globalOptions });
const helpOf = (first: string) => commandNamed(first)?.help ?? secondWords(first).join(", ");
const taken: Readonly<Record<string, Completes>> = { FILE: "files", DIR: "directories" };
const valueOf = ({ values, completes, takes = "" }: OptionDefinition): Completes | undefined => values ?? completes ?? taken[takes];
const isWords = (completes: Completes | undefined): completes is readonly string[] => typeof completes === "object";

/** What `audit --filter` takes, but for the rules. */
const filterWords = [
  "user:",
  "host:",
  "path:",
  "route:",
  ...["refused", "ran", "deny", "permit", "indeterminate"].map((word) => `decision:${word}`),
  ...["scripts", "login", "agent"].map((word) => `face:${word}`),
];

// bash

function bash(): string {
  return `_autobotctl() {
  local line=\${COMP_LINE:0:COMP_POINT} word previous command kind="" words="" options="" takes="" more="" value prefix="" before="" each
  local -a typed
  local -i at=2 operands=0
  word=\${line##*[[:space:]]}
  read -ra typed <<<"\${line%"$word"}"
  COMPREPLY=()
  if ((\${#typed[@]} < 2)); then
    mapfile -t COMPREPLY < <(compgen -W "${[...firstWords(), ...dashed(globalOptions)].join(" ")}" -- "$word")
    return
  fi
  command=\${typed[1]}
  case "$command \${typed[2]}" in
    ${pairs().map(quotedTwice).join(" | ")}) command="$command \${typed[2]}" at=3 ;;
  esac
  case $command in
${[...groups().filter((group) => commandNamed(group) === undefined), ...commands].map(bashCommand).join("\n")}
  esac
  previous=\${typed[-1]} value=$word
  [[ $word == --*=* ]] && previous=\${word%%=*} value=\${word#*=} prefix=\${word%%=*}=
  for each in "\${typed[@]:at}"; do
    [[ $each == -* || ($before != "" && " $takes " == *" $before "*) ]] || operands+=1
    before=$each
  done
  if [[ " $takes " == *" $previous "* ]]; then
    kind="" words=""
    case "$command $previous" in
${commands.flatMap(bashValues).join("\n")}
    esac
  elif [[ $word == -* ]]; then
    kind="" words=$options
  elif ((operands > 0)); then
    kind=$more words=""
  fi
  case $kind in
    files) mapfile -t COMPREPLY < <(compgen -f -- "$value") && compopt -o filenames 2>/dev/null ;;
    directories) mapfile -t COMPREPLY < <(compgen -d -- "$value") && compopt -o filenames 2>/dev/null ;;
    users) mapfile -t COMPREPLY < <(compgen -u -- "$value") ;;
    rules | hosts) words=$("\${typed[0]}" policy show --list "$kind" 2>/dev/null) ;;
    filter) words="${filterWords.join(" ")} $("\${typed[0]}" policy show --list rules 2>/dev/null | sed 's/^/rule:/')" ;;
  esac
  [[ $words == "" ]] || mapfile -t COMPREPLY < <(compgen -W "$words" -- "$value")
  [[ \${COMPREPLY[0]} == *: ]] && compopt -o nospace 2>/dev/null
  # readline replaces what follows the last of its own word breaks alone.
  [[ $value == *:* && $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${value%:*}:"}")
  [[ $prefix != "" && $COMP_WORDBREAKS != *=* ]] && COMPREPLY=("\${COMPREPLY[@]/#/$prefix}")
  return 0
}
complete -F _autobotctl autobotctl
`;
}

/** The names of two words. */
const pairs = () => commands.flatMap(({ name }) => (name.includes(" ") ? [name] : []));
const quotedTwice = (text: string) => `"${text}"`;
const dashed = (options: Readonly<Record<string, OptionDefinition>>) => Object.keys(options).map((name) => `--${name}`);

function bashCommand(command: CommandDefinition | string): string {
  if (typeof command === "string") return `    ${command}) words="${secondWords(command).join(" ")}" ;;`;
  const { name, completes, more } = command;
  const options = optionsOf(command);
  const takes = options.flatMap(([option, { type, short }]) => (type === "string" ? [`--${option}`, ...(short === undefined ? [] : [`-${short}`])] : []));
  const parts = [
    `options="${options.map(([option]) => `--${option}`).join(" ")}"`,
    ...(takes.length > 0 ? [`takes="${takes.join(" ")}"`] : []),
    ...bashOperand(secondWords(name).length > 0 ? secondWords(name) : completes),
    ...(typeof more === "string" ? [`more=${more}`] : []),
  ];
  return `    "${name}") ${parts.join(" ")} ;;`;
}

function bashOperand(completes: Completes | undefined): readonly string[] {
  if (completes === undefined) return [];
  return [isWords(completes) ? `words="${completes.join(" ")}"` : `kind=${completes}`];
}

function bashValues(command: CommandDefinition): readonly string[] {
  return optionsOf(command).flatMap(([name, option]) => {
    const value = bashOperand(valueOf(option));
    const names = [`"${command.name} --${name}"`, ...(option.short === undefined ? [] : [`"${command.name} -${option.short}"`])];
    return value.length === 0 ? [] : [`      ${names.join(" | ")}) ${value.join(" ")} ;;`];
  });
}

// zsh

function zsh(): string {
  return `#compdef autobotctl
_autobotctl_names() {
  local -a names
  # _arguments puts options for compadd before the word that it is given here.
  names=(\${(f)"$(_call_program names autobotctl policy show --list $@[-1])"})
  compadd "\${(@)@[1,-2]}" -a names
}
_autobotctl_filter() {
  local -a rules
  rules=(\${(f)"$(_call_program rules autobotctl policy show --list rules)"})
  compadd -S '' -- ${filterWords.filter((word) => word.endsWith(":")).join(" ")}
  compadd -- ${filterWords.filter((word) => !word.endsWith(":")).join(" ")} \${rules/#/rule:}
}
_autobotctl() {
  local -a names
  local command=$words[2]
  integer skip=1
  if (( CURRENT == 2 )); then
    names=(${firstWords().map(zshNamed(helpOf)).join(" ")})
    _describe command names
    [[ $PREFIX == -* ]] && compadd -- ${dashed(globalOptions).join(" ")}
    return
  fi
${groups().map(zshGroup).join("\n")}
  case "$words[2] $words[3]" in
    (${pairs().map(quotedTwice).join("|")}) command="$words[2] $words[3]" skip=2 ;;
  esac
  words=("\${(@)words[skip+1,-1]}")
  (( CURRENT -= skip ))
  case $command in
${commands.map((command) => `    (${quoted(command.name)}) _arguments ${zshArguments(command)} ;;`).join("\n")}
  esac
}
if [[ $funcstack[1] == _autobotctl ]]; then
  _autobotctl "$@"
else
  compdef _autobotctl autobotctl
fi
`;
}

const zshNamed = (help: (name: string) => string) => (name: string) => quoted(`${name}:${help(name).replaceAll(":", "\\:")}`);

function zshGroup(group: string): string {
  return `  if (( CURRENT == 3 )) && [[ $words[2] == ${group} && $PREFIX != -* ]]; then
    names=(${secondWords(group)
      .map(zshNamed((second) => commandNamed(`${group} ${second}`)?.help ?? ""))
      .join(" ")})
    _describe command names
    return
  fi`;
}

function zshArguments(command: CommandDefinition): string {
  const options = optionsOf(command).map(([name, option]) => zshOption(name, option));
  const { completes, more } = command;
  const operands = [
    ...(completes === undefined ? [] : [quoted(`1:${command.operands}:${zshAction(completes)}`)]),
    ...(more === undefined ? [] : [quoted(`*:${command.operands}:${zshAction(more)}`)]),
  ];
  return [...options, ...operands].join(" ");
}

function zshOption(name: string, option: OptionDefinition): string {
  const { short, takes, help } = option;
  const said = `[${help.replaceAll(/[[\]:\\]/g, " ")}]${takes === undefined ? "" : `:${takes}:${zshAction(valueOf(option))}`}`;
  const long = `--${name}${takes === undefined ? "" : "="}`;
  return short === undefined ? quoted(`${long}${said}`) : `'(-${short} --${name})'{-${short}${takes === undefined ? "" : "+"},${long}}${quoted(said)}`;
}

const zshActions: Readonly<Record<string, string>> = {
  files: "_files",
  directories: "_files -/",
  users: "_users",
  rules: "_autobotctl_names rules",
  hosts: "_autobotctl_names hosts",
  filter: "_autobotctl_filter",
};

function zshAction(completes: Completes | undefined): string {
  return isWords(completes) ? `(${completes.join(" ")})` : (zshActions[completes ?? ""] ?? "");
}

// fish

function fish(): string {
  const lines = [
    "function __autobotctl_is",
    "    set -l typed (commandline -opc)",
    "    set -l last (math (count $argv) + 1)",
    '    test (count $typed) -ge $last; and test "$typed[2..$last]" = "$argv"',
    "end",
    "complete -c autobotctl -f",
    ...Object.entries(globalOptions).map(([name, { help }]) => `complete -c autobotctl -n ${quoted("test (count (commandline -opc)) -eq 1")} -l ${name} -d ${quoted(help)}`),
    ...firstWords().map((first) => `complete -c autobotctl -n ${quoted("test (count (commandline -opc)) -eq 1")} -a ${first} -d ${quoted(helpOf(first))}`),
    ...groups().flatMap(fishGroup),
    ...commands.flatMap(fishCommand),
  ];
  return `${lines.join("\n")}\n`;
}

function fishGroup(group: string): readonly string[] {
  const condition = quoted(`__autobotctl_is ${group}; and test (count (commandline -opc)) -eq 2`);
  return secondWords(group).map((second) => `complete -c autobotctl -n ${condition} -a ${second} -d ${quoted(commandNamed(`${group} ${second}`)?.help ?? "")}`);
}

function fishCommand(command: CommandDefinition): readonly string[] {
  const others = secondWords(command.name).map((second) => `; and not __autobotctl_is ${command.name} ${second}`);
  const condition = `__autobotctl_is ${command.name}${others.join("")}`;
  const first = `${condition}; and test (count (commandline -opc)) -eq ${command.name.split(" ").length + 1}`;
  const options = optionsOf(command).map(([name, option]) => {
    const { short, help, takes } = option;
    return `complete -c autobotctl -n ${quoted(condition)} -l ${name}${short === undefined ? "" : ` -s ${short}`}${takes === undefined ? "" : fishValue(valueOf(option))} -d ${quoted(help)}`;
  });
  const { completes, more } = command;
  return [
    ...options,
    ...(completes === undefined ? [] : [`complete -c autobotctl -n ${quoted(first)}${fishOperand(completes)}`]),
    ...(more === undefined ? [] : [`complete -c autobotctl -n ${quoted(`${condition}; and not begin; ${first}; end`)}${fishOperand(more)}`]),
  ];
}

const names = (what: string) => `(autobotctl policy show --list ${what} 2>/dev/null)`;

const fishActions: Readonly<Record<string, string>> = {
  directories: "(__fish_complete_directories)",
  users: "(__fish_complete_users)",
  rules: names("rules"),
  hosts: names("hosts"),
  filter: `${filterWords.join(" ")} rule:${names("rules")}`,
};

function fishValue(completes: Completes | undefined): string {
  if (completes === "files") return " -r -F";
  return ` -x${completes === undefined ? "" : fishOperand(completes)}`;
}

function fishOperand(completes: Completes): string {
  if (completes === "files") return " -F";
  return ` -a ${quoted(isWords(completes) ? completes.join(" ") : (fishActions[completes] ?? ""))}`;
}
