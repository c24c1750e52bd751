// `autobotctl init --system`: root writes the policy that is in force for everybody on the machine, and nobody else can.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shop } from "../init/person.ts";
import { root } from "../stage/run.ts";
import { down, type Machine, missing, run, seenIn, up } from "./machine.ts";

const lacking = missing();
if (lacking !== undefined) console.warn(`a system's policy is not tested: ${lacking}`);

const init = "cd /srv/shop; /opt/autobot-sh/bin/autobotctl init --inventory inventory/hosts.ini --yes";
const file = "/etc/autobot-sh/my-fleet.yaml";

describe.skipIf(lacking !== undefined)("autobotctl init --system", { timeout: 60_000 }, () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await up(root);
    run(
      machine,
      "mkdir -p /srv/shop/inventory /srv/shop/.git; echo 'ref: refs/heads/main' >/srv/shop/.git/HEAD; cat >/srv/shop/inventory/hosts.ini",
      shop["shop/inventory/hosts.ini"],
    );
  }, 60_000);
  afterAll(() => down(machine));

  const seen = (script: string) => seenIn(machine, script);
  /** Nothing to the defaults, which do not know the host. */
  const upload = "ssh pat@127.0.0.1 'scp -q /etc/hosts db1:/srv/x'";

  it("is root's alone", () => {
    expect(seen(`su - pat -c '${init} --system'`)).toEqual({ status: 2, stdout: "", stderr: "autobotctl: `--system` writes into /etc\n  run it as root\n" });
    expect(seen("ls /etc/autobot-sh").status).not.toBe(0);
  });

  it.each(["022", "077"])("under umask %s writes what everybody can read, and what everybody is refused by", (umask) => {
    expect(seen(upload).status).not.toBe(126);
    const { status, stdout } = seen(`umask ${umask}; ${init} --system`);
    expect([status, stdout]).toEqual([0, expect.stringContaining(`wrote ${file}`)]);
    expect(seen("stat -c '%U %a %n' /etc/autobot-sh /etc/autobot-sh/*").stdout).toBe(`root 755 /etc/autobot-sh\nroot 644 ${file}\n`);
    expect(seen(upload)).toMatchObject({ status: 126, stderr: expect.stringMatching(/this would .* to db1/) });
    expect(seen("ssh pat@127.0.0.1 'f() { echo hi; }; f'")).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
    // What root's judge keeps for the others: whom to rescue, and tables.
    seen(`umask ${umask}; /opt/autobot-sh/bin/autobot-sh -c 'f() { :; }; f'`);
    expect(seen("stat -c %a /var/cache/autobot-sh").stdout).toBe("755\n");
    seen("rm -rf /root/kept; cp -r /etc/autobot-sh /root/kept; rm -r /etc/autobot-sh /var/cache/autobot-sh");
  });

  it("adds to it when it is said again, and tells others where it is", () => {
    seen("cp -r /root/kept /etc/autobot-sh");
    const before = seen(`cat ${file}`).stdout;
    expect(seen(`${init} --system`).status).toBe(0);
    expect(seen(`cat ${file}; ls /etc/autobot-sh | wc -l`).stdout).toBe(`${before}1\n`);
    expect(seen(`su - pat -c '${init}'`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`the system's policies are in force (${file}), and yours could only tighten them`),
    });
    seen(`echo 'rules: [' >>${file}`);
    const broken = seen(`cat ${file}`).stdout;
    expect(seen(`${init} --system`).status).toBe(125);
    expect(seen(`cat ${file}`).stdout).toBe(broken);
  });
});
