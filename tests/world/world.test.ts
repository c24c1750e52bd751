// What the machine tells: local files, hosts(5), and ssh's configuration, of which nothing is ever executed.
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createWorld } from "../../src/world/world.ts";
import { run, scratch } from "../stage/run.ts";

const hasSsh = run("sh", ["-c", "command -v ssh"]).status === 0;

/** A configuration of our own, given with -F, so that the machine's does not matter. */
function configured(text: string, more: Readonly<Record<string, string>> = {}): (...args: readonly string[]) => unknown {
  const directory = scratch();
  for (const [name, content] of Object.entries({ config: text, ...more })) writeFileSync(join(directory, name), content.replaceAll("{here}", directory));
  const world = createWorld({ home: directory });
  return (...args) => {
    const { hostname: name, user, port, proxyjump, remotecommand } = world.sshConfiguration(["-F", join(directory, "config"), ...args]) ?? {};
    return JSON.parse(JSON.stringify({ name, user, port, proxyjump, remotecommand }));
  };
}

describe.runIf(hasSsh)("what ssh -G says", () => {
  const ask = configured("Host web\n  HostName 172.16.168.21\n  User autobot\n  Port 2222\n  ProxyJump gate\nHost run\n  HostName run.example\n  RemoteCommand vim /etc/hosts\n");
  it("an alias", () => expect(ask("web")).toEqual({ name: "172.16.168.21", user: "autobot", port: "2222", proxyjump: "gate" }));
  it("options come first", () => expect(ask("-l", "kali", "-p", "22", "web")).toMatchObject({ user: "kali", port: "22" }));
  it("-o is heard", () => expect(ask("-o", "HostName=10.0.0.1", "web")).toMatchObject({ name: "10.0.0.1" }));
  it("a command of the configuration", () => expect(ask("run")).toMatchObject({ remotecommand: "vim /etc/hosts" }));
  it("an option that would write a file is not passed on", () => {
    const log = join(scratch(), "log");
    ask("-E", log, "web");
    expect(run("ls", [log]).status).not.toBe(0);
  });
});

describe("a configuration that runs commands", () => {
  it.each([
    ["Match exec", 'Match exec "touch {here}/ran"\n  HostName 10.0.0.9\nHost web\n  HostName 172.16.168.21\n'],
    ["Match host … exec", 'Match host web exec "touch {here}/ran"\n  User x\nHost web\n  HostName 172.16.168.21\n'],
    ["match = EXEC", "match=EXEC touch\\ {here}/ran\n  User x\nHost web\n  HostName 172.16.168.21\n"],
    ["an included one", "Include {here}/more*\nHost web\n  HostName 172.16.168.21\n"],
  ])("%s is not asked, and its plain names are used", (_, text) => {
    const directory = scratch();
    const included = `Match exec "touch ${directory}/ran"\n  User x\n`;
    writeFileSync(join(directory, "config"), text.replaceAll("{here}", directory));
    writeFileSync(join(directory, "more.conf"), included);
    const answer = createWorld({ home: directory }).sshConfiguration(["-F", join(directory, "config"), "web"]);
    expect(answer?.hostname).toBe("172.16.168.21");
    expect(run("ls", [join(directory, "ran")]).status).not.toBe(0);
  });

  it("-o Include is not asked either", () => {
    const directory = scratch();
    writeFileSync(join(directory, "evil"), `Match exec "touch ${directory}/ran"\n  User x\n`);
    createWorld({ home: directory }).sshConfiguration(["-F", "none", "-o", `Include ${directory}/evil`, "web"]);
    expect(run("ls", [join(directory, "ran")]).status).not.toBe(0);
  });

  it("patterns, negation and the first value count as ssh_config(5) says", () => {
    const ask = configured("Match exec true\nHost *.lab !x.lab\n  HostName %h.example\n  User first\nHost *\n  User second\n");
    expect(ask("a.lab")).toEqual({ name: "a.lab.example", user: "first" });
    expect(ask("x.lab")).toEqual({ user: "second" });
  });
});

describe("hosts(5)", () => {
  const path = join(scratch(), "hosts");
  writeFileSync(path, "172.16.168.21 frontend vm1 # VM1\n172.16.168.22\tNPU\n# 1.2.3.4 no\nfe80::1 frontend\n");
  const { addresses } = createWorld({ hostsFile: path });
  it.each([
    ["frontend", ["172.16.168.21", "fe80::1"]],
    ["VM1", ["172.16.168.21"]],
    ["npu", ["172.16.168.22"]],
    ["no", []],
    ["VM1#", []],
  ])("%s", (name, expected) => expect(addresses(name)).toEqual(expected));
});

describe("files", () => {
  const directory = scratch();
  const { readFile } = createWorld();
  it("a regular one is read", () => {
    writeFileSync(join(directory, "a"), "text");
    expect(readFile(join(directory, "a"))).toBe("text");
  });
  it("a large one is not", () => {
    writeFileSync(join(directory, "large"), "x".repeat(1024 * 1024 + 1));
    expect(readFile(join(directory, "large"))).toBeUndefined();
  });
  it("a pipe is not waited for", () => {
    run("mkfifo", [join(directory, "pipe")]);
    expect(readFile(join(directory, "pipe"))).toBeUndefined();
  });
  it("a directory, a device, nothing", () => {
    mkdirSync(join(directory, "d"));
    expect([readFile(join(directory, "d")), readFile("/dev/null"), readFile("/nosuch")]).toEqual([undefined, undefined, undefined]);
  });
});

it("the machine knows its own names", () => {
  const { ownNames } = createWorld();
  expect(ownNames.has(hostname().toLowerCase())).toBe(true);
  expect(ownNames.has("127.0.0.1")).toBe(true);
  const addresses = Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address));
  expect(addresses.filter((address) => !ownNames.has(address))).toEqual([]);
});
