// The keys of policies → docs/policy-reference.md.
import { stringify } from "yaml";
import { code, fence, generatedFrom, page, table } from "./markdown.ts";
import { type Key, type Mapping, policyMappings } from "./policy-keys.ts";

export function policyReference(): string {
  const mappings = policyMappings();
  return page(
    generatedFrom("src/policy/schema.ts"),
    "# Policy reference",
    "A policy is a YAML file in `/etc/autobot-sh/`, `~/.config/autobot-sh/` or a project's `.autobot-sh/`. All files are joined; an unknown key is an error, and until it is mended nothing runs, or nothing on another host where the file is not the system's. Start with the [guide](guides/policy-author.md); [the rules that are there](rules/README.md) are written in the same form, in `policies/`.",
    "Globs: `*` is anything but `/`, `**` anything, `?` one character, `[a-z]` one of these, `{a,b}` either. A value in the column *example* is checked by the tests.",
    "An editor that knows YAML's language server checks while you type, with this as the first line:",
    fence("yaml", "# yaml-language-server: $schema=./policy.schema.json"),
    "`autobotctl policy schema` prints that file.",
    ...mappings.flatMap(section),
  );
}

function section({ name, description, keys }: Mapping): readonly string[] {
  const title = name === "policy" ? "## The file" : `## ${name}`;
  if (keys.length === 0) return [title, words(description)];
  return [title, `${sentence(description)}.`, table(["key", "type", "default", "what for", "example"], keys.map(row))];
}

/** `what: this; that` as a list. */
function words(description: string): string {
  const [what = "", ...rest] = description.split(": ");
  const items = rest.join(": ").split("; ");
  return `${sentence(what)}:\n\n${items.map((item) => `- ${item}`).join("\n")}`;
}

function row(key: Key): readonly string[] {
  const name = key.required ? `**${code(key.name)}**, required` : code(key.name);
  return [name, typeCell(key), key.default ?? "", key.description, code(`${key.name}: ${flow(key.example)}`)];
}

function typeCell({ type, mapping }: Key): string {
  return mapping === undefined ? type : `[${type}](#${mapping})`;
}

/** A value on one line. */
export function flow(value: unknown): string {
  const text = stringify(value, { collectionStyle: "flow", lineWidth: 0, flowCollectionPadding: true }).trim();
  return text.replaceAll(/\s*\n\s*/g, " ");
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
