// Whole sessions as they are seen: `$ line`, what is printed on both outputs, and the exit status where it is not 0.
// `UPDATE=1 npx vitest run tests/transcripts.test.ts` writes them anew; the difference is read in review.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root, run, scratch } from "./stage/run.ts";

const directory = join(import.meta.dirname, "transcripts");

interface Exchange {
  readonly line: string;
  readonly printed: string;
}

/** Lines that begin with `# ` before the first exchange are a heading. A line goes on where it begins with `> `. */
function parseTranscript(text: string): { readonly heading: string; readonly exchanges: readonly Exchange[] } {
  const [heading = "", ...parts] = text.split(/^\$ /m);
  const exchanges = parts.map((part) => {
    const [first = "", ...rest] = part.split("\n");
    const more = rest.findIndex((each) => !each.startsWith("> "));
    const line = [first, ...rest.slice(0, more).map((each) => each.slice(2))].join("\n");
    return { line, printed: rest.slice(more).join("\n").trimEnd() };
  });
  return { heading, exchanges };
}

function showTranscript(heading: string, exchanges: readonly Exchange[]): string {
  const shown = exchanges.map(({ line, printed }) => `$ ${line.replaceAll("\n", "\n> ")}\n${printed === "" ? "" : `${printed}\n`}`);
  return `${heading}${shown.join("\n")}`;
}

/** Were a refused line permitted by mistake, it must reach nobody. */
function withoutNetwork(): string {
  const folder = join(scratch(), "bin");
  mkdirSync(folder);
  for (const utility of ["ssh", "scp", "sftp", "rsync", "ansible", "ansible-playbook", "docker", "docker-compose", "curl"]) {
    writeFileSync(join(folder, utility), `#!/bin/sh\necho "(${utility} would run here)"\n`);
    chmodSync(join(folder, utility), 0o755);
  }
  return folder;
}

const path = `${join(root, "bin")}:${withoutNetwork()}:/usr/bin:/bin`;

function printedBy(line: string): string {
  const { stdout, status } = run("/bin/bash", ["-c", `exec 2>&1\n${line}`], { cwd: join(directory, "workspace"), env: { PATH: path } });
  return `${stdout.replaceAll(`${root}/bin/autobot-sh`, "autobot-sh").replaceAll(root, "…").trimEnd()}${status === 0 ? "" : `\n[${status}]`}`.trim();
}

const files = readdirSync(directory).filter((file) => file.endsWith(".txt"));

describe.each(files)("%s", (file) => {
  const { heading, exchanges } = parseTranscript(readFileSync(join(directory, file), "utf8"));
  if (process.env["UPDATE"] === "1") {
    const fresh = exchanges.map(({ line }) => ({ line, printed: printedBy(line) }));
    writeFileSync(join(directory, file), showTranscript(heading, fresh));
  }
  const current = process.env["UPDATE"] === "1" ? parseTranscript(readFileSync(join(directory, file), "utf8")).exchanges : exchanges;
  it.each(current)("$line", ({ line, printed }) => {
    expect(printedBy(line)).toBe(printed);
  });
});
