// Approved ways at run time: what the sync scripts and ansible-playbook do underneath passes, for their own processes only.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createStubs, executable } from "../stage/stubs.ts";

const stubs = createStubs();
const { workspace } = stubs;
const sync = "scripts/utilities/sync-to-vm.sh";
const upload = "rsync -az -e 'ssh -i ~/.ssh/autobot_key' app.py autobot@172.16.168.24:/home/autobot/app.py";
const passed = ["rsync <-az> <-e> <ssh -i ~/.ssh/autobot_key> <app.py> <autobot@172.16.168.24:/home/autobot/app.py>"];
const limit = { timeout: 30_000 };

let count = 0;

/** A workspace of its own with this sync script, and whatever else. */
function project(script: string, others: Readonly<Record<string, string>> = {}): string {
  const root = join(workspace, `project-${count++}`);
  for (const [path, text] of Object.entries({ [sync]: script, ...others })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    executable(join(root, path), text);
  }
  return root;
}

const bash = (text: string) => `#!/bin/bash\n${text}\n`;
const layered = (cwd: string, line: string, env: Readonly<Record<string, string>> = {}) => stubs.layered(["/bin/bash", "-c", line], { cwd, env });

describe("a sync script", limit, () => {
  it.each<readonly [string, string, string]>([
    ["by its path", bash(upload), `./${sync}`],
    ["given to bash", bash(upload), `bash -eu ${sync} ai-stack`],
    ["of sh", `#!/bin/sh\n${upload}\n`, `./${sync}`],
    ["found by env", `#!/usr/bin/env bash\n${upload}\n`, `./${sync}`],
    ["from another directory", bash(`cd /; ${upload}`), `cd scripts; utilities/sync-to-vm.sh`],
    ["in a subshell, a pipeline, a function and a shell below", bash(`f() { bash -c "${upload}" | cat; }; (f)`), `./${sync}`],
    ["in the background while it runs", bash(`{ ${upload}; } & wait`), `./${sync}`],
    ["behind make", bash(upload), `printf 'all:\\n\\t./${sync}\\n' >Makefile; make -s`],
  ])("passes: %s", async (_, script, line) => {
    expect((await layered(project(script), line)).calls).toEqual(passed);
  });

  it("passes through autobot-sh too, and ssh with it", async () => {
    const root = project(bash(`ssh autobot@172.16.168.24 'sudo systemctl restart backend' && ${upload}`));
    expect((await stubs.guarded(["-c", `./${sync} ai-stack`], { cwd: root })).calls).toEqual(["ssh <autobot@172.16.168.24> <sudo systemctl restart backend>", ...passed]);
  });

  it("is named in the record", async () => {
    await layered(project(bash(upload)), `./${sync}`);
    const records = readFileSync(join(stubs.environment["XDG_STATE_HOME"] ?? "", "autobot-sh", "audit.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(records.map((line) => JSON.parse(line) as { readonly route?: string }).some(({ route }) => route === "sync-to-vm")).toBe(true);
  });
});

describe("is no sync script's", limit, () => {
  const refused = async (root: string, line: string, env: Readonly<Record<string, string>> = {}) => {
    const { calls, stderr } = await layered(root, line, env);
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: refused");
  };

  it("the same by hand", () => refused(project(bash("true")), upload));
  it("the same by hand after it has run", () => refused(project(bash("true")), `./${sync}; ${upload}`));
  it("with its variables copied", () => refused(project(bash("env >env")), `./${sync}; set -a; . ./env 2>/dev/null; ${upload}`));
  it("in a second shell beside it", () => refused(project(bash("sleep 1")), `./${sync} & ${upload}; wait`));
  it("a job that outlives it", () => refused(project(bash(`{ sleep 0.5; ${upload}; } </dev/null >/dev/null &`)), `./${sync}; sleep 1.5; ${upload}`));
  it("another script of the name", () => refused(project(bash("true"), { "sync-to-vm.sh": bash(upload) }), "./sync-to-vm.sh"));
  it("a script that is called like it", () => refused(project(bash("true"), { "x.sh": bash(upload) }), `bash -c 'exec -a ./${sync} bash ./x.sh'`));
  it("code that is given its name", () => refused(project(bash("true")), `bash -c "${upload}" ./${sync}`));
  it("code on its standard input", () => refused(project(bash("true")), `echo "${upload}" | bash -s ./${sync}`));
  it("a script that has it open", () => refused(project(bash("true"), { "x.sh": bash(upload) }), `bash ./x.sh ./${sync} 255<${sync} 20<${sync}`));
  it("one that was another when it was started", () => refused(project(bash(`cp ./good ${sync}.new; mv ${sync}.new ${sync}; ${upload}`), { good: bash("true") }), `./${sync}`));
  it("one that was changed since", () => refused(project(bash(`sleep 0.3; echo '#' >>${sync}; ${upload}`)), `./${sync}`));
  it("code of BASH_ENV", () => refused(project(bash("true"), { evil: upload }), `./${sync}`, { AUTOBOT_SH_BASH_ENV: "./evil" }));
  it("code of BASH_ENV, without ours", () => refused(project(bash("true"), { evil: upload }), `./${sync}`, { BASH_ENV: "./evil" }));
  it("an exported function", () => refused(project(bash("helper")), `helper() { ${upload}; }; export -f helper; ./${sync}`));
});

it("a harmless function or BASH_ENV is in no one's way", limit, async () => {
  const root = project(bash(upload), { own: "alias ll='ls -l'" });
  expect((await layered(root, `module() { eval "$(echo true)"; }; export -f module; ./${sync}`, { AUTOBOT_SH_BASH_ENV: "./own" })).calls).toEqual(passed);
});

describe("a digest in the policy", limit, () => {
  const script = bash(upload);
  const digest = createHash("sha256").update(script).digest("hex");
  // A user's policy: a project's names no approved way.
  const run = async (text: string) => {
    const root = project(text);
    const home = join(workspace, `home-${count++}`);
    mkdirSync(join(home, ".config", "autobot-sh"), { recursive: true });
    writeFileSync(
      join(home, ".config", "autobot-sh", "routes.yaml"),
      `policy: routes\ndescription: Our way.\nroutes:\n  - id: pinned\n    script: deploy/*.sh\n    sha256: ${digest}\n`,
    );
    mkdirSync(join(root, "deploy"));
    executable(join(root, "deploy", "up.sh"), text);
    return { root, home };
  };
  // The home directory of policies is the account's, which a test cannot change without a namespace.
  const canMount = spawnSync("/usr/bin/unshare", ["-m", "true"]).status === 0 && process.getuid?.() === 0;

  it.skipIf(!canMount).each<readonly [string, string, readonly string[]]>([
    ["approves the script", script, passed],
    ["approves no other", `${script}#\n`, []],
  ])("%s", async (_, text, calls) => {
    const { root, home } = await run(text);
    const inside = `mount --bind ${home} /root && cd ${root} && ./deploy/up.sh`;
    const { PATH = "" } = stubs.environment;
    const ran = await stubs.layered(["/usr/bin/unshare", "-m", "/bin/bash", "-c", `shims=$PATH; PATH=/usr/bin:/bin; ${inside.replace("&& cd", "&& PATH=$shims && cd")}`], {
      env: { PLAIN: PATH },
    });
    expect(ran.calls).toEqual(calls);
  });
});

describe("ansible-playbook", limit, () => {
  const root = join(workspace, "venv");
  const python = spawnSync("/usr/bin/python3", ["-m", "venv", "--without-pip", root]).status === 0;
  const library = python ? join(root, "lib", readdirSync(join(root, "lib"))[0] ?? "", "site-packages", "ansible") : root;
  mkdirSync(join(library, "cli"), { recursive: true });
  const code =
    'import os, subprocess, sys\ndef main():\n  command = ["ssh", "-C", "-o", "ControlMaster=auto", "172.16.168.24", "/bin/sh -c \'systemctl restart x\'"]\n  pid = os.fork()\n  if pid == 0:\n    os._exit(subprocess.run(command).returncode)\n  return os.waitpid(pid, 0)[1] >> 8\n';
  for (const [file, text] of [
    ["__init__.py", ""],
    ["cli/__init__.py", ""],
    ["cli/playbook.py", code],
    ["cli/adhoc.py", code],
  ] as const)
    writeFileSync(join(library, file), text);
  const entry = (module: string) =>
    `#!${root}/bin/python3\n# -*- coding: utf-8 -*-\nimport re\nimport sys\nfrom ansible.cli.${module} import main\nif __name__ == '__main__':\n    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])\n    sys.exit(main())\n`;
  executable(join(root, "bin", "ansible-playbook"), entry("playbook"));
  executable(join(root, "bin", "ansible"), entry("adhoc"));
  const path = `PATH=${root}/bin:$PATH`;
  const called = ["ssh <-C> <-o> <ControlMaster=auto> <172.16.168.24> </bin/sh -c 'systemctl restart x'>"];

  it.skipIf(!python)("runs what it wants", async () => {
    expect((await layered(workspace, `${path}; bash -c 'ansible-playbook -i ansible/inventory site.yml'`)).calls).toEqual(called);
  });
  it.skipIf(!python)("is not whatever bears its name", async () => {
    const other = executable(join(workspace, "ansible-playbook"), entry("playbook").replace("import re", "import re, os"));
    const { calls, stderr } = await layered(workspace, `bash -c ${other}`);
    expect(calls).toEqual([]);
    expect(stderr).toContain("autobot-sh: refused");
  });
  it.skipIf(!python)("is not one whose modules come from elsewhere", async () => {
    const evil = join(workspace, "evil");
    mkdirSync(join(evil, "ansible", "cli"), { recursive: true });
    for (const [file, text] of [
      ["__init__.py", ""],
      ["cli/__init__.py", ""],
      ["cli/playbook.py", code],
    ] as const)
      writeFileSync(join(evil, "ansible", file), text);
    expect((await layered(workspace, `${path}; PYTHONPATH=${evil} bash -c 'ansible-playbook site.yml'`)).calls).toEqual([]);
  });
  it.skipIf(!python)("ansible's own connections pass where its words only look", async () => {
    expect((await layered(workspace, `${path}; bash -c 'ansible ai-stack -m ping'`)).calls).toEqual(called);
  });
  it.skipIf(!python)("ansible's own connections do not pass where its words do not", async () => {
    expect((await layered(workspace, `${root}/bin/python3 ${root}/bin/ansible ai-stack -m shell -a reboot`)).calls).toEqual([]);
  });
});
