// The workspace compared with a real server over ssh and rsync, which is left as it was.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultEngine } from "../../scripts/lines.ts";
import { decide, emptyContext } from "../../src/decide.ts";
import { autobotctl, environment, scratch } from "../stage/run.ts";
import { firstUser, missingServer, type Server, serve } from "../stage/server.ts";

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
    return verifyIn(`${bin}:${environment["PATH"]}`, ...words);
  }

  function verifyIn(path: string, ...words: readonly string[]) {
    const enter = ["-t", `${server.pid}`, "--net", "--", autobotctl, "verify", "frontend", ...words];
    const env = { ...environment, PATH: path, NO_COLOR: "1" };
    const { status, stdout, stderr } = spawnSync("/usr/bin/nsenter", enter, { cwd: workspace, env, encoding: "utf8" });
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

  /** What sshd has started finds everything but rsync. */
  function withoutRsyncThere(): void {
    writeFileSync(join(bin, "ssh"), readFileSync(join(bin, "ssh"), "utf8").replace('"$@"\n', '"${@/%rsync/no-such-rsync}"\n'));
  }

  it.each(["with rsync", "without"])("writes nothing, and runs only what the policies permit: %s", (which) => {
    if (which === "without") withoutRsyncThere();
    put(there(), { "app.py": "a = 2\n", "backend/api/by-hand.py": "x\n" }, firstUser);
    const state = () =>
      readdirSync(there(), { recursive: true, encoding: "utf8" }).map((name) => [name, statSync(join(there(), name)).mtimeMs, statSync(join(there(), name)).size]);
    const before = state();
    for (const words of [[], ["--diff", "app.py", "backend"]]) verify(...words);
    expect(state()).toEqual(before);
    const calls = readFileSync(join(bin, "calls"), "utf8").split("\n").slice(0, -1);
    expect(calls.length).toBeGreaterThan(3);
    expect(calls.some((call) => call.includes("sha256sum"))).toBe(which === "without");
    const lines = calls.map((call) =>
      call
        .split("\0")
        .slice(0, -1)
        .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
        .join(" "),
    );
    expect(lines.filter((line) => decide(line, defaultEngine(), emptyContext).effective !== "permit")).toEqual([]);
  });

  describe("where there is no rsync", () => {
    const odd = ["two words", "line\nbreak", "\\back\\slash", "'quote\"s'", "$(touch x)", "-n", "~", "*", "ü", "\u001b[2J", "#1", ":(top)x", "\\#012"];
    const fill = () => {
      for (const name of odd) {
        put(there(), { [`backend/${name}/same`]: name, [`backend/changed ${name}`]: "there", [`backend/there ${name}`]: "" }, firstUser);
        put(workspace, { [`backend/${name}/same`]: name, [`backend/changed ${name}`]: "here", [`backend/here ${name}`]: "" });
      }
      for (const [name, here, target] of [
        ["same", "a", "a"],
        ["other", "a b\n", "b"],
        ["dangling", "/nosuch", "/nosuch"],
      ] as const) {
        symlinkSync(here, join(workspace, "backend", name));
        symlinkSync(target, join(there(), "backend", name));
      }
      symlinkSync("same", join(workspace, "backend/kind"));
      symlinkSync("same", join(there(), "backend/link"));
      put(workspace, { "backend/link": "a file" });
      put(there(), { "backend/kind": "a file", "backend/.git/config": "", "backend/x.pyc": "" }, firstUser);
      put(workspace, { "backend/.git/config": "other", "backend/y.pyc": "" });
    };

    it("on the server, says the same by find and sha256sum", () => {
      fill();
      const byRsync = verify("--json", "backend");
      expect([byRsync.status, byRsync.stderr]).toEqual([1, ""]);
      withoutRsyncThere();
      expect(verify("--json", "backend")).toEqual(byRsync);
      const { differences } = JSON.parse(byRsync.stdout) as { readonly differences: readonly { readonly state: string; readonly local: string }[] };
      const expected = [
        ...odd.flatMap((name) => [`changed backend/changed ${name}`, `missing there backend/here ${name}`, `missing here backend/there ${name}`]),
        "missing there backend/kind",
        "missing there backend/link",
        "changed backend/other",
        "missing there backend/api/chat.py",
      ];
      expect(differences.map(({ state, local }) => `${state} ${local}`).toSorted()).toEqual(expected.toSorted());
    });

    it("here, too", () => {
      fill();
      const byRsync = verify("--json", "backend");
      // Of this machine, what autobotctl starts itself.
      const rest = join(bin, "..", "rest");
      mkdirSync(rest);
      for (const name of ["bash", "git", "node", "env", "dirname", "readlink", "ssh"]) {
        const found = name === "ssh" ? join(bin, "ssh") : spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
        symlinkSync(found, join(rest, name));
      }
      expect(verifyIn(rest, "--json", "backend")).toEqual(byRsync);
    });

    it("shows diffs, and of single files what they are", () => {
      put(there(), { "app.py": "a = 2\n", "two words": "1\n" }, firstUser);
      put(workspace, { "two words": "1\n" });
      withoutRsyncThere();
      expect(verify("two words").status).toBe(0);
      expect(verify("--diff", "app.py").stdout).toContain("\n-a = 2\n+a = 1\n");
      expect(verify().stdout).toBe("frontend (172.16.168.21): 1 difference\n  changed  app.py  /home/autobot/app.py\n");
    });

    it("asks for more names than one command can hold", () => {
      const names = Array.from({ length: 3000 }, (_, index) => `many/${"long ".repeat(8)}${index}`);
      const files = Object.fromEntries(names.map((name) => [name, name]));
      put(there(), files, firstUser);
      put(workspace, { ...files, [names[1234] ?? ""]: "another" });
      withoutRsyncThere();
      expect(verify("many").stdout).toBe(`frontend (172.16.168.21): 1 difference\n  changed  many/${"long ".repeat(8)}1234  /home/autobot/many/${"long ".repeat(8)}1234\n`);
    });

    it("cannot tell of a file that it may not read: 125", () => {
      put(there(), { "backend/api/chat.py": "chat\n" });
      chmodSync(join(there(), "backend/api/chat.py"), 0o600);
      withoutRsyncThere();
      const { status, stdout, stderr } = verify("backend");
      expect([status, stdout, stderr.split("\n")[0]]).toEqual([125, "", "autobotctl: sha256sum could not read all of `/home/autobot/backend` on frontend: status 1"]);
    });
  });

  it("sees what git tracks though its patterns would ignore it, and what is named though git ignores it", () => {
    put(workspace, { ".gitignore": "*.log\n!kept.log\ndist/\n", "logs/tracked.log": "1", "logs/kept.log": "1", "logs/gone.log": "1", "dist/app.js": "1" });
    spawnSync("git", ["-C", workspace, "add", "-f", "logs/tracked.log"]);
    put(there(), { "logs/tracked.log": "2", "logs/kept.log": "2", "logs/gone.log": "2", "dist/app.js": "2" }, firstUser);
    const found = (path: string) =>
      (JSON.parse(verify("--json", path).stdout) as { readonly differences: readonly { readonly local: string }[] }).differences.map(({ local }) => local);
    expect(found("logs")).toEqual(["logs/kept.log", "logs/tracked.log"]);
    expect(found("dist")).toEqual(["dist/app.js"]);
    expect(found(".")).not.toContain("dist/app.js");
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
