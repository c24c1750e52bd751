// The table of commands → docs/commands.md, for those who read elsewhere than at a terminal.
import { type CommandDefinition, commands, globalOptions, type OptionDefinition, statuses } from "../../src/options.ts";
import { sentence, synopsis } from "../../src/usage.ts";
import { code, fence, generatedFrom, page, table } from "./markdown.ts";

export function commandReference(): string {
  return page(
    generatedFrom("src/options.ts"),
    "# Commands",
    "What `autobotctl` takes. `man autobotctl` says the same, `man autobot-sh` what the shell itself takes, and `autobotctl completion SHELL` completes it.",
    optionTable(globalOptions),
    `Exit status: ${statuses.map(([status, meaning]) => `${code(status)} ${meaning}`).join(", ")}. Where a command says otherwise, it is as it says.`,
    ...commands.flatMap(section),
  );
}

function section(command: CommandDefinition): readonly string[] {
  return [
    `## autobotctl ${command.name}`,
    code(synopsis(command)),
    sentence(command.help),
    Object.keys(command.options).length === 0 ? "" : optionTable(command.options),
    command.example === undefined ? "" : fence("sh", command.example),
  ];
}

function optionTable(options: Readonly<Record<string, OptionDefinition>>): string {
  return table(
    ["option", "what for"],
    Object.entries(options).map(([name, { short, takes, help }]) => [code(`${short === undefined ? "" : `-${short}, `}--${name}${takes === undefined ? "" : ` ${takes}`}`), help]),
  );
}
