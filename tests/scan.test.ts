// What is found in documents, of both kinds: what would be refused, and what looks like it and would not.
import { describe, expect, it } from "vitest";
import { defaultEngine } from "../scripts/lines.ts";
import { scanDocument } from "../src/scan.ts";
import { emptyWorld } from "../src/utilities/world.ts";

const engine = defaultEngine();

function scan(path: string, text: string) {
  return scanDocument({ path, text }, engine, { root: "/w", workspace: "/w", world: emptyWorld });
}

/** `LINE RULE: WORDS` */
function found(path: string, text: string): readonly string[] {
  return scan(path, text).findings.map(({ rule, span }) => `${text.slice(0, span.start).split("\n").length} ${rule}: ${text.slice(span.start, span.end)}`);
}

const fence = (code: string, info = "sh") => `\`\`\`${info}\n${code}\n\`\`\`\n`;

describe("found", () => {
  it.each([
    ["deploy.sh", "VM=172.16.168.21\nssh $VM \\\n  vim /etc/x\n", ["3 remote-editing/editor: /etc/x"]],
    ["deploy.sh", "pytest > test.log\n", ["1 repository-cleanliness/logs: > test.log"]],
    ["Makefile", "VM = 172.16.168.21\nrestart:\n\t@ssh $(VM) 'systemctl restart nginx'\n", ["3 remote-operations/service: nginx"]],
    ["package.json", '{"scripts": {"deploy": "ssh 172.16.168.21 \\"vim /etc/x\\""}}', ["1 remote-editing/editor: /etc/x"]],
    ["Dockerfile", 'CMD ["ssh", "172.16.168.21", "reboot"]\n', ["1 remote-operations/power: reboot"]],
    [
      ".github/workflows/d.yml",
      "env: { H: 172.16.168.24 }\njobs:\n  a:\n    steps:\n      - run: |\n          ls\n          ssh $H reboot\n",
      ["7 remote-operations/power: reboot"],
    ],
    [".gitlab-ci.yml", "d:\n  script:\n    - ssh $HOST 'docker compose up -d'\n", ["3 remote-operations/container: docker"]],
    ["play.yml", "- hosts: web\n  tasks:\n    - shell: ssh {{ other }} 'sudo systemctl restart x'\n", ["3 remote-operations/service: x"]],
    ["README.md", fence("ssh 172.16.168.21 'rm -rf /etc/nginx'"), ["2 remote-editing/write: /etc/nginx"]],
    ["CLAUDE.md", fence("ssh 172.16.168.21"), ["2 remote-session/session: ssh"]],
  ])("%s %j", (path, text, expected) => {
    expect(found(path, text)).toEqual(expected);
  });
});

describe("not found", () => {
  it.each<readonly [string, string]>([
    ["deploy.sh", "ssh 172.16.168.21 'tail -f /var/log/x'\nvim /etc/x\n# ssh 172.16.168.21 vim x\necho 'ssh 172.16.168.21 vim x'\n"],
    ["deploy.sh", "./scripts/utilities/sync-to-vm.sh ai-stack app.py /home/autobot/app.py\nansible-playbook -i ansible/inventory ansible/playbooks/deploy-backend.yml\n"],
    ["deploy.sh", "pytest > logs/test.log\n"],
    ["Makefile", "ssh 172.16.168.21 vim: x\n\t@# ssh 172.16.168.21 vim x\n\tls\n"],
    ["package.json", '{"scripts": {"a": "vitest"}, "description": "ssh 172.16.168.21 vim x"}'],
    // An image and a runner are nobody's server, nor is their directory the repository.
    ["Dockerfile", "RUN apt-get install -y vim > install.log && systemctl enable x && sed -i s/a/b/ /etc/x\n"],
    [".github/workflows/d.yml", "jobs:\n  a:\n    steps:\n      - run: sudo apt-get install vim > install.log && sudo systemctl restart docker\n"],
    // A play is for its hosts.
    ["play.yml", "- hosts: web\n  tasks:\n    - shell: systemctl restart nginx && sed -i s/a/b/ /etc/x > x.log\n    - command: docker compose up -d\n"],
    ["README.md", "`ssh 172.16.168.21 vim x`\n\n    ssh 172.16.168.21 vim x\n\n```\nssh 172.16.168.21 vim x\n```\n"],
    ["README.md", fence("$ ls\nssh 172.16.168.21 vim x", "console")],
    ["README.md", fence("ssh autobot@<vm-ip> 'tail -f <service>.log'\nssh autobot@172.16.168.21")],
  ])("%s %j", (path, text) => {
    expect(found(path, text)).toEqual([]);
  });
});

describe("exempted", () => {
  const counted = (path: string, text: string) => {
    const { findings, ignored } = scan(path, text);
    return [findings.length, ignored.length];
  };
  const line = "ssh 172.16.168.21 reboot";

  it.each<readonly [string, string, string, readonly [number, number]]>([
    ["in its line", "a.sh", `${line} # autobot-sh: ignore remote-operations/power the last resort\n`, [0, 1]],
    ["by the line above", "a.sh", `# autobot-sh: ignore remote-operations the last resort\nssh 172.16.168.21 \\\n  reboot\n${line}\n`, [1, 1]],
    ["in YAML", "play.yml", `- hosts: a\n  tasks:\n    # autobot-sh: ignore remote-operations/power why\n    - shell: ${line}\n`, [0, 1]],
    ["a fence", "a.md", `<!-- autobot-sh: ignore -->\n${fence(line)}${fence(line)}`, [1, 1]],
    ["not without a reason", "a.sh", `${line} # autobot-sh: ignore remote-operations/power\n`, [1, 0]],
    ["not from another rule", "a.sh", `${line} # autobot-sh: ignore remote-editing why\n`, [1, 0]],
    ["not from a policy whose name only begins like it", "a.sh", `${line} # autobot-sh: ignore remote why\n`, [1, 0]],
  ])("%s", (_, path, text, expected) => {
    expect(counted(path, text)).toEqual(expected);
  });
});

it("what only run time tells is no finding, and is not lost", () => {
  const { findings, undecided } = scan("a.sh", 'f() { ssh 172.16.168.21 "$1"; }\nf "$X"\nf "$Y"\n');
  expect([findings, undecided.map(({ message }) => message)]).toEqual([[], ["the command is `$1`"]]);
});

it("each finding has its own advice", () => {
  const { findings } = scan("a.sh", "ssh 172.16.168.24 'vim /home/autobot/app.py'\nssh 172.16.168.21 'systemctl restart nginx'\n");
  expect(findings.map(({ advice }) => advice.flatMap(({ run }) => run ?? [])[0])).toEqual(["vim app.py", expect.stringContaining("manage_services.yml")]);
});

it("no text whatever makes it fail", () => {
  const names = ["a.sh", "Makefile", "Dockerfile", "package.json", ".github/workflows/a.yml", ".gitlab-ci.yml", "p.yml", "a.md"];
  const texts = [
    "",
    "\n",
    "\\",
    "$(",
    "```sh",
    "RUN <<E",
    "RUN [",
    "- shell: [",
    "run: &a [*a]",
    "a:\n  script: &a [*a]",
    "- block: &a\n    - shell: x\n      block: *a",
    '{"scripts": 1}',
    "a:\n\t$(shell (",
    "jobs: 1\nrun: x",
    "script:\n- [[[]]]",
    "x: ".repeat(2000),
    "\u0000",
  ];
  const bomb = Array.from(
    { length: 20 },
    (_, level) =>
      `a${level}: &a${level} { script: [${level === 0 ? "x" : `*s${level - 1}, *s${level - 1}`}] }\ns${level}: &s${level} [${level === 0 ? "x" : `*s${level - 1}, *s${level - 1}`}]\n`,
  ).join("");
  expect(scan(".gitlab-ci.yml", bomb).findings).toEqual([]);
  for (const name of names) for (const text of texts) expect(scan(name, text).findings).toEqual([]);
});
