// What the documents say is so: paths exist, names are exported, and what an example shows is what it prints.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtIn } from "../src/utilities/index.ts";
import { scratch } from "./scratch.ts";

const root = join(import.meta.dirname, "..");

function text(file: string): string {
  return existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
}

/** Superseded decisions speak of what was there. */
const isInForce = (file: string) => !text(file).includes("\nStatus: superseded");
const documents = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs/agents.md",
  "docs/audit.md",
  "docs/rollout.md",
  "deploy/ansible/roles/autobot_sh/README.md",
  ...readdirSync(join(root, "docs/adr")).map((file) => `docs/adr/${file}`),
].filter(isInForce);

/** Code spans, without fenced blocks. */
function spans(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^( *)```.*?^\1```/gms, "");
  return [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? ""))];
}

describe.each(documents)("%s", (file) => {
  const ours = spans(text(file)).filter((span) => /^(\.ci|bin|deploy|docs|libexec|policies|scripts|src|tests)\/[\w./-]*$/.test(span));
  const links = [...text(file).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target]) => target ?? "");

  it("names only paths that exist", () => {
    expect(ours.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("links only to what exists", () => {
    expect(links.filter((target) => !existsSync(join(root, file, "..", target)))).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const architecture = text("ARCHITECTURE.md");
  const exported = (source: string) => [...source.matchAll(/^export (?:declare )?(?:async )?(?:const|function\*?|interface|type) (\w+)/gm)].map(([, name]) => name ?? "");
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const names = new Set(sources.flatMap((file) => exported(text(join("src", file)))));
  const utilities = new Set(builtIn.flatMap((utility) => utility.names));

  it("names only what is exported, or a utility", () => {
    const words = spans(architecture).filter((span) => /^[A-Za-z]\w+$/.test(span));
    expect(words.filter((word) => !names.has(word) && !utilities.has(word))).toEqual([]);
  });

  it("names functions with the files that export them", () => {
    const pairs = [...architecture.matchAll(/`(\w+)` \(`(src\/[\w./-]+\.ts)`/g)];
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.filter(([, name, file]) => !exported(text(file ?? "")).includes(name ?? "")).map(([whole]) => whole)).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(root, "dist/judge.cjs")))("README.md's examples", () => {
  interface Example {
    readonly command: string;
    readonly shown: string;
  }

  /** `console` blocks: a line after `$ ` is typed, what follows is printed. */
  function examples(markdown: string): readonly Example[] {
    return [...markdown.matchAll(/^```console\n(.*?)^```/gms)].flatMap(([, block]) =>
      (block ?? "")
        .split(/^\$ /m)
        .slice(1)
        .map((part) => {
          const end = part.indexOf("\n");
          return { command: part.slice(0, end), shown: part.slice(end + 1) };
        }),
    );
  }

  /** Were a refused example permitted by mistake, it must reach nobody. */
  function withoutNetwork(): string {
    const folder = scratch();
    for (const utility of ["ssh", "scp", "sftp", "rsync", "ansible", "ansible-playbook", "docker", "docker-compose", "curl", "npm", "npx"]) {
      writeFileSync(join(folder, utility), `#!/bin/sh\necho "${utility} was started" >&2\nexit 99\n`);
      chmodSync(join(folder, utility), 0o755);
    }
    return folder;
  }

  const path = `${join(root, "bin")}:${withoutNetwork()}:${process.env["PATH"]}`;
  const withOutput = examples(text("README.md")).filter(({ shown }) => shown.trim() !== "");

  it.each(withOutput)("$command", ({ command, shown }) => {
    const { stdout } = spawnSync("/bin/bash", ["-c", `exec 2>&1; ${command}`], { cwd: root, encoding: "utf8", env: { ...process.env, PATH: path, NO_COLOR: "1" } });
    expect(stdout.trimEnd()).toBe(shown.trimEnd());
  });

  it("start nothing that would reach a server", () => {
    for (const { command } of examples(text("README.md"))) {
      const { stderr } = spawnSync("/bin/bash", ["-c", command], { cwd: root, encoding: "utf8", env: { ...process.env, PATH: path } });
      expect(stderr).not.toContain("was started");
    }
  });
});
