// `role: managed-host`: what is typed on a server is what `ssh server …` would be, and deployments arrive all the same.
import { describe, expect, it } from "vitest";
import { exampleFaults } from "../../src/check.ts";
import { type Context, createEngine, decide, emptyContext } from "../../src/decide.ts";
import { combine, type Layer } from "../../src/policy/policies.ts";
import type { Settings } from "../../src/policy/schema.ts";
import { prefilterOf } from "../../src/prefilter.ts";
import { hostName } from "../../src/report/wording.ts";
import { emptyWorld } from "../../src/utilities/world.ts";
import { combined, defaultLayer } from "./default-policies.ts";

const ownNames = new Set(["srv-0815", "172.16.168.21"]);
const world = { ...emptyWorld, ownNames };

function layer(origin: Layer["origin"], settings: Settings): Layer {
  return { origin, policies: [{ file: `${origin}.yaml`, policy: { policy: origin, description: "An example.", settings } }] };
}

const setOf = (settings: Settings) => combined(defaultLayer, layer("system", settings));

const plain = createEngine(setOf({ role: "managed-host" }));
const deployed = createEngine(setOf({ role: "managed-host", "managed-host": { deploy: { users: ["autobot"] } } }));

const at: Context = { ...emptyContext, face: "login", user: "pat", cwd: "/home/autobot", world };
const effect = (line: string, engine = plain, context: Partial<Context> = {}) => decide(line, engine, { ...at, ...context }).effective;
const rules = (line: string, context: Partial<Context> = {}) => [...new Set(decide(line, plain, { ...at, ...context }).denials.map(({ rule }) => rule.id))];

describe("on a server, what is typed there is done there", () => {
  it.each([
    ["vim app.py", "remote-editing/editor"],
    ["sudo vim /etc/redis/redis.conf", "remote-editing/editor"],
    ["sed -i s/a/b/ /etc/hosts", "remote-editing/write"],
    ["echo x >> /home/autobot/.env", "remote-editing/write"],
    ["cat >notes", "remote-editing/write"],
    ["git pull", "remote-editing/write"],
    ["scp build:/srv/app.py .", "remote-editing/write"],
    ["docker compose up -d", "remote-operations/container"],
    ["docker exec backend sh -c 'echo x >/etc/hosts'", "remote-editing/write"],
    ["sudo systemctl restart nginx", "remote-operations/service"],
    ["pkill -f vite", "remote-operations/process"],
    ["sudo apt-get install -y vim", "remote-operations/package"],
    ["./deploy.sh", "remote-code/code"],
    ["python3 -c 'import os'; python3 migrate.py", "remote-code/code"],
    ["bash", "remote-session/session"],
    ["ssh localhost vim /etc/hosts", "remote-editing/editor"],
    ["ssh 172.16.168.21 vim /etc/hosts", "remote-editing/editor"],
    ["ssh 172.16.168.23 vim /etc/hosts", "remote-editing/editor"],
    ["rsync --server -vlogDtpre.iLsfxC . /home/autobot/app", "remote-editing/transfer"],
    ["scp -t /home/autobot/app.py", "remote-editing/write"],
    ["/usr/lib/openssh/sftp-server", "remote-editing/write"],
    ["git-receive-pack '/home/autobot/repo.git'", "remote-editing/transfer"],
  ])("%s", (line, rule) => expect(rules(line)).toContain(rule));

  it.each([
    "ls -la | grep x",
    "cat /etc/redis/redis.conf",
    "tail -n 50 /var/log/nginx/error.log 2>/dev/null",
    "journalctl -u nginx --since today | sort | uniq -c",
    "systemctl status nginx",
    "docker ps; docker logs --tail 5 backend",
    "sudo -n true",
    "top",
    "cd /tmp && ls >listing && rm listing",
    "git status",
    "f=$(mktemp); ls >/tmp/x; rm /tmp/x",
    "echo 'vim /etc/hosts'",
    "rsync --server --sender -vlogDtpre.iLsfxC . /home/autobot/logs/",
    "scp -f /var/log/syslog",
    "/usr/lib/openssh/sftp-server -R",
    "git-upload-pack '/home/autobot/repo.git'",
    "frobnicate",
    "ssh 172.16.168.23 uptime",
  ])("passes: %s", (line) => expect([effect(line), rules(line)]).toEqual(["permit", []]));

  it("a shell, for a person at a terminal", () => {
    expect(rules("bash", { tty: true })).toEqual([]);
    expect(effect("sudo -i", plain, { tty: true })).toBe("permit");
  });

  it("what the text does not tell is refused, for no layer sees it", () => {
    expect(effect("$CMD /etc/hosts", plain, { runtime: true })).toBe("deny");
    expect(effect("$CMD /etc/hosts", plain, { environment: { CMD: "cat" } })).toBe("permit");
  });

  it("where people work, none of it is refused", () => {
    const here = createEngine(setOf({ role: "workstation" }));
    for (const line of ["vim app.py", "docker compose up -d", "./deploy.sh", "sudo apt-get install -y vim", "$CMD f"]) expect(effect(line, here)).toBe("permit");
  });
});

describe("deployments arrive", () => {
  const deploy = { user: "autobot" };
  const module = "/home/autobot/.ansible/tmp/ansible-tmp-1700.1-2-3";
  const cases = [
    "rsync --server -vlogDtpre.iLsfxC . /home/autobot/app",
    "scp -t /home/autobot/app.py",
    "mkdir -p '/home/autobot/backend/api'",
    "/usr/lib/openssh/sftp-server",
    `/bin/sh -c '( umask 77 && mkdir -p "\` echo /home/autobot/.ansible/tmp \`"&& mkdir "\` echo ${module} \`" && echo x="\` echo ${module} \`" ) && sleep 0'`,
    `/bin/sh -c 'chmod u+rwx ${module}/ ${module}/AnsiballZ_copy.py && sleep 0'`,
    `/bin/sh -c '/usr/bin/python3 ${module}/AnsiballZ_copy.py && sleep 0'`,
    `/bin/sh -c 'sudo -H -S -n  -u root /bin/sh -c '"'"'echo BECOME-SUCCESS-x ; /usr/bin/python3 ${module}/AnsiballZ_apt.py'"'"' && sleep 0'`,
    `/bin/sh -c 'rm -f -r ${module}/ > /dev/null 2>&1 && sleep 0'`,
    "/bin/sh -c '/usr/bin/python3 && sleep 0'",
  ];
  it.each(cases)("of the account that the policy names: %s", (line) => {
    const { effective, deployment } = decide(line, deployed, { ...at, ...deploy });
    expect([effective, deployment]).toEqual(["permit", true]);
  });
  it.each(cases)("of nobody else: %s", (line) => {
    expect(effect(line, deployed, { user: "pat" })).toBe("deny");
    expect(effect(line, deployed, { user: undefined })).toBe("deny");
    expect(effect(line, plain, deploy)).toBe("deny");
  });

  it.each([
    "vim app.py",
    "rsync -a /tmp/app/ /home/autobot/app/",
    "scp build:app.py /home/autobot/app.py",
    "cp /tmp/app.py .",
    "sudo systemctl restart nginx",
    "rsync --server . /home/autobot/app; vim app.py",
    "mkdir -p x && cp /tmp/app.py x",
    "python3 /home/autobot/AnsiballZ_copy.py",
    "python3 /home/autobot/.ansible/tmp/x.py",
    "cp x /home/autobot/.ansible/tmp/../../app.py",
    "git-receive-pack '/home/autobot/repo.git'",
  ])("but nothing else that this account does: %s", (line) => expect(effect(line, deployed, deploy)).toBe("deny"));

  it("a person at a terminal brings no module on standard input, and makes no place for what is sent", () => {
    expect(decide("python3", deployed, { ...at, ...deploy, tty: true }).deployment).toBe(false);
    expect(effect("mkdir x", deployed, { ...deploy, tty: true })).toBe("deny");
  });

  it("a push, where the policy names it; and only what it names", () => {
    const git = createEngine(setOf({ role: "managed-host", "managed-host": { deploy: { users: ["autobot"], by: ["git"] } } }));
    expect(effect("git-receive-pack '/home/autobot/repo.git'", git, deploy)).toBe("permit");
    expect(effect("rsync --server . /home/autobot/app", git, deploy)).toBe("deny");
  });
});

describe("words that fit", () => {
  const denial = (line: string, engine = plain) => decide(line, engine, at);
  it("name the server by the fleet", () => {
    const [first] = denial("vim app.py").denials;
    expect(first && hostName(first.request.host, plain.policies)).toBe("this server, frontend");
  });
  it("by the policy where its own names tell nothing, else by its own", () => {
    const named = createEngine(setOf({ role: "managed-host", "managed-host": { name: "redis" } }));
    const other: Context = { ...at, world: { ...emptyWorld, ownNames: new Set(["srv-9"]) } };
    const nameIn = (engine: typeof plain) => decide("vim f", engine, other).denials.map(({ request }) => hostName(request.host, engine.policies));
    expect(nameIn(named)).toEqual(["this server, redis"]);
    expect(nameIn(plain)).toEqual(["this server, srv-9"]);
  });
  it("the advice is for where the workspace is", () => {
    const { advice } = denial("vim autobot-vue/src/components/Chat.vue");
    expect(advice[0]).toEqual({ say: "Not on a server, but where the workspace is:" });
    expect(advice.map(({ run }) => run)).toContain("cd /home/kali/Desktop/AutoBot && ./scripts/utilities/sync-frontend.sh components/Chat.vue");
  });
});

describe("a policy that says so", () => {
  it("keeps its rules' examples true, which are of where people work", () => expect(exampleFaults(plain.policies)).toEqual([]));
  it("has no tables for the launcher: each line is judged", () => expect(prefilterOf(plain)).toBeUndefined());
  it("is the system's to loosen", () => {
    const issues = (project: Settings) => {
      const result = combine([defaultLayer, layer("system", { role: "managed-host" }), layer("project", project)]);
      return "issues" in result ? result.issues.map(({ path }) => path) : [];
    };
    expect(issues({ role: "workstation" })).toEqual(["settings.role"]);
    expect(issues({ "managed-host": { deploy: { users: ["pat"] } } })).toEqual(["settings.managed-host"]);
    expect(issues({ role: "managed-host" })).toEqual([]);
  });
});
