// The workspace compared with a real server over ssh and rsync, which is left as it was.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultEngine } from "../../scripts/lines.ts";
import { decide, emptyContext } from "../../src/decide.ts";
import { autobotctl, environment, scratch } from "./run.ts";
import { firstUser, missingServer, type Server, serve } from "./server.ts";

const skipped = missingServer() ?? (spawnSync("rsync", ["--version"]).status === 0 ? undefined : "needs rsync");

function put(directory: string, files: Readonly<Record<string, string>>, owner?: number): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (owner !== undefined) for (let each = path; each !== directory; each = dirname(each)) chownSync(each, owner, owner);
  }
}

describe.skipIf(skipped !== undefined)("verify", { timeout: 60_000 }, () => {
  let server: Server;
  let bin: string;
  let workspace: string;
  const there = () => server.home("frontend");

  beforeAll(async () => {
    server = await serve({ frontend: { shell: "/bin/bash" } });
  }, 60_000);
  afterAll(() => server?.down());

  beforeEach(() => {
    workspace = scratch();
    bin = join(scratch(), "bin");
    // Each call's words, one a line, as the engine will be asked about them.
    put(bin, {
      ssh: `#!/bin/bash\nprintf '%s\\0' ssh "$@" >>${bin}/calls; echo >>${bin}/calls\nexec /usr/bin/ssh -F ${server.sshConfig} -o User=at-frontend "$@"\n`,
    });
    chmodSync(join(bin, "ssh"), 0o755);
    for (const name of readdirSync(there())) if (!name.startsWith(".")) rmSync(join(there(), name), { recursive: true });
    spawnSync("git", ["init", "-q", workspace]);
    put(workspace, { ".autobot-sh/.keep": "", ".gitignore": "*.pyc\n", "app.py": "a = 1\n", "backend/api/chat.py": "chat\n", "backend/api/chat.pyc": "compiled\n" });
  });

  function verify(...words: readonly string[]) {
    const enter = ["-t", `${server.pid}`, "--net", "--", autobotctl, "verify", "frontend", ...words];
    const env = { ...environment, PATH: `${bin}:${environment["PATH"]}`, NO_COLOR: "1" };
    const { status, stdout, stderr } = spawnSync("nsenter", enter, { cwd: workspace, env, encoding: "utf8" });
    return { status, stdout, stderr };
  }

  it("tells what is the same", () => {
    put(there(), { "app.py": "a = 1\n" }, firstUser);
    expect(verify("app.py")).toEqual({ status: 0, stdout: "frontend (172.16.168.21): the same\n  app.py  /home/autobot/app.py\n", stderr: "" });
  });

  it("tells what was changed, is missing there, and is missing here", () => {
    put(there(), { "backend/api/chat.py": "talk\n", "backend/api/by-hand.py": "x\n", "backend/api/old.pyc": "compiled\n" }, firstUser);
    put(workspace, { "backend/new.py": "new\n" });
    expect(JSON.parse(verify("--json", "backend").stdout)).toEqual({
      vm: "frontend",
      address: "172.16.168.21",
      differences: expect.arrayContaining([
        { state: "missing here", local: "backend/api/by-hand.py", remote: "/home/autobot/backend/api/by-hand.py" },
        { state: "missing there", local: "backend/new.py", remote: "/home/autobot/backend/new.py" },
        { state: "changed", local: "backend/api/chat.py", remote: "/home/autobot/backend/api/chat.py" },
      ]),
      compared: [{ local: "backend", remote: "/home/autobot/backend", partial: false }],
    });
    const { status, stdout } = verify("backend");
    expect([status, stdout.split("\n")[0], stdout.split("\n").length]).toEqual([1, "frontend (172.16.168.21): 3 differences", 5]);
  });

  it("compares contents, not times", () => {
    put(there(), { "app.py": "a = 1\n" }, firstUser);
    spawnSync("touch", ["-d", "2001-01-01", join(there(), "app.py")]);
    expect(verify("app.py").status).toBe(0);
  });

  it("without a path, looks only at what is there already", () => {
    put(there(), { "app.py": "a = 2\n", "notes.txt": "of the server\n" }, firstUser);
    expect(verify()).toEqual({ status: 1, stdout: "frontend (172.16.168.21): 1 difference\n  changed  app.py  /home/autobot/app.py\n", stderr: "" });
  });

  it("shows a diff, from there to here", () => {
    put(there(), { "app.py": "a = 2\n\u001b[2Jb\n" }, firstUser);
    const { status, stdout } = verify("--diff", "app.py");
    expect([status, stdout.split("\n\n")[1]]).toEqual([1, "--- frontend:/home/autobot/app.py\n+++ app.py\n@@ -1,2 +1,1 @@\n-a = 2\n-[2Jb\n+a = 1\n"]);
  });

  it("a file that the server does not have is missing there", () => {
    expect(verify("app.py")).toEqual({ status: 1, stdout: "frontend (172.16.168.21): 1 difference\n  missing there  app.py  /home/autobot/app.py\n", stderr: "" });
  });

  it("writes nothing, and runs only what the policies permit", () => {
    put(there(), { "app.py": "a = 2\n", "backend/api/by-hand.py": "x\n" }, firstUser);
    const state = () =>
      readdirSync(there(), { recursive: true, encoding: "utf8" }).map((name) => [name, statSync(join(there(), name)).mtimeMs, statSync(join(there(), name)).size]);
    const before = state();
    for (const words of [[], ["--diff", "app.py", "backend"]]) verify(...words);
    expect(state()).toEqual(before);
    const calls = readFileSync(join(bin, "calls"), "utf8").split("\n").slice(0, -1);
    expect(calls.length).toBeGreaterThan(3);
    const lines = calls.map((call) =>
      call
        .split("\0")
        .slice(0, -1)
        .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
        .join(" "),
    );
    expect(lines.filter((line) => decide(line, defaultEngine(), emptyContext).effective !== "permit")).toEqual([]);
  });

  it("says that a server cannot be reached: 125", () => {
    put(bin, { ssh: "#!/bin/sh\necho 'Connection refused' >&2\nexit 255\n" });
    expect(verify("app.py")).toEqual({ status: 125, stdout: "", stderr: "autobotctl: frontend (172.16.168.21) cannot be reached\n  Connection refused\n" });
  });
});

describe("a wrong call", () => {
  const call = (...words: readonly string[]) => {
    const { status, stderr } = spawnSync(autobotctl, ["verify", ...words], { cwd: scratch(), env: environment, encoding: "utf8" });
    return [status, stderr];
  };

  it("of a host that is not the fleet's", () => {
    expect(call("fronted")).toEqual([2, "autobotctl: no host of the fleet is called `fronted`\n  did you mean `frontend`?\n"]);
  });

  it("of a path outside of the workspace", () => {
    const directory = scratch();
    mkdirSync(join(directory, ".autobot-sh"));
    expect(call("frontend", "--cwd", directory, "../x")).toEqual([2, `autobotctl: \`../x\` lies outside of the workspace \`${directory}\`\n  name one inside it\n`]);
  });
});
