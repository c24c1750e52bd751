// A newcomer with two servers: from `init` to the first refusal, a deployment and its verification, with what the README says alone.
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { autobotctl, autobotSh } from "../stage/run.ts";
import { missingServer, type Server, serve } from "../stage/server.ts";
import { nobody, type Person, person } from "./person.ts";

const skipped = (nobody ? "needs namespaces" : missingServer()) ?? (spawnSync("rsync", ["--version"]).status === 0 ? undefined : "needs rsync");
const fiveMinutes = 300_000;

let server: Server;
let me: Person;

beforeAll(async () => {
  if (skipped !== undefined) return;
  server = await serve({ web1: { shell: "/bin/bash" }, db1: { shell: "/bin/bash" } });
  me = person(
    {
      ".ssh/config": readFileSync(server.sshConfig, "utf8"),
      "shop/app/main.py": "print(1)\n",
      "shop/deploy.sh": '#!/bin/bash\nset -euo pipefail\ncd "$(dirname "$0")"\nrsync -a app/ web1:/home/web1/app/\n',
    },
    server.pid,
  );
}, 60_000);

afterAll(async () => {
  if (skipped !== undefined) return;
  await server.down();
  me.remove();
  rmSync(dirname(server.sshConfig), { recursive: true, force: true });
});

it.skipIf(skipped !== undefined)("is there within five minutes", { timeout: fiveMinutes }, () => {
  const started = Date.now();
  const there = join(server.home("web1"), "app/main.py");

  const init = me.run([autobotctl, "init", "--yes"]);
  expect([init.status, init.stderr]).toEqual([0, ""]);
  expect(init.stdout).toContain("hosts: 2\n");
  expect(init.stdout).toContain("$ ssh at-web1@web1 'vim /home/web1/app/main.py'\nautobot-sh: refused: this would edit a file on web1 ");

  // By hand, in another spelling than the one that was shown.
  const byHand = me.run([autobotSh, "-c", "echo 'print(2)' | ssh web1 'cat > /home/web1/app/main.py'"]);
  expect([byHand.status, byHand.stderr.includes("    ./deploy.sh\n")]).toEqual([126, true]);

  appendFileSync(join(me.repository, "app/main.py"), "print(2)\n");
  const deployed = me.run([autobotSh, "-c", "./deploy.sh"]);
  expect([deployed.status, deployed.stderr, readFileSync(there, "utf8")]).toEqual([0, "", "print(1)\nprint(2)\n"]);

  expect(me.run([autobotctl, "verify", "web1"])).toMatchObject({ status: 0, stderr: "" });
  mkdirSync(dirname(there), { recursive: true });
  writeFileSync(there, "print(3)\n");
  const drifted = me.run([autobotctl, "verify", "web1"]);
  expect([drifted.status, drifted.stdout.includes("app/main.py")]).toEqual([1, true]);

  expect(me.run([autobotSh, "-c", "ssh db1 cat /etc/hostname"]).status).toBe(0);
  expect(Date.now() - started).toBeLessThan(fiveMinutes);
});
