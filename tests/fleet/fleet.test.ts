// autobot-sh on a workstation with five real servers behind it: what is refused has reached none of them, what is
// permitted works, and what a refusal advises brings the change about. `npm run test:fleet`, as root.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultPolicies } from "../policy/default-policies.ts";
import { autobotctl, autobotSh, root } from "../stage/run.ts";
import { changes, commands, down, exec, type Fleet, mark, missing, type Name, servers, up, workspace } from "./fleet.ts";

const asked = process.env["AUTOBOT_SH_FLEET"] === "1";
const lacking = asked ? missing() : "`npm run test:fleet` runs it";
if (asked && lacking !== undefined) console.warn(`the fleet is not tested: ${lacking}`);

const ofTheMachine = () => ({
  interfaces: readdirSync("/sys/class/net"),
  routes: readFileSync("/proc/net/fib_trie", "utf8"),
  mounts: readFileSync("/proc/self/mountinfo", "utf8"),
});

/** Runs a line on the workstation, in the workspace, as the person who works there. */
function through(shell: string, line: string, seconds = 60) {
  const { status, stdout, stderr } = exec(fleet, "workstation", ["timeout", `${seconds}`, shell, "-c", line], { cwd: workspace });
  return { status, stdout, stderr };
}

function contentOf(name: Name, path: string): string {
  return exec(fleet, name, ["cat", path]).stdout;
}

/** The rules that a refusal names, in brackets at the end of a line. */
function rulesIn(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^(?:autobot-sh: .*| )\s\[([a-z/-]+)\]$/gm)].map(([, rule = ""]) => rule);
}

/** What a refusal tells its reader to run, line by line. */
function suggestionsIn(stderr: string): readonly string[] {
  const [, advice = ""] = stderr.split(/^ {2}Instead.*:$/m);
  return [...advice.matchAll(/^ {4}(.*)$/gm)].map(([, line = ""]) => line);
}

/** Without the directories in which ansible keeps its modules while they run. */
function withoutScratch(paths: readonly string[]): readonly string[] {
  return paths.filter((each) => !/: \/home\/autobot\/\.ansible(\/tmp)?$/.test(each));
}

let fleet: Fleet;

describe.skipIf(lacking !== undefined)("a fleet", { timeout: 180_000 }, () => {
  const before = asked ? ofTheMachine() : undefined;

  beforeAll(async () => {
    fleet = await up(root);
  }, 60_000);
  afterAll(() => down(fleet));

  it("is seen by nothing but itself", () => {
    expect(ofTheMachine()).toEqual(before);
    expect(exec(fleet, "workstation", ["ip", "route"]).stdout.trim()).toBe("172.16.168.0/24 dev eth0 proto kernel scope link src 172.16.168.20");
  });

  describe("permits what reads", () => {
    const ssh = "ssh -i ~/.ssh/autobot_key autobot@172.16.168.24";
    it.each<readonly [string, string, { readonly status?: number; readonly stdout?: string; readonly stderr?: string }]>([
      ["a command", `${ssh} hostname`, { stdout: "ai-stack\n" }],
      ["without the key's name, where ssh's configuration has it", "ssh 172.16.168.22 hostname", { stdout: "npu-worker\n" }],
      ["a host's other name", "ssh database cat /etc/redis/redis.conf", { stdout: readFileSync(join(import.meta.dirname, "workspace/config/redis.conf"), "utf8") }],
      ["an exit status", `${ssh} 'exit 7'`, { status: 7 }],
      ["both outputs", `${ssh} 'echo out; echo err >&2; ls /nosuch 2>/dev/null'`, { status: 2, stdout: "out\n", stderr: "err\n" }],
      ["a pipeline here and there", `${ssh} 'cat /home/autobot/app.py | grep -c DEBUG' | sed 's/^/count: /'`, { stdout: "count: 1\n" }],
      ["every server in turn", "for n in 1 2 3 4 5; do ssh 172.16.168.2$n hostname; done", { stdout: `${servers.join("\n")}\n` }],
      ["a script that only reads", `${ssh} bash -s < scripts/maintenance/look.sh | head -1`, { stdout: "ai-stack\n" }],
      ["a connection test", `${ssh} true`, {}],
      ["a dry run", "rsync -an --out-format=%n config/redis.conf 172.16.168.24:/home/autobot/new.conf", { stdout: "redis.conf\n" }],
      ["ansible's ping", "ansible -i ansible/inventory browser -m ping -o", { stdout: expect.stringContaining("browser | SUCCESS") }],
      ["ansible's shell", "ansible -i ansible/inventory redis -m shell -a 'tail -n 1 /etc/redis/redis.conf'", { stdout: expect.stringMatching(/rc=0 >>\nappendonly no\n$/) }],
      ["a copy by scp", "scp -q autobot@172.16.168.23:/etc/redis/redis.conf /tmp/a && cmp /tmp/a config/redis.conf", {}],
      ["a copy by rsync", "rsync -a autobot@172.16.168.24:backend/ /tmp/backend/ && cmp {/tmp/,}backend/api/chat.py", {}],
      ["a copy by sftp", "sftp -q autobot@172.16.168.24:app.py /tmp/b >/dev/null && cmp /tmp/b app.py", {}],
      ["a copy by tar", `${ssh} tar c backend | tar x -O backend/api/chat.py | cmp - backend/api/chat.py`, {}],
      ["bytes", `${ssh} cat /usr/bin/env | cmp - /usr/bin/env`, {}],
    ])("%s", (_, line, { status = 0, stdout = "", stderr = "" }) => {
      const before = mark(fleet);
      expect(through(autobotSh, line)).toEqual({ status, stdout, stderr });
      expect(commands(fleet, before), "it has reached a server").not.toEqual([]);
      expect(withoutScratch(changes(fleet, before))).toEqual([]);
    });

    it.each([
      ["rsync", "rsync -a app.py backup@files.example.org:/srv/autobot/"],
      ["scp", "scp app.py backup@files.example.org:/srv/autobot/"],
      ["git push", "git -C /tmp/repository push ssh://git@git.example.org/autobot.git HEAD:main"],
    ])("files for a host outside the fleet, as far as ssh itself gets: %s", (_, line) => {
      through("/bin/bash", "git init -q /tmp/repository; git -C /tmp/repository -c user.name=kali -c user.email=kali commit -qm first --allow-empty");
      const { stderr } = through(autobotSh, line);
      expect([rulesIn(stderr), stderr]).toEqual([[], expect.stringContaining("Could not resolve hostname")]);
    });

    it("scratch files of its own", () => {
      const before = mark(fleet);
      expect(through(autobotSh, `${ssh} 'echo x > /tmp/scratch'`).status).toBe(0);
      expect(changes(fleet, before)).toEqual(["ai-stack: /tmp/scratch"]);
    });
  });

  describe("approved routes really bring a change", () => {
    it("a sync script", () => {
      const before = mark(fleet);
      const line = "echo '# new' >> app.py && ./scripts/utilities/sync-to-vm.sh ai-stack app.py /home/autobot/app.py";
      expect(through(autobotSh, line)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("connected to ai-stack\n") });
      expect(changes(fleet, before)).toEqual(["ai-stack: /home/autobot/app.py"]);
      expect(contentOf("ai-stack", "/home/autobot/app.py")).toBe(contentOf("workstation", `${workspace}/app.py`));
    });

    it("a sync script of a directory, which deletes what is gone", () => {
      const line = "mv backend/api/{chat,talk}.py && ./scripts/utilities/sync-to-vm.sh ai-stack backend/api/ /home/autobot/backend/api/";
      expect(through(autobotSh, line).status).toBe(0);
      expect(exec(fleet, "ai-stack", ["ls", "/home/autobot/backend/api"]).stdout).toBe("talk.py\n");
      expect(through(autobotSh, line.replace("{chat,talk}", "{talk,chat}")).status).toBe(0);
    });

    it("a playbook", () => {
      const before = mark(fleet);
      const line = "echo 'timeout 300' >> config/redis.conf && ansible-playbook -i ansible/inventory ansible/playbooks/update-redis-config.yml";
      expect(through(autobotSh, line)).toMatchObject({ status: 0, stdout: expect.stringMatching(/redis +: ok=1 +changed=1 /) });
      expect(withoutScratch(changes(fleet, before))).toEqual(["redis: /etc/redis/redis.conf"]);
      expect(contentOf("redis", "/etc/redis/redis.conf")).toContain("timeout 300\n");
    });
  });

  interface RoundTrip {
    readonly line: string;
    readonly on: Name;
    readonly local: string;
    /** Where it is not the same path below /home/autobot. */
    readonly remote?: string;
    /** The edit, where the refusal can only say that one has to be made: in an editor, or of what a pipe brings. */
    readonly edit?: string;
  }

  describe("what a refusal advises brings the change about", () => {
    it.each<readonly [string, RoundTrip]>([
      ["sed", { line: "ssh autobot@172.16.168.24 \"sed -i 's/AutoBot/autobot/' /home/autobot/app.py\"", on: "ai-stack", local: "app.py" }],
      [
        "sed on a component",
        {
          line: "ssh autobot@172.16.168.21 'sed -i s/Hello/Goodbye/ /home/autobot/autobot-vue/src/components/chat.vue'",
          on: "frontend",
          local: "autobot-vue/src/components/chat.vue",
        },
      ],
      ["sed in a directory", { line: "ssh 172.16.168.24 'cd backend/api && sed -i s/30/60/ chat.py'", on: "ai-stack", local: "backend/api/chat.py" }],
      [
        "sed on redis' configuration",
        { line: "ssh database sed -i s/256mb/512mb/ /etc/redis/redis.conf", on: "redis", local: "config/redis.conf", remote: "/etc/redis/redis.conf" },
      ],
      ["sed on a compose file", { line: "ssh 172.16.168.25 'sed -i s/7.2/7.4/ docker-compose.yml'", on: "browser", local: "docker-compose.yml" }],
      ["a redirection", { line: "ssh 172.16.168.24 'echo PORT = 8443 >> /home/autobot/backend/api/chat.py'", on: "ai-stack", local: "backend/api/chat.py" }],
      ["an editor", { line: 'ssh 172.16.168.22 "vim /home/autobot/app.py"', on: "npu-worker", local: "app.py", edit: "echo 'NPU = 1' >> app.py" }],
      [
        "tee",
        {
          line: "echo 'RETRIES = 3' | ssh 172.16.168.22 tee -a backend/api/chat.py",
          on: "npu-worker",
          local: "backend/api/chat.py",
          edit: "echo 'RETRIES = 3' >> backend/api/chat.py",
        },
      ],
      [
        "a here-document",
        {
          line: "ssh 172.16.168.21 'cat > /home/autobot/autobot-vue/src/settings.js' <<'EOF'\nexport const port = 8443;\nEOF",
          on: "frontend",
          local: "autobot-vue/src/settings.js",
          edit: "echo 'export const port = 8443;' > autobot-vue/src/settings.js",
        },
      ],
      ["scp", { line: "scp -i ~/.ssh/autobot_key app.py autobot@172.16.168.25:/home/autobot/app.py", on: "browser", local: "app.py", edit: "echo 'BROWSER = 1' >> app.py" }],
      [
        "ansible's copy",
        { line: "ansible -i ansible/inventory ai-stack -m copy -a 'src=app.py dest=/home/autobot/app.py'", on: "ai-stack", local: "app.py", edit: "echo 'AI = 1' >> app.py" },
      ],
    ])("%s", (_, { line, on, local, remote = `/home/autobot/${local}`, edit }) => {
      const original = contentOf(on, remote);
      const before = mark(fleet);
      const { stderr } = through(autobotSh, line);
      expect([...commands(fleet, before), ...changes(fleet, before)]).toEqual([]);

      const suggestions = suggestionsIn(stderr).filter((suggestion) => !suggestion.startsWith("vim "));
      const results = [...(edit === undefined ? [] : [edit]), ...suggestions].map((step) => ({ step, ...through(autobotSh, step) }));
      expect(results.filter(({ status }) => status !== 0)).toEqual([]);

      const edited = contentOf("workstation", `${workspace}/${local}`);
      expect(contentOf(on, remote)).toBe(edited);
      expect(edited).not.toBe(original);
      const [sum] = through("/bin/bash", `sha256sum ${local}`).stdout.split(" ");
      expect(results.at(-1)?.stdout).toBe(`${sum}  ${remote}\n`);
    });
  });

  it("verify sees what was changed by hand, until it is synced, and leaves all as it is", () => {
    for (const path of ["app.py", "backend/api/"]) through(autobotSh, `./scripts/utilities/sync-to-vm.sh ai-stack ${path} /home/autobot/${path}`);
    const before = mark(fleet);
    const verify = (vm: string, ...words: readonly string[]) => through("/bin/bash", [autobotctl, "verify", vm, ...words].join(" "));
    expect(verify("ai-stack", "app.py", "backend")).toEqual({
      status: 0,
      stdout: "ai-stack (172.16.168.24): the same\n  app.py   /home/autobot/app.py\n  backend  /home/autobot/backend\n",
      stderr: "",
    });
    expect(verify("redis", "config/redis.conf").stdout).toContain("config/redis.conf  /etc/redis/redis.conf\n");
    expect([commands(fleet, before).length > 0, changes(fleet, before)]).toEqual([true, []]);
    exec(fleet, "ai-stack", ["sh", "-c", "echo '# by hand' >>/home/autobot/app.py"]);
    const changed = mark(fleet);
    const { status, stdout } = verify("ai-stack", "--diff", "app.py");
    const [table, diff] = stdout.split("\n\n");
    expect([status, table, diff]).toEqual([1, "ai-stack (172.16.168.24): 1 difference\n  changed  app.py  /home/autobot/app.py", expect.stringMatching(/^-# by hand$/m)]);
    expect(changes(fleet, changed)).toEqual([]);
    expect(through(autobotSh, "./scripts/utilities/sync-to-vm.sh ai-stack app.py /home/autobot/app.py").status).toBe(0);
    expect(verify("ai-stack", "app.py").status).toBe(0);
  });

  describe("what a program runs meets the same policy", () => {
    it.each([
      ["a script file", "bash scripts/maintenance/copy-by-hand.sh"],
      ["a script file by its name", "chmod +x scripts/maintenance/copy-by-hand.sh; scripts/maintenance/copy-by-hand.sh"],
      ["make", "make push"],
      ["python", "python3 scripts/maintenance/copy.py"],
      ["code that nobody reads first", "base64 -d <<< cnN5bmMgLWEgYXBwLnB5IGF1dG9ib3RAMTcyLjE2LjE2OC4yNDovaG9tZS9hdXRvYm90L2FwcC5weQ== | sh"],
      ["xargs", "echo autobot@172.16.168.24:/home/autobot/app.py | xargs rsync -a app.py"],
      ["a bash with start-up files", "bash -lc 'make push'"],
    ])("refused: %s", (_, line) => {
      through(autobotSh, "echo '# by hand' >> app.py");
      const before = mark(fleet);
      const { status, stderr } = through(autobotSh, line);
      expect([status === 0, rulesIn(stderr), commands(fleet, before), changes(fleet, before)]).toEqual([
        false,
        expect.arrayContaining([expect.stringMatching(/^remote-editing\//)]),
        [],
        [],
      ]);
      through("/bin/bash", line, 5);
      expect(commands(fleet, before), "without the guard it reaches a server").not.toEqual([]);
    });

    it.each([
      ["the sync script from make", "make sync"],
      [
        "the sync script from a program",
        'python3 -c \'import subprocess; subprocess.run(["scripts/utilities/sync-to-vm.sh", "ai-stack", "app.py", "/home/autobot/app.py"], check=True)\'',
      ],
    ])("permitted: %s", (_, line) => {
      const before = mark(fleet);
      expect(through(autobotSh, `echo '# synced' >> app.py; ${line}`).status).toBe(0);
      expect(changes(fleet, before)).toEqual(["ai-stack: /home/autobot/app.py"]);
    });

    it("refused: what a copy of the sync script writes", () => {
      const before = mark(fleet);
      const { status, stderr } = through(autobotSh, "cp scripts/utilities/sync-to-vm.sh /tmp/; /tmp/sync-to-vm.sh ai-stack app.py /home/autobot/app.py");
      expect([status === 0, rulesIn(stderr), changes(fleet, before)]).toEqual([false, ["remote-editing/write"], []]);
    });

    it("permitted: a read from make", () => {
      expect(through(autobotSh, "make state")).toEqual({ status: 0, stdout: "ai-stack\n", stderr: "" });
    });

    it("refused: the same after the sync script", () => {
      const before = mark(fleet);
      const { status, stderr } = through(autobotSh, "make sync >/dev/null; make push");
      expect([status === 0, rulesIn(stderr)]).toEqual([false, ["remote-editing/transfer"]]);
      expect(commands(fleet, before).filter((each) => each.includes("rsync"))).toHaveLength(1);
    });

    it("a route's process tree passes, and neither a process that outlives it nor a copy of its variables", () => {
      const before = mark(fleet);
      const line = "./scripts/utilities/sync-all-vms.sh";
      expect(rulesIn(through(autobotSh, line).stderr)).toEqual(["remote-editing/transfer"]);
      expect(changes(fleet, before)).toEqual(["ai-stack: /home/autobot/during.py"]);
      expect(through(autobotSh, ". /tmp/variables; make push").status).not.toBe(0);
      expect(changes(fleet, before)).toEqual(["ai-stack: /home/autobot/during.py"]);
      through("/bin/bash", line);
      expect(changes(fleet, before)).toContain("ai-stack: /home/autobot/after.py");
    });
  });

  describe("refuses before anything is reached", () => {
    it.each<readonly [string, string, string]>([
      ["an editor", "remote-editing/editor", 'ssh autobot@172.16.168.24 "vim -es +wq /home/autobot/app.py"'],
      ["an editor as root", "remote-editing/editor", "ssh autobot@172.16.168.23 sudo vim /etc/redis/redis.conf"],
      ["an editor on a host that ssh's configuration names", "remote-editing/editor", "ssh database nano /etc/redis/redis.conf"],
      ["sed -i", "remote-editing/write", "ssh autobot@172.16.168.24 \"sed -i 's/True/False/' /home/autobot/app.py\""],
      ["a redirection", "remote-editing/write", "ssh autobot@172.16.168.24 'echo DEBUG=1 >> /home/autobot/.env'"],
      ["tee", "remote-editing/write", "echo maxmemory 2gb | ssh autobot@172.16.168.23 'tee -a /etc/redis/redis.conf'"],
      ["rm", "remote-editing/write", "ssh 172.16.168.24 rm /home/autobot/app.py"],
      ["chmod", "remote-editing/write", "ssh 172.16.168.24 chmod 600 /home/autobot/app.py"],
      ["a list that only begins with a read", "remote-editing/write", "ssh 172.16.168.25 'uptime; touch /home/autobot/x'"],
      ["the same on each host", "remote-editing/write", "for n in 1 2 3 4 5; do ssh autobot@172.16.168.2$n touch /home/autobot/x; done"],
      ["a hop", "remote-editing/write", "ssh -J autobot@172.16.168.21 autobot@172.16.168.24 touch /home/autobot/x"],
      ["an address written as a number", "remote-editing/write", "ssh -o StrictHostKeyChecking=accept-new 2886772760 touch /home/autobot/x"],
      ["a here-document", "remote-editing/write", "ssh autobot@172.16.168.24 <<'EOF'\ncd /home/autobot\nsed -i s/True/False/ app.py\nEOF"],
      ["a local script for a remote bash", "remote-editing/write", "ssh autobot@172.16.168.24 bash -s < scripts/maintenance/switch-debug-off.sh"],
      ["a program from a pipe", "remote-editing/write", "echo 'touch /home/autobot/x' | ssh autobot@172.16.168.24 bash"],
      ["scp", "remote-editing/transfer", "scp -i ~/.ssh/autobot_key config/redis.conf autobot@172.16.168.24:/home/autobot/app.py"],
      ["rsync", "remote-editing/transfer", 'rsync -avz -e "ssh -i ~/.ssh/autobot_key" scripts/ autobot@172.16.168.24:/home/autobot/scripts2/'],
      ["sftp", "remote-editing/transfer", "echo 'put app.py /home/autobot/new.py' | sftp -b - -i ~/.ssh/autobot_key autobot@172.16.168.24"],
      ["tar through ssh", "remote-editing/write", "tar c config | ssh 172.16.168.24 tar x -C /home/autobot/backend"],
      ["docker-compose", "remote-operations/container", 'ssh autobot@172.16.168.24 "docker-compose up -d"'],
      ["docker", "remote-operations/container", "ssh autobot@172.16.168.24 docker restart backend"],
      ["systemctl", "remote-operations/service", "ssh autobot@172.16.168.23 sudo systemctl restart redis-server"],
      ["kill", "remote-operations/process", "ssh autobot@172.16.168.21 pkill -f vite"],
      ["a package", "remote-operations/package", "ssh autobot@172.16.168.22 apt-get install -y tree"],
      ["ansible's copy", "remote-editing/write", "ansible -i ansible/inventory ai-stack -m copy -a 'src=config/redis.conf dest=/home/autobot/app.py'"],
      ["ansible's shell", "remote-editing/write", "ansible -i ansible/inventory redis -m shell -a 'echo maxmemory 1gb >> /etc/redis/redis.conf'"],
      ["a script that nobody can read from here", "remote-code/code", "ssh autobot@172.16.168.24 /home/autobot/scripts/maintenance/switch-debug-off.sh"],
      ["a command that only run time tells", "remote-editing/write", 'LINE=$(date "+touch /home/autobot/%s"); ssh autobot@172.16.168.24 "$LINE"'],
      ["a session without a terminal", "remote-session/session", "ssh autobot@172.16.168.21"],
      ["a password", "ssh-keys/password", "ssh -o PreferredAuthentications=password autobot@172.16.168.22 uptime"],
      ["a copy that does not name the key", "ssh-keys/transfer-key", "scp app.py autobot@172.16.168.24:/tmp/app.py"],
    ])("%s", (_, rule, line) => {
      const before = mark(fleet);
      const { status, stderr } = through(autobotSh, line);
      expect({ status, rules: rulesIn(stderr), commands: commands(fleet, before), changes: changes(fleet, before) }).toEqual({
        status: 126,
        rules: expect.arrayContaining([rule]),
        commands: [],
        changes: [],
      });
      through("/bin/bash", line, 3);
      expect(commands(fleet, before), "without the guard it reaches a server").not.toEqual([]);
    });

    it("a script file, and a program on standard input", () => {
      const before = mark(fleet);
      const script = "uptime >/dev/null\nssh autobot@172.16.168.24 touch /home/autobot/x\n";
      exec(fleet, "workstation", ["tee", "/tmp/script"], { input: script });
      const file = exec(fleet, "workstation", [autobotSh, "/tmp/script"], { cwd: workspace });
      const program = exec(fleet, "workstation", [autobotSh], { cwd: workspace, input: script });
      expect([file.status, program.status, commands(fleet, before), changes(fleet, before)]).toEqual([126, 126, [], []]);
    });

    const examples = defaultPolicies.rules.flatMap(({ id, examples }) => examples.deny.flatMap((example) => (typeof example === "string" ? [[id, example] as const] : [])));
    it.each(examples)("%s: %s", (rule, line) => {
      const before = mark(fleet);
      const { status, stderr } = through(autobotSh, line);
      expect([status, rulesIn(stderr)]).toEqual([126, expect.arrayContaining([rule])]);
      expect([...commands(fleet, before), ...changes(fleet, before)]).toEqual([]);
    });
  });
});
