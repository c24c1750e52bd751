// A command as advice writes it, with `{placeholders}` → its parts.
import { suggestion } from "./nearest.ts";

/**
 * What can stand in a template.
 *
 * - `edit`: the refused command, applied to the copy in the workspace
 * - `moved`: the refused command, writing to the rule's `home` instead
 * - `upload`: the refused transfer, naming the fleet's key, where that is permitted; otherwise the route
 * - `route`: the approved way to bring the change to the host
 * - `check`, `look`, `connect`: read-only commands on the host: what the request touched, its state, whether it can be reached
 * - `local`, `remote`, `below`: the path in the workspace, on the host, below the route's directory
 * - `host.name`, `host.address`, `host.sync`, `host.user`, `key`, `unit`, `verb`, `home`, `deployment`: words
 */
export const placeholders = [
  "edit",
  "moved",
  "upload",
  "route",
  "check",
  "look",
  "connect",
  "local",
  "remote",
  "below",
  "host.name",
  "host.address",
  "host.sync",
  "host.user",
  "key",
  "unit",
  "verb",
  "home",
  "deployment",
] as const;
export type Placeholder = (typeof placeholders)[number];

export type TemplatePart = { readonly text: string } | { readonly placeholder: string };

/** `{word}` is a placeholder; `{{` begins text such as Go templates, and is none. */
export function parseTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of template.matchAll(/(?<!\{)\{([a-z]+(?:\.[a-z]+)?)\}/g)) {
    if (match.index > from) parts.push({ text: template.slice(from, match.index) });
    parts.push({ placeholder: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  if (from < template.length) parts.push({ text: template.slice(from) });
  return parts;
}

export function isPlaceholder(word: string): word is Placeholder {
  return (placeholders as readonly string[]).includes(word);
}

/** A value is quoted as one word, so quotes around a placeholder would quote it twice. */
export function templateFault(template: string): string | undefined {
  if (template === "") return "a command must not be empty";
  let quote = "";
  for (const part of parseTemplate(template)) {
    if ("text" in part) quote = openQuote(part.text, quote);
    else if (!isPlaceholder(part.placeholder)) return `unknown placeholder \`{${part.placeholder}}\`${suggestion(part.placeholder, placeholders)}`;
    else if (quote !== "") return `\`{${part.placeholder}}\` stands in quotes; it is quoted where it has to be`;
  }
  return quote === "" ? undefined : `a quote is not closed in \`${template}\``;
}

function openQuote(text: string, open: string): string {
  let quote = open;
  for (const character of text) {
    if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (character === quote) quote = "";
  }
  return quote;
}
