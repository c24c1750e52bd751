// Decides generated lines (random bytes, generated shell code, mutated corpus lines) and reports any that crashes, takes
// longer than a second, decides differently the second time, or breaks what a Response promises.

import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { decide, type Engine, type Response } from "../src/decide.ts";
import { everydayLine } from "./everyday-lines.ts";
import { contextFor, defaultEngine, exampleLines, policySet, readCorpus } from "./lines.ts";
import { compared, compileReader } from "./prefilter.ts";
import { type Random, randomFrom } from "./random.ts";
import { generate } from "./shell-grammar.ts";

const usage = `usage: npm run fuzz -- [--runs N] [--seed N] [--only INDEX] [FILE…]
  --runs N      how many lines (default: 20000)
  --seed N      same seed, same lines (default: 1)
  --only INDEX  print and decide one line of the run
  --prefilter   look for lines that the built prefilter takes for harmless and the engine denies
lines of the JSON Lines corpora FILE are mutated too, besides the policies' examples
`;

interface Plan {
  readonly seed: number;
  readonly runs: number;
  readonly files: readonly string[];
  /** Index of the line being decided, for the thread that watches. */
  readonly progress: Int32Array;
}

/** Faults that differ in nothing but numbers count as one kind; the shortest line is shown. */
interface Fault {
  readonly what: string;
  readonly index: number;
  readonly line: string;
  readonly times: number;
}

interface Summary {
  readonly faults: ReadonlyMap<string, Fault>;
  readonly lines: number;
  readonly decisions: Readonly<Record<Response["decision"], number>>;
  readonly slowest: { readonly index: number; readonly milliseconds: number };
  readonly seconds: number;
}

const tooSlow = 1000;
const stuck = 20_000;
const mostKinds = 20;

function main(): void {
  const { values, positionals } = parseArgs({
    options: {
      runs: { type: "string", default: "20000" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      prefilter: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
    allowPositionals: true,
  });
  if (values.help === true) return void process.stdout.write(usage);
  const plan: Plan = {
    seed: Number(values.seed),
    runs: Number(values.runs),
    files: positionals,
    progress: new Int32Array(new SharedArrayBuffer(4)),
  };
  if (values.prefilter === true) comparePrefilter(plan);
  else if (values.only === undefined) watch(plan);
  else showOne(plan, Number(values.only));
}

/** The deciding thread cannot be interrupted: this one sees that it is still at the same line, and says which. */
function watch(plan: Plan): void {
  const worker = new Worker(new URL(import.meta.url), { workerData: plan });
  let last = -1;
  const timer = setInterval(() => {
    const index = Atomics.load(plan.progress, 0);
    if (index === last) finish(`stuck for ${stuck / 1000} s at line ${index}:\n${JSON.stringify(lineAt(index, plan.seed, linesToMutate(plan)))}\n`, 1);
    last = index;
  }, stuck);
  const finish = (text: string, status: number) => {
    clearInterval(timer);
    process.stdout.write(text);
    process.exitCode = status;
    void worker.terminate();
  };
  worker.on("message", (summary: Summary) => finish(show(summary, plan), summary.faults.size === 0 ? 0 : 1));
  worker.on("error", (error) => finish(`line ${Atomics.load(plan.progress, 0)}: uncaught: ${error.stack ?? error.message}\n`, 1));
}

const batch = 10_000;

function comparePrefilter(plan: Plan): void {
  const engine = defaultEngine();
  const corpus = linesToMutate(plan);
  const reader = compileReader(process.cwd());
  if (reader === undefined) throw new Error("the launcher's reader needs a C compiler");
  let harmless = 0;
  for (let start = 0; start < plan.runs; start += batch) {
    const lines = Array.from({ length: Math.min(batch, plan.runs - start) }, (_, index) => prefilterLine(start + index, plan.seed, corpus));
    const found = compared(lines, engine, reader, process.cwd());
    harmless += found.harmless;
    for (const { line, why } of found.missed) process.stdout.write(`${JSON.stringify(line)}\n  ${why}\n`);
    if (found.missed.length > 0) process.exitCode = 1;
  }
  process.stdout.write(`${plan.runs} lines, seed ${plan.seed}: ${harmless} taken for harmless\n`);
}

function prefilterLine(index: number, seed: number, corpus: readonly string[]): string {
  const random = randomFrom(seed, index);
  return random.chance(0.7) ? everydayLine(random) : random.chance(0.5) ? mutate(random, corpus) : generate(random);
}

function showOne(plan: Plan, index: number): void {
  const line = lineAt(index, plan.seed, linesToMutate(plan));
  process.stdout.write(`${JSON.stringify(line)}\n`);
  const response = decide(line, defaultEngine(), contextFor(undefined));
  process.stdout.write(`${response.decision}, effectively ${response.effective}\n`);
}

function fuzz(plan: Plan): Summary {
  const engine = defaultEngine();
  const corpus = linesToMutate(plan);
  const faults = new Map<string, Fault>();
  const decisions = { permit: 0, deny: 0, indeterminate: 0 };
  let slowest = { index: 0, milliseconds: 0 };
  const started = performance.now();
  let index = 0;
  for (; index < plan.runs && faults.size < mostKinds; index++) {
    Atomics.store(plan.progress, 0, index);
    const line = lineAt(index, plan.seed, corpus);
    const before = performance.now();
    const result = attempt(line, engine);
    const milliseconds = performance.now() - before;
    if (milliseconds > slowest.milliseconds) slowest = { index, milliseconds };
    const what = milliseconds > tooSlow ? `took ${milliseconds.toFixed(0)} ms` : "fault" in result ? result.fault : undefined;
    if (what !== undefined) remember(faults, { what, index, line, times: 1 });
    if ("decision" in result) decisions[result.decision]++;
  }
  return { faults, lines: index, decisions, slowest, seconds: (performance.now() - started) / 1000 };
}

function remember(faults: Map<string, Fault>, fault: Fault): void {
  const kind = fault.what.replaceAll(/\d+/g, "0");
  const before = faults.get(kind);
  const shorter = before === undefined || fault.line.length < before.line.length ? fault : before;
  faults.set(kind, { ...shorter, times: (before?.times ?? 0) + 1 });
}

/** Decides twice, and asks for all that a response computes only when it is read. */
function attempt(line: string, engine: Engine): { readonly decision: Response["decision"] } | { readonly fault: string } {
  try {
    const first = decide(line, engine, contextFor(undefined));
    const second = decide(line, engine, contextFor(undefined));
    if (essence(first) !== essence(second)) return { fault: "decides differently the second time" };
    const fault = brokenPromise(first, line);
    return fault === undefined ? { decision: first.decision } : { fault };
  } catch (error) {
    return { fault: `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
  }
}

function essence(response: Response): string {
  const { decision, effective, denials, unknowns, requests, advice } = response;
  return JSON.stringify([decision, effective, denials.map(({ rule }) => rule.id), unknowns, requests, advice]);
}

function brokenPromise({ decision, effective, denials, unknowns, requests, steps }: Response, line: string): string | undefined {
  if (decision === "deny" && (effective !== "deny" || denials.length === 0)) return "denies without a reason or an effect";
  if (decision === "permit" && effective !== "permit") return "permits without an effect";
  if (decision === "indeterminate" && unknowns.length === 0) return "is indeterminate without saying what is not known";
  const spans = [...requests, ...unknowns, ...steps].map(({ span }) => span);
  const outside = spans.find(({ start, end }) => !(start >= 0 && start <= end && end <= line.length));
  return outside === undefined ? undefined : `gives the span ${outside.start}-${outside.end}, outside the line`;
}

function linesToMutate(plan: Plan): readonly string[] {
  return [...exampleLines(policySet()), ...plan.files.flatMap(readCorpus).map(({ line }) => line)];
}

/** The line with this index, whatever ran before it. */
function lineAt(index: number, seed: number, corpus: readonly string[]): string {
  const random = randomFrom(seed, index);
  const kinds = [() => characters(random), () => generate(random), () => mutate(random, corpus), () => mutate(random, [generate(random)])];
  return random.pick(kinds)();
}

const telling = "$`\"'\\(){}[]<>|&;#!~*?=%@:/-_ \t\n\r\0";

function characters(random: Random): string {
  const length = random.below(random.chance(0.05) ? 2000 : 80);
  const one = random.pick([
    () => String.fromCharCode(random.below(256)),
    () => String.fromCharCode(random.below(65536)),
    () => telling[random.below(telling.length)] ?? "",
    () => random.pick([String.fromCharCode(32 + random.below(95)), telling[random.below(telling.length)] ?? ""]),
  ]);
  return Array.from({ length }, one).join("");
}

function mutate(random: Random, lines: readonly string[]): string {
  let line = random.pick(lines);
  for (let times = 1 + random.below(4); times > 0; times--) {
    const start = random.below(line.length + 1);
    const end = Math.min(line.length, start + random.below(random.chance(0.2) ? 200 : 6));
    const middle = random.pick([
      () => "",
      () => telling[random.below(telling.length)] ?? "",
      () => line.slice(start, end).repeat(2 + random.below(3)),
      () => String.fromCharCode(random.below(65536)),
      () => generate(random),
      () => [...line.slice(start, end)].reverse().join(""),
      () => random.pick(lines).slice(random.below(20)),
    ])();
    line = line.slice(0, start) + middle + line.slice(end);
  }
  return line.slice(0, 20_000);
}

function show({ faults, lines, decisions, slowest, seconds }: Summary, plan: Plan): string {
  const counts = Object.entries(decisions).map(([decision, count]) => `${count} ${decision}`);
  const head = `${lines} lines, seed ${plan.seed}: ${counts.join(", ")}; ${seconds.toFixed(1)} s, slowest ${slowest.milliseconds.toFixed(1)} ms (line ${slowest.index})\n`;
  const each = [...faults.values()].map(({ what, times, index, line }) => `\nline ${index} ${what} (${times} such lines)\n  ${JSON.stringify(line)}\n`);
  return `${head}${faults.size} kinds of faults\n${each.join("")}`;
}

if (isMainThread) main();
else parentPort?.postMessage(fuzz(workerData as Plan));
