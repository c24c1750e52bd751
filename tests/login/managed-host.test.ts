// `role: managed-host` on a real machine with a real sshd: what is typed there, or sent there by hand, is refused; deployments
// arrive, and everything may be read and fetched.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`managed hosts are not tested: ${lacking}`);

const policy = `policy: server
description: This machine is a server.
settings:
  role: managed-host
  managed-host: { deploy: { users: [autobot] } }
`;

describe.skipIf(lacking !== undefined)("on a server", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(
      machine,
      "mkdir /etc/autobot-sh; cat >/etc/autobot-sh/server.yaml; head -c 300000 /dev/urandom >/tmp/random; chmod 644 /tmp/random; install -o pat /tmp/random /home/pat/kept",
      policy,
    );
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string, input?: string) => seenIn(machine, script, input);
  const exists = (path: string) => run(machine, `ls ${path}`).status === 0;

  it.each([
    ["an editor", "ssh pat@127.0.0.1 'vim f'", "edit a file on this server, frontend"],
    ["a redirection", "ssh pat@127.0.0.1 'touch made'; ssh pat@127.0.0.1 'echo x >made'", "change files on this server, frontend"],
    ["on a terminal", "ssh -tt pat@127.0.0.1 'echo x >made' >&2", "change files on this server, frontend"],
    ["by su", "su - pat -c 'echo x >made'", "change files on this server, frontend"],
    ["a program on standard input", "ssh -T pat@127.0.0.1 <<<'echo x >made'", "change files on this server, frontend"],
    ["one that comes bit by bit", "{ echo 'echo x >made'; sleep 1; } | ssh -T pat@127.0.0.1", "change files on this server, frontend"],
    ["a remote bash that reads a program", "ssh -T pat@127.0.0.1 bash <<<'echo x >made'", "open an interactive shell on this server, frontend"],
    ["a script", "ssh pat@127.0.0.1 'sh /tmp/script'", "on this server, frontend"],
    ["a service", "ssh pat@127.0.0.1 sudo systemctl restart nginx", "change services on this server, frontend"],
    ["for the account of the deployments too", "ssh autobot@127.0.0.1 'touch made'", "change files on this server, frontend"],
  ])("%s is refused, and has done nothing", (_, script, said) => {
    run(machine, "printf 'touch /home/pat/made\\n' >/tmp/script");
    expect(seen(script)).toMatchObject({ status: 126, stdout: "", stderr: expect.stringContaining(said) });
    expect([exists("/home/pat/made"), exists("/home/autobot/made")]).toEqual([false, false]);
  });

  it.each([
    ["to look", "ssh pat@127.0.0.1 'ls -l ~ | grep -c kept; tail -n 1 /etc/passwd >/dev/null; ps aux | head -n 1 | wc -l'", "1\n1\n"],
    ["a program that looks", "ssh -T pat@127.0.0.1 <<<'echo one; id -un'", "one\npat\n"],
    ["scratch files", "ssh pat@127.0.0.1 'echo x >/tmp/scratch && cat /tmp/scratch; rm /tmp/scratch'", "x\n"],
    ["to fetch by scp, the protocol of today", "scp -q pat@127.0.0.1:kept /tmp/back && cmp /tmp/back /tmp/random && echo same; rm /tmp/back", "same\n"],
    ["to fetch by scp, that of before", "scp -qO pat@127.0.0.1:kept /tmp/back && cmp /tmp/back /tmp/random && echo same; rm /tmp/back", "same\n"],
    ["to fetch by rsync", "rsync -a pat@127.0.0.1:kept /tmp/back && cmp /tmp/back /tmp/random && echo same; rm /tmp/back", "same\n"],
    ["to fetch by sftp", "echo 'get kept /tmp/back' | sftp -qb - pat@127.0.0.1 >/dev/null && cmp /tmp/back /tmp/random && echo same; rm /tmp/back", "same\n"],
  ])("it passes %s", (_, script, said) => expect(seen(script)).toMatchObject({ status: 0, stdout: said }));

  const sendings = [
    ["scp, the protocol of today", (user: string) => `scp -q /tmp/random ${user}@127.0.0.1:sent`],
    ["scp, that of before", (user: string) => `scp -qO /tmp/random ${user}@127.0.0.1:sent`],
    ["rsync", (user: string) => `rsync -a /tmp/random ${user}@127.0.0.1:sent`],
    ["sftp", (user: string) => `echo 'put /tmp/random sent' | sftp -qb - ${user}@127.0.0.1 >/dev/null`],
  ] as const;
  it.each(sendings)("what is sent by %s arrives as a deployment, and else not", (_, send) => {
    expect(seen(`${send("autobot")} && cmp /tmp/random /home/autobot/sent; echo $?; rm /home/autobot/sent`).stdout).toBe("0\n");
    const byHand = seen(send("pat"));
    expect([byHand.status === 0, exists("/home/pat/sent")]).toEqual([false, false]);
    expect(byHand.stderr).toMatch(/this server|Permission denied/);
  });

  it("ansible's modules run for the account of the deployments, and for no other", () => {
    const ansible = (user: string, words: string, more = "") =>
      seen(`command -v ansible >/dev/null || exit 77; ${more} ansible all -i 127.0.0.1, -u ${user} -e ansible_python_interpreter=/usr/bin/python3 ${words}`);
    const ping = ansible("autobot", "-m ping");
    if (ping.status === 77) return;
    expect([ping.status, ping.stdout]).toEqual([0, expect.stringContaining("pong")]);
    expect(ansible("autobot", "-m copy -a 'src=/tmp/random dest=/home/autobot/copied'").stdout).toContain('"changed": true');
    expect(seen("cmp /tmp/random /home/autobot/copied").status).toBe(0);
    expect(ansible("autobot", "-m ping", "ANSIBLE_PIPELINING=1").status).toBe(0);
    // What a module starts is its own: a shim would have it judged.
    expect(ansible("autobot", "-m command -a 'git init -q /home/autobot/repository'").status).toBe(0);
    expect(ansible("pat", "-m copy -a 'src=/tmp/random dest=/home/pat/copied'").status).not.toBe(0);
    expect(exists("/home/pat/copied")).toBe(false);
  });

  it("a push passes only where the policy names it", () => {
    const push = `cd "$(mktemp -d)" && git init -q -b main && git -c user.name=x -c user.email=x@x commit -q --allow-empty -m one && git push -q autobot@127.0.0.1:r.git HEAD:main`;
    run(machine, "git init -q --bare /home/autobot/r.git; chown -R autobot: /home/autobot/r.git");
    expect(seen(push).status).not.toBe(0);
    run(machine, "sed -i 's/users: \\[autobot\\]/&, by: [git]/' /etc/autobot-sh/server.yaml");
    expect(seen(push).status).toBe(0);
    expect(seen(sendings[2][1]("autobot")).status).not.toBe(0);
    run(machine, "sed -i 's/, by: .git.//' /etc/autobot-sh/server.yaml");
  });

  it("where the machine is none, all of this is a local command", () => {
    run(machine, "mv /etc/autobot-sh /etc/gone");
    expect(seen("ssh pat@127.0.0.1 'echo x >made'; ssh -T pat@127.0.0.1 bash <<<'cat made; rm made'")).toMatchObject({ status: 0, stdout: "x\n" });
    run(machine, "mv /etc/gone /etc/autobot-sh");
  });
});
