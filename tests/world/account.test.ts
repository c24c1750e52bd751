// The account and the directories are read without node:os, and are what it says.
import { homedir, tmpdir, userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { account, homeDirectory } from "../../src/world/account.ts";
import { temporaryDirectory } from "../../src/world/directory.ts";
import { autobotSh, run } from "../stage/run.ts";

it("the account is the one that the system names", () => {
  const { username, homedir: home } = userInfo();
  expect(account()).toEqual({ name: username, home });
});

describe("the home directory", () => {
  it("is HOME, set or not", () => {
    expect(homeDirectory()).toBe(homedir());
    expect(homeDirectory({ HOME: "/elsewhere" })).toBe("/elsewhere");
    expect(homeDirectory({})).toBe(userInfo().homedir);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)("is not needed: a user without one, and without an entry, has commands judged", () => {
    const judged = (line: string) => run("setpriv", ["--reuid=54321", "--clear-groups", "env", "-i", autobotSh, "-c", line]);
    expect(judged("case a in a) echo ran ;; esac").stdout).toBe("ran\n");
    expect(judged("ssh 172.16.168.21 reboot").status).toBe(126);
  });
});

it.each<Readonly<Record<string, string>>>([{}, { TMPDIR: "/a/" }, { TMPDIR: "", TMP: "/b" }, { TEMP: "/" }])("the directory for temporary files with %j is node's", (variables) => {
  const { TMPDIR, TMP, TEMP } = process.env;
  const restore = { TMPDIR, TMP, TEMP };
  for (const name of Object.keys(restore)) delete process.env[name];
  Object.assign(process.env, variables);
  try {
    expect(temporaryDirectory()).toBe(tmpdir());
  } finally {
    for (const name of Object.keys(restore)) delete process.env[name];
    for (const [name, value] of Object.entries(restore)) if (value !== undefined) process.env[name] = value;
  }
});
