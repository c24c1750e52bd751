// The Ansible role on an operator's machine and a server of the fleet: what it reports, what it brings about, and that it can be taken back.
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quoteWord } from "../../src/policy/command.ts";
import { scratch } from "../scratch.ts";
import { root, run } from "../stage/run.ts";
import { changes, down, exec, type Fleet, mark, missing, type Name, up, workspace } from "./fleet.ts";

const asked = process.env["AUTOBOT_SH_FLEET"] === "1";
const lacking = asked ? missing() : "`npm run test:fleet` runs it";

const place = "/home/kali/rollout";
const script = "scripts/utilities/sync-to-vm.sh";
const example = join(root, "deploy/ansible/example");
const policy = readFileSync(join(example, "policies/ours.yaml"), "utf8");

let fleet: Fleet;

/** A file of the workstation's own. */
function put(path: string, input: string | Uint8Array): void {
  expect(exec(fleet, "workstation", ["sh", "-c", 'mkdir -p "${0%/*}" && cat >"$0"', path], { input }).status).toBe(0);
}

interface Play {
  readonly status: number | null;
  /** Tasks that changed something, or would, by host; none where the host was not reached. */
  readonly changed: Readonly<Record<string, number>>;
  readonly output: string;
}

const server = ["--limit", "frontend"];
/** What is typed, in the order of docs/rollout.md: how the archive is made, plays, looks, what is refused, and the way back. */
const [, plays = [], looks = [], refused = [], back = []] = [...readFileSync(join(root, "docs/rollout.md"), "utf8").matchAll(/^```sh[^\n]*\n(.*?)^```/gms)].map(([, text = ""]) =>
  text.trimEnd().split("\n"),
);

/** A line as it stands there; the archive lies elsewhere, because the checkout cannot be written to. */
function typed(line: string, variables: Readonly<Record<string, unknown>> = {}): Play {
  const all = quoteWord(JSON.stringify({ autobot_sh_archive: `${place}/autobot-sh.tar.gz`, ...variables }));
  const env = { ANSIBLE_NOCOLOR: "1", ANSIBLE_DISPLAY_SKIPPED_HOSTS: "0" };
  const { status, stdout, stderr } = exec(fleet, "workstation", ["bash", "-c", line.replace("site.yml", `site.yml -e ${all}`)], { cwd: example, env });
  const recap = [...stdout.matchAll(/^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=0 /gm)];
  return { status, changed: Object.fromEntries(recap.map(([, host = "", count]) => [host, Number(count)])), output: stdout + stderr };
}

function play(variables: Readonly<Record<string, unknown>>, ...options: readonly string[]): Play {
  return typed(["ansible-playbook -i inventory site.yml", ...options].join(" "), variables);
}

const nothing = { workstation: 0, frontend: 0 };
/** As a person's own ssh, from a workstation where nobody judges. */
const by = (line: string) => exec(fleet, "workstation", ["timeout", "60", "/bin/bash", "-c", line], { cwd: workspace });
const login = (line: string) => by(`ssh kali@172.16.168.20 ${quoteWord(line)}`);
const shellOf = (name: Name, user: string) => exec(fleet, name, ["getent", "passwd", user]).stdout.trim().split(":").at(-1) ?? "";
const versions = (name: Name) => exec(fleet, name, ["ls", "/opt/autobot-sh"]).stdout.trim().split("\n");
/** Without where ansible keeps its modules, directories that were there before, and a lock. */
const traces = (paths: readonly string[]) =>
  paths.filter((path) => !/: (\/(root|home\/autobot)\/\.ansible(\/.*)?|\/etc|\/etc\/\.pwd\.lock|\/root|\/opt|\/var\/(lib|cache)|\/usr|\/usr\/local(\/bin)?)$/.test(path));

const linter = asked && run("ansible-lint", ["--version"], { env: { HOME: "/tmp" } }).status === 0;

it.skipIf(!linter)("the role is as ansible-lint would have it", { timeout: 300_000 }, () => {
  const { status, stdout, stderr } = run("ansible-lint", ["--offline", "--nocolor", "site.yml", "../roles/autobot_sh"], {
    cwd: example,
    env: { HOME: scratch() },
    timeout: 300_000,
  });
  expect([status, stdout], stderr).toEqual([0, ""]);
});

describe.skipIf(lacking !== undefined)("the rollout", { timeout: 600_000 }, () => {
  beforeAll(async () => {
    const work = scratch();
    const checkout = join(work, "checkout");
    cpSync(root, checkout, { recursive: true, filter: (path) => !/^\/(?:\.git|node_modules|dist)(?:\/|$)/.test(path.slice(root.length)) });
    symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
    const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "/" };
    const packed = run("npm", ["pack", "--silent", "--pack-destination", work], { cwd: checkout, env: environment, timeout: 300_000 });
    const archive = join(work, "autobot-sh.tar.gz");
    const made = run(join(root, "deploy/ansible/archive"), [join(work, packed.stdout.trim().split("\n").at(-1) ?? ""), archive], { env: environment, timeout: 300_000 });
    if (made.status !== 0) throw new Error(`${packed.stderr}\n${made.stderr}`);
    fleet = await up(root);
    put(`${place}/autobot-sh.tar.gz`, readFileSync(archive));
    put(`${place}/autobot-sh.tar.gz.sha256`, readFileSync(`${archive}.sha256`));
  }, 600_000);
  afterAll(() => down(fleet));

  it("ends before it changes anything where the archive, a policy, an account or node is not what is meant", () => {
    const before = mark(fleet);
    const cases: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
      [{ autobot_sh_archive_sha256: "0".repeat(64) }, "has the digest"],
      [{ autobot_sh_policies: [{ src: `${example}/policies/ours.yaml`, sha256: "0".repeat(64) }] }, "has another digest"],
      [{ autobot_sh_login_shells: ["nobody-knows"] }, "there is no account `nobody-knows`"],
      [{ autobot_sh_node: "/bin/false" }, "needs node 20.19 or newer"],
    ];
    for (const [variables, message] of cases) {
      const { status, output } = play(variables, ...server);
      expect([status, output]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(traces(changes(fleet, before))).toEqual([]);
  });

  it("in check mode tells that it would change both, and changes nothing; installs; and changes nothing the second time", () => {
    const before = mark(fleet);
    const [check = "", install = "", again = ""] = plays;
    const first = typed(check);
    expect([first.status, Object.values(first.changed).map((count) => count > 5)], first.output).toEqual([0, [true, true]]);
    expect(traces(changes(fleet, before))).toEqual([]);
    expect(exec(fleet, "workstation", ["ls", "/opt/autobot-sh"]).status).not.toBe(0);

    const second = typed(install);
    expect([second.status, Object.values(second.changed).map((count) => count > 5)], second.output).toEqual([0, [true, true]]);
    expect(shellOf("workstation", "kali")).toMatch(/^\/opt\/autobot-sh\/[0-9a-f]{12}\/node_modules\/autobot-sh\/bin\/autobot-sh$/);
    expect(shellOf("frontend", "autobot")).toBe(shellOf("workstation", "kali"));
    expect(shellOf("frontend", "root")).toBe("/bin/bash");
    expect(typed(again).changed).toEqual(nothing);
  });

  it("judges what the operator's logins run", () => {
    for (const line of looks) expect([line, login(line).status]).toEqual([line, 0]);
    for (const line of refused) expect([line, login(line).status]).toEqual([line, 126]);
    expect(login("ssh autobot@172.16.168.24 touch /home/autobot/x").status).toBe(126);
    expect(login("ssh autobot@172.16.168.24 hostname")).toMatchObject({ status: 0, stdout: "ai-stack\n" });
    expect(login("rm /srv/kept/x").stderr).toContain("[ours/hands-off]");
    const sync = `cd ${workspace} && ./${script} ai-stack app.py /home/autobot/app.py`;
    expect(login(sync).status).toBe(0);
    expect(login(`${sync.replace("&&", `&& echo '# by hand' >>${script};`)}`).stderr).toContain("[remote-editing/write]");
    by(`sed -i '$d' ${script}`);
    expect(login(sync).status).toBe(0);
  });

  it("has the server itself refuse what comes from where nobody judges, and take deployments", () => {
    const before = mark(fleet);
    const { status, stderr } = by("ssh 172.16.168.21 'echo x >>/home/autobot/app.py'");
    expect([status, stderr, changes(fleet, before)]).toEqual([
      126,
      expect.stringContaining("[remote-editing/write]"),
      expect.not.arrayContaining(["frontend: /home/autobot/app.py"]),
    ]);
    expect(by("ssh 172.16.168.21 tail -n 1 app.py")).toMatchObject({ status: 0, stdout: 'print("AutoBot")\n' });
    expect(by(`echo '# deployed' >>app.py; ./${script} frontend app.py /home/autobot/app.py`).status).toBe(0);
    expect(exec(fleet, "frontend", ["tail", "-n", "1", "/home/autobot/app.py"]).stdout).toBe("# deployed\n");
    const playbook = by("echo '# deployed' >>docker-compose.yml; ansible-playbook -i ansible/inventory -l frontend ansible/playbooks/deploy-infrastructure.yml");
    expect([playbook.status, playbook.stdout]).toEqual([0, expect.stringMatching(/frontend +: ok=1 +changed=1 /)]);
  });

  it("leaves the policies in force where new ones are not valid", () => {
    put(`${place}/broken.yaml`, policy.replace("target:", "tarket:"));
    const { status, output } = play({ autobot_sh_policies: [{ src: `${place}/broken.yaml` }] }, ...server);
    expect([status, output]).toEqual([2, expect.stringContaining("tarket")]);
    expect(exec(fleet, "frontend", ["ls", "/etc/autobot-sh"]).stdout).toBe("ours.yaml\nrollout.yaml\n");
    expect(by("ssh 172.16.168.21 true").status).toBe(0);
  });

  it("keeps the version before, and no older one; and gives the earlier login shell back to whom it no longer names", () => {
    const [first = ""] = versions("frontend");
    const other = (note: string) =>
      by(
        `cd ${place} && mkdir -p u && tar xzf autobot-sh.tar.gz -C u && echo ${note} >u/node_modules/note && tar czf u.tar.gz -C u node_modules && sha256sum u.tar.gz >u.tar.gz.sha256`,
      );
    const upgrade = (variables: Readonly<Record<string, unknown>> = {}) => {
      const { status, output } = play({ autobot_sh_archive: `${place}/u.tar.gz`, ...variables }, ...server);
      expect(status, output).toBe(0);
    };
    other("two");
    upgrade();
    const second = versions("frontend");
    expect([second.length, second.includes(first), shellOf("frontend", "autobot").includes(first)]).toEqual([2, true, false]);
    expect(exec(fleet, "frontend", ["cat", "/etc/shells"]).stdout.match(/autobot-sh\/bin\/autobot-sh/g)).toHaveLength(1);
    expect(by("ssh 172.16.168.21 'echo x >>/home/autobot/app.py'").status).toBe(126);

    other("three");
    upgrade({ autobot_sh_login_shells: [] });
    expect([versions("frontend").length, versions("frontend").includes(first)]).toEqual([2, false]);
    expect(shellOf("frontend", "autobot")).toBe("/bin/bash");
    exec(fleet, "frontend", ["usermod", "-s", "/bin/dash", "autobot"], { user: "root" });
    upgrade();
    expect(shellOf("frontend", "autobot")).toMatch(/autobot-sh$/);
  });

  it("is taken back: login shells, policies, programs", () => {
    const [look = "", leave = ""] = back;
    exec(fleet, "workstation", ["sh", "-c", "echo 'policy: own' >/etc/autobot-sh/own.yaml"], { user: "root" });
    const before = mark(fleet);
    const check = typed(look);
    expect([check.status, Object.values(check.changed).map((count) => count > 3)], check.output).toEqual([0, [true, true]]);
    expect(traces(changes(fleet, before))).toEqual([]);
    expect(typed(leave).status).toBe(0);
    expect([shellOf("workstation", "kali"), shellOf("frontend", "autobot")]).toEqual(["/bin/bash", "/bin/dash"]);
    // What somebody else has put there stays.
    expect(exec(fleet, "workstation", ["ls", "/etc/autobot-sh"]).stdout).toBe("own.yaml\n");
    exec(fleet, "frontend", ["usermod", "-s", "/bin/bash", "autobot"], { user: "root" });
    const deployed = ["frontend: /home/autobot/app.py", "frontend: /home/autobot/docker-compose.yml", "ai-stack: /home/autobot/app.py"];
    const left = traces(changes(fleet)).filter((path) => !deployed.includes(path));
    // Records and histories are their users' own, and the files of accounts were written anew with what was in them.
    expect(
      left.filter(
        (path) =>
          !/: (\/home\/autobot\/\.(local|cache|bash_history)(\/.*)?|\/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-?|\/etc\/shells|\/root\/\.(local|cache)(\/.*)?)$/.test(path),
      ),
    ).toEqual([]);
    for (const file of ["/etc/shells", "/etc/passwd"]) expect(exec(fleet, "frontend", ["grep", "-c", "autobot-sh", file]).stdout).toBe("0\n");
    expect(typed(leave).changed).toEqual(nothing);
  });
});
