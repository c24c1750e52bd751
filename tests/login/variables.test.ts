// Variables that a client (`SendEnv`), ~/.ssh/environment or PAM bring to a login: none leads out of the guard, and none keeps
// anybody out.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { daemon, down, type Machine, missing, run, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`variables of a login are not tested: ${lacking}`);

const denied = "ssh 172.16.168.23 vim /etc/hosts";
const refused = "[remote-editing/editor]";
/** What nobody echoes but a shell that runs it. */
const typed = `stty -echo\necho "ran $((6*7))"\n${denied}\nexit 7\n`;

describe.skipIf(lacking !== undefined)("a login with", { timeout: 60_000 }, () => {
  let machine: Machine;
  let ssh: (user: string) => string;
  beforeAll(async () => {
    machine = await up(root);
    ssh = daemon(machine, 2202, "PermitUserEnvironment yes", "AcceptEnv *");
    run(machine, `printf '%s\\n' '${denied}' 'touch ~/evil' >/home/pat/evil.sh; chmod 644 /home/pat/evil.sh`);
  }, 60_000);
  afterAll(() => down(machine));
  const seen = (script: string) => run(machine, script);

  const variables: readonly (readonly [string, number?])[] = [
    ["A=1"],
    ["ENV=/home/pat/evil.sh"],
    // What it reads first is refused itself.
    ["BASH_ENV=/home/pat/evil.sh", 126],
    ["SHELLOPTS=privileged:posix"],
    ["POSIXLY_CORRECT=1"],
    ["NODE_OPTIONS=--require /home/pat/evil.sh"],
    ["AUTOBOT_NODE=/bin/true"],
    ["AUTOBOT_INNER_SHELL=/bin/sh"],
    ["AUTOBOT_SH_READY=1"],
    ["AUTOBOT_SH_BASH_ENV=/home/pat/evil.sh"],
    ["SHELL=/bin/sh"],
    ["PATH=/home/pat/bin"],
    ["HOME=/nowhere"],
    ["TMPDIR=/nowhere"],
    ["XDG_RUNTIME_DIR=/nowhere"],
    ["XDG_CONFIG_HOME=/home/pat/other"],
    ["LC_ALL=xx_YY.big5"],
    ["TERM="],
    ["SHLVL=7"],
    ["HISTSIZE=0"],
    ["IFS=x"],
    ["BASH_FUNC_history%%=() { :; }"],
  ];
  it.each(variables)("%s: judged", (variable, command = 0) => {
    run(machine, "rm -f /home/pat/evil; cat >/home/pat/.ssh/environment; chown pat /home/pat/.ssh/environment", `${variable}\n`);
    expect(seen(`${ssh("pat")} 'echo hi'`).status).toBe(command);
    expect(seen(`${ssh("pat")} 'f() { ${denied}; }; f'`).status).toBe(126);
    const { status, stdout } = run(machine, `${ssh("pat")} -tt`, typed);
    expect([status, stdout]).toEqual([7, expect.stringContaining("ran 42")]);
    expect(stdout).toContain(refused);
    expect(run(machine, "ls /home/pat/evil").status).not.toBe(0);
  });
});
