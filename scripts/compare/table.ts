// Answers and times → the tables of docs/comparison.md.
import type { Answer } from "./guards.ts";
import { classesOf, type Input, type Kind } from "./inputs.ts";

/** One guard's: an answer for each input, in their order. */
export interface Judged {
  readonly title: string;
  readonly answers: readonly Answer[];
}

export interface Timed {
  readonly what: string;
  /** Milliseconds of wall time and of processor time; medians. */
  readonly wall: number;
  readonly cpu: number;
}

const headings: Readonly<Record<Kind, { readonly heading: string; readonly good: Answer }>> = {
  change: { heading: "**changes of a server, refused**", good: "refused" },
  "look-alike": { heading: "**look-alikes, passed**", good: "passed" },
  local: { heading: "**destructive here, refused**", good: "refused" },
};

/** How many of each class were answered as they should be. */
export function answerTable(inputs: readonly Input[], judged: readonly Judged[]): string {
  const kinds: readonly Kind[] = ["change", "look-alike", "local"];
  const rows = kinds.flatMap((kind) => {
    const { heading, good } = headings[kind];
    const counted = (name: string, wanted: (input: Input) => boolean) => {
      const total = inputs.filter(wanted).length;
      const counts = judged.map(({ answers }) => inputs.filter((input, index) => wanted(input) && answers[index] === good).length);
      return [name, total, ...counts];
    };
    return [counted(heading, (input) => input.kind === kind), ...classesOf(inputs, kind).map((name) => counted(name, (input) => input.kind === kind && input.class === name))];
  });
  return table(["", "lines", ...judged.map(({ title }) => title)], rows);
}

/** @param yardstick what the others are divided by. */
export function timeTable(timed: readonly Timed[], yardstick: string): string {
  const base = timed.find(({ what }) => what === yardstick);
  if (base === undefined) throw new Error(`nothing was timed that is called \`${yardstick}\``);
  const rows = timed.map(({ what, wall, cpu }) => [what, wall.toFixed(0), cpu.toFixed(0), (wall / base.wall).toFixed(2), (cpu / base.cpu).toFixed(2)]);
  return table(["", "wall, ms", "processor, ms", "wall ÷", "processor ÷"], rows);
}

/** Every input that a guard answered wrongly. */
export function misses(inputs: readonly Input[], { answers }: Judged): readonly Input[] {
  return inputs.filter(({ kind }, index) => answers[index] !== headings[kind].good);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Replaces what stands between a document's two marks of this name. Throws where they are missing. */
export function withPart(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no \`${begin}\` and \`${end}\` in the document`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}
