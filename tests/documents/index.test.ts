// A document → the shell code in it: each piece with the line it begins in, and what is known about how it runs.
import { describe, expect, it } from "vitest";
import { readerFor } from "../../src/documents/index.ts";
import type { Piece } from "../../src/documents/piece.ts";

function pieces(path: string, text: string): readonly Piece[] {
  return readerFor(path)?.({ path, text }).pieces ?? [];
}

/** `LINE: CODE`, and each character of the code is where it is said to be. */
function codes(path: string, text: string): readonly string[] {
  return pieces(path, text).map(({ code }) => `${text.slice(0, code.at(0)).split("\n").length}: ${code.text}`);
}

describe("names", () => {
  it.each([
    "deploy.sh",
    "bin/deploy",
    ".envrc",
    ".bashrc",
    "Makefile",
    "GNUmakefile",
    "Makefile.am",
    "rules.mk",
    "Dockerfile",
    "Dockerfile.dev",
    "docker/web.Dockerfile",
    "Containerfile",
    "package.json",
    ".github/workflows/ci.yml",
    "action.yml",
    ".gitlab-ci.yml",
    "ansible/playbooks/x.yml",
    "README.md",
    "CLAUDE.md",
    ".cursorrules",
    ".cursor/rules/x.mdc",
    ".github/copilot-instructions.md",
  ])("%s may hold shell code", (name) => {
    expect(readerFor(name)).toBeDefined();
  });

  it.each(["main.py", "logo.png", "package-lock.json", "src/index.ts", "notes.txt", "a.b/c.py", "Dockerfile.d/x.js"])("%s holds none", (name) => {
    expect(readerFor(name)).toBeUndefined();
  });
});

describe("scripts", () => {
  it.each([
    ["deploy", "#!/bin/bash\nssh a\n", "bash"],
    ["deploy", "#!/usr/bin/env -S bash -e\nssh a\n", "bash"],
    ["deploy", "#!/bin/sh\nssh a\n", "sh"],
    ["deploy.sh", "ssh a\n", "bash"],
    [".zshrc", "ssh a\n", "zsh"],
  ])("%s is one piece", (path, text, dialect) => {
    expect(pieces(path, text).map((piece) => [piece.code.text, piece.dialect])).toEqual([[text, dialect]]);
  });

  it.each([
    ["deploy", "ssh a\n"],
    ["deploy", "#!/usr/bin/env python3\nssh\n"],
    ["deploy.sh", "#!/usr/bin/python3\nssh\n"],
  ])("%s of another language, or that does not say, has none: %j", (path, text) => {
    expect(pieces(path, text)).toEqual([]);
  });
});

describe("makefiles", () => {
  it("recipes, without what speaks to make, each line for a shell of its own", () => {
    expect(codes("Makefile", "all: a\n\t@ssh h a\n\t-ssh h b\n\n# c\n\t# d\nb: ; ssh h c\n")).toEqual(["2: ssh h a", "3: ssh h b", "7: ssh h c"]);
  });

  it("a line that goes on", () => {
    expect(codes("Makefile", "all:\n\tssh h \\\n\t  'a; \\\n\tb'\n\tls\n")).toEqual(["2: ssh h \\\n  'a; \\\nb'", "5: ls"]);
  });

  it("variables that are set once, the shell's own, and those that nobody can know", () => {
    expect(codes("Makefile", "H := web1 # one\nT = ssh $(H)\nU = a\nU += b\nall:\n\t${T} echo $$HOME $(U) $@ $(call f,x)\n")).toEqual([
      "6: ssh web1 echo $HOME ${U} ${_} ${call_f_x}",
    ]);
  });

  it("what `$(shell …)` runs, and one shell for a whole recipe", () => {
    expect(codes("Makefile", ".ONESHELL:\nX := $(shell ssh h $(echo a))\nall:\n\tcd x\n\tls\nb:\n\tpwd\n")).toEqual(["4: cd x\nls", "7: pwd", "2: ssh h ${echo_a}"]);
  });

  it("are sh's, unless they say otherwise, and start where they lie", () => {
    const seen = (text: string) => pieces("sub/Makefile", text).map(({ dialect, directory }) => [dialect, directory]);
    expect([seen("a:\n\tls\n"), seen("SHELL := /bin/bash\na:\n\tls\n")]).toEqual([[["sh", "sub"]], [["bash", "sub"]]]);
  });

  it("text after a tab that belongs to no rule is none", () => {
    expect(codes("Makefile", "X = 1\n\tssh h vim\n")).toEqual([]);
  });
});

describe("Dockerfiles", () => {
  it("RUN, over several lines with comments between, without its flags", () => {
    expect(codes("Dockerfile", "FROM a\nRUN --mount=type=cache,target=/x apt-get update && \\\n  # why\n\n  ls\n")).toEqual(["2: apt-get update && \\\n  ls"]);
  });

  it("the form in brackets is words, not code", () => {
    expect(codes("Dockerfile", 'CMD ["ssh", "h", "echo $HOME; it\'s"]\n')).toEqual(["1: 'ssh' 'h' 'echo $HOME; it'\\''s'"]);
  });

  it("here-documents: for the shell itself, and for a command", () => {
    expect(codes("Dockerfile", "RUN <<EOF\nssh h a\nEOF\nRUN cat <<'E' >/x\nFROM me\nE\nRUN <<EOF\n#!/usr/bin/env python3\nssh\nEOF\n")).toEqual([
      "2: ssh h a",
      "4: cat <<'E' >/x\nFROM me\nE",
    ]);
  });

  it("what starts in a container of it", () => {
    expect(codes("Dockerfile", "HEALTHCHECK --interval=5m CMD curl -f http://x\nHEALTHCHECK NONE\nENTRYPOINT exec a\nONBUILD RUN b\n")).toEqual([
      "1: curl -f http://x",
      "3: exec a",
      "4: b",
    ]);
  });

  it("variables and the shell it names; another language is none", () => {
    const seen = pieces("Dockerfile", 'ENV H=web1 B="x y"\nSHELL ["/bin/bash", "-c"]\nRUN a\nSHELL ["pwsh", "-Command"]\nRUN b\nFROM c\nRUN d\n');
    expect(seen.map(({ code, dialect, environment }) => [code.text, dialect, environment])).toEqual([
      ["a", "bash", { H: "web1", B: "x y" }],
      ["d", "sh", { H: "web1", B: "x y" }],
    ]);
  });
});

describe("package.json", () => {
  it("scripts, with their escapes undone", () => {
    const text = '{\n  "name": "x",\n  "scripts": {\n    "a": "ssh h \\"ls\\"",\n    "b": "vitest"\n  }\n}';
    expect(codes("web/package.json", text)).toEqual(['4: ssh h "ls"', "5: vitest"]);
    const [{ code }] = pieces("web/package.json", text) as [Piece];
    expect(text.slice(code.at(7), code.at(9))).toBe("ls");
  });

  it("has no other code", () => {
    expect(codes("package.json", '{"bin": {"scripts": "ssh h"}, "config": {"a": "ssh h"}}')).toEqual([]);
  });
});

describe("workflows", () => {
  const text = [
    "env: { H: web1, S: '${{ secrets.S }}' }",
    "defaults: { run: { working-directory: ./web } }",
    "jobs:",
    "  a:",
    "    env: { J: j }",
    "    steps:",
    "      - uses: actions/checkout",
    "      - run: |",
    "          cd x",
    "            ssh ${{ env.H }} ${{ github.ref }}",
    "      - { run: Get-Item, shell: pwsh }",
    "      - { run: 'it''s', shell: 'sh -e {0}', working-directory: sub }",
  ].join("\n");

  it("each step's code, with its directory, shell and known variables", () => {
    expect(pieces(".github/workflows/a.yml", text).map(({ code, dialect, directory, environment }) => [code.text, dialect, directory, environment])).toEqual([
      ["cd x\n  ssh web1 ${github_ref}\n", "bash", "web", { H: "web1", J: "j" }],
      ["it's", "sh", "sub", { H: "web1", J: "j" }],
    ]);
  });

  it("know their place, behind indentation and quotes", () => {
    const [block, quoted] = pieces(".github/workflows/a.yml", text) as [Piece, Piece];
    expect(text.slice(block.code.at(block.code.text.indexOf("ssh"))).slice(0, 8)).toBe("ssh ${{ ");
    expect(text.slice(quoted.code.at(3)).slice(0, 2)).toBe("s'");
  });

  it("composite actions too", () => {
    expect(codes("action.yml", "runs:\n  using: composite\n  steps:\n    - run: ls\n      shell: bash\n")).toEqual(["4: ls"]);
  });

  it("that are no YAML are a fault, not a guess", () => {
    const path = ".github/workflows/a.yml";
    expect(readerFor(path)?.({ path, text: "run: [a\nb: }" })).toMatchObject({ pieces: [], fault: expect.stringMatching(/^not YAML: /) });
  });
});

describe("GitLab CI", () => {
  it("each job's scripts in turn, with what comes before", () => {
    const text =
      "variables: { H: web1 }\ndefault:\n  before_script: [cd x]\n.base: &base\n  script:\n    - ls\ndeploy:\n  variables: { J: $H }\n  script:\n    - ssh $H\n    - [a, b]\n  after_script: c\nother:\n  <<: *base\n";
    expect(codes(".gitlab-ci.yml", text)).toEqual(["3: cd x", "3: cd x\nls", "3: cd x\nssh $H\na\nb", "12: c"]);
    expect(pieces(".gitlab-ci.yml", text)[2]?.environment).toEqual({ H: "web1" });
  });
});

describe("Ansible", () => {
  it("tasks, blocks and handlers of a play, and lists of tasks", () => {
    const play =
      "- hosts: all\n  vars: { h: web1 }\n  tasks:\n    - name: shell\n      shell: ssh {{ h }} {{ x }}\n    - block:\n        - ansible.builtin.command:\n            argv: [ssh, h, a b]\n  handlers:\n    - raw: reboot\n";
    expect(codes("p.yml", play)).toEqual(["5: ssh web1 ${x}", "8: 'ssh' 'h' 'a b'", "10: reboot"]);
    expect(codes("roles/x/tasks/main.yml", "- local_action: shell ssh h\n- shell:\n    cmd: ls {% if x %}\n")).toEqual(["1: ssh h", "3: ls  "]);
  });

  it("no other YAML, and no other module", () => {
    expect(codes("values.yml", "shell: ssh h vim\n")).toEqual([]);
    expect(codes("p.yml", "- hosts: all\n  tasks:\n    - copy: { content: 'shell: x', dest: /x }\n")).toEqual([]);
  });
});

describe("Markdown", () => {
  const fence = (info: string, body: string, before = "") => `text\n${before}\n\`\`\`${info}\n${body}\n\`\`\`\n`;

  it.each([
    ["sh", "ssh h a", ["4: ssh h a"]],
    ["{.bash}", "a\nb", ["4: a\nb"]],
    ["bash title=x", "$ a \\\n  b\nout\n$ c", ["4: a \\\n  b\nc"]],
    ["console", "$ cat <<E\n> x\n> E\nout\n$ ls", ["4: cat <<E\nx\nE\nls"]],
    ["console", "ssh h vim", []],
    ["python", "ssh", []],
    ["", "ssh h vim", []],
    ["diff", "+ ssh h vim", []],
  ])("```%s %j", (info, body, expected) => {
    expect(codes("README.md", fence(info, body))).toEqual(expected);
  });

  it("fences in lists and quotes, with tildes, longer ones, and one that is not closed", () => {
    expect(codes("a.md", "1. ```sh\n   a\n   ```\n> ~~~sh\n> b\n> ~~~\n````sh\n```\nc\n````\n```sh\nd")).toEqual(["2: a", "5: b", "8: ```\nc", "12: d"]);
  });

  it("a reader's placeholders are no redirections", () => {
    expect(codes("a.md", fence("sh", "ssh <user>@<vm-ip> 'tail <log file>' < in > out <<E\nE"))).toEqual(["4: ssh ${user}@${vm_ip} 'tail ${log_file}' < in > out <<E\nE"]);
  });

  it("is exempt behind a comment that says so, as a whole or from a rule", () => {
    const exempt = (before: string) => pieces("a.md", fence("sh", "a", before))[0]?.exempt;
    expect(
      ["<!-- autobot-sh: ignore -->", "<!-- autobot-sh: ignore remote-editing/editor what not to do -->", "<!-- autobot-sh: ignore remote-editing -->", "ignore"].map(exempt),
    ).toEqual(["", "remote-editing/editor", "remote-editing", undefined]);
    expect(pieces("a.md", `<!-- autobot-sh: ignore -->\nmore text\n${fence("sh", "a")}`)[0]?.exempt).toBeUndefined();
  });

  it("for agents is run by them, and so is what their commands hold", () => {
    expect(pieces("CLAUDE.md", fence("sh", "a"))[0]?.runner).toBe("agent");
    expect(pieces("README.md", fence("sh", "a"))[0]?.runner).toBe("person");
    expect(codes(".claude/commands/x.md", "State: !`git status`, `ls`\n")).toEqual(["1: git status"]);
    expect(codes("README.md", "State: !`git status`\n")).toEqual([]);
  });
});
