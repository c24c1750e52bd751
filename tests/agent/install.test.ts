// `autobotctl install` and `uninstall` on real files in homes of their own: what is changed, what is kept, and that nothing is left.
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse as parseToml } from "@decimalturn/toml-patch";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { agentsFor } from "../../src/agent/agents.ts";
import { commands } from "../../src/options.ts";
import { autobotctl, environment, root, run, scratch } from "../stage/run.ts";

const tools = join(root, "bin", "autobotctl");
const shell = join(root, "bin", "autobot-bash");
const names = agentsFor({ autobotctl: tools, bash: shell }, { home: "/", env: {} }).map(({ name }) => name);

function ctl(home: string, args: readonly string[], cwd = home) {
  return run(autobotctl, args, { cwd, env: { HOME: home } });
}

/** Every file below, with what it says; links with where they lead. */
function tree(directory: string): Readonly<Record<string, string>> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    files.map((name) => {
      const path = join(directory, name);
      return [name, lstatSync(path).isFile() ? `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, "utf8")}` : "-"];
    }),
  );
}

function homeWith(files: Readonly<Record<string, string>>): string {
  const home = scratch();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return home;
}

const commented = `{
    // mine
    "model": "opus", /* the good one */
    "hooks": {
        "PreToolUse": [
            { "matcher": "Edit", "hooks": [{ "type": "command", "command": "lint" }] }, // first
        ]
    },
    "env": { "A": "1" }
}
`;

describe("the table", () => {
  it("has the agents that the options complete", () => {
    for (const name of ["install", "uninstall"]) expect(commands.find((each) => each.name === name)?.completes).toEqual(names);
  });
});

describe.each(names)("%s", { timeout: 60_000 }, (agent) => {
  it("is installed into an empty home, once, and leaves it empty", () => {
    const home = scratch();
    expect(ctl(home, ["install", agent, "--mcp"]).status).toBe(0);
    const first = tree(home);
    expect(JSON.stringify(first)).toContain(tools);
    const again = ctl(home, ["install", agent, "--mcp"]);
    expect([again.status, again.stdout]).toEqual([0, expect.stringContaining("nothing to change")]);
    expect(tree(home)).toEqual(first);
    expect(ctl(home, ["uninstall", agent]).status).toBe(0);
    expect(tree(home)).toEqual({});
  });

  it("is not written by a dry run, which shows what would be", () => {
    const home = scratch();
    const { stdout, status } = ctl(home, ["install", agent, "--dry-run"]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^--- \/dev\/null\n\+\+\+ \//)]);
    expect(stdout).toContain(tools);
    expect(tree(home)).toEqual({});
  });
});

describe("claude", { timeout: 60_000 }, () => {
  it("has a hook that fails closed, for each of its shells, and a shell whose name it takes", () => {
    const home = scratch();
    ctl(home, ["install", "claude"]);
    const handler = { type: "command", command: tools, args: ["hook", "--agent", "claude"], timeout: 10, onFailure: "block" };
    expect(parse(readFileSync(join(home, ".claude/settings.json"), "utf8"))).toEqual({
      hooks: { PreToolUse: [{ matcher: "Bash|Monitor|PowerShell", hooks: [handler] }] },
      env: { CLAUDE_CODE_SHELL: shell },
    });
  });

  it("keeps comments, order, spacing and other people's hooks", () => {
    const home = homeWith({ ".claude/settings.json": commented });
    ctl(home, ["install", "claude"]);
    const text = readFileSync(join(home, ".claude/settings.json"), "utf8");
    for (const line of commented.split("\n").slice(0, 7)) expect(text).toContain(`${line}\n`);
    expect(parse(text).hooks.PreToolUse).toHaveLength(2);
    expect(parse(text).env).toEqual({ A: "1", CLAUDE_CODE_SHELL: shell });
    expect(readFileSync(join(home, ".claude/settings.json.before-autobot-sh"), "utf8")).toBe(commented);
  });

  it("is what it was, to the byte, after uninstalling", () => {
    const home = homeWith({ ".claude/settings.json": commented, ".claude.json": '{"mcpServers":{}}' });
    const before = tree(home);
    ctl(home, ["install", "claude"]);
    ctl(home, ["install", "claude", "--mcp"]);
    expect(tree(home)).not.toEqual(before);
    expect(ctl(home, ["uninstall", "claude"]).status).toBe(0);
    expect(tree(home)).toEqual(before);
  });

  it("keeps what somebody has changed since, and loses only ours", () => {
    const home = homeWith({ ".claude/settings.json": commented });
    const file = join(home, ".claude/settings.json");
    ctl(home, ["install", "claude", "--mcp"]);
    writeFileSync(file, readFileSync(file, "utf8").replace('"opus"', '"haiku"').replace('"A": "1"', '"A": "1", "B": "2"'));
    ctl(home, ["uninstall", "claude"]);
    const text = readFileSync(file, "utf8");
    expect(text).toBe(commented.replace('"opus"', '"haiku"').replace('"A": "1"', '"A": "1", "B": "2"'));
    expect(existsSync(`${file}.before-autobot-sh`)).toBe(false);
  });

  it("gets back a value that stood in the place of ours, and keeps one that somebody has put there since", () => {
    const home = homeWith({ ".claude/settings.json": '{ "env": { "CLAUDE_CODE_SHELL": "/bin/zsh" } }\n' });
    const file = join(home, ".claude/settings.json");
    ctl(home, ["install", "claude"]);
    writeFileSync(file, readFileSync(file, "utf8").replace("{", '{ "model": "x",'));
    ctl(home, ["uninstall", "claude"]);
    expect(parse(readFileSync(file, "utf8"))).toEqual({ model: "x", env: { CLAUDE_CODE_SHELL: "/bin/zsh" } });
    ctl(home, ["install", "claude"]);
    writeFileSync(file, readFileSync(file, "utf8").replace(shell, "/opt/bash"));
    ctl(home, ["uninstall", "claude"]);
    expect(parse(readFileSync(file, "utf8"))).toEqual({ model: "x", env: { CLAUDE_CODE_SHELL: "/opt/bash" } });
  });

  it("leaves what was denied before", () => {
    const text = '{ "permissions": { "deny": ["Bash"] } }\n';
    const home = homeWith({ ".claude/settings.json": text });
    ctl(home, ["install", "claude", "--mcp"]);
    const file = join(home, ".claude/settings.json");
    expect(parse(readFileSync(file, "utf8")).permissions.deny).toEqual(["Bash", "Monitor", "PowerShell"]);
    writeFileSync(file, `${readFileSync(file, "utf8")}\n`);
    ctl(home, ["uninstall", "claude"]);
    expect(parse(readFileSync(file, "utf8"))).toEqual({ permissions: { deny: ["Bash"] } });
  });

  it("takes the place of another installation's", () => {
    const home = scratch();
    ctl(home, ["install", "claude"]);
    const file = join(home, ".claude/settings.json");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(root, "/opt/older"));
    expect(readFileSync(file, "utf8")).toContain("/opt/older/bin/autobotctl");
    ctl(home, ["install", "claude"]);
    const text = readFileSync(file, "utf8");
    expect(text).not.toContain("/opt/older");
    expect(parse(text).hooks.PreToolUse).toHaveLength(1);
  });

  it("puts back lines as they stood, though others have been changed since", () => {
    const text = '{\n  "model": "x",\n  // words, for later\n\n  "hooks": {  }\n}\n';
    const home = homeWith({ ".claude/settings.json": text });
    const file = join(home, ".claude/settings.json");
    ctl(home, ["install", "claude"]);
    const late = (from: string) => `// mine\n${from.replace('"x"', '"y"')}`;
    writeFileSync(file, late(readFileSync(file, "utf8")));
    ctl(home, ["uninstall", "claude"]);
    expect(readFileSync(file, "utf8")).toBe(late(text));
  });

  it("forgets a copy of a file that somebody has made anew", () => {
    const home = homeWith({ ".claude/settings.json": '{ "env": { "CLAUDE_CODE_SHELL": "/bin/zsh" } }\n' });
    const file = join(home, ".claude/settings.json");
    ctl(home, ["install", "claude"]);
    writeFileSync(file, '{ "model": "x" }\n');
    ctl(home, ["install", "claude"]);
    writeFileSync(file, readFileSync(file, "utf8").replace('"x"', '"y"'));
    ctl(home, ["uninstall", "claude"]);
    expect([readFileSync(file, "utf8"), Object.keys(tree(home)).filter((name) => name.includes("before"))]).toEqual(['{ "model": "y" }\n', []]);
  });

  it("is taken out where a file that it has nothing in is not valid", () => {
    const home = homeWith({ ".claude.json": "{" });
    ctl(home, ["install", "claude"]);
    expect([ctl(home, ["uninstall", "claude"]).status, tree(home)]).toEqual([0, { ".claude.json": "644 {" }]);
  });

  it("keeps modes and symbolic links", () => {
    const home = homeWith({ "dotfiles/claude.json": commented });
    mkdirSync(join(home, ".claude"));
    chmodSync(join(home, "dotfiles/claude.json"), 0o600);
    symlinkSync("../dotfiles/claude.json", join(home, ".claude/settings.json"));
    ctl(home, ["install", "claude"]);
    expect(lstatSync(join(home, ".claude/settings.json")).isSymbolicLink()).toBe(true);
    expect(statSync(join(home, "dotfiles/claude.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(home, "dotfiles/claude.json"), "utf8")).toContain(tools);
    ctl(home, ["uninstall", "claude"]);
    expect(readFileSync(join(home, "dotfiles/claude.json"), "utf8")).toBe(commented);
    expect(readdirSync(join(home, "dotfiles"))).toEqual(["claude.json"]);
  });

  it("keeps line ends and tabs", () => {
    const text = '{\r\n\t"model": "x"\r\n}\r\n';
    const home = homeWith({ ".claude/settings.json": text });
    ctl(home, ["install", "claude"]);
    const after = readFileSync(join(home, ".claude/settings.json"), "utf8");
    expect(after.replaceAll("\r\n", "")).not.toContain("\n");
    expect(after).toContain('\r\n\t"env": {\r\n\t\t"CLAUDE_CODE_SHELL"');
    ctl(home, ["uninstall", "claude"]);
    expect(readFileSync(join(home, ".claude/settings.json"), "utf8")).toBe(text);
  });

  it("is installed into a project, without a word to the person's own files", () => {
    const home = scratch();
    const project = homeWith({ "src/a": "", ".git/HEAD": "" });
    ctl(home, ["install", "claude", "--project", "--mcp"], join(project, "src"));
    expect(tree(home)).toEqual({});
    expect(parse(readFileSync(join(project, ".mcp.json"), "utf8"))).toEqual({ mcpServers: { autobot: { type: "stdio", command: tools, args: ["mcp"], alwaysLoad: true } } });
    expect(readFileSync(join(project, ".claude/settings.json"), "utf8")).toContain(tools);
    ctl(home, ["uninstall", "claude", "--project"], project);
    expect(Object.keys(tree(project))).toEqual([".git", ".git/HEAD", "src", "src/a"]);
  });

  it("leaves out what is not wanted", () => {
    const home = scratch();
    ctl(home, ["install", "claude", "--no-hook"]);
    expect(parse(readFileSync(join(home, ".claude/settings.json"), "utf8"))).toEqual({ env: { CLAUDE_CODE_SHELL: shell } });
  });
});

describe("nothing is written", { timeout: 60_000 }, () => {
  it.each([
    ["not valid", '{ "hooks": \n[ }', /settings\.json` is not valid: .* in line 2\n {2}mend it/],
    ["a list", "[]", /the whole is no object/],
    ["of another form", '{ "hooks": [] }', /`hooks` is no object/],
    ["of another form below", '{ "hooks": { "PreToolUse": {} } }', /`hooks.PreToolUse` is no list/],
  ])("where the file is %s", (_, text, message) => {
    const home = homeWith({ ".claude/settings.json": text });
    const before = tree(home);
    const { status, stderr } = ctl(home, ["install", "claude", "--mcp"]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(tree(home)).toEqual(before);
  });

  it("where a byte of the file is no UTF-8", () => {
    const home = scratch();
    const bytes = Buffer.from('{ "a": "caf\xe9" }', "latin1");
    mkdirSync(join(home, ".claude"));
    writeFileSync(join(home, ".claude/settings.json"), bytes);
    const { status, stderr } = ctl(home, ["install", "claude"]);
    expect([status, stderr, readFileSync(join(home, ".claude/settings.json")).equals(bytes)]).toEqual([1, expect.stringContaining("utf-8"), true]);
  });

  it("to the first file where the second is not valid", () => {
    const home = homeWith({ ".claude.json": "{" });
    expect(ctl(home, ["install", "claude", "--mcp"]).status).toBe(1);
    expect(tree(home)).toEqual({ ".claude.json": "644 {" });
  });

  it("where a file of that name is not ours", () => {
    const home = homeWith({ ".cline/hooks/PreToolUse.sh": "#!/bin/sh\n" });
    expect(ctl(home, ["install", "cline"]).stderr).toContain("is there already, and not ours");
    ctl(home, ["uninstall", "cline"]);
    expect(tree(home)[".cline/hooks/PreToolUse.sh"]).toBe("644 #!/bin/sh\n");
  });

  it.skipIf(process.getuid?.() !== 0)("by root into the home of another", () => {
    const home = homeWith({ ".claude/settings.json": "{}" });
    run("/bin/chown", ["-R", "nobody", home]);
    const { status, stderr } = ctl(home, ["install", "claude"]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("belongs to another user")]);
    expect(Object.keys(tree(home))).toEqual([".claude", ".claude/settings.json"]);
  });

  it.skipIf(process.getuid?.() !== 0)("where the directory is read-only, and what had been is taken back", () => {
    const home = homeWith({ ".claude/settings.json": "{}" });
    // ~/.claude.json is the second file, and its directory cannot be written to.
    run("/bin/chown", ["-R", "nobody", home]);
    chmodSync(home, 0o555);
    // As that user, who has to reach node and the installation.
    const copy = scratch();
    for (const folder of ["bin", "libexec", "dist"]) cpSync(join(root, folder), join(copy, folder), { recursive: true });
    cpSync(process.execPath, join(copy, "node"));
    chmodSync(copy, 0o755);
    writeFileSync(join(copy, "dist", "node-path"), `${join(copy, "node")}\n`);
    const env = { ...environment, HOME: home };
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const { status, stderr } = run("setpriv", ["--reuid=nobody", "--clear-groups", "env", "-i", ...words, join(copy, "bin", "autobotctl"), "install", "claude", "--mcp"], {
      cwd: "/",
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("cannot be written")]);
    expect(tree(home)).toEqual({ ".claude": "-", ".claude/settings.json": "644 {}" });
  });

  it("for a project where the agent reads none", () => {
    const home = scratch();
    const { status, stderr } = ctl(home, ["install", "goose", "--project"]);
    expect([status, stderr]).toEqual([1, expect.stringContaining("goose reads nothing of this kind from a project")]);
    expect(tree(home)).toEqual({});
  });

  it("for both scopes at once", () => {
    expect(ctl(scratch(), ["install", "claude", "--user", "--project"]).stderr).toBe("autobotctl: `--user` and `--project` cannot both be given\n  give one of them\n");
  });

  it("for an agent that nobody knows", () => {
    const { status, stderr } = ctl(scratch(), ["install", "cluade"]);
    expect([status, stderr]).toEqual([2, "autobotctl: unknown agent `cluade`\n  did you mean `claude`?\n"]);
  });
});

describe("codex", { timeout: 60_000 }, () => {
  const toml = `# mine
model = "x" # the model

[features]
# why not
foo = true

[mcp_servers.other]
command = "a"
args = ["b"] # c
`;

  it("keeps the comments of its TOML, and is what it was after uninstalling", () => {
    const home = homeWith({ ".codex/config.toml": toml });
    const file = join(home, ".codex/config.toml");
    ctl(home, ["install", "codex", "--mcp"]);
    const text = readFileSync(file, "utf8");
    for (const comment of ["# mine", "# the model", "# why not", "# c"]) expect(text).toContain(comment);
    expect(parseToml(text)).toEqual({
      model: "x",
      features: { foo: true, shell_tool: false },
      mcp_servers: { other: { command: "a", args: ["b"] }, autobot: { command: tools, args: ["mcp"] } },
    });
    ctl(home, ["uninstall", "codex"]);
    expect(tree(home)).toEqual({ ".codex": "-", ".codex/config.toml": `644 ${toml}` });
  });

  it("keeps both kinds of line ends, and comments behind ours", () => {
    const text = 'model = "x"\r\n\n[features] # f\r\nfoo = true\n';
    const home = homeWith({ ".codex/config.toml": text });
    const file = join(home, ".codex/config.toml");
    ctl(home, ["install", "codex", "--mcp"]);
    const after = readFileSync(file, "utf8");
    expect([after.startsWith(text), parseToml(after).features]).toEqual([true, { foo: true, shell_tool: false }]);
    writeFileSync(file, `${after}# the end\n`);
    ctl(home, ["uninstall", "codex"]);
    expect(readFileSync(file, "utf8")).toBe(`${text}# the end\n`);
  });

  it("keeps what it has written into it since", () => {
    const home = homeWith({ ".codex/config.toml": toml });
    const file = join(home, ".codex/config.toml");
    ctl(home, ["install", "codex", "--mcp"]);
    const trust = '\n[hooks.state."/x/hooks.json:pre_tool_use:0:0"]\ntrusted_hash = "sha256:0"\n';
    writeFileSync(file, `${readFileSync(file, "utf8")}${trust}`);
    ctl(home, ["uninstall", "codex"]);
    expect(readFileSync(file, "utf8")).toBe(`${toml}${trust}`);
  });
});

describe("opencode", { timeout: 60_000 }, () => {
  it("has its settings where they are, in JSON with comments", () => {
    const text = '{\n  // mine\n  "theme": "x"\n}\n';
    const home = homeWith({ ".config/opencode/opencode.jsonc": text });
    ctl(home, ["install", "opencode", "--mcp"]);
    const after = readFileSync(join(home, ".config/opencode/opencode.jsonc"), "utf8");
    expect(after).toContain("// mine");
    expect(parse(after)).toEqual({ theme: "x", shell, mcp: { autobot: { type: "local", command: [tools, "mcp"], enabled: true } }, permission: { bash: "deny" } });
    expect(existsSync(join(home, ".config/opencode/opencode.json"))).toBe(false);
    ctl(home, ["uninstall", "opencode"]);
    expect(tree(join(home, ".config/opencode"))).toEqual({ "opencode.jsonc": `644 ${text}` });
  });
});
