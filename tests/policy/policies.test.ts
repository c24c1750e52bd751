import { describe, expect, it } from "vitest";
import { combine, type Layer, onlyRules } from "../../src/policy/policies.ts";
import type { Origin } from "../../src/policy/rule.ts";
import type { Policy, Rule } from "../../src/policy/schema.ts";
import { combined } from "./default-policies.ts";

const rule: Rule = { id: "no-vim", target: { action: "edit" }, reason: "r", advice: [], examples: { deny: ["x"], permit: ["y"] } };

function layer(origin: Origin, ...policies: readonly Partial<Policy>[]): Layer {
  return { origin, policies: policies.map((policy, index) => ({ file: `${origin}${index}.yaml`, policy: { policy: `${origin}${index}`, description: "d", ...policy } })) };
}

function issues(...layers: readonly Layer[]): readonly string[] {
  const result = combine(layers);
  return "issues" in result ? result.issues.map(({ file, path, message }) => `${file} ${path}: ${message}`) : [];
}

const base = layer("built-in", {
  policy: "base",
  rules: [rule],
  settings: { posture: "prohibition", "remote-session": "guard" },
  fleet: { root: "/w", hosts: [{ name: "web1", addresses: ["10.0.0.1"] }] },
});

describe("layers", () => {
  it("are joined", () => {
    const set = combined(
      base,
      layer("system", { rules: [{ ...rule, id: "more" }], fleet: { hosts: [{ name: "web2" }] } }),
      layer("project", { rules: [{ ...rule, id: "most" }], fleet: { hosts: [{ name: "web1", addresses: ["10.0.0.9"] }], networks: ["10.9.0.0/16"] } }),
    );
    expect(set.rules.map(({ id }) => id)).toEqual(["base/no-vim", "system0/more", "project0/most"]);
    expect([...set.fleet.byName.keys()]).toEqual(["web1", "10.0.0.1", "10.0.0.9", "web2"]);
  });

  it("are the same in any order", () => {
    const layers = [layer("project", { rules: [rule] }), base, layer("system", { disable: ["base/no-vim"] })];
    expect(combined(...layers).rules.map(({ id }) => id)).toEqual(combined(...layers.toReversed()).rules.map(({ id }) => id));
  });

  it.each<readonly [string, readonly Layer[], readonly string[]]>([
    ["two policies of one name", [layer("built-in", { policy: "a" }), layer("system", { policy: "a" })], ["system0.yaml policy: `a` is already the name of `built-in0.yaml`"]],
    ["two rules of one id", [layer("built-in", { rules: [rule, rule] })], ["built-in0.yaml rules[1].id: `built-in0/no-vim` is the id of another rule too"]],
    [
      "one name for two hosts",
      [base, layer("system", { fleet: { hosts: [{ name: "db1", addresses: ["10.0.0.1"] }] } })],
      ["system0.yaml fleet.hosts[0]: `10.0.0.1` is also `web1`"],
    ],
    ["two routes of one id", [layer("built-in", { routes: [{ id: "r" }, { id: "r" }] })], ["built-in0.yaml routes[1].id: `r` is the id of another route too"]],
    [
      "a route for a host that is not there",
      [base, layer("system", { routes: [{ id: "r", for: { host: "wbe1" } }] })],
      ["system0.yaml routes[0].for.host: no host of the fleet is called `wbe1`\ndid you mean `web1`?"],
    ],
    [
      "a rule to switch off that is not there",
      [base, layer("system", { disable: ["base/no-vmi"] })],
      ["system0.yaml disable[0]: no rule is called `base/no-vmi`\ndid you mean `base/no-vim`?"],
    ],
    [
      "a rule to except from that is not there",
      [base, layer("system", { except: [{ rule: "x", unless: { tty: true } }] })],
      ["system0.yaml except[0].rule: no rule is called `x`\nknown here: `base/no-vim`"],
    ],
    [
      "a setting set twice and differently",
      [layer("user", { settings: { shell: "zsh" } }, { settings: { shell: "bash" } })],
      ["user1.yaml settings.shell: `user0.yaml` sets it too, and otherwise"],
    ],
  ])("may not have %s", (_, layers, expected) => expect(issues(...layers)).toEqual(expected));

  it("tell everything that is wrong at once", () => {
    expect(issues(base, layer("project", { disable: ["base/no-vim"], except: [{ rule: "x", unless: {} }], settings: { shell: "zsh" } })).length).toBe(4);
  });
});

describe("a policy that replaces another", () => {
  const own = { replaces: "base", fleet: { root: "/mine", hosts: [{ name: "db1", addresses: ["10.0.0.1"] }] } };

  it("takes its place: its hosts, rules and settings are gone", () => {
    const set = combined(base, layer("user", own));
    expect([set.rules, set.settings, [...set.fleet.byName.keys()], set.fleet.root]).toEqual([[], {}, ["db1", "10.0.0.1"], "/mine"]);
  });
  it.each<readonly [string, readonly Layer[], readonly string[]]>([
    ["a project's", [base, layer("project", { replaces: "base" })], ["project0.yaml replaces: a project's policy may only tighten, not replace"]],
    [
      "a user's below the system's",
      [base, layer("system", {}), layer("user", { replaces: "base" })],
      ["user0.yaml replaces: with policies of the system in force, a user's may only tighten, not replace"],
    ],
    ["one that is not there", [base, layer("user", { replaces: "bsae" })], ["user0.yaml replaces[0]: no policy of a layer below is called `bsae`\ndid you mean `base`?"]],
    ["one of its own layer", [base, layer("user", { replaces: "user1" }, {})], ["user0.yaml replaces[0]: no policy of a layer below is called `user1`\nknown here: `base`"]],
  ])("may not be %s", (_, layers, expected) => expect(issues(...layers)).toEqual(expected));
});

describe("who may loosen", () => {
  it.each<readonly [string, Origin, Origin | undefined, boolean]>([
    ["the system", "system", undefined, true],
    ["the user, where there is no system's", "user", undefined, true],
    ["the user, where there is a system's", "user", "system", false],
    ["a project", "project", undefined, false],
    ["a project, where there is a user's", "project", "user", false],
  ])("%s", (_, origin, other, allowed) => {
    const others = other === undefined ? [base] : [base, layer(other, {})];
    const faults = (policy: Partial<Policy>) => issues(...others, layer(origin, policy)).length;
    const expected = allowed ? 0 : 1;
    expect(faults({ disable: ["base/*"] })).toBe(expected);
    expect(faults({ except: [{ rule: "base/no-vim", unless: { tty: true } }] })).toBe(expected);
    expect(faults({ settings: { "remote-session": "notice" } })).toBe(expected);
    expect(faults({ settings: { shell: "zsh" } })).toBe(expected);
    expect(faults({ settings: { audit: { text: "full" } } })).toBe(expected);
    expect(faults({ settings: { rescue: { users: ["mallory"] } } })).toBe(expected);
    expect(faults({ fleet: { root: "/elsewhere" } })).toBe(expected);
    expect(faults({ fleet: { key: "/tmp/key" } })).toBe(expected);
  });

  it.each<Partial<Policy>>([
    { rules: [{ ...rule, id: "more" }] },
    { settings: { posture: "read-only" } },
    { settings: { "remote-session": "refuse" } },
    { settings: { indeterminate: "deny" } },
    { settings: { runtime: "strict" } },
    { settings: { audit: { required: true } } },
    { fleet: { hosts: [{ name: "web9" }] } },
  ])("a project may tighten: %j", (policy) => expect(issues(base, layer("project", policy))).toEqual([]));

  it.each(["off", "on"] as const)("a project may not loosen `runtime: strict` to %s", (runtime) => {
    expect(issues(layer("user", { settings: { runtime: "strict" } }), layer("project", { settings: { runtime } }))).toHaveLength(1);
  });

  it("says so", () => {
    expect(issues(base, layer("project", { disable: ["base/no-vim"] }))).toEqual(["project0.yaml disable: a project's policy may only tighten, not switch off"]);
    expect(issues(base, layer("system", {}), layer("user", { settings: { "remote-session": "notice" } }))).toEqual([
      "user0.yaml settings.remote-session: with policies of the system in force, a user's may only tighten; `notice` does not",
    ]);
  });

  it("a project's route is advised, and not approved", () => {
    const routes = [{ id: "sync", script: "sync.sh", run: "./sync.sh" }];
    expect(combined(base, layer("project", { routes })).routes.map(({ approved }) => approved)).toEqual([false]);
    expect(combined(base, layer("system", { routes })).routes.map(({ approved }) => approved)).toEqual([true]);
  });

  it("a project's utilities are known to be its", () => {
    const utilities = [{ names: ["ssh"] }];
    expect([...combined(base, layer("project", { utilities })).projectUtilities]).toEqual(["ssh"]);
    expect([...combined(base, layer("user", { utilities })).projectUtilities]).toEqual([]);
  });
});

describe("what is combined", () => {
  it("has no rule that is switched off", () => {
    expect(combined(base, layer("system", { disable: ["base/*"] })).rules).toEqual([]);
  });

  it("takes the later layer's settings, and adds up the record's", () => {
    const set = combined(
      layer("built-in", { settings: { posture: "prohibition", audit: { text: "masked" } } }),
      layer("user", { settings: { posture: "read-only", audit: { required: true } } }),
    );
    expect(set.settings).toEqual({ posture: "read-only", audit: { text: "masked", required: true } });
  });

  it("can be cut down to some rules", () => {
    const set = combined(base, layer("system", { rules: [{ ...rule, id: "more" }] }));
    expect(onlyRules(set, ({ id }) => id === "system0/more").rules.map(({ id }) => id)).toEqual(["system0/more"]);
  });
});
