// The same keys typed into bash alone and into the session: same history, same statuses, same hooks.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bashVersion, type Person, person } from "../stage/person.ts";
import { autobotSh } from "../stage/run.ts";

interface Seen {
  readonly history: string;
  readonly out: string;
  readonly status: string;
}

const text = (me: Person, name: string) => (existsSync(join(me.home, name)) ? readFileSync(join(me.home, name), "utf8") : "");

async function typed(rc: string, lines: readonly string[], plain: boolean): Promise<Seen> {
  const me = await person(plain ? { rc, command: ["/bin/bash"] } : { rc });
  try {
    await me.until("the first prompt", () => me.statuses().length > 0);
    for (const line of lines) await me.line(line);
    me.type("exit 3\r");
    const status = await me.ended();
    const out = text(me, "out")
      .replaceAll(/^.*__autobot_(?:prompt|again).*\n/gm, "")
      .replaceAll(/\/[^\s:]*\/autobot-sh\/shims\/[\w-]+:/g, "")
      .replaceAll(me.home, "HOME")
      .replaceAll(/ \/\S*gate\.bash$/gm, " ");
    return { history: text(me, "history").replaceAll(/^#\d+$/gm, "#"), out, status };
  } finally {
    me.leave();
  }
}

// What a command of ours would add is seen at once.
it.each<readonly [string, readonly string[], string]>([
  // Before 5.1 a name of ours is there.
  ...(bashVersion < 501 ? [] : [["a trace", ["set -x", "echo a", "(exit 3)", "set +x"], ""] as const]),
  ["an ERR trap for functions too", ["set -E; trap 'echo failed' ERR", "true", "(exit 3)"], ""],
  ["PS0 of a start-up file", ["echo a"], "PS0='[before]'"],
])("the terminal shows what it would: %s", { timeout: 60_000 }, async (_title, lines, rc) => {
  const shown = async (command: readonly string[]) => {
    const me = await person({ rc, command });
    try {
      await me.until("the first prompt", () => /^>$/.test(me.screen()));
      for (const line of lines) await me.line(line);
      await me.until("the prompt", () => /\n>$/.test(me.screen()));
      return me.screen();
    } finally {
      me.leave();
    }
  };
  expect(await shown([autobotSh])).toBe(await shown(["/bin/bash"]));
});

describe("bash", { timeout: 60_000 }, () => {
  it.each<readonly [string, string, readonly string[]]>([
    ["history", "", ["echo a", " echo b", "echo a", "echo a", "echo 'c\rd'", "for x in 1 2; do\recho $x\rdone", "# a comment", "cat <<E\r# kept\rE"]],
    ["ignorespace", "HISTCONTROL=ignorespace", ["echo a", " echo b", "  echo c", "echo a"]],
    ["ignoredups", "HISTCONTROL=ignoredups", ["echo a", "echo a", " echo a", "echo b", "echo a"]],
    ["ignoreboth", "HISTCONTROL=ignoreboth", ["echo a", " echo b", "echo a", "echo a", "echo c"]],
    ["erasedups", "HISTCONTROL=erasedups", ["echo a", "echo b", "echo a", "echo c", "echo b"]],
    ["changed on the way", "HISTCONTROL=ignoreboth", [" echo a", "HISTCONTROL=", " echo b", "HISTCONTROL=ignorespace", " echo c", "unset HISTCONTROL", " echo d"]],
    ["HISTIGNORE", "HISTIGNORE='ls*:[fb]g:&'", ["ls >/dev/null", "echo a", "echo a", "lsx 2>/dev/null", "echo b"]],
    ["timestamps", "HISTTIMEFORMAT='%F '", ["echo a", "echo b"]],
    ["one line a newline", "shopt -s lithist", ["for x in 1 2; do\recho $x\rdone"]],
    ["a short list", "HISTSIZE=3", ["echo a", "echo b", "echo c", "echo d"]],
    ["history written at each prompt", "PROMPT_COMMAND+='; history -a; history -c; history -r'", ["echo a", "echo b", "echo b"]],
    ["what a hook sees", `PROMPT_COMMAND+='; echo "$? $_" >>~/out'`, ["false", "true x", "(exit 9)", "echo x y"]],
    ["what a list of hooks sees", `PROMPT_COMMAND=("$PROMPT_COMMAND" 'echo "$? \${PIPESTATUS[*]} $_" >>~/out')`, ["false", "true | (exit 4) | true", "echo x y"]],
    ["a DEBUG trap", `trap 'echo "$BASH_COMMAND" >>~/out' DEBUG`, ["echo a; echo b", "for x in 1 2; do echo $x; done"]],
    // Before 5.1 the two of ours stand on one line.
    ...(bashVersion < 501
      ? []
      : [
          [
            "a DEBUG trap that knows the lines of PROMPT_COMMAND, as bash-preexec does",
            `seen() { local each IFS=$'\\n;'; for each in \${PROMPT_COMMAND[*]}; do [[ $each == "$BASH_COMMAND" ]] && return; done; echo "\${BASH_COMMAND/autobot/ours}" >>~/out; }; trap seen DEBUG`,
            ["echo a; echo b", "true"],
          ] as const,
        ]),
    ["PS0 and PS1", `PS0='$(echo ps0 >>~/out)'; PS1='$(echo ps1 >>~/out)> '`, ["echo a", "", "echo b"]],
    ["an ERR and an EXIT trap", `trap 'echo err >>~/out' ERR; trap 'echo bye >>~/out' EXIT`, ["false", "true"]],
    ["aliases and functions", "alias e=echo; f() { echo f$1; }", ["e a >>~/out", "f 1 >>~/out", "alias g='e -n'; f() { echo g; }", "g a >>~/out; f >>~/out"]],
    // What a bash that was built without a start-up file for all does otherwise.
    ["options and parameters", "shopt -s checkwinsize", ["echo $- $# $MAILCHECK >>~/out", "echo $SHLVL $PWD $SHELLOPTS >>~/out", "shopt >>~/out", "set -o vi", "set -o >>~/out"]],
    ["the environment", "", ["env | grep -v -e ^_ -e TMUX= -e BASH_ENV -e AUTOBOT | sort >>~/out"]],
    ["jobs", "", ["sleep 0.05 & jobs >>~/out; wait", "jobs >>~/out", "set +m", "(exit 5) & wait $!; echo $? >>~/out"]],
    ["history expansion", "", ["echo a >>~/out", "!!", "^a^b", "!echo", "echo '!!' >>~/out"]],
    ["directories", "", ["mkdir d; cd d", "pwd >>~/out", "cd -", "pushd d; dirs >>~/out"]],
  ])("%s", async (_title, rc, lines) => {
    expect(await typed(rc, lines, false)).toEqual(await typed(rc, lines, true));
  });
});
