// What docs/pictures/ shows is what happens now; and where there can be no servers, nothing is run.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { scenes } from "../../scripts/demo/scenes.ts";
import { scratch } from "../scratch.ts";
import { autobotctl, environment, root } from "../stage/run.ts";
import { missing } from "./fleet.ts";

const asked = process.env["AUTOBOT_SH_FLEET"] === "1";
const pictures = join(root, "docs/pictures");
const drawn = scenes.flatMap(({ picture }) => (picture === undefined ? [] : [`${picture}.svg`]));
const demo = (...words: readonly string[]) => [process.execPath, join(root, "scripts/run.js"), "demo", ...words] as const;

function perform(command: readonly string[]) {
  const [file = "", ...args] = command;
  return spawnSync(file, args, { cwd: root, env: { PATH: process.env["PATH"], NO_COLOR: "1" }, encoding: "utf8", timeout: 170_000 });
}

/** Lines of a picture, with one blank where there are several. */
function linesOf(file: string): readonly string[] {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
  const rows = [...readFileSync(join(pictures, file), "utf8").matchAll(/<text [^>]*>(.*)<\/text>/g)];
  return rows.map(([, row = ""]) =>
    row
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/&(\w+);/g, (_, name: string) => named[name] ?? "?")
      .replaceAll(/ +/g, " ")
      .trim(),
  );
}

it.skipIf(!asked || missing() !== undefined)("the pictures are those of a run", { timeout: 180_000 }, () => {
  const directory = scratch();
  const { status, stdout, stderr } = perform(demo("--pictures", directory));
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.match(/^autobot-sh: refused: /gm)).toHaveLength(4);
  expect(readdirSync(directory).sort()).toEqual([...drawn].sort());
  for (const file of drawn)
    expect(readFileSync(join(directory, file), "utf8"), `${file}: \`npm run demo -- --pictures docs/pictures\` makes it`).toBe(readFileSync(join(pictures, file), "utf8"));
});

describe("the pictures", () => {
  it("are those of the scenes, and name nothing of the machine that made them", () => {
    expect(readdirSync(pictures).sort()).toEqual([...drawn].sort());
    for (const file of drawn) expect(readFileSync(join(pictures, file), "utf8")).not.toMatch(new RegExp(`${root}|/root|/tmp|\\d{4}-\\d\\d-\\d\\d`));
  });

  it("show the refusal as it is printed", () => {
    const [line = "", ...shown] = linesOf("refusal.svg");
    const words = ["check", "--tty", "--cwd", join(root, "tests/fleet/workspace"), line.slice(line.indexOf("$ ") + 2)];
    const { stdout, stderr } = spawnSync(autobotctl, words, { env: environment, encoding: "utf8" });
    const printed = (stdout + stderr).trimEnd().split("\n");
    const plain = printed.map((each) => each.replaceAll(/ +/g, " ").trim());
    expect(shown.slice(0, plain.length).map((each) => each.replaceAll(" : ", ": "))).toEqual(plain);
  });
});

it.skipIf(process.getuid?.() !== 0)("without namespaces, lines are judged and none is run", { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = perform(["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--", ...demo()]);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^demo: no servers can be made here: needs /)]);
  expect(stdout.match(/^autobot-sh: refused: |^\$ (ssh|scp) /gm)).toHaveLength(8);
});
