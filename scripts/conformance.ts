// Runs other shells' tests with autobot-sh and with bash, and fails where a verdict differs that docs/conformance.md does not explain.
import { accessSync, chmodSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Account, asAccount, closeAccount, ended, give, must, openAccount } from "./conformance/account.ts";
import { bashSuite } from "./conformance/bash.ts";
import { type Comparison, compare, type Difference } from "./conformance/compare.ts";
import { readExplained } from "./conformance/explained.ts";
import { oilsSuite } from "./conformance/oils.ts";
import { opensshSuite } from "./conformance/openssh.ts";
import { fetchTree } from "./conformance/source.ts";
import { type Place, type Side, type Suite, sides } from "./conformance/suite.ts";
import { yashSuite } from "./conformance/yash.ts";

const suites: readonly Suite[] = [bashSuite, yashSuite, oilsSuite, opensshSuite];

const usage = `usage: npm run conformance -- [--suite ${suites.map(({ name }) => name).join("|")}] [--short] [--source DIR] [--shell PATH]
runs a suite of shell tests with autobot-sh and with bash, and compares verdict by verdict
  --suite NAME  this one; given several times, these; by default all that can be had
  --short       only the tests that tell launchers apart within seconds
  --source DIR  the suites' trees, or a directory that holds them; by default Debian's sources, where it has them
  --shell PATH  test this shell instead of autobot-sh
status 0: no difference that is not explained, 1: some, 2: wrong call, 3: a suite that was named could not be brought here
`;

/** What a run has shown; `absent`: a suite that was asked for could not be brought here. */
type Outcome = "same" | "differs" | "absent";

const statuses: Readonly<Record<Outcome, number>> = { same: 0, differs: 1, absent: 3 };

/** Of a difference in what a test prints. */
const mostLines = 20;

const { values } = parseArgs({
  options: {
    suite: { type: "string", multiple: true, default: [] },
    short: { type: "boolean", default: false },
    source: { type: "string" },
    shell: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

const unknown = values.suite.find((name) => !suites.some((suite) => suite.name === name));
if (values.help) process.stdout.write(usage);
else if (unknown !== undefined) fail(`unknown suite \`${unknown}\``, `known: ${suites.map(({ name }) => name).join(", ")}`);
else process.exitCode = statuses[await conformance()];

async function conformance(): Promise<Outcome> {
  const work = mkdtempSync(join(tmpdir(), "autobot-sh-conformance-"));
  chmodSync(work, 0o755);
  const account = openAccount(join(work, "home"));
  const leave = () => {
    closeAccount(account);
    rmSync(work, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      leave();
      process.kill(process.pid, signal);
    });
  }
  try {
    placeShells(work);
    return await runSuites(work, account);
  } finally {
    leave();
  }
}

/** `bin/bash` on both sides. autobot-sh is a copy, as npm would install it: nobody rebuilds it meanwhile, and any user can read it. */
function placeShells(work: string): void {
  for (const side of sides) mkdirSync(join(work, side, "bin"), { recursive: true });
  symlinkSync("/bin/bash", shellOf(work, "direct"));
  if (values.shell !== undefined) return symlinkSync(resolve(values.shell), shellOf(work, "tested"));
  const installation = join(work, "tested", "lib", "node_modules", "autobot-sh");
  for (const folder of ["bin", "libexec", "dist"]) cpSync(folder, join(installation, folder), { recursive: true, verbatimSymlinks: true });
  symlinkSync("../lib/node_modules/autobot-sh/bin/autobot-sh", shellOf(work, "tested"));
}

function shellOf(work: string, side: Side): string {
  return join(work, side, "bin", "bash");
}

async function runSuites(work: string, account: Account): Promise<Outcome> {
  for (const side of sides) if (!(await shellWorks(shellOf(work, side), account))) return "differs";
  const outcomes: Outcome[] = [];
  for (const suite of suites.filter(({ name }) => values.suite.length === 0 || values.suite.includes(name))) {
    outcomes.push(await runSuite(suite, work, account));
  }
  return (["differs", "absent"] as const).find((outcome) => outcomes.includes(outcome)) ?? "same";
}

async function shellWorks(shell: string, account: Account): Promise<boolean> {
  const { status, stdout, stderr } = await ended(asAccount(account, [shell, "-c", "echo works"]), account.home);
  if (status === 0 && stdout === "works\n") return true;
  print(`the shell does not work for user ${account.name}: status ${status}\n  ${stderr.trim()}`);
  return false;
}

/** Whether it was run, where it was asked for, and every difference is explained. */
async function runSuite(suite: Suite, work: string, account: Account): Promise<Outcome> {
  const absent = suite.needs.filter((program) => !isInstalled(program));
  const fetched = absent.length > 0 ? { missing: `needs ${absent.join(", ")}` } : fetchTree(suite, values.source, work);
  if ("missing" in fetched) {
    print(`${suite.name}: not run: ${fetched.missing}`);
    return values.suite.includes(suite.name) ? "absent" : "same";
  }
  const { tree } = fetched;
  await suite.build(tree, account);
  const place = (side: Side): Place => ({ side, shell: shellOf(work, side), account, ...copyFor(side, suite, tree, work, account) });
  const start = Date.now();
  const explained = readExplained("docs/conformance.md").filter((each) => each.suite === suite.name);
  const isExplained = (name: string) => explained.some((each) => each.name === name);
  const comparison = await compare(suite, suite.units(tree, values.short), { direct: place("direct"), tested: place("tested") }, isExplained);
  return report(suite, comparison, isExplained, Math.round((Date.now() - start) / 1000)) ? "same" : "differs";
}

function copyFor(side: Side, suite: Suite, source: string, work: string, account: Account): Pick<Place, "tree" | "scratch"> {
  const tree = join(work, side, suite.name);
  // In the installation: a test copies the launcher into it, and the copy finds the rest.
  const scratch = join(work, side, "lib/node_modules/autobot-sh/tmp");
  must("cp", ["-a", source, tree]);
  mkdirSync(scratch, { recursive: true });
  for (const folder of [tree, scratch]) give(folder, account);
  return { tree, scratch };
}

function isInstalled(program: string): boolean {
  return `${process.env["PATH"]}:/usr/sbin:/sbin`.split(":").some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function report(suite: Suite, { units, cases, tally, differences, unsteady }: Comparison, isExplained: (name: string) => boolean, seconds: number): boolean {
  const news = differences.filter(({ name }) => !isExplained(name));
  print(`${suite.name}: ${units} files, ${cases} cases, ${seconds} s: ${differences.length} differ, ${news.length} of them not explained`);
  for (const side of sides) print(`  ${side === "direct" ? "bash" : "autobot-sh"}: ${[...tally[side]].map(([verdict, count]) => `${count} ${verdict}`).join(", ")}`);
  for (const each of differences) print(`  differs${isExplained(each.name) ? " (explained)" : ""}: ${each.name}\n${shown(each)}`);
  for (const each of unsteady) print(`  unsteady: ${each.name}\n${shown(each)}`);
  return news.length === 0;
}

function shown({ direct, tested }: Difference): string {
  const [before = "", after = ""] = [direct[0], tested[0]];
  const only = (text: string, other: string) => text.split("\n").filter((line) => /\S/.test(line) && !line.includes("warning: ") && !other.split("\n").includes(line));
  const lines = [...only(before, after).map((line) => `    bash:       ${line}`), ...only(after, before).map((line) => `    autobot-sh: ${line}`)];
  const runs = direct.length + tested.length > 2 ? [`    over the runs, bash gave ${direct.length} verdicts, autobot-sh ${tested.length}`] : [];
  return [...lines.slice(0, mostLines), ...runs].join("\n");
}

function fail(problem: string, wayOut: string): void {
  process.stderr.write(`conformance: ${problem}\n  ${wayOut}\n`);
  process.exitCode = 2;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
