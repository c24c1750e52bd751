// The record's lines in both orders, through rotation and damage; filters, follow-ups, counts and exports of them.
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { csvOf } from "../../src/record/csv.ts";
import { filtered, parseFilter, timeOf } from "../../src/record/filter.ts";
import { followsUp } from "../../src/record/follow-up.ts";
import { openRecord } from "../../src/record/reader.ts";
import { append, recordAt, refusalAt } from "../stage/records.ts";
import { autobotctl, run, scratch } from "../stage/run.ts";

function written(lines: readonly string[], rotated: readonly string[] = []): string {
  const path = join(scratch(), "audit.jsonl");
  writeFileSync(path, lines.join(""));
  if (rotated.length > 0) writeFileSync(`${path}.1`, rotated.join(""));
  return path;
}

function both(path: string): readonly (readonly string[])[] {
  const reader = openRecord(path);
  const result = [[...reader.oldestFirst()].map((line) => line.text()), [...reader.newestFirst()].map((line) => line.text())];
  reader.close();
  return result;
}

describe("lines", () => {
  it("come in both orders, rotated files included", () =>
    expect(both(written(["c\n", "d\n"], ["a\n", "b\n"]))).toEqual([
      ["a", "b", "c", "d"],
      ["d", "c", "b", "a"],
    ]));
  it("that are longer than what is read at once, or empty, are whole", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${index}${"é".repeat(index * 3000)}`);
    expect(both(written(lines.map((line) => `${line}\n\n`)))).toEqual([lines, [...lines].reverse()]);
  });
  it("are none where there is no file", () => expect(both(join(scratch(), "none"))).toEqual([[], []]));
  it("are read again by their place", () => {
    const reader = openRecord(written(["first\n", "zweite ü\n"]));
    expect([...reader.newestFirst()].map((place) => reader.text(place))).toEqual(["zweite ü", "first"]);
    reader.close();
  });
});

describe("what is written meanwhile", () => {
  it("is whole lines, through rotation", () => {
    const path = written(["a\n"]);
    const reader = openRecord(path);
    const fresh = () => reader.fresh().map((place) => reader.text(place));
    expect(fresh()).toEqual([]);
    appendFileSync(path, "b\nhal");
    expect(fresh()).toEqual(["b"]);
    appendFileSync(path, "f\nc\n");
    renameSync(path, `${path}.1`);
    writeFileSync(path, "d\n");
    expect(fresh()).toEqual(["half", "c", "d"]);
    appendFileSync(path, "e\n");
    expect(fresh()).toEqual(["e"]);
    expect([...reader.newestFirst()].map((line) => line.text())).toEqual(["a"]);
    reader.close();
  });
  it("is found where there was no file", () => {
    const path = join(scratch(), "audit.jsonl");
    const reader = openRecord(path);
    expect(reader.fresh()).toEqual([]);
    writeFileSync(path, "a\n");
    expect(reader.fresh().map((place) => reader.text(place))).toEqual(["a"]);
    reader.close();
  });
});

describe("a filter", () => {
  const refusal = refusalAt(1, "172.16.168.21", "/etc/motd", { user: "ann" });
  const passes = (words: string) => filtered(JSON.stringify(refusal), parseFilter(words)) !== undefined;
  it.each(["", "motd", "MOTD", "user:ann", "host:172.16 rule:editing", "decision:refused", "decision:deny", "path:/etc", "user:ann rm", "user:"])("%j finds it", (words) =>
    expect(passes(words)).toBe(true),
  );
  it.each(["user:kali", "rule:motd", "host:ann", "decision:ran", "user:ann vim", "nosuch:ann"])("%j does not", (words) => expect(passes(words)).toBe(false));
  it("finds quotes as they are shown", () => expect(filtered(JSON.stringify(recordAt(1, { text: 'echo "a b"' })), parseFilter('"a'))).toBeDefined());
  it("of nothing lets damaged lines pass, and of something does not", () => {
    expect(filtered('{"time', parseFilter(""))).toEqual({ damaged: '{"time' });
    expect(filtered('{"time', parseFilter("time"))).toBeUndefined();
  });
});

describe("a time", () => {
  const now = new Date("2026-02-01T12:00:00Z");
  it.each([
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2026-01-31T08:00:00+02:00", "2026-01-31T06:00:00.000Z"],
    ["24h", "2026-01-31T12:00:00.000Z"],
    ["2d", "2026-01-30T12:00:00.000Z"],
    ["yesterday", undefined],
    ["2026-13-01", undefined],
  ])("%s", (text, expected) => expect(timeOf(text, now)).toBe(expected));
});

describe("a refusal is followed up", () => {
  const refusal = refusalAt(1, "172.16.168.21", "/home/autobot/app/a.py");
  const sync = (index: number, path: string, host = "172.16.168.21") => refusalAt(index, host, path, { decision: "permit", effective: "permit", rules: [], route: "sync" });
  it("by a deployment of the path, or of a directory around it", () => {
    expect(followsUp(refusal, sync(2, "/home/autobot/app/a.py"))).toBe(true);
    expect(followsUp(refusal, sync(2, "/home/autobot/app/"))).toBe(true);
  });
  it("not by another path, another host, an earlier one, or one outside of a route", () => {
    expect(followsUp(refusal, sync(2, "/home/autobot/app/a.pyc"))).toBe(false);
    expect(followsUp(refusal, sync(2, "/home/autobot/app/a.py", "172.16.168.22"))).toBe(false);
    expect(followsUp(refusal, sync(0, "/home/autobot/app/a.py"))).toBe(false);
    expect(followsUp(refusal, { ...sync(2, "/home/autobot/app/a.py"), route: undefined })).toBe(false);
  });
});

describe("CSV", () => {
  it("quotes what has to be, and no cell is a formula", () =>
    expect(csvOf(recordAt(0, { text: '=1+"2",3' }))).toBe(`2026-01-01T00:00:00.000Z,r0,scripts,kali,/work,permit,ran,,read,local,,,"'=1+""2"",3"\r\n`));
});

describe("autobotctl audit", () => {
  const state = scratch();
  mkdirSync(join(state, "autobot-sh"));
  const path = join(state, "autobot-sh", "audit.jsonl");
  append(path, recordAt(0), refusalAt(1, "172.16.168.21", "/etc/motd", { user: "ann" }));
  appendFileSync(path, '{"time":"2026\n');
  append(path, recordAt(1440), refusalAt(1441, "172.16.168.21", "/etc", { decision: "permit", effective: "permit", rules: [], route: "sync" }));
  const audit = (...args: readonly string[]) => run(autobotctl, ["audit", ...args], { env: { XDG_STATE_HOME: state }, input: "" });

  it("stats counts by everything, and damaged lines apart", () => {
    const stats = JSON.parse(audit("stats", "--json").stdout);
    expect(stats).toMatchObject({ records: 4, damaged: 1, from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:01:00.000Z" });
    expect(stats.by.user).toEqual([
      { name: "kali", records: 3, refused: 0 },
      { name: "ann", records: 1, refused: 1 },
    ]);
    expect(stats.by.rule).toEqual([{ name: "remote-editing/write", records: 1, refused: 1 }]);
    expect(stats.by.day.map(({ name }: { readonly name: string }) => name)).toEqual(["2026-01-01", "2026-01-02"]);
  });
  it("stats is a table for people", () => {
    expect(audit("stats", "--by", "user").stdout).toMatch(
      /^4 records, 2026-01-01 to 2026-01-02; 1 damaged lines are not counted\n\nuser +records +refused\nkali +3 +0\nann +1 +1\n$/,
    );
  });
  it("export gives whole records within bounds, and says what it leaves out", () => {
    const { stdout, stderr } = audit("export", "--since", "2026-01-01T00:01:00Z", "--until", "2026-01-02");
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(["r1"]);
    expect(stderr).toContain("1 damaged lines are left out");
  });
  it("export writes CSV", () =>
    expect(audit("export", "--format", "csv", "--filter", "user:ann").stdout.split("\r\n")[1]).toMatch(/,ann,\/work,deny,refused,remote-editing\/write,write,/));
  it("show names the deployment that followed", () => expect(JSON.parse(audit("show", "r1").stdout)).toMatchObject({ id: "r1", followedBy: "r1441" }));
  it("show of what was permitted names none", () => expect(JSON.parse(audit("show", "r0").stdout)).not.toHaveProperty("followedBy"));
  it("without a terminal prints the last, and waits for nothing", () => expect(audit().stdout.split("\n")).toHaveLength(6));
  it("a wrong time is said", () => expect(audit("stats", "--since", "soon")).toMatchObject({ status: 2, stderr: expect.stringContaining("not a time: `soon`") }));
});
