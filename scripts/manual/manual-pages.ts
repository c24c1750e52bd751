// The table of commands, the help, the policies and their keys → man/.
import { type CommandDefinition, commands, globalOptions, type OptionDefinition, statuses } from "../../src/options.ts";
import { forms, purpose, statuses as shellStatuses } from "../../src/run/help.ts";
import { sentence, synopsis } from "../../src/usage.ts";
import type { DefaultPolicies } from "./policies.ts";
import { type Key, type Mapping, policyMappings } from "./policy-keys.ts";
import { flow } from "./policy-reference.ts";
import { display, literal, manualPage, paragraphs, prose, section, seeAlso, subsection, tagged } from "./roff.ts";
import type { Pages } from "./rule-pages.ts";

/** Of the last change to what stands here. */
const date = "2026-11-29";

export interface ManualSources {
  readonly version: string;
  readonly policies: DefaultPolicies;
  /** A whole policy, as the guide shows it. */
  readonly policyExample: string;
}

export function manualPages(sources: ManualSources): Pages {
  return { "man/autobot-sh.1": shellPage(sources), "man/autobotctl.1": toolsPage(sources), "man/autobot-sh-policy.5": policyPage(sources) };
}

const policyFiles: readonly (readonly [file: string, meaning: string])[] = [
  ["/etc/autobot-sh/*.yaml", "the system's policies. Where there are any, a user's only tighten."],
  ["~/.config/autobot-sh/*.yaml", "the user's policies. The home directory is that of the password file, whatever `HOME` says."],
  [".autobot-sh/*.yaml", "a project's policies, in the nearest directory upwards that has them. They only tighten."],
];

const recordFile = ["~/.local/state/autobot-sh/audit.jsonl", "the record of decisions, one JSON object a line. Below `XDG_STATE_HOME` where that is set."] as const;

const variables = {
  AUTOBOT_NODE: "the node to use, where none was recorded when the package was built.",
  AUTOBOT_INNER_SHELL: "`bash` or `zsh`: the shell at a terminal.",
  NO_COLOR: "where it is not empty, messages have no colour.",
  FORCE_COLOR: "where it is not empty, messages have colour, also elsewhere than on a terminal; `0` is none.",
};

function environment(...names: readonly (keyof typeof variables)[]): readonly string[] {
  return section("Environment", ...names.flatMap((name) => tagged(name, sentenceOf(variables[name]))));
}

function files(...list: readonly (readonly [file: string, meaning: string])[]): readonly string[] {
  return section("Files", ...list.flatMap(([file, meaning]) => tagged(file, sentenceOf(meaning))));
}

/** A program's name is written small wherever it stands. */
function sentenceOf(text: string): string {
  const whole = sentence(text).replace(/\.\.$/, ".");
  return text.startsWith("autobot") ? `${text.slice(0, 1)}${whole.slice(1)}` : whole;
}

function statusList(list: readonly (readonly [status: string, meaning: string])[]): readonly string[] {
  return list.flatMap(([status, meaning]) => tagged(status, sentenceOf(meaning)));
}

function shellPage({ version, policies }: ManualSources): string {
  const refusing = policies.layer.policies.filter(({ policy }) => policy.rules !== undefined);
  return manualPage({
    name: "autobot-sh",
    section: 1,
    purpose: "bash that keeps people and agents from changing servers by hand",
    version,
    date,
    body: [
      ...section("Synopsis", ...forms.flatMap((form, index) => [...(index === 0 ? [] : [".br"]), `.B autobot\\-sh`, `.RI [ options "] ${literal(form)}"`])),
      ...section(
        "Description",
        ...paragraphs(
          purpose.replaceAll("\n", " "),
          "At a terminal, without a command, it is your own bash or zsh with its start-up files, history, completion and jobs. Each line is judged before it runs. A refused line stays in history, leaves `$?` at 2 in bash, and gives the prompt back.",
          "What a permitted line starts is judged when it runs: scripts, makefiles and other programs find `ssh`, `rsync`, `docker` and their kin in a directory that stands first in `PATH`. A call that is refused there ends with 126, and the program that made it goes on.",
          "`autobot-bash` is the same, under a name that agents take for a shell.",
          "It is a guard rail against mistakes and drift, not a sandbox against somebody who wants to get around it. `autobotctl doctor` lists what it does not see.",
        ),
      ),
      ...section(
        "Options",
        ...paragraphs("Those of bash, in any order: `-lc`, `-euo pipefail -c`, `--norc`, `-O extglob`, `-s`."),
        ...tagged("--help", "Print a short help."),
        ...tagged("--version", "Print its version, and bash's."),
      ),
      ...section(
        "What is refused",
        ...refusing.flatMap(({ policy }) => tagged(policy.policy, policy.description)),
        ...paragraphsAfter(
          "Reading is never refused, nor is text that only mentions a command. `autobotctl explain` says why a line is decided as it is, and `autobotctl policy show` lists the rules in force.",
        ),
      ),
      ...section("Exit status", ...statusList(shellStatuses), ...paragraphsAfter("Anything else is the command's own. In both cases above nothing has run.")),
      ...environment("AUTOBOT_INNER_SHELL", "AUTOBOT_NODE", "NO_COLOR", "FORCE_COLOR"),
      ...files(...policyFiles, recordFile),
      ...section(
        "Examples",
        ...paragraphs("See a refusal. No server is reached:"),
        ...display("autobot-sh -c 'ssh autobot@172.16.168.21 \"vim /home/autobot/app.py\"'"),
        ...paragraphsAfter("Have a makefile's commands judged:"),
        ...display("make SHELL=autobot-sh"),
      ),
      ...seeAlso("autobotctl(1)", "autobot-sh-policy(5)", "bash(1)", "ssh(1)"),
    ],
  });
}

function paragraphsAfter(...texts: readonly string[]): readonly string[] {
  return [".PP", ...paragraphs(...texts)];
}

function toolsPage({ version }: ManualSources): string {
  return manualPage({
    name: "autobotctl",
    section: 1,
    purpose: "decide lines, check policies and read the record of autobot-sh",
    version,
    date,
    body: [
      ...section("Synopsis", ".B autobotctl", ".I command", '.RI [ option "...] [" operand ...]'),
      ...section("Description", ...paragraphs("Tools around `autobot-sh`, the shell that keeps people and agents from changing servers by hand.")),
      ...section("Commands", ...commands.flatMap(commandLines)),
      ...section("Options", ...Object.entries(globalOptions).flatMap(([name, option]) => optionLines(name, option))),
      ...section("Exit status", ...statusList(statuses), ...paragraphsAfter("Where a command says otherwise, it is as it says.")),
      ...environment("AUTOBOT_NODE", "NO_COLOR", "FORCE_COLOR"),
      ...files(...policyFiles, recordFile),
      ...seeAlso("autobot-sh(1)", "autobot-sh-policy(5)"),
    ],
  });
}

function commandLines(command: CommandDefinition): readonly string[] {
  return subsection(
    synopsis(command),
    ...prose(sentence(command.help)),
    ...Object.entries(command.options).flatMap(([name, option]) => optionLines(name, option)),
    ...(command.example === undefined ? [] : display(command.example)),
  );
}

function optionLines(name: string, { short, takes, help }: OptionDefinition): readonly string[] {
  return tagged(`${short === undefined ? "" : `-${short}, `}--${name}${takes === undefined ? "" : ` ${takes}`}`, sentence(help));
}

function policyPage({ version, policyExample }: ManualSources): string {
  return manualPage({
    name: "autobot-sh-policy",
    section: 5,
    purpose: "what autobot-sh refuses, and what it advises instead",
    version,
    date,
    body: [
      ...section(
        "Description",
        ...paragraphs(
          "A policy is a YAML file of the keys below. All policies are joined: those that are built in, the system's, the user's and the project's. A line is permitted unless some rule denies it, and the order of rules never matters.",
          "An unknown key is an error, and so is a file that others may write. Nothing runs until it is mended. `autobotctl policy check FILE` says all that is wrong with a file, and decides every rule's examples.",
          "Globs: `*` is anything but `/`, `**` anything, `?` one character, `[a-z]` one of these, `{a,b}` either.",
        ),
      ),
      ...files(...policyFiles),
      ...section("Keys", ...policyMappings().flatMap(mappingLines)),
      ...section("Examples", ...paragraphs("A fleet of one's own:"), ...display(policyExample)),
      ...seeAlso("autobot-sh(1)", "autobotctl(1)"),
    ],
  });
}

function mappingLines({ name, description, keys }: Mapping): readonly string[] {
  return subsection(name === "policy" ? "The file" : name, ...prose(sentenceOf(description)), ...keys.flatMap(keyLines));
}

/** Too wide for a narrow page, or a whole rule on one line: a whole policy stands at the end of the page. */
const unreadable = /.{120}|\S{60}/;

function keyLines(key: Key): readonly string[] {
  const example = `${key.name}: ${flow(key.example)}`;
  const parts = [
    `(${key.type}) ${sentenceOf(key.description)}`,
    key.required ? "Required." : "",
    key.default === undefined ? "" : `Default: ${key.default}.`,
    unreadable.test(example) ? "" : `Example: \`${example}\``,
  ];
  return tagged(key.name, parts.filter((part) => part !== "").join(" "));
}
