// The build cuts the judge into pieces (scripts/on-demand.js). Cut or whole, it decides the same.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { decide } from "../../src/decide.ts";
import { builtInEngine } from "../../src/world/engine.ts";
import { createWorld } from "../../src/world/world.ts";
import { environment, root, scratch } from "../stage/run.ts";

const corpus = ["deny.jsonl", "permit.jsonl"].flatMap((name) =>
  readFileSync(join(root, "tests", "corpora", name), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { readonly line: string }).line),
);
const examples = builtInEngine()
  .policies.rules.flatMap(({ examples: { deny, permit } }) => [...deny, ...permit])
  .map((example) => (typeof example === "string" ? example : example.line));
const constructs = [
  "X=1; ssh 172.16.168.21 vim f",
  "a=(x y); a+=(z); for i in ${a[@]}; do ssh 172.16.168.21 touch /etc/$i; done",
  "declare -A m=([k]=v); echo ${m[k]} $((1 + 2)) {a,b}{1..3} ${x:-y} ${x/a/b} $'\\n' ~",
  "cat <<E | ssh 172.16.168.21 bash\nreboot\nE",
  "f() { ssh 172.16.168.21 $1 f; }; f vim; cd /tmp && read x < y; trap 'rm z' EXIT",
  "if [[ $a == b ]]; then coproc c; elif ((x++)); then case $y in (a) ;; esac; fi",
];
const lines = [...new Set([...constructs, ...corpus, ...examples])];

/** Asks the judge in dist/ about every line in one process; the statuses that it would end with. */
const asking = `
  const { readFileSync, writeFileSync } = require("node:fs");
  const [, , judge, input, output] = process.argv;
  process.argv[1] = judge + ".cjs";
  const piece = (name) => new (require("node:vm").Script)(readFileSync(judge + "/" + name + ".js", "latin1")).runInThisContext();
  const module_ = { exports: {} };
  piece("core")(module_, require, piece);
  (async () => {
    const statuses = [];
    for (const line of JSON.parse(readFileSync(input, "utf8"))) statuses.push(await module_.exports.judge(["shell", "fields", "autobot-sh", "-c", line]));
    writeFileSync(output, JSON.stringify(statuses));
  })();`;

it(`decides ${lines.length} lines as the sources do`, { timeout: 120_000 }, () => {
  const work = scratch();
  const [input, output, program] = ["input.json", "output.json", "ask.cjs"].map((name) => join(work, name));
  writeFileSync(input ?? "", JSON.stringify(lines));
  writeFileSync(program ?? "", asking);
  const env = { ...environment, HOME: work };
  const { status } = spawnSync(process.execPath, [program ?? "", join(root, "dist", "judge"), input ?? "", output ?? ""], { cwd: work, env, stdio: "ignore" });
  expect(status).toBe(0);
  const statuses = JSON.parse(readFileSync(output ?? "", "utf8")) as readonly number[];
  const context = { face: "scripts", tty: false, runtime: true, cwd: work, environment: env, world: createWorld({ home: work }) } as const;
  const expected = lines.map((line) => (decide(line, builtInEngine(), context).effective === "deny" ? 126 : 0));
  expect(lines.filter((_, index) => statuses[index] !== expected[index])).toEqual([]);
  expect(new Set(expected)).toEqual(new Set([0, 126]));
});
