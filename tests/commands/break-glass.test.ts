// `autobotctl break-glass`: a person at a terminal can, and nothing that merely looks like one; what it permits is gone when it ends.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AuditRecord } from "../../src/record/audit.ts";
import { followUpsDue } from "../../src/record/follow-up.ts";
import { nobody, type Person, person, shop } from "../init/person.ts";
import { autobotctl, autobotSh } from "../stage/run.ts";
import { type Screen, screen } from "../ui/screen.ts";

vi.setConfig({ testTimeout: 90_000 });

const policy = (more = "settings: { break-glass: on }") =>
  `policy: my-fleet\ndescription: d\nreplaces: fleet\nfleet:\n  user: deploy\n  hosts: [{ name: web1, addresses: [10.0.0.5] }, { name: db1, addresses: [10.0.0.9] }]\n${more}\n`;
const line = "ssh web1 sudo systemctl restart app";

let me: Person;
let drawn: Screen | undefined;
beforeEach((test) => test.skip(nobody));
afterEach(() => {
  drawn?.close();
  drawn = undefined;
  me?.remove();
});

function mine(text = policy(), files: Readonly<Record<string, string>> = {}): void {
  me = person({ "shop/x.txt": "", ".config/autobot-sh/my-fleet.yaml": text, ...files, ".ssh/config": shop[".ssh/config"] ?? "" });
}

/** On a terminal. */
function open(...command: readonly string[]): Screen {
  drawn = screen(command[0] === "bwrap" ? command : me.words(...command), 100, 40);
  return drawn;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** As fingers do. */
async function type(on: Screen, text: string): Promise<void> {
  for (const key of text) {
    on.type(key);
    await pause(60);
  }
  on.press("Enter");
}

async function confirm(on: Screen, name = "web1", reason = "the deploy host is down"): Promise<void> {
  await on.shows("the host's name:");
  await type(on, name);
  if (name !== "web1") return;
  await on.shows("the reason:");
  on.type(reason);
  on.press("Enter");
}

const ran = () => me.calls("ssh").filter((call) => !call.startsWith("-G "));
const due = () => me.run([autobotctl, "audit", "due"]);

describe("a person", () => {
  it("types the host's name and a reason; it runs once, is on record, and a follow-up is due until it is closed", async () => {
    mine();
    const on = open(autobotctl, "break-glass", line);
    await confirm(on);
    // ssh's own: there is no network.
    expect(await on.status()).toBe(255);
    expect(ran()).toEqual(["web1 sudo systemctl restart app"]);
    const { stdout, status } = due();
    expect([status, stdout]).toEqual([1, expect.stringContaining(`ran, break-glass on web1: the deploy host is down [remote-operations/service]  ${line}`)]);
    const [, id = ""] = /^\S+ {2}(\S+)/.exec(stdout) ?? [];
    expect(me.run([autobotctl, "audit", "close", "no-such-id", "x"]).status).toBe(1);
    expect(me.run([autobotctl, "audit", "close", id, "it is in merge request 41"]).status).toBe(0);
    expect(due()).toMatchObject({ status: 0, stdout: "" });
    expect(me.run([autobotctl, "audit", "close", id, "again"]).status).toBe(1);
  });

  it("has it permitted where it is called, for its host alone, and not when it has ended", async () => {
    mine();
    // What the text does not tell is judged where it is called.
    const unseen = (text: string) => `echo ${Buffer.from(text).toString("base64")} | base64 -d | sh`;
    const on = open(autobotSh, "-c", `${autobotctl} break-glass '${line}; echo first $?; ${unseen("ssh db1 reboot")}; echo other $?'; ${unseen(line)}; echo after $?`);
    await confirm(on);
    await on.shows("after 126");
    expect(on.text()).toContain("first 255");
    expect(on.text()).toContain("other 126");
    expect(ran()).toEqual(["web1 sudo systemctl restart app"]);
  });

  it("has it permitted for five minutes, by the machine's own count", async () => {
    mine();
    const file = join(me.home, "uptime");
    // What the kernel would say then. The clock by which people tell the time counts for nothing.
    const later = (seconds: number) => writeFileSync(file, `${Number.parseFloat(readFileSync("/proc/uptime", "utf8")) + seconds} 0\n`);
    later(0);
    const call = `echo ${Buffer.from(line).toString("base64")} | base64 -d | sh`;
    const asked = `${line}; ${["started", "before", "after"].map((when) => `read -r; ${call}; echo ${when} $?`).join("; ")}`;
    const words = me.words(autobotSh, "-c", `${autobotctl} break-glass '${asked}'`);
    const on = open(...words.toSpliced(words.indexOf("--"), 0, "--bind", file, "/proc/uptime"));
    await confirm(on);
    for (const [seconds, shown] of [
      [0, "started 255"],
      [280, "before 255"],
      [301, "after 126"],
    ] as const) {
      later(seconds);
      on.press("Enter");
      await on.shows(shown);
    }
    expect(ran()).toHaveLength(3);
    await on.status();
  });

  it("may be in a session of autobot-sh", async () => {
    mine(policy(), { ".bashrc": "PS1='ready> '\n" });
    const on = open(autobotSh);
    await on.shows("ready>");
    on.type(line);
    on.press("Enter");
    await on.shows("In an emergency");
    on.press("C-l");
    on.type(`${autobotctl} break-glass '${line}'; echo ended $?`);
    on.press("Enter");
    await confirm(on);
    await on.shows("ended 255");
    expect(ran()).toEqual(["web1 sudo systemctl restart app"]);
    expect(due().status).toBe(1);
  });

  it.each<readonly [string, (on: Screen) => Promise<void>, string]>([
    ["another host's name", (on) => confirm(on, "db1"), "that is not its name, `web1`; nothing was run"],
    ["too short a reason", (on) => confirm(on, "web1", "x"), "a reason of at least 10 characters is needed; nothing was run"],
    [
      "a name that comes all at once",
      async (on) => {
        await on.shows("the host's name:");
        on.type("web1");
        on.press("Enter");
      },
      "the name has to be typed, key by key; nothing was run",
    ],
    [
      "^C",
      async (on) => {
        await on.shows("the host's name:");
        on.press("C-c");
      },
      "nothing was run",
    ],
  ])("who gives %s has nothing run", async (_, answer, said) => {
    mine();
    const on = open(autobotctl, "break-glass", line);
    await answer(on);
    expect(await on.status()).toBe(1);
    expect(on.text()).toContain(said);
    expect([ran(), due().status]).toEqual([[], 0]);
  });

  it("has nothing run that cannot be recorded", async () => {
    mine(`${policy("settings: { break-glass: on, audit: { path: /proc/nowhere/audit.jsonl } }")}`);
    const on = open(autobotctl, "break-glass", line);
    await confirm(on);
    expect(await on.status()).toBe(125);
    expect(ran()).toEqual([]);
  });
});

describe("is not for", () => {
  it.each<readonly [string, readonly string[], string]>([
    ["expect", ["expect", "-c", `spawn ${autobotctl} break-glass {${line}}; expect -timeout 15 eof; exit 7`], "stands between this and the terminal"],
    ["script", ["script", "-qec", `${autobotctl} break-glass '${line}'`, "/dev/null"], "stands between this and the terminal"],
    ["a terminal that python makes", ["python3", "-c", `import pty; pty.spawn(["${autobotctl}", "break-glass", "${line}"])`], "stands between this and the terminal"],
    ["an agent", ["env", "CLAUDECODE=1", autobotctl, "break-glass", line], "it is never for an agent, and `CLAUDECODE` says that one runs this"],
    ["what an agent has started, whatever it unsets", ["env", "CLAUDECODE=1", "sh", "-c", `env -u CLAUDECODE ${autobotctl} break-glass '${line}'; exit $?`], "started below one"],
    ["who loads something into it", ["env", "LD_PRELOAD=/nonexistent.so", autobotctl, "break-glass", line], "`LD_PRELOAD` is set"],
    ["a pipe", ["sh", "-c", `yes web1 | ${autobotctl} break-glass '${line}'`], "it is for a person at a terminal"],
    ["a file in the place of the screen", ["sh", "-c", `${autobotctl} break-glass '${line}' >/dev/null`], "it is for a person at a terminal"],
  ])("%s", async (_, command, said) => {
    mine();
    const on = open(...command);
    await on.status();
    expect(on.text().replaceAll("\n", " ")).toContain(said);
    expect([on.text().includes("the host's name"), ran(), due().status]).toEqual([false, [], 0]);
  });

  it.each<readonly [string, string, number, string]>([
    ["a line that is not refused", "ssh web1 uptime", 1, "this line is not refused"],
    ["two hosts", `${line}; ssh db1 reboot`, 126, "this line is about 2 hosts"],
    ["a host that the text does not tell", 'ssh "$H" reboot', 126, "which server this line changes has to be told by its text"],
  ])("%s", async (_, given, status, said) => {
    mine();
    const on = open(autobotctl, "break-glass", given);
    expect(await on.status()).toBe(status);
    expect(on.text()).toContain(said);
  });

  it("anybody where the policies do not have it: by default", async () => {
    mine(policy(""));
    const on = open(autobotctl, "break-glass", line);
    expect(await on.status()).toBe(126);
    expect(on.text()).toContain("the policies in force have no break-glass");
  });

  it("anybody because a project's files say so", async () => {
    mine(policy(""), { "shop/.autobot-sh/p.yaml": "policy: p\ndescription: d\nsettings: { break-glass: on }\n" });
    const on = open(autobotctl, "break-glass", line);
    expect(await on.status()).toBe(125);
    expect(on.text().replaceAll(/\s+/g, " ")).toContain("a project's policy may only tighten; `on` does not");
  });
});

describe("a refusal", () => {
  const offer = `In an emergency, on record and with a follow-up due:\n    autobotctl break-glass '${line}'`;
  it("offers it to a person at a terminal", async () => {
    mine();
    const on = open(autobotSh, "-c", line);
    expect(await on.status()).toBe(126);
    expect(on.text()).toContain(offer);
  });
  it.each<readonly [string, string, readonly string[]]>([
    ["an agent", policy(), ["env", "CLAUDECODE=1", autobotSh, "-c", line]],
    ["anybody where it is off", policy(""), [autobotSh, "-c", line]],
  ])("does not offer it to %s", async (_, text, command) => {
    mine(text);
    const on = open(...command);
    expect(await on.status()).toBe(126);
    expect(on.text()).not.toContain("break-glass");
  });
  it("does not say a secret again to offer it", async () => {
    mine();
    const on = open(autobotSh, "-c", "ssh web1 'PASSWORD=hunter22 systemctl restart app'");
    expect(await on.status()).toBe(126);
    expect(on.text()).toContain("    autobotctl break-glass LINE\n");
    expect(on.text()).not.toContain("hunter22");
  });
  it("does not offer it without a terminal", () => {
    mine();
    expect(me.run([autobotSh, "-c", line]).stderr).not.toContain("break-glass");
  });
});

describe("a follow-up is due", () => {
  const at = (second: number, more: Partial<AuditRecord>): AuditRecord => ({
    time: `2026-01-01T00:00:0${second}.000Z`,
    id: `r${second}`,
    face: "scripts",
    user: "me",
    cwd: "/w",
    decision: "deny",
    effective: "permit",
    rules: ["remote-editing/write"],
    requests: [{ action: "write", host: "web1", path: "/srv/app.py", utility: "sed" }],
    ...more,
  });
  const broken = at(1, { route: "break-glass", breakGlass: { host: "web1", reason: "r" } });

  it.each<readonly [string, readonly AuditRecord[], boolean]>([
    ["at once", [broken], true],
    ["after a deployment of the same path", [broken, at(2, { route: "sync" })], false],
    ["after one of the directory around it", [broken, at(2, { route: "sync", requests: [{ action: "write", host: "web1", path: "/srv/", utility: "rsync" }] })], false],
    ["after one of another path, or to another host", [broken, at(2, { route: "sync", requests: [{ action: "write", host: "db1", path: "/srv/", utility: "rsync" }] })], true],
    ["after one that came before", [at(0, { route: "sync" }), broken], true],
    ["after the same by hand again", [broken, at(2, { route: "break-glass" })], true],
    ["after a note", [broken, at(2, { decision: "permit", rules: [], requests: [], closes: "r1" })], false],
  ])("%s", (_, records, expected) => expect(followUpsDue(records).some(({ id }) => id === "r1")).toBe(expected));
});
