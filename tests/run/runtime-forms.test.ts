// What is denied as text is not run in any other form, and what is permitted is run, once and unchanged.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Example } from "../../src/policy/schema.ts";
import { defaultPolicies } from "../policy/default-policies.ts";
import { createStubs } from "../stage/stubs.ts";

const stubs = createStubs();
const { directory } = stubs;

/** Variables that the examples leave to run time. */
const values = {
  AI_STACK: "172.16.168.24",
  REDIS_HOST: "172.16.168.23",
  SETUP_SCRIPT: join(directory, "setup"),
  SSH_KEY: join(stubs.environment["HOME"] ?? "", ".ssh/autobot_key"),
};
writeFileSync(values.SETUP_SCRIPT, "sudo sed -i s/a/b/ /etc/hosts\n");

let files = 0;

/** The same line, as what runs it never has it in its text. */
const forms: Readonly<Record<string, (line: string, file: string) => readonly string[]>> = {
  "a script": (_, file) => ["/bin/bash", file],
  "a script given to sh": (_, file) => ["/bin/bash", "-c", `bash <(base64 -d <<<$(base64 -w0 ${file}))`],
  "a variable": (_, file) => ["/bin/bash", "-c", `line=$(cat ${file}); eval "$line"`],
  "decoded on a pipe": (_, file) => ["/bin/bash", "-c", `base64 ${file} | base64 -d | bash`],
  "a subprocess of python": (_, file) => ["python3", "-c", `import subprocess; subprocess.run(open("${file}").read(), shell=True, executable="/bin/bash")`],
  xargs: (_, file) => ["/bin/bash", "-c", `tr '\\n' '\\0' <<<"bash ${file}" | xargs -0 -n1 sh -c`],
  "a Makefile": (line, file) => ["make", "-s", "-f", makefile(line, file)],
};

function makefile(line: string, file: string): string {
  const path = `${file}.mk`;
  const recipe = line.includes("\n") ? `bash ${file}` : line.replaceAll("$", "$$$$");
  writeFileSync(path, `SHELL = /bin/bash\nall:\n\t${recipe}\n`);
  return path;
}

function written(line: string): string {
  const path = join(directory, `line-${files++}`);
  writeFileSync(path, `${line}\n`);
  return path;
}

// Who asks is not told to a shim: what only an agent is refused is judged in the text.
const linesOf = (examples: readonly Example[]) => examples.flatMap((each) => (typeof each === "string" ? [each] : each.face === "agent" ? [] : [each.line]));

// What a rule says of this machine's own files is judged in the text: redirections and cp pass no shim.
const remoteRules = defaultPolicies.rules.filter(({ source }) => source.host !== undefined && source.host !== "local");

describe("what is denied as text", () => {
  const examples = remoteRules.flatMap(({ examples: { deny } }) => linesOf(deny));

  it("is most of what the policies deny", () => {
    expect(examples.length).toBeGreaterThan(50);
  });

  it.each(examples)("is not run in any other form: %s", { timeout: 60_000 }, async (line) => {
    const file = written(line);
    const calls: string[] = [];
    for (const [form, words] of Object.entries(forms)) {
      const ran = await stubs.layered(words(line, file), { env: values });
      calls.push(...ran.calls.filter((call) => !call.startsWith("curl ")).map((call) => `${form}: ${call}`));
    }
    expect(calls).toEqual([]);
  });
});

describe("what is permitted", () => {
  const started = /^(?:\w+=\S+ )?(?:ssh|scp|rsync|sftp|docker|ansible|ansible-playbook|redis-cli|vim|git|ssh-keygen|curl) /;
  const examples = defaultPolicies.rules.flatMap(({ examples: { permit } }) => permit.map((each) => ({ tty: false, ...(typeof each === "string" ? { line: each } : each) })));
  const lines = [...new Set(examples.filter(({ line, tty }) => !tty && started.test(line) && !line.includes(">")).map(({ line }) => line))];

  it("is something", () => {
    expect(lines.length).toBeGreaterThan(30);
  });

  it.each(lines)("runs once, with the same arguments: %s", { timeout: 60_000 }, async (line) => {
    const file = written(line);
    const plain = await stubs.plain(["/bin/bash", file], { env: values });
    expect(await stubs.layered(["/bin/bash", file], { env: values })).toEqual(plain);
    expect(plain.calls).not.toEqual([]);
  });
});
