// src/agent/dialect.ts → the header by which the launcher reads agents' calls itself (src/launcher/call.c).
import { dialects, type Form } from "../src/agent/dialect.ts";
import { agentFailure } from "../src/report/agent-refusal.ts";

export function formsHeader(): string {
  const rows = Object.entries(dialects).flatMap(([agent, forms]) => [...forms.map((form) => `FORM(${formFields(agent, form)})`), `FAILURE(${failureFields(agent, forms)})`]);
  return `${rows.join("\n")}\n`;
}

/** As `struct form` has them. PowerShell is read by the judge alone. */
function formFields(agent: string, { mark, event, tool, shells, input, command, cwd, directories = [] }: Form): string {
  const bashes = shells.filter((shell) => shell.toLowerCase() !== "powershell");
  return [text(agent), text(mark), text(event?.at), list(event?.names ?? []), text(tool), list(bashes), text(input), text(command), text(cwd), list(directories)].join(", ");
}

/** As `struct failure` has them. */
function failureFields(agent: string, forms: readonly Form[]): string {
  const { stdout = "", stderr = "", status } = forms.at(-1)?.deny(agentFailure("autobot-sh does not work")) ?? { status: 2 };
  return [text(agent), text(stdout), text(stderr), status].join(", ");
}

function text(value: string | undefined): string {
  return value === undefined ? "0" : `"${escaped(value)}"`;
}

/** Each with its NUL, an empty one behind the last. */
function list(values: readonly string[]): string {
  return `"${values.map((value) => `${escaped(value)}\\000`).join("")}"`;
}

/** In a string literal of C, in ASCII. No digit follows an escape with digits: they have three. */
function escaped(value: string): string {
  return [...new TextEncoder().encode(value)]
    .map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`))
    .join("");
}
