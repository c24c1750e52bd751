// Words → Markdown, so that no value can end the table, the fence or the span that it stands in.

/** The first line of a page that nobody edits by hand. */
export function generatedFrom(source: string): string {
  return `<!-- Made by \`npm run generate\` from ${source}. -->`;
}

export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  const space = /^`|`$/.test(text) ? " " : "";
  return `${ticks}${space}${text}${space}${ticks}`;
}

/** What is refused is here to be seen: `autobotctl scan` shall not find it in its own documents. */
const seen = "<!-- autobot-sh: ignore -->\n";

/** `info`: the language, and what a reader's tools ignore and the tests do not: CONTRIBUTING.md, "Documentation". */
export function fence(info: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/^`+/gm)].map(([run]) => run.length));
  const ticks = "`".repeat(longest + 1);
  return `${info.split(" ").includes("refused") ? seen : ""}${ticks}${info}\n${text.replace(/\n+$/, "")}\n${ticks}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [row(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(row)].join("\n");
}

/** What is typed at a prompt: bash's, and its second one for the lines that continue a command. */
export function typed(line: string): string {
  return `$ ${line.replace(/\n$/, "").replaceAll("\n", "\n> ")}`;
}

/** Blocks with an empty line between them; none where a block is empty. */
export function page(...blocks: readonly string[]): string {
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}
