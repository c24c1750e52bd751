import { describe, expect, it } from "vitest";
import { advise, adviseAll } from "../../src/policy/advice.ts";
import { type Context, evaluate } from "../../src/policy/evaluate.ts";
import type { Path, Request } from "../../src/policy/request.ts";
import { combined, defaultLayer, defaultPolicies } from "./default-policies.ts";
import { host, local, partly, path, request } from "./requests.ts";

const root = "/home/kali/Desktop/AutoBot";
const scripts: Context = { tty: false, face: "scripts", cwd: root };
const frontend = host("172.16.168.21");
const redis = host("172.16.168.23");
const aiStack = host("172.16.168.24");

function adviceFor(given: Partial<Request>, context: Context = scripts): readonly (readonly [string, string | undefined])[] {
  const { denials } = evaluate(defaultPolicies, [request(given)], context);
  const [denial] = denials;
  if (denial === undefined) throw new Error("nothing denies it");
  return advise(defaultPolicies, denial, context).map(({ say, run }) => [say, run] as const);
}

function runs(given: Partial<Request>, context: Context = scripts): readonly string[] {
  return adviceFor(given, context).flatMap(([, run]) => run ?? []);
}

const on = (file: string | Path, ...before: readonly string[]) => ({ words: [...before, { path: typeof file === "string" ? path(file) : file }] });
const edits = (utility: string, file: string, ...before: readonly string[]): Partial<Request> => ({
  action: "edit",
  utility,
  path: path(file),
  local: on(file, utility, ...before),
});
const writes = (utility: string, file: string, ...before: readonly string[]): Partial<Request> => ({ ...edits(utility, file, ...before), action: "write" });
const sync = "./scripts/utilities/sync-to-vm.sh";
const playbook = "ansible-playbook -i ansible/inventory ansible/playbooks/";
const ssh = (address: string, command: string) => `ssh -i ~/.ssh/autobot_key autobot@${address} ${command}`;

describe("instead of a refused", () => {
  it.each<readonly [string, Partial<Request>, readonly string[]]>([
    [
      "editor on a component",
      { host: frontend, ...edits("vim", "/home/autobot/autobot-vue/src/components/Chat.vue") },
      [
        "vim autobot-vue/src/components/Chat.vue",
        "./scripts/utilities/sync-frontend.sh components/Chat.vue",
        ssh("172.16.168.21", "'sha256sum /home/autobot/autobot-vue/src/components/Chat.vue'"),
      ],
    ],
    [
      "editor on the Redis configuration",
      { host: redis, ...edits("nano", "/etc/redis/redis.conf") },
      ["nano config/redis.conf", `${playbook}update-redis-config.yml`, ssh("172.16.168.23", "'sha256sum /etc/redis/redis.conf'")],
    ],
    [
      "in-place edit in the home directory",
      { host: aiStack, ...writes("sed", "~/backend/api/chat.py", "-i", "s/a b/c/") },
      [
        "sed -i 's/a b/c/' backend/api/chat.py",
        `${sync} ai-stack backend/api/chat.py /home/autobot/backend/api/chat.py`,
        ssh("172.16.168.24", "'sha256sum /home/autobot/backend/api/chat.py'"),
      ],
    ],
    [
      "edit of one file",
      { host: aiStack, ...edits("vim", "/home/autobot/app.py") },
      ["vim app.py", `${sync} ai-stack app.py /home/autobot/app.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'")],
    ],
    [
      "redirection",
      {
        host: aiStack,
        action: "write",
        utility: ">>",
        path: path("/home/autobot/.env"),
        local: { words: ["echo", "DEBUG=1"], redirect: { operator: ">>", path: path("/home/autobot/.env") } },
      },
      ["echo DEBUG=1 >> .env", `${sync} ai-stack .env /home/autobot/.env`, ssh("172.16.168.24", "'ls -ld /home/autobot/.env'")],
    ],
    [
      "tee, whose input is elsewhere",
      { host: aiStack, ...writes("tee", "/home/autobot/app.py") },
      [`${sync} ai-stack app.py /home/autobot/app.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'")],
    ],
    [
      "removal",
      { host: host("172.16.168.22"), existing: true, ...writes("rm", "/home/autobot/npu/old.py", "-f") },
      ["rm -f npu/old.py", `${sync} npu-worker npu/ /home/autobot/npu/`, ssh("172.16.168.22", "'ls -l /home/autobot/npu/'")],
    ],
    [
      "edit of a compose file",
      { host: aiStack, ...edits("vim", "/home/autobot/docker-compose.yml") },
      ["vim docker-compose.yml", `${playbook}deploy-infrastructure.yml`, ssh("172.16.168.24", "'sha256sum /home/autobot/docker-compose.yml'")],
    ],
    [
      "pull of the whole tree",
      { host: aiStack, action: "write", utility: "git", path: path("/home/autobot"), local: { words: ["git", "pull"], base: "/home/autobot" } },
      ["git pull", `${playbook}deploy-backend.yml`, ssh("172.16.168.24", "'ls -l /home/autobot'")],
    ],
    [
      "edit of what no map knows",
      { host: frontend, ...edits("vim", "/etc/nginx/nginx.conf") },
      [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.21", "'sha256sum /etc/nginx/nginx.conf'")],
    ],
    [
      "copy to a server",
      { host: aiStack, action: "write", transfer: true, utility: "scp", path: path("/home/autobot/app.py"), sources: [path("app.py")], keys: ["~/.ssh/autobot_key"] },
      [`${sync} ai-stack app.py /home/autobot/app.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'")],
    ],
    [
      "copy of a component",
      {
        host: frontend,
        action: "write",
        transfer: true,
        utility: "rsync",
        path: path("/home/autobot/autobot-vue/src/components/"),
        sources: [path(`${root}/autobot-vue/src/components/Chat.vue`)],
        keys: ["$K"],
      },
      ["./scripts/utilities/sync-frontend.sh components/Chat.vue", ssh("172.16.168.21", "'ls -ld /home/autobot/autobot-vue/src/components/'")],
    ],
    [
      "copy of a tree",
      {
        host: frontend,
        action: "write",
        transfer: true,
        utility: "rsync",
        path: path("/home/autobot/autobot-vue/src/components/"),
        sources: [path("autobot-vue/src/components/")],
        keys: ["$K"],
      },
      [`${sync} frontend autobot-vue/src/components/ /home/autobot/autobot-vue/src/components/`, ssh("172.16.168.21", "'ls -ld /home/autobot/autobot-vue/src/components/'")],
    ],
    [
      "copy to /tmp without the key",
      { host: aiStack, action: "write", transfer: true, utility: "scp", path: path("/tmp/app.py"), sources: [path(`${root}/app.py`)] },
      ["scp -i ~/.ssh/autobot_key app.py autobot@172.16.168.24:/tmp/app.py"],
    ],
    ["compose command", { host: aiStack, action: "container", utility: "docker-compose" }, [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.24", "'docker ps'")]],
    [
      "restart",
      { host: redis, action: "service", utility: "systemctl", name: "redis-server", note: "restarts a unit" },
      [`${playbook}manage_services.yml -e target_host=redis -e action=restart`, ssh("172.16.168.23", "'systemctl status redis-server'")],
    ],
    [
      "enabling of a unit",
      { host: redis, action: "service", utility: "systemctl", name: "redis-server", note: "enables a unit" },
      [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.23", "'systemctl status redis-server'")],
    ],
    ["kill", { host: frontend, action: "service", utility: "pkill", name: "vite" }, [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.21", "'ps aux'")]],
    ["package", { host: aiStack, action: "package", utility: "apt-get", name: "git" }, [`${playbook}deploy-base.yml`, ssh("172.16.168.24", "'dpkg -s git'")]],
    ["session", { host: redis, action: "session", utility: "ssh" }, [ssh("172.16.168.23", "uptime")]],
    ["password", { host: redis, action: "authenticate", name: "password", utility: "sshpass" }, [ssh("172.16.168.23", "true"), "./scripts/utilities/setup-ssh-keys.sh"]],
    ["key copy", { host: redis, action: "authenticate", name: "key-copy", utility: "ssh-copy-id" }, ["./scripts/utilities/setup-ssh-keys.sh", ssh("172.16.168.23", "true")]],
    ["script", { host: aiStack, action: "execute", name: "script", utility: "bash" }, [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.24", "uptime")]],
    [
      "log in the root",
      {
        host: local,
        action: "write",
        utility: ">",
        path: path(`${root}/test.log`),
        local: { words: ["npm", "test"], redirect: { operator: ">", path: path(`${root}/test.log`) } },
      },
      ["npm test > logs/test.log"],
    ],
    ["copy in the root", { host: local, ...writes("cp", "app.py.bak", "app.py") }, ["cp app.py backups/app.py.bak"]],
  ])("%s", (_, given, expected) => expect(runs(given)).toEqual(expected));
});

describe("what run time only tells", () => {
  it.each<readonly [string, Partial<Request>, readonly string[]]>([
    ["a path", { host: frontend, ...edits("vim", "/home/autobot/$FILE") }, []],
    [
      "another word",
      { host: frontend, action: "write", utility: "sed", path: path("/home/autobot/app.py") },
      [`${sync} frontend app.py /home/autobot/app.py`, ssh("172.16.168.21", "'sha256sum /home/autobot/app.py'")],
    ],
    ["the host", { host: partly("172.16.168."), ...edits("vim", "/home/autobot/app.py") }, ["vim app.py"]],
    [
      "the source of a copy",
      { host: aiStack, action: "write", transfer: true, utility: "scp", path: path("/srv/a"), sources: [path("$F")], keys: ["$K"] },
      [`${playbook}deploy-infrastructure.yml`, ssh("172.16.168.24", "'ls -ld /srv/a'")],
    ],
  ])("is not pasted: %s", (_, given, expected) => expect(runs(given)).toEqual(expected));
});

describe("words in suggestions", () => {
  it("are quoted, on the host twice", () => {
    expect(runs({ host: aiStack, ...edits("vim", "/home/autobot/my notes.txt") })).toEqual([
      "vim 'my notes.txt'",
      `${sync} ai-stack 'my notes.txt' '/home/autobot/my notes.txt'`,
      ssh("172.16.168.24", `"sha256sum '/home/autobot/my notes.txt'"`),
    ]);
  });

  it("cannot become options or commands", () => {
    const text = "/home/autobot/-c:!id; $(id)";
    const file = { text, known: true, prefix: text, glob: false };
    expect(runs({ host: aiStack, action: "edit", utility: "vim", path: file, local: on(file, "vim") })[0]).toBe("vim './-c:!id; $(id)'");
  });

  it("show control characters as such", () => {
    expect(runs({ host: aiStack, ...edits("vim", "/home/autobot/a\u001b[2Jb") })).toEqual(["vim $'a\\x1b[2Jb'", `${sync} ai-stack $'a\\x1b[2Jb' $'/home/autobot/a\\x1b[2Jb'`]);
  });

  it("are left out where no command line can hold them", () => {
    expect(runs({ host: aiStack, ...edits("vim", "/home/autobot/a\0b") })).toEqual([]);
  });

  it("that begin in the home directory there do not begin in the one here", () => {
    const file = path("/home/autobot/b.py");
    expect(runs({ host: aiStack, action: "write", utility: "cp", path: file, local: { words: ["cp", "~/a.py", { path: file }], base: "~" } })[0]).toBe("cp a.py b.py");
  });

  it("leave a pattern to the shell", () => {
    const given = writes("rm", "/home/autobot/backend/*.pyc");
    expect(runs({ host: aiStack, existing: true, ...given })[0]).toBe("rm backend/*.pyc");
  });
});

describe("a line that is repeated", () => {
  const line = "nohup uvicorn app:app > backend.log 2>&1 &";
  const log = { action: "write", utility: ">", path: path(`${root}/backend.log`), span: { start: 24, end: 35 } } as const;

  it("keeps all but the path", () => {
    expect(runs(log, { ...scripts, line })).toEqual(["nohup uvicorn app:app > logs/backend/backend.log 2>&1 &"]);
  });

  it("is left out where the path is not written there in so many letters", () => {
    const quoted = { ...log, span: { start: 0, end: 5 } };
    expect(runs(quoted, { ...scripts, line })).toEqual([]);
    expect(adviceFor(quoted, { ...scripts, line })).toEqual([["Write it to logs/backend/ instead.", undefined]]);
  });

  it("is left out where it has several lines or hidden characters", () => {
    expect(runs(log, { ...scripts, line: `${line}\necho` })).toEqual([]);
    expect(runs(log, { ...scripts, line: `${line} \u202e` })).toEqual([]);
  });
});

describe("the workspace", () => {
  const given = { host: aiStack, ...edits("vim", "/home/autobot/app.py") };

  it("is gone to where the command runs elsewhere", () => {
    expect(runs(given, { ...scripts, cwd: "/tmp" })).toEqual([
      `cd ${root} && vim app.py`,
      `cd ${root} && ${sync} ai-stack app.py /home/autobot/app.py`,
      ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'"),
    ]);
  });

  it("is the one that was found", () => {
    expect(runs(given, { ...scripts, cwd: "/srv/my copy/backend", workspace: "/srv/my copy" })[0]).toBe("cd '/srv/my copy' && vim app.py");
  });

  it("keeps a cleanliness suggestion where the command runs", () => {
    const log = {
      host: local,
      action: "write",
      utility: ">",
      path: path(`${root}/test.log`),
      local: { words: ["npm", "test"], redirect: { operator: ">", path: path(`${root}/test.log`) } },
    } as const;
    expect(runs(log, { ...scripts, cwd: `${root}/backend` })).toEqual([`npm test > ${root}/logs/test.log`]);
  });
});

describe("nothing is destroyed in the workspace", () => {
  it.each<readonly [string, Partial<Request>]>([
    ["a tree", writes("rm", "/home/autobot/backend", "-rf")],
    ["all files of the root", writes("rm", "/home/autobot/*")],
    ["what find finds", writes("find", "/home/autobot/logs", "-delete")],
    ["what is not committed", { ...writes("git", "/home/autobot"), local: { words: ["git", "reset", "--hard"], base: "/home/autobot" } }],
  ])("%s", (_, given) => {
    const commands = runs({ host: aiStack, existing: true, ...given });
    expect(commands.filter((run) => !/^(ssh|ansible-playbook|\.\/scripts)/.test(run))).toEqual([]);
  });
});

describe("what the workspace keeps no copy of", () => {
  it.each([
    ["rm", "/home/autobot/logs/backend.log"],
    ["truncate", "~/logs/backend.log"],
    ["find", "/home/autobot/data"],
    ["tee", "~/.bashrc"],
    ["npm", "/home/autobot/autobot-vue/node_modules/x/index.js"],
  ])("is neither changed here nor sent there: %s %s", (utility, file) => {
    expect(runs({ host: aiStack, ...writes(utility, file) }).filter((run) => !run.startsWith("ssh "))).toEqual([]);
  });

  it.each(["/home/autobot/.env", "/home/autobot/backend/logs.py", "/home/autobot/database/data.py"])("is none of %s", (file) => {
    expect(runs({ host: aiStack, ...writes("sed", file, "-i", "s/a/b/") })[0]).toMatch(/^sed /);
  });

  it("has keys of its own", () => {
    expect(runs({ host: aiStack, ...writes("tee", "~/.ssh/authorized_keys") })[0]).toBe("./scripts/utilities/setup-ssh-keys.sh");
  });
});

describe("a fleet of somebody's own", () => {
  const own = combined(
    { ...defaultLayer, policies: defaultLayer.policies.filter(({ policy }) => policy.policy !== "fleet") },
    {
      origin: "user",
      policies: [
        {
          file: "my-fleet.yaml",
          policy: {
            policy: "my-fleet",
            description: "d",
            fleet: { root: "/w", user: "deploy", hosts: [{ name: "web1", ssh: "w1", addresses: ["10.0.0.1"], paths: [{ remote: "/srv/", local: "" }] }, { name: "db1" }] },
          },
        },
      ],
    },
  );
  const advice = (given: Partial<Request>) => {
    const { denials } = evaluate(own, [request(given)], { ...scripts, cwd: "/w" });
    return denials.flatMap((denial) => advise(own, denial, scripts)).map(({ say, run }) => run ?? say);
  };

  it("is reached by the name in ssh's configuration, else by an address, else by its name", () => {
    expect(advice({ host: host("10.0.0.1"), ...edits("vim", "/srv/app.py") })).toContain("ssh deploy@w1 'sha256sum /srv/app.py'");
    expect(advice({ host: host("db1"), ...edits("vim", "/etc/motd") })).toContain("ssh deploy@db1 'sha256sum /etc/motd'");
  });
  it("has a general way where it names none", () => {
    expect(advice({ host: host("db1"), ...edits("vim", "/etc/motd") })[0]).toBe(
      "Change the copy in the workspace and test it there; a server gets it by an approved script or playbook.",
    );
  });
});

describe("outside of the fleet", () => {
  it("advice is general", () => {
    expect(adviceFor({ host: host("example.org"), ...edits("vim", "/home/autobot/app.py") })).toEqual([
      [
        "Change the copy in the workspace and test it there; a server gets it by ./scripts/utilities/sync-to-vm.sh, with the VM's name, the local path and the remote path.",
        undefined,
      ],
    ]);
  });

  it("an address of the fleet's networks is checked by that address", () => {
    expect(runs({ host: host("172.16.168.28"), action: "service", utility: "systemctl", name: "grafana-server", note: "restarts a unit" })).toEqual([
      `${playbook}manage_services.yml -e target_host=172.16.168.28 -e action=restart`,
      ssh("172.16.168.28", "'systemctl status grafana-server'"),
    ]);
  });

  it("a path inside a container is not the host's", () => {
    expect(runs({ host: aiStack, via: ["ssh", "docker"], ...edits("vim", "/home/autobot/app.py") }).filter((run) => run.startsWith("vim"))).toEqual([]);
  });
});

it("does not advise to put into the workspace what must not be there", () => {
  expect(runs({ host: aiStack, ...writes("cp", "/home/autobot/app.py.bak", "app.py") })).toEqual([ssh("172.16.168.24", "'sha256sum /home/autobot/app.py.bak'")]);
});

it("gives at most four commands", () => {
  const { denials } = evaluate(defaultPolicies, [request({ host: aiStack, ...edits("vim", "/home/autobot/app.py") })], scripts);
  const [denial] = denials;
  if (denial === undefined) throw new Error("nothing denies it");
  const rule = { ...denial.rule, advice: [{ say: "a", run: ["x 1", "x 2", "x 3", "x 4", "x 5"] }] };
  expect(advise(defaultPolicies, { ...denial, rule }, scripts).map(({ run }) => run)).toEqual(["x 1", "x 2", "x 3", "x 4"]);
});

describe("advice on several denials", () => {
  function all(...given: readonly Partial<Request>[]): readonly (string | undefined)[] {
    const { denials } = evaluate(defaultPolicies, given.map(request), scripts);
    return adviseAll(defaultPolicies, denials, scripts).map(({ run }) => run);
  }

  it("puts changes before routes, and routes before one check", () => {
    expect(all({ host: aiStack, action: "package", utility: "apt", name: "git" }, { host: aiStack, ...edits("vim", "/home/autobot/app.py") })).toEqual([
      "vim app.py",
      `${playbook}deploy-base.yml`,
      `${sync} ai-stack app.py /home/autobot/app.py`,
      ssh("172.16.168.24", "'dpkg -s git'"),
    ]);
  });

  it("says nothing twice", () => {
    const copy = { host: aiStack, action: "write", transfer: true, utility: "scp", path: path("/home/autobot/app.py"), sources: [path("app.py")] } as const;
    expect(all(copy, copy)).toEqual([`${sync} ai-stack app.py /home/autobot/app.py`, ssh("172.16.168.24", "'sha256sum /home/autobot/app.py'")]);
  });

  it("is bounded", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({ host: aiStack, ...edits("vim", `/home/autobot/f${index}.py`) }));
    const started = process.cpuUsage();
    expect(all(...many).length).toBe(4);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(500);
  });
});
