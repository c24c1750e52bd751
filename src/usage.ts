// The table of commands → the help.
import { type CommandDefinition, commands, globalOptions, type OptionDefinition, statuses } from "./options.ts";

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
