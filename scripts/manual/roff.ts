// Text → man(7) source, in the form that `mandoc -T lint` and groff's warnings ask for: short lines, a sentence a line.

/** Characters of a line of source. */
const longest = 78;

export interface ManualPage {
  readonly name: string;
  readonly section: number;
  /** One line, without a full stop. */
  readonly purpose: string;
  readonly version: string;
  /** Of the last change that is not made from something else: 2026-01-31. */
  readonly date: string;
  /** Lines of source. */
  readonly body: readonly string[];
}

const volumes: Readonly<Record<number, string>> = { 1: "User Commands", 5: "File Formats" };

export function manualPage({ name, section, purpose, version, date, body }: ManualPage): string {
  return [`.TH ${name.toUpperCase()} ${section} ${date} "autobot-sh ${version}" "${volumes[section]}"`, ".SH NAME", `${literal(name)} \\- ${escaped(purpose)}`, ...body, ""].join(
    "\n",
  );
}

/** Characters as they are; a hyphen as one that can be typed. */
export function literal(text: string): string {
  return escaped(text).replaceAll("-", "\\-");
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("…", "...").replaceAll("→", "to").replaceAll("·", "*");
}

/** Prose with `code` in it, filled: each sentence begins a line. */
export function prose(text: string): readonly string[] {
  return sentences(text)
    .flatMap((sentence) => wrapped(inline(sentence)))
    .map(protectedLine);
}

const kept = "\u00a0";

/** Of prose; what is in `code` stays whole. */
function sentences(text: string): readonly string[] {
  return text
    .replaceAll(/`[^`]+`/g, (code) => code.replaceAll(" ", kept))
    .split(/(?<=[.:;?!]) (?=[A-Z`])/)
    .map((sentence) => sentence.replaceAll(kept, " "));
}

function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith("`") && part.length > 1 ? `\\fB${literal(part.slice(1, -1))}\\fR` : escaped(part)))
    .join("");
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= longest) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** A line that begins like a request is none. */
function protectedLine(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

export function section(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SH ${title.toUpperCase()}`, ...lines];
}

export function subsection(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SS ${escaped(title)}`, ...lines];
}

/** `tag`: `--cwd DIR`, as it is typed. */
export function tagged(tag: string, text: string): readonly string[] {
  return [".TP", `.B ${protectedLine(literal(tag))}`, ...prose(text)];
}

export function paragraphs(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : [".PP"]), ...prose(text)]);
}

/** What is typed or written, line by line. */
export function display(text: string): readonly string[] {
  return [".PP", ".nf", ".RS 4", ...text.replace(/\n+$/, "").split("\n").map(literal).map(protectedLine), ".RE", ".fi"];
}

/** `bash(1)` → a reference to it. */
export function seeAlso(...pages: readonly string[]): readonly string[] {
  const references = pages.map((each) => each.split(/[()]/));
  return section("See also", ...references.map(([name = "", number = ""], index) => `.BR ${literal(name)} (${number})${index === references.length - 1 ? "" : ","}`));
}
