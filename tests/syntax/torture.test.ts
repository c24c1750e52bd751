import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { read } from "../../src/syntax/read.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { known, type Word } from "../../src/syntax/word.ts";

interface Row {
  readonly id: string;
  readonly source: string;
  readonly runs: boolean;
}

// Forms of shell code, and whether bash 5.2 ran `ssh` for them in an empty sandbox.
const rows: Row[] = readFileSync(new URL("torture.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [id = "", json = "", verdict = ""] = line.split("\t");
    return { id, source: JSON.parse(json) as string, runs: verdict === "yes" };
  });

// With the bare environment that the verdicts were taken in.
const options = { dialect: "bash", environment: { PATH: "/usr/bin", HOME: "/" }, environmentComplete: true, args: [] } as const;

const wrappers = ["command", "builtin", "coproc"];

// Runs ssh, perhaps behind a word that runs what follows it, or something that is not known.
function isSsh(words: readonly Word[]): boolean {
  const name = known(words[0]);
  if (words[0] === undefined) return false;
  return name === undefined || name === "ssh" || (wrappers.includes(name) && words.some((word) => known(word) === "ssh"));
}

const running = rows.filter((row) => row.runs);

it.each(running.map((row) => [row.source.slice(0, 60), row] as const))("bash runs ssh in %j, and so does the reading", (_title, row) => {
  for (const given of [options, { dialect: "bash" } as const]) {
    const { commands, issues } = read(rootSource(row.source), given);
    const seen = commands.some(({ words }) => isSsh(words));
    expect(seen || issues.length > 0).toBe(true);
  }
});

it("flags few of the forms in which bash does not run ssh", () => {
  const flagged = rows.filter((row) => !row.runs && read(rootSource(row.source), options).issues.length > 0);
  expect(flagged.length).toBeLessThan(30);
});
