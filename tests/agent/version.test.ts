// Versions of agents, as `autobotctl doctor` finds them: programs where installers put them, and one that nobody has tried so old.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { agents as tried } from "../../scripts/e2e-agents/agents.ts";
import { agentsFor } from "../../src/agent/agents.ts";
import { examineVersion, isOlder } from "../../src/agent/version.ts";
import { scratch } from "../scratch.ts";

const agents = agentsFor({ autobotctl: "/a", bash: "/b" }, { home: "/", env: {} });
afterEach(() => vi.unstubAllEnvs());

function examined(name: string, install: (bin: string, apart: string) => void): readonly string[] {
  const [bin, apart] = [scratch(), scratch()];
  install(bin, apart);
  vi.stubEnv("PATH", `relative:${bin}`);
  const agent = agents.find((each) => each.name === name);
  return agent === undefined
    ? []
    : examineVersion(agent).map(({ of, state, found, mend }) => `${of}: ${state}: ${found.replace(/ \(.*/, "").replace(bin, "BIN")}${mend === undefined ? "" : `; ${mend}`}`);
}

function write(path: string, text: string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const trap = "#!/bin/sh\necho 9.9.9\n";
const inPackage = (bin: string, apart: string, name: string, version: string) => {
  const directory = join(apart, "lib/node_modules", name);
  write(join(directory, "package.json"), JSON.stringify({ name, version }));
  symlinkSync(write(join(directory, "bin", "cli.js"), trap), join(bin, "codex"));
};

describe("the version of an agent", () => {
  it.each<[string, Parameters<typeof examined>, string[]]>([
    ["of its package", ["codex", (bin, apart) => inPackage(bin, apart, "@openai/codex", "0.170.0")], ["codex version: ok: 0.170.0; 0.169.0 was tried"]],
    [
      "of its package, and too old",
      ["codex", (bin, apart) => inPackage(bin, apart, "codex", "0.99.1")],
      ["codex version: warning: 0.99.1 is older than 0.169.0, which was tried: it may not understand a refusal; update Codex"],
    ],
    ["of its file's name", ["claude", (bin, apart) => symlinkSync(write(join(apart, "2.1.330"), trap), join(bin, "claude"))], ["claude version: ok: 2.1.330; 2.1.330 was tried"]],
    ["of its own words", ["claude", (bin) => write(join(bin, "claude"), "#!/bin/sh\necho '2.0.9 (Claude Code)'\n")], [expect.stringContaining("2.0.9 is older than 2.1.330")]],
    [
      "that it does not tell",
      ["claude", (bin) => write(join(bin, "claude"), "#!/bin/sh\nexit 1\n")],
      ["claude version: warning: `BIN/claude` does not tell its version; 2.1.330 was tried; see that `claude --version` works"],
    ],
    ["of one that others may change", ["claude", (bin) => write(join(bin, "claude"), trap, 0o777)], [expect.stringContaining("does not tell its version")]],
    ["of one that nobody has tried", ["goose", (bin) => write(join(bin, "goose"), trap)], []],
    ["of one that is not here", ["claude", () => {}], []],
  ])("is that %s", (_, asked, expected) => {
    expect(examined(...asked)).toEqual(expected);
  });

  it("is compared by its numbers", () => {
    expect(["1.9.0", "1.10.0", "1.10.1", "2.0.0"].map((version) => isOlder(version, "1.10.0"))).toEqual([true, false, false, false]);
  });

  it("that was tried is the one that the trials start", () => {
    const versions = tried.map(({ name, download }) => [name, /^[\d.]+/.exec(download.version)?.[0]]);
    expect(versions).toEqual(tried.map(({ name }) => [name, agents.find((each) => each.name === name)?.tried]));
  });
});
