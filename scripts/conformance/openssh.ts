// OpenSSH's own tests of what a command's caller sees through sshd, with the shell as the user's login shell. Loopback only.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { asAccount, ended, give, setLoginShell } from "./account.ts";
import type { Suite } from "./suite.ts";

// The installed programs; those that take minutes, or look at things that a login shell has no part in, are left out.
const tests = [
  ..."exit-status exit-status-signal stderr-data stderr-after-eof transfer yes-head broken-pipe".split(" "),
  ..."envpass forcecommand sftp-cmds scp scp3 localcommand key-options".split(" "),
];
const short = ["exit-status-signal", "yes-head", "broken-pipe", "localcommand"];

const programs = {
  SSH: "/usr/bin/ssh",
  SSHD: "/usr/sbin/sshd",
  SCP: "/usr/bin/scp",
  SFTP: "/usr/bin/sftp",
  SFTPSERVER: "/usr/lib/openssh/sftp-server",
  SSHKEYGEN: "/usr/bin/ssh-keygen",
  SSHADD: "/usr/bin/ssh-add",
  SSHAGENT: "/usr/bin/ssh-agent",
  SSHKEYSCAN: "/usr/bin/ssh-keyscan",
};

export const opensshSuite: Suite = {
  name: "openssh",
  debian: "openssh",
  mark: "regress/test-exec.sh",
  needs: ["ssh", "sshd", "useradd", "dpkg-source"],
  jobs: 1,

  async build(tree) {
    // A plain user's sshd cannot use PAM, which Debian adds to the tests' configuration.
    const harness = join(tree, "regress/test-exec.sh");
    writeFileSync(harness, readFileSync(harness, "utf8").replace(/^\s*UsePAM.*\n/gm, ""));
    writeFileSync(join(tree, "config.h"), "");
    mkdirSync("/run/sshd", { recursive: true });
  },

  units: (_, isShort) => (isShort ? short : tests),

  async run(unit, { shell, tree, scratch, account }) {
    setLoginShell(account, shell);
    const objects = mkdtempSync(join(scratch, `${unit}-`));
    writeFileSync(join(objects, "config.h"), "");
    give(objects, account);
    const env = {
      SHELL: shell,
      TEST_SHELL: "/bin/sh",
      TEST_SSH_UNSAFE_PERMISSIONS: "1",
      TEST_SSH_PORT: `${await freePort()}`,
      OBJ: objects,
      BUILDDIR: objects,
      ...Object.fromEntries(Object.entries(programs).map(([name, path]) => [`TEST_SSH_${name}`, path])),
    };
    const command = ["timeout", "300", "sh", "regress/test-exec.sh", objects, `regress/${unit}.sh`];
    const { status, stdout, stderr } = await ended(asAccount(account, command, env), tree);
    return new Map([[unit, status === 0 ? "ok" : `${stdout}${stderr}`.replaceAll(objects, "OBJ")]]);
  },
};

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
