// `autobotctl init` without a terminal: what it finds, shows, writes and leaves alone.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { autobotctl, autobotSh } from "../stage/run.ts";
import { nobody, type Person, person, put, shop } from "./person.ts";

vi.setConfig({ testTimeout: 60_000 });

let me: Person;
beforeEach((test) => test.skip(nobody));
afterEach(() => me?.remove());

const init = (...words: readonly string[]) => me.run([autobotctl, "init", ...words]);

describe("without being told to write", () => {
  it("shows what was found and the difference, writes nothing, and waits for nobody", () => {
    me = person(shop);
    const { stdout, stderr, status } = init();
    expect([status, stderr]).toEqual([1, "autobotctl: nothing was written\n  `--yes` writes it\n"]);
    expect(me.policy()).toBeUndefined();
    expect(stdout).toContain(
      "hosts: 2 of 3\n  [x] web1        10.0.0.5, w1  inventory, ssh configuration\n  [x] db1         10.0.0.9  inventory\n  [ ] github.com  ssh configuration: keeps repositories\n",
    );
    expect(stdout).toContain("[x] deploy.sh  ./deploy.sh  web1\n  [x] site.yml   ansible-playbook -i inventory/hosts.ini site.yml  db1\n");
    expect(stdout).toContain("+++ ");
    expect(stdout).not.toContain("\u001b");
  });

  it("is one JSON object where that is asked for", () => {
    me = person(shop);
    const { hosts, ways, written, policy, refused, compose } = JSON.parse(init("--json").stdout);
    expect(hosts.map(({ name, chosen }: { name: string; chosen: boolean }) => [name, chosen])).toEqual([
      ["web1", true],
      ["db1", true],
      ["github.com", false],
    ]);
    expect([ways.length, written, policy.replaces, refused.line, compose]).toEqual([2, false, "fleet", "ssh deploy@web1 'vim /srv/app/main.py'", ["docker-compose.yml"]]);
  });

  it("contacts no host, and runs nothing that an inventory may be", () => {
    me = person({ ...shop, "shop/inventory/cloud.sh": "#!/bin/sh\ntouch ran\n", ".ssh/config": `${shop[".ssh/config"]}Host own\n  ProxyCommand touch ran\n` });
    const { stdout } = init("--yes");
    expect(stdout).toContain("is a program and was not run");
    expect(me.calls("ssh").filter((call) => !call.startsWith("-G "))).toEqual([]);
    expect([me.calls("ssh").length > 0, me.calls("ansible-inventory"), readdirSync(me.repository).includes("ran")]).toEqual([true, [], false]);
  });
});

it("--ansible asks ansible-inventory", () => {
  me = person(shop);
  const { stdout } = init("--ansible");
  expect(me.calls("ansible-inventory")).toEqual([`-i ${me.repository}/inventory/hosts.ini --list`]);
  expect(stdout).toContain("[x] asked1");
});

describe("--yes", () => {
  it("writes a policy that is valid, in which what it shows is refused with these very words", () => {
    me = person(shop);
    const { stdout, status } = init("--yes");
    const [, line = "", refusal = ""] = /^\$ (.*)\n((?:.*\n)*?)\nnext:/m.exec(stdout) ?? [];
    expect([status, line]).toEqual([0, "ssh deploy@web1 'vim /srv/app/main.py'"]);
    expect(me.run([autobotSh, "-c", line])).toEqual({ status: 126, stdout: "", stderr: refusal });
    expect(refusal).toContain("  Instead:\n    vim app/main.py\n    ./deploy.sh\n  Then check, read-only:\n    ssh deploy@web1 'sha256sum /srv/app/main.py'\n");
    expect(me.run([autobotctl, "policy", "check"]).status).toBe(0);
    expect(statSync(me.policyFile).mode & 0o777).toBe(0o644);
  });

  it.each<readonly [string, 0 | 126]>([
    ["scp app/main.py deploy@10.0.0.5:/srv/app/", 126],
    ["ssh w1 sudo systemctl restart app", 126],
    ["ssh -p 2222 10.0.0.5 'echo x >> /srv/app/main.py'", 126],
    ["ansible db -m copy -a 'src=a dest=/etc/a'", 126],
    ["ssh db1 'tail /var/log/syslog'", 0],
    ["scp notes.txt me@files.example.org:", 0],
    // Of the fleet that the defaults describe.
    ["scp notes.txt me@172.16.168.21:notes.txt", 0],
    ["scp notes.txt redis:notes.txt", 0],
    ["touch test_shop.py", 0],
    ["./deploy.sh", 0],
    ["ansible-playbook -i inventory/hosts.ini site.yml", 0],
  ])("afterwards `%s` ends with %i", (line, status) => {
    me = person(shop);
    init("--yes");
    expect(me.run([autobotctl, "check", line]).status).toBe(status);
  });

  it("a script of the policy's own does what it does there", () => {
    me = person(shop);
    init("--yes");
    put(me.repository, { "other.sh": (shop["shop/deploy.sh"] ?? "").replace("app/ web1:/srv/app/", "app/ web1:/srv/other/").replace(/ssh.*\n/, "") });
    put(me.repository, { "deploy.sh": (shop["shop/deploy.sh"] ?? "").replace(/ssh.*\n/, "") });
    expect(me.run([autobotSh, "-c", "./deploy.sh"]).status).toBe(0);
    expect(me.run([autobotSh, "-c", "bash ./other.sh"]).status).toBe(126);
    expect(me.calls("rsync")).toEqual(["-az --delete app/ web1:/srv/app/"]);
  });

  it("said twice changes nothing more, and keeps no copy", () => {
    me = person(shop);
    init("--yes");
    const before = me.policy();
    const { stdout, status } = init("--yes");
    expect([status, me.policy(), readdirSync(dirname(me.policyFile))]).toEqual([0, before, ["my-fleet.yaml"]]);
    expect(stdout).toContain("says all of it already");
  });

  it("adds to a policy that is there: comments, order and what its owner wrote stay, and a copy is kept", () => {
    me = person(shop);
    const own = [
      "# mine",
      "policy: my-fleet",
      "description: Ours. # since 2020",
      "replaces: fleet",
      "fleet:",
      "  hosts:",
      "    - name: web1 # the old one",
      "      addresses: [10.0.0.5]",
      "      role: shop front",
      "routes:",
      "  - { id: deploy, script: bin/other.sh }",
      "",
    ];
    put(me.home, { ".config/autobot-sh/my-fleet.yaml": own.join("\n") });
    const { stdout, status } = init("--yes");
    const text = me.policy() ?? "";
    expect(status).toBe(0);
    for (const kept of ["# mine\n", "description: Ours. # since 2020\n", "name: web1 # the old one\n", "role: shop front\n", "script: bin/other.sh"]) expect(text).toContain(kept);
    expect([text.includes("name: db1"), text.includes("./deploy.sh"), text.includes("root:")]).toEqual([true, true, false]);
    expect(text).toContain("- id: deploy-2\n    script: deploy.sh");
    expect([...text.matchAll(/id: ([\w-]+)/g)].map(([, id]) => id)).toEqual(["deploy", "site-files", "deploy-2", "deploy-there", "site", "ansible-playbook"]);
    expect(readFileSync(`${me.policyFile}.before-init`, "utf8")).toBe(own.join("\n"));
    expect(stdout).toContain("as it was: ");
    init("--yes");
    expect(me.policy()).toBe(text);
    writeFileSync(me.policyFile, own.join("\n"));
    init("--yes");
    expect(readdirSync(dirname(me.policyFile)).sort()).toEqual(["my-fleet.yaml", "my-fleet.yaml.before-init", "my-fleet.yaml.before-init.2"]);
  });

  it.each([
    ["that is not valid YAML", "policy: [\n"],
    ["whose words are not known", "policy: my-fleet\ndescription: d\nreplaces: fleet\nfelet: {}\n"],
  ])("leaves a policy alone %s", (_, text) => {
    me = person(shop);
    put(me.home, { ".config/autobot-sh/my-fleet.yaml": text });
    const { stderr, status } = init("--yes");
    expect([status, me.policy(), readdirSync(dirname(me.policyFile))]).toEqual([125, text, ["my-fleet.yaml"]]);
    expect(stderr).toContain("nothing was written");
  });

  it("writes nothing that another of the person's policies contradicts", () => {
    me = person(shop);
    put(me.home, { ".config/autobot-sh/other.yaml": "policy: other\ndescription: d\nfleet: { hosts: [{ name: elsewhere, addresses: [10.0.0.5] }] }\n" });
    const { stderr, status } = init("--yes");
    expect([status, me.policy()]).toEqual([125, undefined]);
    expect(stderr).toContain("`10.0.0.5` is also `elsewhere`");
  });
});

describe("what is named", () => {
  it("counts in place of what would be looked for", () => {
    me = person({ ...shop, "other/hosts.yml": "all: { hosts: { far1: { ansible_host: 10.7.7.7 } } }\n", "other/config": "Host near1\n  HostName 10.8.8.8\n" });
    const { stdout } = init("--inventory", join(me.home, "other/hosts.yml"), "--ssh-config", join(me.home, "other/config"));
    expect(stdout).toContain("hosts: 2\n  [x] far1   10.7.7.7  inventory\n  [x] near1  10.8.8.8  ssh configuration\n");
  });
  it("has to be there", () => {
    me = person(shop);
    const { stderr, status } = init("--inventory", "/nonexistent/hosts");
    expect([status, stderr]).toEqual([2, "autobotctl: no such file: `/nonexistent/hosts`\n"]);
  });
});

it("where there is nothing, says what to name", () => {
  me = person({});
  const { stderr, status } = init("--yes");
  expect([status, me.policy()]).toEqual([1, undefined]);
  expect(stderr).toContain("no hosts were found");
  expect(stderr).toContain("`--ssh-config FILE`, `--inventory FILE`");
});

describe("ssh's configuration", () => {
  const hosts = (config: string, files: Readonly<Record<string, string>> = {}) => {
    me = person({ ".ssh/config": config, ...files });
    const found = JSON.parse(init("--json").stdout);
    return found.policy.fleet.hosts;
  };

  it("is read with what it includes", () => {
    expect(hosts("Include more/*.conf\n", { ".ssh/more/a.conf": "Host a1\n  HostName 10.1.1.1\n" })).toEqual([{ name: "a1", addresses: ["10.1.1.1"] }]);
  });
  it("wildcards and negations name no host, and count for those that are named", () => {
    expect(hosts("Host a1 !b1 *.lan\n  User ops\nHost a1\n  HostName %h.example.org\nHost *\n  Port 2022\n")).toEqual([{ name: "a1", addresses: ["a1.example.org"], ssh: "a1" }]);
  });
  it("`Match exec` is not run", () => {
    const config = 'Match exec "touch ran"\n  User nobody\nHost a1\n  HostName 10.1.1.1\n';
    expect(hosts(config)).toEqual([{ name: "a1", addresses: ["10.1.1.1"] }]);
    expect(readdirSync(me.repository)).not.toContain("ran");
    expect(me.calls("ssh")).toEqual([]);
  });
  it("machines behind forwarded ports of this one stay apart", () => {
    expect(hosts("Host v1\n  HostName 127.0.0.1\n  Port 2222\nHost v2\n  HostName 127.0.0.1\n  Port 2200\n")).toEqual([
      { name: "v1", ssh: "v1" },
      { name: "v2", ssh: "v2" },
    ]);
  });
  it("two names of one address are one host", () => {
    expect(hosts("Host a1\n  HostName 10.1.1.1\nHost a\n  HostName 10.1.1.1\n  User ops\n")).toEqual([{ name: "a1", addresses: ["10.1.1.1"], aliases: ["a"] }]);
  });
});
