// `autobotctl explain RULE`, and the names that completions ask for.
import { expect, it } from "vitest";
import { ruleText } from "../../src/report/rule-text.ts";
import { plain } from "../../src/report/style.ts";
import { combined, defaultLayer, defaultPolicies } from "../policy/default-policies.ts";
import { autobotctl, run } from "../stage/run.ts";

const textOf = (id: string, set = defaultPolicies) => {
  const rule = set.rules.find((each) => each.id === id);
  return rule === undefined ? "" : ruleText(rule, { style: plain, width: 80 });
};

it("shows why it is there, what it is about, and lines of both kinds", () => {
  expect(textOf("ssh-keys/key-copy")).toBe(`ssh-keys/key-copy
  Keys are brought to the servers by the key playbook, for all of them alike: by
  hand they differ.

about
  action: authenticate; host: remote; name: key-copy

refused
  ssh-copy-id autobot@172.16.168.21
  ssh-copy-id -i ~/.ssh/autobot_key.pub autobot@172.16.168.24
  for h in 172.16.168.22 172.16.168.25; do ssh-copy-id -f -i ~/.ssh/autobot_key.pub autobot@$h; done

looks alike and passes
  ssh-add ~/.ssh/autobot_key
  ssh-copy-id --help
  ssh-keygen -y -f ~/.ssh/autobot_key
  ssh -i ~/.ssh/autobot_key autobot@172.16.168.21 true
`);
});

it("names its exceptions, another policy's too, and an example's circumstances", () => {
  const except = [{ rule: "remote-session/session", unless: { host: "web1" } }];
  const policy = { policy: "exceptions", description: "Exceptions.", except };
  const text = textOf("remote-session/session", combined(defaultLayer, { origin: "system", policies: [{ file: "x.yaml", policy }] }));
  expect(text).toContain("\nnot where\n  tty: true; face: scripts, login\n  host: outside; face: scripts, login\n  host: web1\n");
  expect(text).toContain("  ssh autobot@172.16.168.22   (tty: true, face: agent)\n");
});

it("is what `explain` prints for a rule's id, and for nothing else", () => {
  expect(run(autobotctl, ["explain", "ssh-keys/key-copy"]).stdout).toMatch(/^ssh-keys\/key-copy\n {2}Keys are brought/);
  expect(JSON.parse(run(autobotctl, ["explain", "--json", "ssh-keys/key-copy"]).stdout)).toMatchObject({ rule: "ssh-keys/key-copy", target: { name: "key-copy" } });
  const line = run(autobotctl, ["explain", "ssh-keys/key-copy x"]);
  expect([line.status, line.stdout.startsWith("permitted")]).toEqual([0, true]);
});

it("the names of rules and hosts are those in force", () => {
  const rules = run(autobotctl, ["policy", "show", "--list", "rules"]).stdout.trimEnd().split("\n");
  expect(rules).toEqual(defaultPolicies.rules.map(({ id }) => id));
  expect(run(autobotctl, ["policy", "show", "--list", "hosts"]).stdout.split("\n")).toContain("ai-stack");
});
