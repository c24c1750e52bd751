// Oils' specification of bash, as cases of a few lines each with what they print.
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asAccount, ended, must } from "./account.ts";
import { type Suite, verdicts } from "./suite.ts";

const short = ["sh-options", "sh-options-bash", "builtin-process", "command_", "exit-status", "redirect", "redirect-command", "sh-usage", "sh-func", "command-sub", "pipeline"];

export const oilsSuite: Suite = {
  name: "oils",
  mark: "test/sh_spec.py",
  needs: ["python3"],
  jobs: 2,

  async build(tree, account) {
    mkdirSync(join(tree, "_tmp"), { recursive: true });
    mkdirSync(join(tree, "python"));
    const python2 = await ended(asAccount(account, ["sh", "-c", "python2 -c 'import sys' && command -v python2"]), "/");
    if (python2.status === 0) symlinkSync(python2.stdout.trim(), join(tree, "python", "python2"));
    else translate(tree);
  },

  units(tree, isShort) {
    const spec = join(tree, "spec");
    const all = readdirSync(spec).filter((name) => name.endsWith(".test.sh") && /^## compare_shells:.*bash/m.test(readFileSync(join(spec, name), "utf8")));
    return isShort ? all.filter((name) => short.includes(name.replace(/\.test\.sh$/, ""))) : all;
  },

  async run(unit, { shell, tree, account }) {
    const table = join(tree, "_tmp", `${unit}.tsv`);
    const path = `${join(tree, "python")}:/usr/local/bin:/usr/bin:/bin`;
    const words = [
      "timeout",
      "--signal=KILL",
      "300",
      "python2",
      "test/sh_spec.py",
      ...["--tmp-env", join(tree, "_tmp", unit)],
      ...["--path-env", `${join(tree, "spec/bin")}:${path}`],
      ...["--env-pair", "LC_ALL=C.UTF-8", "--env-pair", `REPO_ROOT=${tree}`],
      ...["--tsv-output", table, join("spec", unit), shell],
    ];
    await ended(asAccount(account, words, { PATH: path, PYTHONPATH: "." }), tree);
    return verdicts(rows(existsSync(table) ? readFileSync(table, "utf8") : "", unit.replace(/\.test\.sh$/, "")));
  },
};

function* rows(table: string, file: string): Generator<readonly [string, string]> {
  for (const line of table.split("\n").slice(1)) {
    const [number, , result] = line.split("\t");
    if (result !== undefined) yield [`${file}:${number}`, result];
  }
}

// The runner is written for Python 2, which few machines have. A score of cases with bytes that are not UTF-8 fail
// after this, with every shell.
function translate(tree: string): void {
  const files = ["test/sh_spec.py", "test/spec_lib.py", "doctools/html_head.py"];
  const programs = readdirSync(join(tree, "spec/bin"))
    .filter((name) => name.endsWith(".py"))
    .map((name) => join("spec/bin", name));
  must("python3", ["-W", "ignore", "-m", "lib2to3", "--no-diffs", "--nobackups", "--write", "--nofix=next", ...files, ...programs], tree);
  for (const file of programs) edit(join(tree, file), [[/^#!.*python2/, "#!/usr/bin/env python3"]]);
  edit(join(tree, "test/sh_spec.py"), [
    [/^import cgi$/m, "import html as cgi"],
    [/Popen\(argv,/g, 'Popen(argv, encoding="utf-8", errors="surrogateescape",'],
    [/\(exp_json, .*\)/g, "(exp_json)"],
  ]);
  symlinkSync("/usr/bin/python3", join(tree, "python", "python2"));
}

function edit(path: string, changes: readonly (readonly [RegExp, string])[]): void {
  const text = changes.reduce((changed, [from, to]) => changed.replace(from, to), readFileSync(path, "utf8"));
  writeFileSync(path, text);
}
