// Ansible's inventories as Ansible reads them: each is written to files, read here, and read by `ansible-inventory` where that is installed.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Inventory, parseInventoryList, readInventory } from "../../src/survey/inventory.ts";
import { environment, scratch } from "../stage/run.ts";

const made: string[] = [];
afterAll(() => {
  for (const each of made) rmSync(each, { recursive: true });
});

function put(files: Readonly<Record<string, string>>): string {
  const directory = scratch();
  made.push(directory);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** `name user@address:port key groups`, what is not known left out. */
function shown({ hosts }: Inventory): readonly string[] {
  return hosts
    .map(({ name, address, user, port, key, groups }) => [name, `${user ?? ""}@${address ?? ""}${port === undefined ? "" : `:${port}`}`, key ?? "-", groups.join(",")].join(" "))
    .sort();
}

const ansible = spawnSync("ansible-inventory", ["--version"]).status === 0;

const vault = ["$ANSIBLE_VAULT;1.1;AES256", "61626364", ""].join("\n");

const cases: readonly (readonly [string, Readonly<Record<string, string>>, string, readonly string[]])[] = [
  ["hosts alone, with comments and blank lines", { hosts: "# fleet\nweb1\n\n; db\ndb1 ansible_host=10.0.0.9 # the old one\n" }, "hosts", ["db1 @10.0.0.9 - ", "web1 @ - "]],
  [
    "ranges of numbers and letters",
    { hosts: "[web]\nweb[01:03].example.org ansible_user=deploy\n[db]\ndb-[a:c]\nn[1:5:2]\n" },
    "hosts",
    [
      "db-a @ - db",
      "db-b @ - db",
      "db-c @ - db",
      "n1 @ - db",
      "n3 @ - db",
      "n5 @ - db",
      "web01.example.org deploy@ - web",
      "web02.example.org deploy@ - web",
      "web03.example.org deploy@ - web",
    ],
  ],
  ["ports, in the name or apart", { hosts: "web1:2222\nweb2 ansible_port=2200\nweb3:1 ansible_port=2\n" }, "hosts", ["web1 @:2222 - ", "web2 @:2200 - ", "web3 @:2 - "]],
  [
    "quotes, also with blanks",
    { hosts: "web1 ansible_user='deploy' ansible_ssh_private_key_file=\"~/my keys/id\"\n[all:vars]\nansible_port='2022'\n" },
    "hosts",
    ["web1 deploy@:2022 ~/my keys/id "],
  ],
  [
    "groups of groups: the nearest to the host counts, then its own",
    {
      hosts:
        "[web]\nweb1\nweb2 ansible_user=own\n[db]\ndb1\n[prod:children]\nweb\ndb\n[prod:vars]\nansible_user=prod\n[web:vars]\nansible_user=web\n[all:vars]\nansible_user=all\n[alone]\nx1\n",
    },
    "hosts",
    ["db1 prod@ - db,prod", "web1 web@ - prod,web", "web2 own@ - prod,web", "x1 all@ - alone"],
  ],
  [
    "group_vars and host_vars beside it, as files and as directories",
    {
      "inventory/hosts.ini": "[web]\nweb1\nweb2 ansible_user=line\n",
      "inventory/group_vars/all.yml": "ansible_user: all\nansible_port: 2201\n",
      "inventory/group_vars/web/10-first.yml": "ansible_user: first\n",
      "inventory/group_vars/web/20-second.yml": "ansible_user: second\n",
      "inventory/host_vars/web1.yml": "ansible_host: 10.0.0.1\n",
    },
    "inventory/hosts.ini",
    ["web1 second@10.0.0.1:2201 - web", "web2 line@:2201 - web"],
  ],
  [
    "YAML, with children, ranges and hosts without variables",
    {
      "hosts.yml":
        "all:\n  vars: { ansible_user: ops }\n  children:\n    web:\n      hosts:\n        web[1:2]:\n        web3: { ansible_host: 10.0.0.3 }\n    prod:\n      children: { web: }\n      vars: { ansible_port: 2222 }\n  hosts:\n    bare:\n",
    },
    "hosts.yml",
    ["bare ops@ - ", "web1 ops@:2222 - prod,web", "web2 ops@:2222 - prod,web", "web3 ops@10.0.0.3:2222 - prod,web"],
  ],
  [
    "a directory, its files joined",
    {
      "inv/a": "[web]\nweb1\n",
      "inv/b.yml": "web: { vars: { ansible_user: both } }\ndb: { hosts: { db1: } }\n",
      "inv/notes.txt": "no1\n",
      "inv/group_vars/db.yml": "ansible_user: dba\n",
    },
    "inv",
    ["db1 dba@ - db", "web1 both@ - web"],
  ],
  [
    "one variable in another",
    { hosts: "web1 ip=10.0.0.7\n[all:vars]\nansible_host={{ ip }}\nansible_user=svc-{{ inventory_hostname }}\n" },
    "hosts",
    ["web1 svc-web1@10.0.0.7 - "],
  ],
  [
    "connections that are none of ssh's, and this machine",
    { hosts: "localhost\nhere ansible_connection=local\nbox ansible_connection=community.docker.docker\nweb1 ansible_connection=ssh\n" },
    "hosts",
    ["web1 @ - "],
  ],
  ["a child's group that is nowhere else", { hosts: "[prod:children]\nweb\n[web]\nweb1\n" }, "hosts", ["web1 @ - prod,web"]],
];

describe.each(cases)("%s", (_, files, source, expected) => {
  it("is read", () => {
    const inventory = readInventory(join(put(files), source));
    expect([shown(inventory), inventory.notes]).toEqual([expected, []]);
  });

  it.skipIf(!ansible)("is read as ansible-inventory reads it", () => {
    const directory = put(files);
    const env = { ...environment, HOME: directory, ANSIBLE_LOCALHOST_WARNING: "False" };
    const { stdout, stderr } = spawnSync("ansible-inventory", ["-i", join(directory, source), "--list"], { cwd: directory, env, encoding: "utf8" });
    const listed = parseInventoryList(stdout);
    expect(listed === undefined ? stderr : shown(listed)).toEqual(expected);
  });
});

describe("what cannot be known is said", () => {
  function notes(files: Readonly<Record<string, string>>, source: string): readonly string[] {
    const directory = put(files);
    return readInventory(join(directory, source)).notes.map((note) => note.replaceAll(directory, "…"));
  }

  it("an encrypted file", () => {
    const files = { hosts: "[web]\nweb1\n", "group_vars/web.yml": vault };
    expect(notes(files, "hosts")).toEqual(["`…/group_vars/web.yml` is encrypted and was not read"]);
  });
  it("an encrypted value; the host stays", () => {
    const directory = put({ "hosts.yml": "web:\n  hosts:\n    web1:\n      ansible_user: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        6162\n" });
    const { hosts, notes: said } = readInventory(join(directory, "hosts.yml"));
    expect([hosts.map(({ name, user }) => [name, user]), said]).toEqual([[["web1", undefined]], ["the `ansible_user` of `web1` is encrypted"]]);
  });
  it("an expression", () => {
    expect(notes({ hosts: "web1 ansible_host=\"{{ lookup('pipe', 'touch /tmp/never') }}\"\n" }, "hosts")).toEqual([
      "the `ansible_host` of `web1` is computed when a playbook runs",
    ]);
  });
  it("a plug-in's file, which asks a cloud", () => {
    expect(notes({ "aws_ec2.yml": "plugin: amazon.aws.aws_ec2\n" }, "aws_ec2.yml")[0]).toContain("asks the plug-in `amazon.aws.aws_ec2`, and was not run");
  });
  it("a program, which is not run", () => {
    const directory = put({ "hosts.py": `#!/bin/sh\ntouch ${join("$(dirname $0)", "ran")}\n` });
    chmodSync(join(directory, "hosts.py"), 0o755);
    expect(readInventory(join(directory, "hosts.py")).notes[0]).toContain("is a program and was not run");
    expect(existsSync(join(directory, "ran"))).toBe(false);
  });
});

it.each([
  ["a group that contains itself", "[a:children]\nb\n[b:children]\na\n[b]\nweb1\n"],
  ["a range without end", "web[1:999999999]\n"],
  ["brackets that are no range", "web[1\nweb]2[\n[]\n[web\n"],
  ["variables in a circle", "web1 a={{ b }} b={{ a }} ansible_host={{ a }}\n"],
])("%s does no harm", (_, text) => {
  const started = Date.now();
  readInventory(join(put({ hosts: text }), "hosts"));
  expect(Date.now() - started).toBeLessThan(5000);
});
