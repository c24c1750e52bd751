// autobot-sh and other guards of agents' commands on the same inputs, in the same run: what each refuses and passes, and what it costs.
// Nothing of the inputs runs: they are given to hooks, in a namespace without a network.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ask, callOf, type Guard, guards, type Hook } from "./compare/guards.ts";
import { type Input, readInputs } from "./compare/inputs.ts";
import { answerTable, type Judged, misses, type Timed, timeTable, withPart } from "./compare/table.ts";
import { medianCosts, perMeasurement, type Start } from "./cost.ts";
import { download } from "./e2e-agents/programs.ts";

const document = "docs/comparison.md";
const harmless = "git status";
const usage = `usage: npm run compare -- [--write] [--misses] [--rounds N]
  --write     put the tables into ${document}
  --misses    list what each guard answers wrongly
  --rounds N  how often each start is measured, by turns (default: 15)
downloads the other guards from npm, once, to AUTOBOT_SH_E2E_CACHE or ~/.cache/autobot-sh/e2e
`;

const { values } = parseArgs({
  options: { write: { type: "boolean" }, misses: { type: "boolean" }, rounds: { type: "string", default: "15" }, help: { type: "boolean", short: "h" } },
});
const root = join(import.meta.dirname, "..", "..");
const compared = guards(root);

if (values.help === true) process.stdout.write(usage);
else if (process.env["AUTOBOT_SH_COMPARE_OFFLINE"] === undefined) process.exitCode = downloaded() ? withoutNetwork() : 1;
else compare();

function downloaded(): boolean {
  try {
    for (const { download: peer } of compared) if (peer !== undefined) download(peer);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`compare: ${message}\n  the npm registry has to be in reach once; after that no network is needed\n`);
    return false;
  }
}

/** This program again where loopback is all there is: whatever a guard does with a line, it reaches no host. */
function withoutNetwork(): number {
  const words = ["-rn", process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync("unshare", words, { stdio: "inherit", env: { ...process.env, AUTOBOT_SH_COMPARE_OFFLINE: "1" } });
  if (error !== undefined) process.stderr.write(`compare: cannot leave the network: ${error.message}\n  install util-linux\n`);
  return status ?? 1;
}

function compare(): void {
  const scratch = mkdtempSync(join(tmpdir(), "autobot-sh-compare-"));
  try {
    const cwd = repository(scratch);
    const inputs = readInputs(join(root, "tests/comparison/inputs.jsonl"));
    const hooks = compared.map((guard, index) => ({ guard, hook: guard.setUp(join(scratch, `home${index}`), hosts(inputs)) }));
    const judged = hooks.map(({ guard, hook }): Judged => ({ title: guard.title, answers: inputs.map(({ line }) => ask(hook, line, cwd)) }));
    const answers = answerTable(inputs, judged);
    process.stdout.write(`${answers}\n\n`);
    if (values.misses === true) for (const each of judged) process.stdout.write(`${missed(inputs, each)}\n\n`);
    const times = timesOf(hooks, judged, inputs, { scratch, cwd });
    process.stdout.write(`${times}\n`);
    if (values.write === true) {
      const file = join(root, document);
      writeFileSync(file, withPart(withPart(readFileSync(file, "utf8"), "answers", answers), "times", `${machine()}\n\n${times}`));
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Some guards ask git where they are. */
function repository(scratch: string): string {
  const cwd = join(scratch, "work");
  mkdirSync(cwd);
  spawnSync("git", ["init", "--quiet"], { cwd, env: { PATH: process.env["PATH"], HOME: scratch } });
  return cwd;
}

/** The servers by the addresses that the inputs have. */
function hosts(inputs: readonly Input[]): readonly string[] {
  return [...new Set(inputs.flatMap(({ line }) => line.match(/\b172\.16\.168\.\d+\b/g) ?? []))];
}

function missed(inputs: readonly Input[], judged: Judged): string {
  return [judged.title, ...misses(inputs, judged).map(({ kind, class: name, line }) => `  ${kind}, ${name}: ${JSON.stringify(line)}`)].join("\n");
}

interface Places {
  readonly scratch: string;
  readonly cwd: string;
}

/** Each guard with a line that it passes and with the first one that it refuses. */
function timesOf(hooks: readonly { readonly guard: Guard; readonly hook: Hook }[], judged: readonly Judged[], inputs: readonly Input[], { scratch, cwd }: Places): string {
  const commands: Record<string, Start> = {
    "`bash -c true`": { words: ["/bin/bash", "-c", "true"] },
    "`node -e 0`": { words: [process.execPath, "-e", "0"] },
  };
  for (const [index, { guard, hook }] of hooks.entries()) {
    const refused = inputs.find((_, at) => judged[index]?.answers[at] === "refused")?.line;
    for (const [what, line] of [
      ["passed", harmless],
      ["refused", refused],
    ] as const) {
      if (line === undefined) continue;
      const input = join(scratch, `${index}-${what}.json`);
      writeFileSync(input, callOf(line, cwd));
      commands[`${guard.title}: ${what}`] = { ...hook, cwd, input };
    }
  }
  const timed = medianCosts(commands, Number(values.rounds)).map(({ name, ...cost }): Timed => ({ what: name, ...cost }));
  return timeTable(timed, "`node -e 0`");
}

function machine(): string {
  return `Medians of ${values.rounds} × ${perMeasurement} starts each, by turns; node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}.`;
}
