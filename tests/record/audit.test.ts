// The record: whole lines whatever happens, secrets masked, bounded, and never in the way.
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createEngine, decide, emptyContext } from "../../src/decide.ts";
import { appendRecord, auditPath, recordOf, showRecord } from "../../src/record/audit.ts";
import { defaultPolicies } from "../policy/default-policies.ts";
import { readRecord } from "../stage/record.ts";
import { autobotctl, autobotSh, run, scratch } from "../stage/run.ts";

const engine = createEngine(defaultPolicies);

function recorded(line: string, text: "full" | "masked" | "structure" = "masked") {
  return recordOf({ line, response: decide(line, engine, emptyContext), face: "scripts", user: "kali", cwd: "/work" }, text, new Date(0));
}

describe("a record", () => {
  it("holds who, where, what and why", () => {
    const { id, ...record } = recorded("ssh autobot@172.16.168.21 'rm /etc/motd'");
    expect(record).toEqual({
      time: "1970-01-01T00:00:00.000Z",
      face: "scripts",
      user: "kali",
      cwd: "/work",
      decision: "deny",
      effective: "deny",
      rules: ["remote-editing/write"],
      requests: [{ action: "write", host: "172.16.168.21", path: "/etc/motd", name: undefined, utility: "rm" }],
      text: "ssh autobot@172.16.168.21 'rm /etc/motd'",
    });
    expect(id).toMatch(/^[0-9a-z-]+$/);
  });
  it.each([0, 951_827_696_789, 1_735_689_599_999, 4_102_444_800_000])("gives the time %i in UTC as RFC 3339 does", (time) => {
    const response = decide("ls", engine, emptyContext);
    expect(recordOf({ line: "ls", response, face: "scripts", user: "kali", cwd: "/" }, "masked", new Date(time)).time).toBe(new Date(time).toISOString());
  });
  it("has an identifier of its own", () => expect(new Set([recorded("a").id, recorded("a").id, recorded("a").id]).size).toBe(3));
  it("masks secrets", () => expect(recorded("mysql -phunter2").text).toBe("mysql -p***"));
  it("keeps the text where the policy says so", () => expect(recorded("mysql -phunter2", "full").text).toBe("mysql -phunter2"));
  it("keeps no text where the policy says so", () => expect(recorded("ls", "structure").text).toBeUndefined());
  it("stays small", () => expect(JSON.stringify(recorded(`echo ${"x".repeat(100_000)}`)).length).toBeLessThan(6000));
  it("is one line", () => expect(JSON.stringify(recorded("echo 'a\nb'"))).not.toContain("\n"));
  it("reads well", () =>
    expect(showRecord(recorded("ssh 172.16.168.21 'rm /x'"))).toMatch(/^1970-01-01T00:00:00.000Z {2}\S+ {2}scripts {2}refused \[remote-editing\/write\] {2}ssh 172/));
});

describe("the file", () => {
  it("is the user's alone, and so is its directory", () => {
    const path = join(scratch(), "state", "autobot-sh", "audit.jsonl");
    expect(appendRecord(recorded("ls"), path)).toBeUndefined();
    expect([statSync(path).mode & 0o777, statSync(join(path, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
  });
  it("that was open to others is closed", () => {
    const path = join(scratch(), "audit.jsonl");
    writeFileSync(path, "", { mode: 0o644 });
    appendRecord(recorded("ls"), path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
  it("is appended to by many at once without mixing", () => {
    const state = scratch();
    const command = `for i in {1..20}; do ${autobotSh} -c "true $i" & done; wait`;
    run("/bin/bash", ["-c", command], { env: { XDG_STATE_HOME: state } });
    expect(readRecord(join(state, "autobot-sh", "audit.jsonl")).filter((line) => "record" in line)).toHaveLength(20);
  });
  it("is rotated, and no more than five are kept", () => {
    const path = join(scratch(), "audit.jsonl");
    for (let round = 0; round < 8; round++) {
      writeFileSync(path, `${"x".repeat(10 * 1024 * 1024)}\n`, { mode: 0o600 });
      expect(appendRecord(recorded(`round ${round}`), path)).toBeUndefined();
    }
    expect([1, 2, 3, 4, 5, 6].map((index) => existsSync(`${path}.${index}`))).toEqual([true, true, true, true, true, false]);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
  it("shows damaged lines as such", () => {
    const path = join(scratch(), "audit.jsonl");
    appendRecord(recorded("ls"), path);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"time":"2026\n[]\n`);
    appendRecord(recorded("ls"), path);
    expect(readRecord(path).map((line) => ("record" in line ? line.record.decision : line.damaged))).toEqual(["permit", '{"time":"2026', "[]", "permit"]);
  });
  it("is not followed where it is a link", () => {
    const directory = scratch();
    symlinkSync("/dev/null", join(directory, "audit.jsonl"));
    expect(appendRecord(recorded("ls"), join(directory, "audit.jsonl"))).toContain("cannot write the record");
  });
  it("comes to an end where no directory can be made", () => {
    expect(appendRecord(recorded("ls"), "/proc/autobot-sh/audit.jsonl")).toContain("cannot write the record");
  });
  it.skipIf(run("unshare", ["-rm", "true"]).status !== 0)("a full disk is said", () => {
    const directory = scratch();
    const command = `mount -t tmpfs -o size=8k none ${directory} && head -c 8192 /dev/zero > ${directory}/fill; mkdir -p ${directory}/autobot-sh; ${autobotSh} -c 'echo ran'`;
    const { stdout, stderr } = run("unshare", ["-rm", "/bin/bash", "-c", command], { env: { XDG_STATE_HOME: directory, TMPDIR: scratch() } });
    expect(stdout).toBe("ran\n");
    expect(stderr).toContain("disk is full");
  });
  it("lies below XDG_STATE_HOME where that is absolute", () => {
    expect(auditPath({ XDG_STATE_HOME: "/s" })).toBe("/s/autobot-sh/audit.jsonl");
    expect(auditPath({ XDG_STATE_HOME: "s" })).toMatch(/\/\.local\/state\/autobot-sh\/audit\.jsonl$/);
  });
});

describe("a record that cannot be written", () => {
  const unwritable = { XDG_STATE_HOME: "/dev/null/x" };
  it("is said once, and the command runs", () => {
    const env = { ...unwritable, TMPDIR: scratch() };
    const first = run(autobotSh, ["-c", "echo ran"], { env });
    const second = run(autobotSh, ["-c", "echo ran"], { env });
    expect([first.stdout, first.stderr.includes("cannot write the record"), second.stdout, second.stderr]).toEqual(["ran\n", true, "ran\n", ""]);
  });
  it("stops the command where the policy requires it", () => {
    const cwd = scratch();
    mkdirSync(join(cwd, ".autobot-sh"));
    writeFileSync(join(cwd, ".autobot-sh", "a.yaml"), "policy: local\ndescription: x\nsettings: { audit: { required: true } }\n");
    expect(run(autobotSh, ["-c", "echo ran"], { cwd, env: unwritable })).toMatchObject({ status: 125, stdout: "" });
    expect(run(autobotSh, ["-c", "echo ran"], { cwd })).toMatchObject({ status: 0, stdout: "ran\n" });
  });
});

describe("autobotctl audit", () => {
  const env = { XDG_STATE_HOME: scratch() };
  run(autobotSh, ["-c", "echo first"], { env });
  run(autobotSh, ["-c", "ssh 172.16.168.21 reboot"], { env });

  it("tail lists the last", () => {
    const { stdout } = run(autobotctl, ["audit", "tail", "-n", "1"], { env });
    expect(stdout).toMatch(/refused \[remote-operations\/power\] {2}ssh 172\.16\.168\.21 reboot\n$/);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });
  it("show prints one whole", () => {
    const { id } = JSON.parse(run(autobotctl, ["audit", "tail", "-n", "1", "--json"], { env }).stdout);
    expect(JSON.parse(run(autobotctl, ["audit", "show", id], { env }).stdout)).toMatchObject({ id, decision: "deny" });
  });
  it("says that there is no such record", () => expect(run(autobotctl, ["audit", "show", "x"], { env })).toMatchObject({ status: 1, stdout: "" }));
  it("an empty record is no fault", () => expect(run(autobotctl, ["audit", "tail"], { env: { XDG_STATE_HOME: scratch() } })).toMatchObject({ status: 0, stdout: "" }));
});
