// Every rule of the default policies: its examples decided by the rule alone, and what it advises judged again.
import { describe, expect, it } from "vitest";
import { type Context, createEngine, decide, type Engine, emptyContext } from "../src/decide.ts";
import { advise } from "../src/policy/advice.ts";
import { onlyRules } from "../src/policy/policies.ts";
import type { Example } from "../src/policy/schema.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const everything = createEngine(defaultPolicies);
const root = defaultPolicies.fleet.root;

function contextOf(example: Exclude<Example, string>): Context {
  return { ...emptyContext, cwd: example.cwd ?? root, tty: example.tty ?? false, face: example.face ?? "scripts", environment: example.env ?? {} };
}

function cases(examples: readonly Example[]): readonly (readonly [string, Exclude<Example, string>])[] {
  return examples.map((example) => (typeof example === "string" ? [example, { line: example }] : [example.line, example]));
}

function deniedBy(engine: Engine, example: Exclude<Example, string>): readonly string[] {
  return decide(example.line, engine, contextOf(example)).denials.map(({ rule }) => rule.id);
}

for (const rule of defaultPolicies.rules) {
  const alone = createEngine(onlyRules(defaultPolicies, ({ id }) => id === rule.id));

  describe(rule.id, () => {
    it.each(cases(rule.examples.deny))("denies: %s", (_, example) => {
      expect(deniedBy(alone, example)).toContain(rule.id);
      expect(deniedBy(everything, example)).toContain(rule.id);
    });

    it.each(cases(rule.examples.permit))("permits: %s", (_, example) => {
      expect(deniedBy(alone, example)).toEqual([]);
    });

    it.each(cases(rule.examples.deny))("advises only what is permitted: %s", (_, example) => {
      const context = contextOf(example);
      const advice = decide(example.line, everything, context).denials.flatMap((denial) => advise(defaultPolicies, denial, context));
      expect(advice.length).toBeGreaterThan(0);
      const refused = advice.flatMap(({ run }) => (run !== undefined && decide(run, everything, context).effective === "deny" ? [run] : []));
      expect(refused).toEqual([]);
    });
  });
}

it("gives at least three examples of both kinds for every rule", () => {
  const short = defaultPolicies.rules.filter(({ examples }) => examples.deny.length < 3 || examples.permit.length < 3);
  expect(short.map(({ id }) => id)).toEqual([]);
});

const at = { ...emptyContext, cwd: root };
const sync = "./scripts/utilities/sync-to-vm.sh";
const playbook = "ansible-playbook -i ansible/inventory ansible/playbooks/";
const ssh = (address: string, words: string) => `ssh -i ~/.ssh/autobot_key autobot@${address} ${words}`;

describe("instead of a refused line the advice is", () => {
  it.each<readonly [string, readonly string[]]>([
    [
      'ssh autobot@172.16.168.21 "vim /home/autobot/autobot-vue/src/components/Chat.vue"',
      [
        "vim autobot-vue/src/components/Chat.vue",
        "./scripts/utilities/sync-frontend.sh components/Chat.vue",
        ssh("172.16.168.21", "'sha256sum /home/autobot/autobot-vue/src/components/Chat.vue'"),
      ],
    ],
    [
      "ssh 172.16.168.23 sudo vim /etc/redis/redis.conf",
      ["vim config/redis.conf", `${playbook}update-redis-config.yml`, ssh("172.16.168.23", "'sha256sum /etc/redis/redis.conf'")],
    ],
    [
      `ssh ai-stack "cd backend/api && sed -i 's/a b/c/' chat.py"`,
      [
        "sed -i 's/a b/c/' backend/api/chat.py",
        `${sync} ai-stack backend/api/chat.py /home/autobot/backend/api/chat.py`,
        ssh("172.16.168.24", "'sha256sum /home/autobot/backend/api/chat.py'"),
      ],
    ],
    ["ssh 172.16.168.24 'echo A=1 >> /home/autobot/.env'", ["echo A=1 >> .env", `${sync} ai-stack .env /home/autobot/.env`, ssh("172.16.168.24", "'ls -ld /home/autobot/.env'")]],
    ["ssh 172.16.168.22 rm npu/old.py", ["rm npu/old.py", `${sync} npu-worker npu/ /home/autobot/npu/`, ssh("172.16.168.22", "'ls -l /home/autobot/npu/'")]],
    ["ssh 172.16.168.24 'cd /home/autobot && git pull'", ["git pull", `${playbook}deploy-backend.yml`, ssh("172.16.168.24", "'ls -l /home/autobot/'")]],
    [
      "ssh 172.16.168.24 'cd backend && git pull'",
      ["(cd backend && git pull)", `${sync} ai-stack backend/ /home/autobot/backend/`, ssh("172.16.168.24", "'ls -l /home/autobot/backend/'")],
    ],
    [
      "ssh 172.16.168.24 'cd backend && cp a.py api/b.py'",
      ["(cd backend && cp a.py api/b.py)", `${sync} ai-stack backend/api/b.py /home/autobot/backend/api/b.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/backend/api/b.py'")],
    ],
    ["ssh 172.16.168.24 'cd /srv && cp a.py /home/autobot/b.py'", [`${sync} ai-stack b.py /home/autobot/b.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/b.py'")]],
    [
      "scp -i ~/.ssh/autobot_key app.py autobot@172.16.168.24:/home/autobot/app.py",
      [`${sync} ai-stack app.py /home/autobot/app.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'")],
    ],
    [
      "rsync -az backend/api/ 172.16.168.24:backend/api/",
      [`${sync} ai-stack backend/api/ /home/autobot/backend/api/`, ssh("172.16.168.24", "'ls -ld /home/autobot/backend/api/'")],
    ],
    ["scp app.py autobot@172.16.168.24:/tmp/", ["scp -i ~/.ssh/autobot_key app.py autobot@172.16.168.24:/tmp/"]],
    ['ssh 172.16.168.24 "docker-compose up -d"', [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.24", "'docker ps'")]],
    ["ssh 172.16.168.24 sudo apt-get install git", [`${playbook}deploy-base.yml`, ssh("172.16.168.24", "'dpkg -s git'")]],
    [
      "ssh 172.16.168.23 sudo systemctl restart redis-server",
      [`${playbook}manage_services.yml -e target_host=redis -e action=restart`, ssh("172.16.168.23", "'systemctl status redis-server'")],
    ],
    ["ssh 172.16.168.21 sudo service nginx reload", [`${playbook}manage_services.yml -e target_host=frontend -e action=restart`, ssh("172.16.168.21", "'systemctl status nginx'")]],
    ["ssh 172.16.168.21 sudo systemctl enable nginx", [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.21", "'systemctl status nginx'")]],
    ["ssh 172.16.168.21 pkill -f vite", [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.21", "'ps aux'")]],
    ["redis-cli -h 172.16.168.23 CONFIG SET appendonly yes", [`${playbook}update-redis-config.yml`]],
    [
      "ansible frontend -m copy -a 'src=app.py dest=/home/autobot/app.py'",
      [`${sync} frontend app.py /home/autobot/app.py`, ssh("172.16.168.21", "'sha256sum /home/autobot/app.py'")],
    ],
    ["sshpass -p x ssh 172.16.168.21 uptime", [ssh("172.16.168.21", "true"), "./scripts/utilities/setup-ssh-keys.sh"]],
    ["ssh 172.16.168.21", [ssh("172.16.168.21", "uptime")]],
    ["touch test_chat.py", ["touch tests/test_chat.py"]],
    ["ssh web.example.org vim /etc/hosts", []],
  ])("%s", (line, expected) => {
    const advice = decide(line, everything, at).denials.flatMap((denial) => advise(defaultPolicies, denial, at));
    expect([...new Set(advice.flatMap(({ run }) => run ?? []))]).toEqual(expected);
  });
});

describe("AutoBot's own functions", () => {
  it.each<readonly [string, readonly string[]]>([
    ['secure_vm_exec 172.16.168.21 frontend "sudo systemctl restart nginx"', ["remote-operations/service"]],
    ['secure_vm_exec 172.16.168.21 frontend "systemctl status nginx"', []],
    ['secure_vm_exec "$vm_ip" "$vm_name" "rm -rf /home/autobot/x"', ["remote-editing/write"]],
    ["secure_package_install 172.16.168.22 npu-worker git", ["remote-operations/package"]],
    ["check_passwordless_sudo 172.16.168.22 npu-worker", []],
    ['remote_exec "cat /etc/hosts"', []],
    ['remote_exec_sudo "systemctl enable nginx"', ["remote-operations/service"]],
    ["run_on_browser_vm 'dpkg -l | grep vnc'", []],
    ["run_on_browser_vm sudo apt-get install -y novnc", ["remote-operations/package"]],
    ["copy_to_browser_vm a.service /tmp/a.service", []],
    ["copy_to_browser_vm a.service /etc/systemd/system/a.service", ["remote-editing/transfer"]],
    ['execute_on_vm "Frontend" 172.16.168.21 "sudo systemctl restart chrony" "sets the clock"', ["remote-operations/service"]],
    ["ssh_to_vm redis", ["remote-session/session"]],
    ["ssh_to_vm redis tail -f /var/log/redis.log", []],
    ["scp_to_vm redis dump.rdb /var/lib/redis/", ["remote-editing/transfer"]],
  ])("%s: %s", (line, expected) => expect(deniedBy(everything, { line })).toEqual(expected));
});
