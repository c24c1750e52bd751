// Judges labelled lines (JSON Lines) and prints how labels and decisions agree, with every line on which they do not.
import { parseArgs } from "node:util";
import { decide, type Engine, type Response } from "../src/decide.ts";
import { type CorpusLine, contextFor, defaultEngine, readCorpus } from "./lines.ts";

const usage = `usage: npm run corpus -- [--block PERCENT] [--allow PERCENT] [FILE…]
each line of FILE, by default of tests/corpora/*.jsonl:
  {"line": "…", "label": "block"|"allow"|"judgement"} or {"line": "…", "expect": "deny"|"permit"},
  with "cwd" where it matters, and "parses": false for a fragment, which is counted apart
  --block PERCENT  fail if fewer block lines are denied (default: 99)
  --allow PERCENT  fail if fewer allow lines are permitted (default: 99.5)
`;

interface Judged {
  readonly row: CorpusLine;
  readonly response: Response;
}

const { values, positionals } = parseArgs({
  options: { block: { type: "string", default: "99" }, allow: { type: "string", default: "99.5" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});

const own = ["tests/corpora/deny.jsonl", "tests/corpora/permit.jsonl"];

if (values.help === true) {
  process.stdout.write(usage);
} else {
  const engine = defaultEngine();
  const judged = (positionals.length === 0 ? own : positionals).flatMap(readCorpus).map((row) => judge(row, engine));
  const enough = report(judged, { block: Number(values.block), allow: Number(values.allow) });
  process.exitCode = enough ? 0 : 1;
}

function judge(row: CorpusLine, engine: Engine): Judged {
  return { row, response: decide(row.line, engine, contextFor(row.cwd)) };
}

function report(judged: readonly Judged[], least: { readonly block: number; readonly allow: number }): boolean {
  const whole = judged.filter(({ row }) => row.parses);
  const fragments = judged.filter(({ row }) => !row.parses);
  print(table(whole));
  if (fragments.length > 0) print(`\nnot shell code as it stands, counted apart:\n${table(fragments)}`);
  for (const [title, rows] of [
    ["", whole],
    [" (fragments)", fragments],
  ] as const) {
    listMisses(
      `block, but permitted${title}`,
      rows.filter((each) => each.row.label === "block" && !denied(each)),
    );
    listMisses(
      `allow, but denied${title}`,
      rows.filter((each) => each.row.label === "allow" && denied(each)),
    );
  }
  const block = share(whole, "block", true);
  const allow = share(whole, "allow", false);
  const shortfalls = [
    ...(block < least.block ? [`${percent(block)} of the block lines are denied; ${least.block} % are asked for`] : []),
    ...(allow < least.allow ? [`${percent(allow)} of the allow lines are permitted; ${least.allow} % are asked for`] : []),
  ];
  for (const shortfall of shortfalls) print(`\nbelow the threshold: ${shortfall}`);
  return shortfalls.length === 0;
}

function denied({ response }: Judged): boolean {
  return response.effective === "deny";
}

function table(judged: readonly Judged[]): string {
  const header = ["label", "lines", "denied", "indeterminate: denied", "permitted", "indeterminate: permitted", "as labelled"];
  const rows = (["block", "allow", "judgement"] as const).flatMap((label) => {
    const lines = judged.filter(({ row }) => row.label === label);
    if (lines.length === 0) return [];
    const count = (effective: string, open: boolean) =>
      String(lines.filter(({ response }) => response.effective === effective && (response.decision === "indeterminate") === open).length);
    const agree = label === "judgement" ? "" : percent(share(judged, label, label === "block"));
    return [[label, String(lines.length), count("deny", false), count("deny", true), count("permit", false), count("permit", true), agree]];
  });
  const widths = header.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ")).join("\n");
}

/** Percentage of the lines of a label that are (or are not) denied; 100 where there are none. */
function share(judged: readonly Judged[], label: CorpusLine["label"], isDenied: boolean): number {
  const lines = judged.filter(({ row }) => row.label === label);
  return lines.length === 0 ? 100 : (100 * lines.filter((each) => denied(each) === isDenied).length) / lines.length;
}

function listMisses(title: string, misses: readonly Judged[]): void {
  if (misses.length === 0) return;
  print(`\n${title}: ${misses.length}`);
  for (const { row, response } of misses) {
    print(`  ${JSON.stringify(row.line.slice(0, 200))}`);
    const reasons = [...response.denials.map(({ rule }) => rule.id), ...response.unknowns.map(({ message }) => `unknown: ${message}`)];
    const notes = [...new Set(reasons), ...(row.why === undefined ? [] : [`labelled so because: ${row.why}`])];
    for (const note of notes) print(`      ${note}`);
  }
}

function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
