import { describe, expect, it } from "vitest";
import { parsePolicy } from "../../src/policy/schema.ts";

const rule = {
  id: "no-vim",
  target: { action: "edit", host: "remote" },
  reason: "because",
  advice: [{ say: "edit here", run: "{edit}" }],
  examples: { deny: ["ssh vm vim f"], permit: ["vim f"] },
};

function issues(value: unknown): readonly string[] {
  const result = parsePolicy(value);
  return "issues" in result ? result.issues.map(({ path, message }) => `${path}: ${message}`) : [];
}

const withRule = (change: object) => ({ policy: "mine", description: "d", rules: [{ ...rule, ...change }] });
const withFleet = (fleet: object) => ({ policy: "mine", description: "d", fleet });

describe("a policy file", () => {
  it.each([
    ["the least", { policy: "mine", description: "d" }],
    ["a rule", withRule({})],
    ["lists and single words", withRule({ target: { action: ["edit", "write"], host: ["web*", "10.0.0.0/8", "fd00::/8"], path: "{workspace}/*.log" } })],
    ["matchers", withRule({ unless: { tty: true, face: "login" }, when: [{ path: "/etc/**" }] })],
    ["an example with circumstances", withRule({ examples: { deny: [{ line: "x", cwd: "/", tty: true, face: "agent", env: { A: "b" } }], permit: ["y"] } })],
    ["text that looks like a placeholder and is none", withRule({ advice: [{ say: "x", run: "docker ps --format '{{.Names}}'" }] })],
    ["a utility", { policy: "mine", description: "d", utilities: [{ names: ["on"], runs: [{ command: { from: 1 }, as: "sh", host: { operand: 0 } }] }] }],
    ["settings", { policy: "mine", description: "d", settings: { posture: "read-only", audit: { text: "masked" }, rescue: { users: ["root"] } } }],
  ])("takes %s", (_, value) => expect(issues(value)).toEqual([]));

  it.each([
    ["an unknown key", { policy: "mine", description: "d", rule: [] }, "rule: unknown key `rule`\ndid you mean `rules`?"],
    ["an unknown key inside", withRule({ target: { acton: "edit" } }), "rules[0].target.acton: unknown key `acton`\ndid you mean `action`?"],
    ["an unknown key in a matcher", withRule({ unless: [{ pth: "/tmp/**" }] }), "rules[0].unless[0].pth: unknown key `pth`\ndid you mean `path`?"],
    ["an unknown key in a host", withFleet({ hosts: [{ name: "a", adresses: [] }] }), "fleet.hosts[0].adresses: unknown key `adresses`\ndid you mean `addresses`?"],
    ["an unknown word", withRule({ target: { action: "edti" } }), "rules[0].target.action: unknown word `edti`\ndid you mean `edit`?"],
    ["an unknown word in a list", withRule({ target: { action: ["edit", "wirte"] } }), "rules[0].target.action[1]: unknown word `wirte`\ndid you mean `write`?"],
    ["an unknown setting", { policy: "mine", description: "d", settings: { posture: "readonly" } }, "settings.posture: unknown word `readonly`\ndid you mean `read-only`?"],
    ["a bad type", withRule({ reason: 3 }), "rules[0].reason: expected a string, got `3`"],
    ["a bad type where two are good", withRule({ unless: 3 }), "rules[0].unless: expected a mapping or a list, got `3`"],
    ["a mapping for a list", { policy: "mine", description: "d", rules: {} }, "rules: expected a list, got a mapping"],
    ["no mapping at all", "text", ": expected a mapping, got `text`"],
    ["nothing", null, ": expected a mapping, got nothing"],
    ["a wrong glob", withRule({ target: { path: "/etc/[a" } }), "rules[0].target.path: `[` is not closed in `/etc/[a`"],
    ["a wrong network", withRule({ target: { host: "10.0.0.0/64" } }), "rules[0].target.host: not a network in CIDR notation: `10.0.0.0/64`"],
    ["a wrong network of the fleet", withFleet({ networks: ["10.0.0"] }), "fleet.networks[0]: not a network in CIDR notation: `10.0.0`"],
    ["no examples", withRule({ examples: undefined }), "rules[0].examples: missing"],
    ["examples of one kind", withRule({ examples: { deny: ["x"] } }), "rules[0].examples.permit: missing"],
    ["an empty list of examples", withRule({ examples: { deny: [], permit: ["x"] } }), "rules[0].examples.deny: must not be empty"],
    ["an unknown placeholder", withRule({ advice: [{ say: "x", run: "cp {locl} /tmp" }] }), "rules[0].advice[0].run: unknown placeholder `{locl}`\ndid you mean `local`?"],
    [
      "a placeholder in quotes",
      withRule({ advice: [{ say: "x", run: "cp '{local}' /tmp" }] }),
      "rules[0].advice[0].run: `{local}` stands in quotes; it is quoted where it has to be",
    ],
    ["a bad id", withRule({ id: "No Vim" }), "rules[0].id: an id is lower-case words joined by `-`: `No Vim`"],
    [
      "a map of a directory to a file",
      withFleet({ paths: [{ remote: "/srv/", local: "srv" }] }),
      "fleet.paths[0]: `remote` and `local` are both directories, ending in `/`, or both files",
    ],
    ["a digest that is none", { policy: "mine", description: "d", routes: [{ id: "r", sha256: "abc" }] }, "routes[0].sha256: 64 lower-case hexadecimal digits: `abc`"],
  ])("says what is wrong with %s", (_, value, message) => expect(issues(value)).toEqual([message]));

  it("says everything that is wrong at once", () => {
    const value = { policy: "My", rules: [{ ...rule, id: 3, target: { action: "edti", hots: "x" } }], settings: { rescue: {} } };
    expect(
      issues(value)
        .map((issue) => issue.split(":")[0])
        .sort(),
    ).toEqual(["description", "policy", "rules[0].id", "rules[0].target.action", "rules[0].target.hots", "settings.rescue"]);
  });
});
