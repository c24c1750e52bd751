// A person with a home of their own, whatever account the tests run as: its password file says so, because policies and ssh's
// configuration are looked for where that says. Without a network, and with a note of each call of ssh and ansible-inventory.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { remove, scratch } from "../scratch.ts";
import { type RunOptions, run } from "../stage/run.ts";

/** No namespaces can be had on this machine, and so no such person. */
export const nobody = spawnSync("bwrap", ["--dev-bind", "/", "/", "--unshare-net", "true"]).status !== 0;

export interface Person {
  readonly home: string;
  /** A repository of theirs. */
  readonly repository: string;
  /** A command as they run it. */
  words(...command: readonly string[]): readonly string[];
  run(command: readonly string[], options?: RunOptions): { readonly stdout: string; readonly stderr: string; readonly status: number | null };
  /** Words of each call of a program, one call a line. */
  calls(program: string): readonly string[];
  /** Their policy; undefined: none. */
  policy(): string | undefined;
  readonly policyFile: string;
  remove(): void;
}

export function put(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (text.startsWith("#!")) chmodSync(path, 0o755);
  }
}

/** `files`: of the home directory; those of `shop/` are the repository. `network`: a process whose network is theirs, in place of none. */
export function person(files: Readonly<Record<string, string>>, network?: number): Person {
  const directory = scratch();
  const home = join(directory, "home");
  const repository = join(home, "shop");
  const uid = process.getuid?.() ?? 0;
  const noting = (program: string, then: string) => `#!/bin/sh\necho "$*" >>${directory}/${program}.calls\n${then}\n`;
  put(home, { "shop/.git/HEAD": "ref: refs/heads/main\n", ...files });
  put(directory, {
    passwd: `me:x:${uid}:${process.getgid?.() ?? 0}:me:${home}:/bin/bash\n`,
    ssh: noting("ssh", `exec ${directory}/real-ssh "$@"`),
    "real-ssh": "",
    "bin/ansible-inventory": noting("ansible-inventory", `echo '{"_meta":{"hostvars":{"asked1":{"ansible_host":"10.9.9.9"}}},"web":{"hosts":["asked1"]}}'`),
    ...(network === undefined ? { "bin/rsync": noting("rsync", "exit 0") } : {}),
  });
  const confined = [
    ...(network === undefined ? [] : ["nsenter", "-t", `${network}`, "--net", "--"]),
    ...["bwrap", "--dev-bind", "/", "/", ...(network === undefined ? ["--unshare-net"] : []), "--ro-bind", `${directory}/passwd`, "/etc/passwd"],
    ...["--ro-bind", "/usr/bin/ssh", `${directory}/real-ssh`, "--ro-bind", `${directory}/ssh`, "/usr/bin/ssh"],
    ...[
      "--setenv",
      "HOME",
      home,
      "--setenv",
      "PATH",
      `${directory}/bin:/usr/local/bin:/usr/bin:/bin`,
      "--unsetenv",
      "XDG_CONFIG_HOME",
      "--setenv",
      "XDG_STATE_HOME",
      join(home, ".local/state"),
    ],
    ...["--setenv", "XDG_CACHE_HOME", join(home, ".cache"), "--chdir", repository, "--"],
  ];
  const policyFile = join(home, ".config/autobot-sh/my-fleet.yaml");
  return {
    home,
    repository,
    words: (...command) => [...confined, ...command],
    run: (command, options = {}) => {
      const [file = "", ...words] = [...confined, ...command];
      const { stdout, stderr, status } = run(file, words, { input: "", ...options });
      return { stdout, stderr, status };
    },
    calls: (program) =>
      existsSync(join(directory, `${program}.calls`))
        ? readFileSync(join(directory, `${program}.calls`), "utf8")
            .split("\n")
            .slice(0, -1)
        : [],
    policy: () => (existsSync(policyFile) ? readFileSync(policyFile, "utf8") : undefined),
    policyFile,
    remove: () => remove(directory),
  };
}

/** Two servers, one of them known to ssh by another name too, a script that sends files and a playbook. */
export const shop: Readonly<Record<string, string>> = {
  ".ssh/config": "Host github.com\n  User git\nHost web1 w1\n  HostName 10.0.0.5\n  User deploy\n  Port 2222\nHost *.lan\n  User nobody\n",
  "shop/inventory/hosts.ini": "[web]\nweb1 ansible_host=10.0.0.5\n[db]\ndb1 ansible_host=10.0.0.9\n[all:vars]\nansible_user=deploy\n",
  "shop/deploy.sh": '#!/bin/bash\nset -euo pipefail\ncd "$(dirname "$0")"\nrsync -az --delete app/ web1:/srv/app/\nssh web1 sudo systemctl restart app\n',
  "shop/site.yml": "- hosts: db\n  tasks:\n    - ansible.builtin.copy: { src: pg_hba.conf, dest: /etc/postgresql/pg_hba.conf }\n",
  "shop/files/pg_hba.conf": "local all all peer\n",
  "shop/app/main.py": "print(1)\n",
  "shop/docker-compose.yml": "services: {}\n",
};
