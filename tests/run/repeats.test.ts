// What is remembered of an agent's refusals: counted by session, by many processes at once, and never in the way.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { timesRefused } from "../../src/run/repeats.ts";
import { root, scratch } from "../stage/run.ts";

const vim = { session: "one", line: "ssh vm vim f", cwd: "/w", rule: "remote-editing/editor" };
let runtime: string;
let state: string;

beforeEach(() => {
  runtime = scratch();
  state = join(runtime, "autobot-sh", "refusals");
  vi.stubEnv("XDG_RUNTIME_DIR", runtime);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(runtime, { recursive: true, force: true });
});

it("counts the same refusal in the same session", () => {
  expect([vim, vim, vim].map((each) => timesRefused(each))).toEqual([1, 2, 3]);
});

it("takes another line, directory, rule or session for a first time", () => {
  timesRefused(vim);
  const others = [
    { ...vim, line: "ssh vm vim g" },
    { ...vim, cwd: "/x" },
    { ...vim, rule: "remote-session/x" },
    { ...vim, session: "two" },
    { ...vim, session: undefined },
  ];
  expect(others.map((each) => timesRefused(each))).toEqual([1, 1, 1, 1, 1]);
});

it("counts by day where the agent names no session", () => {
  const nameless = { ...vim, session: undefined };
  const today = new Date();
  const tomorrow = new Date(today.getTime() + 24 * 3600 * 1000);
  expect([today, today, tomorrow, tomorrow].map((now) => timesRefused(nameless, now))).toEqual([1, 2, 1, 2]);
});

it("keeps neither the line nor the session, for the owner alone", () => {
  timesRefused({ ...vim, session: "../../etc/secret", line: "token=secret ssh vm vim f" });
  const [name = "", ...more] = readdirSync(state);
  expect([/^[0-9a-f]{16}$/.test(name), more, statSync(join(state, name)).size, statSync(join(state, name)).mode & 0o777]).toEqual([true, [], 17, 0o600]);
});

it("never counts less than there were when many are refused at once", { timeout: 60_000 }, async () => {
  const bundle = join(runtime, "repeats.mjs");
  const program = `import { timesRefused } from ${JSON.stringify(bundle)}; console.log(timesRefused(${JSON.stringify(vim)}));`;
  await build({ entryPoints: [join(root, "src", "run", "repeats.ts")], outfile: bundle, bundle: true, platform: "node", format: "esm" });
  const ask = () =>
    new Promise<number>((resolve) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
      let text = "";
      child.stdout.on("data", (data) => (text += data));
      child.on("close", () => resolve(Number(text)));
    });
  const counts = await Promise.all(Array.from({ length: 8 }, ask));
  expect(counts.filter((each) => each === 1).length).toBeLessThanOrEqual(1);
  expect(Math.max(...counts)).toBe(8);
  expect(timesRefused(vim)).toBe(9);
});

it("starts again where a session has grown out of bounds", () => {
  timesRefused(vim);
  const file = join(state, readdirSync(state)[0] ?? "");
  writeFileSync(file, "x".repeat(70_000));
  expect(timesRefused(vim)).toBe(1);
  expect([timesRefused(vim), timesRefused(vim)]).toEqual([1, 2]);
  expect(statSync(file).size).toBeLessThan(100);
});

it("forgets sessions that are old or too many", () => {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const now = Date.now() / 1000;
  for (let index = 0; index < 100; index++) {
    writeFileSync(join(state, `s${index}`), "");
    utimesSync(join(state, `s${index}`), now, now - index * 60);
  }
  writeFileSync(join(state, "old"), "");
  utimesSync(join(state, "old"), now, now - 30 * 24 * 3600);
  timesRefused(vim);
  expect([readdirSync(state).length, existsSync(join(state, "old")), existsSync(join(state, "s0"))]).toEqual([64, false, true]);
});

it.each<[string, () => void]>([
  [
    "others may write the directory",
    () => {
      mkdirSync(state, { recursive: true });
      chmodSync(state, 0o777);
    },
  ],
  [
    "something else stands in its place",
    () => {
      mkdirSync(join(runtime, "autobot-sh"));
      writeFileSync(state, "");
    },
  ],
  ["no directory can be made", () => vi.stubEnv("XDG_RUNTIME_DIR", "/proc/nowhere")],
])("says the first time each time where %s", (_, prepare) => {
  prepare();
  expect([timesRefused(vim), timesRefused(vim)]).toEqual([1, 1]);
});

it("follows no link and writes into nobody's file", () => {
  timesRefused(vim);
  const file = join(state, readdirSync(state)[0] ?? "");
  const other = join(runtime, "other");
  writeFileSync(other, "");
  rmSync(file);
  symlinkSync(other, file);
  expect([timesRefused(vim), timesRefused(vim), statSync(other).size]).toEqual([1, 1, 0]);
});
