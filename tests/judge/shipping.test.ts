// docs/audit.md's configuration of rsyslog: run by rsyslogd itself, each record arrives once and whole, through rotation.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it, vi } from "vitest";
import { append, recordAt } from "../stage/records.ts";
import { root, scratch } from "../stage/run.ts";

vi.setConfig({ testTimeout: 60_000 });

const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
const installed = spawnSync("rsyslogd", ["-v"], { env: { ...process.env, PATH: path } }).status === 0;

if (!installed) console.warn("rsyslogd is not installed here: the shipping of records is not tested");

describe.skipIf(!installed)("rsyslog", () => {
  const directory = scratch();
  const record = join(directory, "audit.jsonl");
  const shipped = join(directory, "shipped.jsonl");
  let daemon: ChildProcess | undefined;
  afterAll(() => void daemon?.kill());

  function configuration(): string {
    const [, block = ""] = /^```rsyslog\n(.*?)^```/ms.exec(readFileSync(join(root, "docs/audit.md"), "utf8")) ?? [];
    expect(block).toContain("/home/*/.local/state/autobot-sh/audit.jsonl");
    const here = block.replace("/home/*/.local/state/autobot-sh/audit.jsonl", record).replace("/var/log/autobot-sh.jsonl", shipped);
    return here.replace("global(", `global(workDirectory="${directory}" `);
  }

  async function arrived(count: number): Promise<readonly string[]> {
    const lines = () => (spawnSync("cat", [shipped], { encoding: "utf8" }).stdout ?? "").split("\n").filter(Boolean);
    for (const end = Date.now() + 40_000; lines().length < count && Date.now() < end; ) await delay(100);
    return lines();
  }

  it("brings each record once and whole, through rotation", async () => {
    const file = join(directory, "rsyslog.conf");
    writeFileSync(file, configuration());
    append(record, recordAt(0), recordAt(1, { text: `echo ${"ü".repeat(4000)}` }));
    daemon = spawn("rsyslogd", ["-n", "-f", file, "-i", join(directory, "pid")], { stdio: "ignore", env: { ...process.env, PATH: path } });
    expect(await arrived(2)).toHaveLength(2);
    append(record, recordAt(2));
    expect(await arrived(3)).toHaveLength(3);
    renameSync(record, `${record}.1`);
    append(record, recordAt(3), recordAt(4));
    const lines = await arrived(5);
    expect(lines.map((line) => JSON.parse(line).id)).toEqual(["r0", "r1", "r2", "r3", "r4"]);
    expect(JSON.parse(lines[1] ?? "").text).toHaveLength(4005);
  });
});
