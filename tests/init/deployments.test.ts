// Sync scripts and playbooks of a repository, as bash and Ansible would take them: how each is called, for whom, and what it keeps where.
import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { createEngine } from "../../src/decide.ts";
import { filesBelow } from "../../src/survey/document-files.ts";
import { draftHosts } from "../../src/survey/host-draft.ts";
import { findPlaybooks } from "../../src/survey/playbooks.ts";
import { findSyncScripts } from "../../src/survey/sync-scripts.ts";
import { combined, defaultLayer } from "../policy/default-policies.ts";
import { scratch } from "../stage/run.ts";
import { put } from "./person.ts";

let root: string;
afterEach(() => rmSync(root, { recursive: true }));

const fleet = {
  user: "deploy",
  hosts: [
    { name: "web1", addresses: ["10.0.0.5"], groups: ["web"] },
    { name: "web2", addresses: ["10.0.0.6"], groups: ["web"] },
    { name: "db1", addresses: ["10.0.0.9"], groups: ["db"] },
  ],
};
const engine = createEngine(combined(defaultLayer, { origin: "user", policies: [{ file: "f", policy: { policy: "mine", description: "d", replaces: "fleet", fleet } }] }));

/** Each script: how it is called, its hosts, its maps. */
function scripts(text: string, name = "s.sh"): readonly string[] {
  root = scratch();
  put(root, { [name]: text, "app/main.py": "", "web/index.html": "", Caddyfile: "" });
  return findSyncScripts(root, filesBelow(root), engine).map(({ run, hosts, maps, actions, sync }) =>
    [run ?? "?", hosts.join(","), maps.map(({ host, remote, local }) => `${host}:${remote}=${local}`).join(" "), actions.join(","), [...sync].join(" ")].join(" | "),
  );
}

describe("a script that sends files", () => {
  it.each<readonly [string, string, string]>([
    ["to a host it names", "rsync -a app/ web1:/srv/app/", "./s.sh | web1 | web1:/srv/app/=app/ |  | "],
    ["a directory by its name", "rsync -a app web1:/srv", "./s.sh | web1 | web1:/srv/app/=app/ |  | "],
    ["one file", "scp Caddyfile deploy@10.0.0.5:/etc/caddy/Caddyfile", "./s.sh | web1 | web1:/etc/caddy/Caddyfile=Caddyfile |  | "],
    ["all of the repository", "rsync -a ./ web1:/srv/shop/", "./s.sh | web1 | web1:/srv/shop/= |  | "],
    ["from where it lies", 'cd "$(dirname "$0")"\nrsync -a app/ web1:/srv/app/', "./s.sh | web1 | web1:/srv/app/=app/ |  | "],
    [
      "to several, and restarts what runs there",
      "for h in web1 web2; do rsync -a app/ $h:/srv/app/; ssh $h docker compose up -d; done",
      "./s.sh | web1,web2 | web1:/srv/app/=app/ web2:/srv/app/=app/ | container | ",
    ],
    ["to the host that it is given", 'rsync -a app/ "$1:/srv/app/"', "./s.sh {host.name} | web1,web2,db1 | web1:/srv/app/=app/ web2:/srv/app/=app/ db1:/srv/app/=app/ |  | "],
    ["what it is given, where it is told to", 'set -euo pipefail\nscp "$2" "deploy@$1:$3"', "./s.sh {host.name} {local} {remote} | web1,web2,db1 |  |  | "],
    ["a file below a directory", 'scp "web/$1" "web1:/var/www/$1"', "./s.sh {below} | web1 | web1:/var/www/=web/ |  | "],
    [
      "by names of its own for the hosts",
      'declare -A at=([web]=10.0.0.5 [db]=10.0.0.9)\nrsync -a "$2" "${at[$1]}:$3"',
      "./s.sh {host.sync} {local} {remote} | web1,db1 |  |  | web1,web db1,db",
    ],
    ["by a function of its own", 'send() { rsync -a app/ "root@$1:/srv/app/"; }\nsend web1; send db1', "./s.sh | web1,db1 | web1:/srv/app/=app/ db1:/srv/app/=app/ |  | "],
    ["to a host that an option names: how is not told", 'while getopts h: o; do H=$OPTARG; done\nrsync -a app/ "$H:/srv/app/"', "? |  |  |  | "],
  ])("%s", (_, text, expected) => expect(scripts(`#!/bin/bash\n${text}\n`)).toEqual([expected]));

  it.each<readonly [string, string]>([
    ["only fetches", "rsync -a web1:/srv/data ./backups/"],
    ["only looks", "ssh web1 uptime"],
    ["sends to others", "scp Caddyfile me@files.example.org:"],
    ["only mentions it", "echo 'rsync -a app/ web1:/srv/app/'\ncat <<'E'\nrsync -a app/ web1:/srv/\nE"],
    ["is a dry run", "rsync -an app/ web1:/srv/app/"],
  ])("is none that %s", (_, text) => expect(scripts(`#!/bin/bash\n${text}\n`)).toEqual([]));

  it("is found without an ending by its first line, and no other file is one", () => {
    expect(scripts("#!/bin/sh\nrsync -a app/ web1:/srv/app/\n", "bin/deploy")).toEqual(["./bin/deploy | web1 | web1:/srv/app/=app/ |  | "]);
    rmSync(root, { recursive: true });
    expect(scripts("rsync -a app/ web1:/srv/app/\n", "NOTES.txt")).toEqual([]);
  });
});

const hosts = draftHosts(
  [
    { name: "web1", groups: ["prod", "web"] },
    { name: "web2", groups: ["web"] },
    { name: "db1", groups: ["db", "prod"] },
  ],
  [{ name: "laptop", special: false, forge: false }],
);

function playbooks(files: Readonly<Record<string, string>>): readonly string[] {
  root = scratch();
  put(root, files);
  return findPlaybooks(root, filesBelow(root), hosts).map(({ path, hosts: on, maps, writes }) =>
    [path, on.join(","), maps.map(({ host, remote, local }) => `${host}:${remote}=${local}`).join(" "), writes.join(" ")].join(" | "),
  );
}

describe("a playbook", () => {
  it.each<readonly [string, string]>([
    ["all", "web1,web2,db1"],
    ["web", "web1,web2"],
    ["web:&prod", "web1"],
    ["all:!db", "web1,web2"],
    ["web1,db1", "web1,db1"],
    ["we*", "web1,web2"],
  ])("for `%s`", (pattern, expected) => expect(playbooks({ "p.yml": `- hosts: "${pattern}"\n  tasks: []\n` })).toEqual([`p.yml | ${expected} |  | `]));

  it("puts files where its tasks and roles say, as they are or made from others", () => {
    const files = {
      "site.yml": "- hosts: db1\n  roles: [{ role: nginx }]\n  tasks:\n    - block:\n        - copy: { src: a.conf, dest: /etc/a.conf }\n",
      "files/a.conf": "a",
      "roles/nginx/tasks/main.yml": "- import_tasks: more.yml\n- ansible.builtin.template: { src: n.j2, dest: /etc/n }\n- template: { src: plain.j2, dest: /etc/plain }\n",
      "roles/nginx/tasks/more.yml": "- copy: { src: site/, dest: /var/www }\n- lineinfile: { path: /etc/l, line: x }\n- copy: { src: a, dest: '{{ there }}/a' }\n",
      "roles/nginx/templates/n.j2": "{{ port }}",
      "roles/nginx/templates/plain.j2": "as it is",
      "roles/nginx/files/site/index.html": "",
    };
    expect(playbooks(files)).toEqual([
      [
        "site.yml | db1",
        "db1:/etc/a.conf=files/a.conf db1:/var/www/=roles/nginx/files/site/ db1:/etc/plain=roles/nginx/templates/plain.j2",
        "/etc/a.conf /var/www/ /etc/l /etc/n /etc/plain",
      ].join(" | "),
    ]);
  });

  it("has what it takes in", () => {
    expect(playbooks({ "site.yml": "- import_playbook: web.yml\n", "web.yml": "- hosts: web\n" })).toEqual(["site.yml | web1,web2 |  | ", "web.yml | web1,web2 |  | "]);
  });

  it.each<readonly [string, string]>([
    ["tasks", "- copy: { src: a, dest: /b }\n"],
    ["variables", "hosts: web\n"],
    ["another tool's list", "- name: x\n  uses: y\n"],
    ["a play for this machine", "- hosts: localhost\n  tasks: []\n"],
    ["no YAML", "- hosts: [\n"],
    ["a list that contains itself", "&a [*a]\n"],
  ])("is none: %s", (_, text) => expect(playbooks({ "x.yml": text })).toEqual([]));
});
