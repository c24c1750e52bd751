// Measures what the design promises: lines a second with a warm engine, growth with size, and the cost of a cold start.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createEngine, decide, type Engine } from "../src/decide.ts";
import type { Policy } from "../src/policy/schema.ts";
import { auditTimings } from "./audit.ts";
import { median, medianCosts, perMeasurement, type Start } from "./cost.ts";
import { growth as growthOf, latencies, type Pair, startUps } from "./interactive.ts";
import { contextFor, defaultEngine, exampleLines, policySet, readCorpus, readPolicies } from "./lines.ts";
import { makeTree } from "./scan-tree.ts";
import { callTimes } from "./server-calls.ts";

const usage = `usage: npm run bench -- [--only warm|growth|cold|pty|interactive|scan|audit|mcp] [--rounds N] [--lines N] [FILE…]
  --only PART  measure that part only
  --rounds N   how often each cold start is measured, interleaved (default: 15)
  --lines N    how many lines an interactive session is given, to see it grow (default: 2000)
lines are the policies' examples and those of the JSON Lines corpora FILE
`;

const parts = { warm, growth, cold, pty, interactive, scan, audit, mcp };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { only: { type: "string" }, rounds: { type: "string", default: "15" }, lines: { type: "string", default: "2000" }, help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  if (values.help === true) return print(usage.trimEnd());
  print(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, load ${loadavg()[0]?.toFixed(1)}`);
  for (const [name, part] of Object.entries(parts)) {
    if (values.only === undefined || values.only === name) await part(positionals, Number(values.rounds), Number(values.lines));
  }
}

// Warm: one engine, one thread.

const warmSeconds = 4;

function warm(files: readonly string[]): void {
  const engine = defaultEngine();
  const lines = [...exampleLines(policySet()), ...files.flatMap(readCorpus).map(({ line }) => line)];
  const context = contextFor(undefined);
  const pass = (): number[] =>
    lines.map((line) => {
      const before = performance.now();
      decide(line, engine, context);
      return performance.now() - before;
    });
  const coldest = sum(pass());
  for (let times = 0; times < 5; times++) pass();
  const passes: number[][] = [];
  for (const started = performance.now(); performance.now() - started < warmSeconds * 1000; ) passes.push(pass());
  const all = passes.flat().sort((left, right) => left - right);
  // Each line's own median: what the line costs, without the garbage that was collected while it ran.
  const each = lines.map((line, index) => ({ line, cost: quantile(passes.map((costs) => costs[index] ?? 0).sort(ascending), 0.5) }));
  each.sort((left, right) => left.cost - right.cost);
  print(`\nwarm: ${lines.length} lines, ${passes.length} passes`);
  print(`  ${Math.round((1000 * all.length) / sum(all))} lines/s (first pass ${Math.round((1000 * lines.length) / coldest)})`);
  print(`  per line: p50 ${micro(quantile(all, 0.5))}, p99 ${micro(quantile(all, 0.99))}, max ${micro(all.at(-1) ?? 0)}`);
  print("  slowest lines, by their median:");
  for (const { line, cost } of each.slice(-5).reverse()) print(`    ${micro(cost).padStart(10)}  ${JSON.stringify(line.slice(0, 100))}`);
}

// The record: a million lines.

async function audit(): Promise<void> {
  const records = 1_000_000;
  const { megabytes, timings } = await auditTimings(records);
  print(`\naudit: ${records.toLocaleString("en")} records, ${Math.round(megabytes)} MiB`);
  for (const { what, milliseconds, wait, found } of timings) {
    const waited = wait === undefined ? "" : `, a key waits at most ${Math.round(wait)} ms`;
    print(`  ${what.padEnd(32)}${Math.round(milliseconds).toString().padStart(7)} ms  ${found} found${waited}`);
  }
}

// A call of the MCP server, beside bash.

async function mcp(_files: readonly string[], rounds: number): Promise<void> {
  print("\nexec over MCP: milliseconds, medians of calls in turn; behind + what it adds to bash's own");
  for (const { command, ...times } of await callTimes(join(import.meta.dirname, "..", ".."), Math.max(rounds, 100))) {
    const [bash, wire, client] = ([times.bash, times.wire, times.client] as const).map((each) => quantile(each.toSorted(ascending), 0.5)) as [number, number, number];
    const added = (all: number) => `${all.toFixed(1).padStart(7)} (+${(all - bash).toFixed(1)})`;
    print(`  ${command.padEnd(28)}bash ${bash.toFixed(1).padStart(5)}   server${added(wire)}   with the official client${added(client)}`);
  }
}

// Growth: twice the size should take twice the time.

interface Shape {
  readonly name: string;
  readonly size: number;
  /** Prepares a case of that size; what it returns is measured. */
  prepare(size: number): () => unknown;
}

function growth(): void {
  const engine = defaultEngine();
  const deciding = (name: string, size: number, line: (size: number) => string): Shape => ({
    name,
    size,
    prepare: (count) => {
      const text = line(count);
      return () => decide(text, engine, contextFor(undefined));
    },
  });
  const mebibyte = 1024 * 1024;
  const shapes: readonly Shape[] = [
    deciding("bytes in one word", mebibyte, (size) => `echo ${"x".repeat(size - 5)}`),
    deciding("bytes of commands", mebibyte, (size) => "ssh web1 'uptime; df -h'; ".repeat(size / 26)),
    deciding("bytes of here-document", mebibyte, (size) => `cat > notes.md <<'E'\n${"ssh vm vim f\n".repeat(size / 13 - 3)}E\n`),
    deciding("bytes of quotes", mebibyte, (size) => `echo ${"'a'\"b\"\\c".repeat(size / 8 - 1)}`),
    deciding("nested $(", 10_000, (size) => `echo ${"$(".repeat(size)}true${")".repeat(size)}`),
    deciding("nested ${:-}", 10_000, (size) => `echo ${"${x:-".repeat(size)}a${"}".repeat(size)}`),
    deciding("nested parentheses", 10_000, (size) => `${"(".repeat(size)}true${")".repeat(size)}`),
    deciding("nested ssh", 1_000, (size) => `${"ssh h ".repeat(size)}uptime`),
    deciding("words", 100_000, (size) => `echo ${"word ".repeat(size)}`),
    deciding("remote words", 100_000, (size) => `ssh web1 cat ${"word ".repeat(size)}`),
    deciding("commands", 10_000, (size) => "uptime; ".repeat(size)),
    deciding("commands that are not known", 10_000, (size) => "$x; ".repeat(size)),
    deciding("stages of a pipeline", 10_000, (size) => `echo a${" | cat".repeat(size)}`),
    deciding("assignments", 10_000, (size) => `${Array.from({ length: size }, (_, index) => `v${index}=$v${index - 1}x`).join("; ")}; echo $v${size - 1}`),
    deciding("alternatives in braces", 10_000, (size) => `echo {${"a,".repeat(size)}b}`),
    deciding("iterations to unroll", 10_000, (size) => `for h in ${"web ".repeat(size)}; do ssh $h uptime; done`),
    {
      name: "hosts: create the engine",
      size: 5_000,
      prepare: (size) => () => createEngine(policySet([...readPolicies(), fleetOf(size)])),
    },
    { name: "hosts: decide 1,000 lines", size: 5_000, prepare: (size) => thousandLines(createEngine(policySet([...readPolicies(), fleetOf(size)]))) },
    {
      name: "rules: create the engine",
      size: 1_000,
      prepare: (size) => () => createEngine(policySet([...readPolicies(), rulesOf(size)])),
    },
    { name: "rules: decide 1,000 lines", size: 1_000, prepare: (size) => thousandLines(createEngine(policySet([...readPolicies(), rulesOf(size)]))) },
  ];
  print("\ngrowth: milliseconds at half the size, at the size, and their ratio (2 is linear)");
  for (const shape of shapes) {
    const half = fastest(shape.prepare(shape.size / 2));
    const full = fastest(shape.prepare(shape.size));
    const ratio = full / half;
    const warning = full > 1000 ? "  more than a second" : ratio > 3 && full > 50 ? "  not linear" : "";
    print(
      `  ${`${shape.size.toLocaleString("en")} ${shape.name}`.padEnd(38)}${half.toFixed(1).padStart(9)}${full.toFixed(1).padStart(9)}${ratio.toFixed(2).padStart(7)}${warning}`,
    );
  }
}

function fastest(task: () => unknown): number {
  return Math.min(...Array.from({ length: 3 }, () => time(task)));
}

function time(task: () => unknown): number {
  const before = performance.now();
  task();
  return performance.now() - before;
}

function thousandLines(engine: Engine): () => void {
  return () => {
    for (let index = 0; index < 1000; index++) decide(`ssh -i ~/.ssh/autobot_key autobot@10.9.${index % 250}.7 'systemctl restart s${index}'`, engine, contextFor(undefined));
  };
}

function fleetOf(size: number): { readonly file: string; readonly policy: Policy } {
  const hosts = Array.from({ length: size }, (_, index) => ({ name: `node${index}`, addresses: [`10.9.${index >> 8}.${index & 255}`] }));
  return { file: "generated-fleet", policy: { policy: "generated-fleet", description: "Hosts to count.", fleet: { hosts } } };
}

function rulesOf(size: number): { readonly file: string; readonly policy: Policy } {
  const rules = Array.from({ length: size }, (_, index) => ({
    id: `rule-${index}`,
    target: { action: "write" as const, host: "remote", path: `/srv/app${index}/**` },
    reason: "A rule to count.",
    advice: [],
    examples: { deny: [`ssh h touch /srv/app${index}/f`], permit: ["true"] },
  }));
  return { file: "generated-rules", policy: { policy: "generated-rules", description: "Rules to count.", rules } };
}

async function pty(_files: readonly string[], rounds: number): Promise<void> {
  const { throughput } = await import("./throughput.ts");
  print(`\n${(await throughput(Math.min(rounds, 5))).join("\n")}`);
}

// Cold: whole processes, interleaved, so that all suffer alike from what else the machine does.

// The launcher leaves it to the judge, and it starts nothing.
const slow = "case a in b) ;; esac";

function judgeOptions(): readonly string[] {
  return /^autobot_judge_options=\((.*)\)$/m.exec(readFileSync("libexec/node.bash", "utf8"))?.[1]?.split(" ") ?? [];
}

function cold(_files: readonly string[], rounds: number): void {
  const commands: Readonly<Record<string, Start>> = {
    "bash -c true": { words: ["/bin/bash", "-c", "true"] },
    "node -e 0": { words: [process.execPath, "-e", "0"] },
    "autobot-sh -c true": { words: ["bin/autobot-sh", "-c", "true"] },
    [`autobot-sh -c '${slow}'`]: { words: ["bin/autobot-sh", "-c", slow] },
    "  of which the judge": { words: [process.execPath, ...judgeOptions(), "dist/judge.cjs", "shell", "fields", "autobot-sh", "-c", slow] },
    "autobot-sh -c 'awk 1 /dev/null'": { words: ["bin/autobot-sh", "-c", "awk 1 /dev/null"] },
    "a shim's call: git push": { words: [process.execPath, ...judgeOptions(), "dist/judge.cjs", "call", "git", "push"] },
    // Should it run after all, it reaches nobody (RFC 6761).
    "a refusal": { words: ["bin/autobot-sh", "-c", "ssh host.invalid reboot"] },
    ...hooks(),
    "autobotctl check true": { words: ["bin/autobotctl", "check", "true"] },
    // Where bubblewrap is not installed, the start that fails would be measured.
    ...(existsSync("/usr/bin/bwrap") ? { ...below("on"), ...below("strict") } : {}),
  };
  const medians = medianCosts(commands, rounds);
  const node = medians.find(({ name }) => name === "node -e 0");
  print(`\ncold: medians of ${rounds} × ${perMeasurement} starts each, interleaved; milliseconds`);
  print(`  ${"".padEnd(46)}    wall     cpu  ÷ node's, wall and cpu`);
  const ratio = (value: number, of: number | undefined) => (value / (of ?? 1)).toFixed(2).padStart(8);
  for (const { name, wall, cpu } of medians) {
    print(`  ${name.padEnd(46)}${wall.toFixed(1).padStart(8)}${cpu.toFixed(1).padStart(8)}${ratio(wall, node?.wall).padStart(12)}${ratio(cpu, node?.cpu)}`);
  }
}

/** Claude Code's hook with what it is given: lines that models write, the last two not to be run. */
function hooks(): Readonly<Record<string, Start>> {
  const directory = mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const lines = {
    "a line that passes": "git status && ls -la src | head -20",
    "a long one, for the judge": 'cd /tmp && git diff --stat && cat package.json | jq .version && for f in src/*.ts; do wc -l "$f"; done && npx tsc --noEmit -p . 2>&1 | tail -20',
    "a refusal": "ssh host.invalid reboot",
    "a refusal with a local edit": "ssh autobot@172.16.168.21 \"sed -i 's/a/b/' /home/autobot/autobot-vue/src/components/Chat.vue\"",
  };
  const starts = Object.entries(lines).map(([what, command], index): readonly [string, Start] => {
    const input = join(directory, `${index}.json`);
    const session = "0f3c1c2e-6a2f-4b51-9d7b-0a4f3f8c7a11";
    const call = { session_id: session, transcript_path: `/home/dev/.claude/projects/-tmp/${session}.jsonl`, cwd: "/tmp", permission_mode: "default" };
    writeFileSync(input, JSON.stringify({ ...call, hook_event_name: "PreToolUse", tool_name: "Bash", tool_input: { command, description: "As asked" }, tool_use_id: "toolu_01" }));
    return [`hook: ${what}`, { words: ["bin/autobotctl", "hook", "--agent", "claude"], input }];
  });
  return Object.fromEntries(starts);
}

/** The same command with and without a call that its shim has judged, in a project whose policy sets `runtime`. */
function below(runtime: "on" | "strict"): Readonly<Record<string, Start>> {
  const cwd = mkdtempSync(join(tmpdir(), "autobot-sh-bench-"));
  mkdirSync(join(cwd, ".autobot-sh"));
  writeFileSync(join(cwd, ".autobot-sh", "bench.yaml"), `policy: bench\ndescription: To measure.\nsettings: { runtime: ${runtime} }\n`);
  const launcher = resolve("bin/autobot-sh");
  return {
    [`autobot-sh -c '${slow}', runtime: ${runtime}`]: { words: [launcher, "-c", slow], cwd },
    [`autobot-sh -c 'ssh -G h', runtime: ${runtime}`]: { words: [launcher, "-c", "ssh -G h"], cwd },
  };
}

// Interactive: the shell alone and with the gate, by turns.

const typedLines = 2000;

async function interactive(_files: readonly string[], rounds: number, lines: number): Promise<void> {
  for (const shell of ["bash", "zsh"] as const) {
    print(`\n${shell}`);
    const started = await startUps(shell, rounds);
    const node = median(started.node);
    print(`  to the first prompt: ${compared(started)}; ${((median(started.guarded) - median(started.plain)) / node).toFixed(2)} × node -e 0 (${micro(node)})`);
    const typed = await latencies(shell, typedLines);
    print(`  from Enter to the next prompt: ${compared(typed.lines)}`);
    print(`  from a key to its echo: ${compared(typed.keys)}`);
    print(`  a line that loops 200,000 times: ${compared(typed.loops)}; ${(median(typed.loops.guarded) / median(typed.loops.plain)).toFixed(2)} × alone`);
    const { memory, descriptors } = await growthOf(shell, lines);
    print(`  the session after ${lines} lines: ${(memory / 1024).toFixed(1)} MiB and ${descriptors} descriptors more`);
  }
}

// What a repository costs.

const scannedFiles = 20_000;

function scan(): void {
  const tree = makeTree(scannedFiles);
  const autobotctl = resolve("bin/autobotctl");
  const started = performance.now();
  const { status, stdout } = spawnSync(autobotctl, ["scan"], { cwd: tree, encoding: "utf8", maxBuffer: 1 << 30 });
  const seconds = (performance.now() - started) / 1000;
  rmSync(tree, { recursive: true });
  print(`\nscan: ${scannedFiles} files in ${seconds.toFixed(1)} s, ${(scannedFiles / seconds).toFixed(0)} a second (status ${status})`);
  print(`  ${stdout.trimEnd().replaceAll("\n", "\n  ")}`);
}

function compared({ plain, guarded }: Pair): string {
  const at = (part: number) =>
    `p${100 * part} ${micro(quantile(plain, part))} alone, ${micro(quantile(guarded, part))} gated, ${micro(quantile(guarded, part) - quantile(plain, part))} more`;
  return `${at(0.5)}; ${at(0.99)}`;
}

function ascending(left: number, right: number): number {
  return left - right;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function micro(milliseconds: number): string {
  return milliseconds < 1 ? `${(1000 * milliseconds).toFixed(0)} µs` : `${milliseconds.toFixed(1)} ms`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
