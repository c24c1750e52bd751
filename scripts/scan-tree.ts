// A tree as repositories are, for the benchmark of `autobotctl scan`: mostly files that hold no commands, and some of each kind that does.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const commands = [
  "set -euo pipefail",
  'for file in src/*.py; do python3 -m black "$file"; done',
  'docker build -t "$IMAGE" . && docker push "$IMAGE"',
  "find . -name '*.pyc' -print0 | xargs -0 rm -f",
  "ssh autobot@172.16.168.24 'systemctl status backend' | grep Active",
  'if [ -z "${1:-}" ]; then echo "usage: $0 NAME" >&2; exit 2; fi',
  "curl -fsS https://example.org/health | jq -r .status",
];

const script = `#!/bin/bash\n${commands.join("\n").repeat(6)}\n`;
const steps = commands.map((command) => `      - run: ${JSON.stringify(command)}\n`).join("");
const tasks = commands.map((command) => `    - name: task\n      ansible.builtin.shell: ${JSON.stringify(command)}\n`).join("");

type Kind = readonly [share: number, name: (index: number) => string, text: string];

/** How many of a hundred files. */
const kinds: readonly Kind[] = [
  [8, (index) => `scripts/s${index}.sh`, script],
  [2, (index) => `bin/b${index}`, script],
  [10, (index) => `docs/d${index}.md`, `# Title\n\n${"Some words about it.\n".repeat(30)}\n\`\`\`sh\n${commands.join("\n")}\n\`\`\`\n`],
  [3, (index) => `ansible/playbooks/p${index}.yml`, `- hosts: all\n  tasks:\n${tasks}`],
  [5, (index) => `config/c${index}.yml`, "a:\n  b: [1, 2, 3]\n".repeat(50)],
  [1, (index) => `.github/workflows/w${index}.yml`, `jobs:\n  a:\n    steps:\n${steps}`],
  [1, (index) => `m${index}/Makefile`, `all:\n${commands.map((command) => `\t${command.replaceAll("$", "$$")}\n`).join("")}`],
  [1, (index) => `m${index}/Dockerfile`, `FROM debian\n${commands.map((command) => `RUN ${command}\n`).join("")}`],
  [1, (index) => `m${index}/package.json`, JSON.stringify({ scripts: Object.fromEntries(commands.map((command, each) => [`s${each}`, command])) })],
];

const source: Kind = [0, (index) => `src/f${index}.py`, "def f(x):\n    return x\n".repeat(100)];
const hundred: readonly Kind[] = kinds.flatMap((kind) => Array<Kind>(kind[0]).fill(kind));

/** Returns its directory. */
export function makeTree(files: number): string {
  const root = mkdtempSync(join(tmpdir(), "autobot-sh-scan-"));
  mkdirSync(join(root, ".autobot-sh"));
  for (let index = 0; index < files; index++) {
    const [, name, text] = hundred[index % 100] ?? source;
    // Directories of a size that people have.
    const path = join(root, `part${Math.floor(index / 500)}`, name(index));
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  return root;
}
