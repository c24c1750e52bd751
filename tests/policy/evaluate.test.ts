import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/policy/evaluate.ts";
import type { PolicySet } from "../../src/policy/policies.ts";
import type { Request } from "../../src/policy/request.ts";
import type { Policy, Rule } from "../../src/policy/schema.ts";
import { combined, defaultLayer, defaultPolicies } from "./default-policies.ts";
import { host, local, partly, path, request } from "./requests.ts";

const scripts = { tty: false, face: "scripts", cwd: "/home/kali/Desktop/AutoBot" } as const;
const frontend = host("172.16.168.21");
const outside = host("example.org");
const examples = { deny: ["x"], permit: ["y"] };

function ids(given: Partial<Request>, set: PolicySet = defaultPolicies, context: Parameters<typeof evaluate>[2] = scripts): readonly string[] {
  return evaluate(set, [request(given)], context).denials.map(({ rule }) => rule.id);
}

function withPolicy(policy: Omit<Policy, "policy" | "description">): PolicySet {
  return combined(defaultLayer, { origin: "system", policies: [{ file: "mine.yaml", policy: { policy: "mine", description: "d", ...policy } }] });
}

describe("the default policies", () => {
  it.each<readonly [string, Partial<Request>, readonly string[]]>([
    ["an editor on a server", { action: "edit", host: frontend, path: path("/etc/hosts") }, ["remote-editing/editor"]],
    ["an editor on a server below /tmp", { action: "edit", host: frontend, path: path("/tmp/a") }, ["remote-editing/editor"]],
    ["an editor here", { action: "edit", host: local, path: path("/etc/hosts") }, []],
    ["an editor on another host", { action: "edit", host: outside, path: path("f") }, ["remote-editing/editor"]],
    ["a write on a server", { action: "write", host: frontend, path: path("/etc/hosts") }, ["remote-editing/write"]],
    ["a write below /tmp", { action: "write", host: frontend, path: path("/tmp/a") }, []],
    ["a write to /tmp itself by cp", { action: "write", host: frontend, path: path("/tmp"), utility: "cp" }, []],
    ["the removal of /tmp itself", { action: "write", host: frontend, path: path("/tmp"), utility: "rm" }, ["remote-editing/write"]],
    ["a write that leaves /tmp", { action: "write", host: frontend, path: path("/tmp/$x/../../etc/a") }, ["remote-editing/write"]],
    ["a write to a place that is not known", { action: "write", host: frontend, path: path("$DIR/a") }, ["remote-editing/write"]],
    ["a write on a host that is not known", { action: "write", host: partly(""), path: path("/etc/a") }, ["remote-editing/write"]],
    ["a write that names no file", { action: "write", host: frontend }, ["remote-editing/write"]],
    [
      "an upload with the key",
      { action: "write", host: frontend, path: path("/srv/a"), transfer: true, keys: ["~/.ssh/autobot_key"], utility: "scp" },
      ["remote-editing/transfer"],
    ],
    ["an upload without", { action: "write", host: frontend, path: path("/srv/a"), transfer: true, utility: "scp" }, ["remote-editing/transfer", "ssh-keys/transfer-key"]],
    ["an upload below /tmp with the key", { action: "write", host: frontend, path: path("/tmp/a"), transfer: true, keys: ["$KEY"], utility: "rsync" }, []],
    ["an upload to another host", { action: "write", host: outside, path: path("/srv/a"), transfer: true, utility: "scp" }, []],
    [
      "an upload to a host that is not known",
      { action: "write", host: partly(""), path: path("/srv/a"), transfer: true, keys: ["$KEY"], utility: "scp" },
      ["remote-editing/transfer"],
    ],
    ["a download", { action: "read", host: frontend, path: path("/srv/a"), transfer: true, utility: "scp" }, []],
    ["containers on a server", { action: "container", host: frontend }, ["remote-operations/container"]],
    ["containers here", { action: "container", host: local }, []],
    ["containers of a cluster that is not known", { action: "container", host: partly(""), utility: "kubectl" }, ["remote-operations/container"]],
    ["a service on a server", { action: "service", host: frontend, utility: "systemctl" }, ["remote-operations/service"]],
    ["a process on a server", { action: "service", host: frontend, utility: "pkill" }, ["remote-operations/process"]],
    ["a server's reboot", { action: "service", host: frontend, utility: "systemctl", name: "machine" }, ["remote-operations/power"]],
    ["a service here", { action: "service", host: local, utility: "systemctl" }, []],
    ["a package on a server", { action: "package", host: frontend }, ["remote-operations/package"]],
    ["a script on a server", { action: "execute", host: frontend, name: "script" }, ["remote-code/code"]],
    ["code on a server", { action: "execute", host: frontend, name: "code" }, ["remote-code/code"]],
    ["a one-liner on a server", { action: "execute", host: frontend, name: "one-liner" }, ["remote-code/code"]],
    ["a build on a server", { action: "execute", host: frontend, name: "build" }, ["remote-code/code"]],
    ["an unknown utility on a server", { action: "execute", host: frontend, name: "unclassified" }, []],
    ["data on a server", { action: "execute", host: frontend, name: "data" }, []],
    ["a session without a terminal", { action: "session", host: frontend }, ["remote-session/session"]],
    ["a password", { action: "authenticate", host: frontend, name: "password" }, ["ssh-keys/password"]],
    ["a key copied", { action: "authenticate", host: frontend, name: "key-copy" }, ["ssh-keys/key-copy"]],
    ["a read", { action: "read", host: frontend, path: path("/etc/hosts") }, []],
    ["a log in the root", { action: "write", host: local, path: path("app.log") }, ["repository-cleanliness/logs"]],
    ["a log that is moved away", { action: "write", host: local, path: path("app.log"), existing: true }, []],
    ["a log in its place", { action: "write", host: local, path: path("logs/app.log") }, []],
  ])("judge %s", (_, given, expected) => expect(ids(given)).toEqual(expected));

  it("let a person at a terminal open a session, and no agent", () => {
    const session = { action: "session", host: frontend } as const;
    expect(ids(session, defaultPolicies, { tty: true, face: "login" })).toEqual([]);
    expect(ids(session, defaultPolicies, { tty: true, face: "agent" })).toEqual(["remote-session/session"]);
  });
});

describe("settings", () => {
  it("deny what is not known to read where the posture is read-only", () => {
    const set = withPolicy({ settings: { posture: "read-only" } });
    expect(ids({ action: "execute", host: frontend, name: "unclassified" }, set)).toEqual(["settings/posture"]);
    expect(ids({ action: "execute", host: local, name: "unclassified" }, set)).toEqual([]);
  });

  it("deny every session where they refuse them", () => {
    const set = withPolicy({ settings: { "remote-session": "refuse" } });
    expect(ids({ action: "session", host: frontend }, set, { tty: true, face: "login" })).toEqual(["settings/remote-session"]);
  });
});

describe("a rule that asks", () => {
  const rule: Rule = { id: "ask", target: { action: "container", host: "local" }, decision: "ask", reason: "r", advice: [], examples };
  const set = withPolicy({ rules: [rule] });

  it("asks a person at a terminal", () => {
    const { denials, asks } = evaluate(set, [request({ action: "container" })], { ...scripts, tty: true });
    expect([denials.length, asks.map((each) => each.rule.id)]).toEqual([0, ["mine/ask"]]);
  });

  it("denies where nobody is there to answer", () => {
    const { denials, asks } = evaluate(set, [request({ action: "container" })], scripts);
    expect([denials.map((each) => each.rule.id), asks.length]).toEqual([["mine/ask"], 0]);
  });
});

describe("a rule that names no host", () => {
  const set = withPolicy({ rules: [{ id: "any", target: { action: "read" }, reason: "r", advice: [], examples }] });

  it.each([local, frontend, outside, partly("")])("speaks of %j", (given) => expect(ids({ host: given }, set)).toEqual(["mine/any"]));
});

describe("a rule for single hosts", () => {
  const hosts = [
    { name: "Web1", addresses: ["10.0.0.1"], groups: ["web"] },
    { name: "web2", groups: ["web"] },
    { name: "db1", groups: ["db"] },
  ];
  const rule = (id: string, ...host: string[]): Rule => ({ id, target: { action: "read", host }, reason: "r", advice: [], examples });
  const set = withPolicy({ fleet: { hosts }, rules: [rule("by-name", "web1"), rule("by-address", "10.0.0.1", "db1"), rule("other", "example.org"), rule("group", "web")] });

  it.each([
    ["its name", host("web1"), ["mine/group", "mine/by-name", "mine/by-address"]],
    ["its address", host("10.0.0.1"), ["mine/group", "mine/by-name", "mine/by-address"]],
    ["an alias that ssh knows", host("shop", "10.0.0.1"), ["mine/group", "mine/by-name", "mine/by-address"]],
    ["a group of one", host("db"), ["mine/by-address"]],
    ["another host", host("web2"), ["mine/group"]],
    ["a host outside", host("example.org"), ["mine/other"]],
    ["a host that is not known", partly(""), ["mine/group", "mine/by-name", "mine/by-address", "mine/other"]],
  ])("speaks of %s", (_, given, expected) => expect(ids({ host: given }, set)).toEqual(expected));
});

describe("many rules and hosts", () => {
  const hosts = Array.from({ length: 5000 }, (_, index) => ({ name: `host${index}`, addresses: [`10.${index >> 8}.${index & 255}.1`] }));
  const rules = Array.from({ length: 1000 }, (_, index) => ({
    id: `r${index}`,
    target: { action: "write" as const, host: [`10.0.${index & 255}.1`], path: `/srv/${index}/**` },
    reason: "r",
    advice: [],
    examples,
  }));

  it("are joined within a second", () => {
    const started = process.cpuUsage();
    const set = withPolicy({ fleet: { hosts }, rules });
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
    expect(ids({ action: "write", host: host("10.0.1.1"), path: path("/srv/257/a") }, set)).toEqual(["remote-editing/write", "mine/r257"]);
  });

  it("judge a hundred thousand requests within a second", () => {
    const set = withPolicy({ fleet: { hosts }, rules });
    const many = Array.from({ length: 100_000 }, (_, index) => request({ action: "write", host: host(`10.9.${index & 255}.1`), path: path("/srv/1/a") }));
    const started = process.cpuUsage();
    expect(evaluate(set, many, scripts).denials.length).toBe(100_000);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});
