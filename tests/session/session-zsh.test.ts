// The interactive zsh, typed into for real: as session-bash.test.ts.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Person, person } from "../stage/person.ts";
import { autobotSh } from "../stage/run.ts";
import { denied, refusedForms } from "./refused-forms.ts";

describe("what is refused has not begun", { timeout: 60_000 }, () => {
  let me: Person;
  let count = 0;
  beforeAll(async () => {
    me = await person({
      shell: "zsh",
      rc: 'alias deploy="ssh 172.16.168.21 \'vim f\'"\nalias -g ON="172.16.168.21 \'vim f\'"\nfix() { touch "$1"; ssh 172.16.168.21 \'vim f\'; }\nlook() { touch "$1"; }',
    });
  }, 60_000);
  afterAll(() => me.leave());

  it.each<readonly [string, string]>([
    ...refusedForms,
    ["a word before it", `touch MARK; noglob ${denied}`],
    ["a global alias", "touch MARK; ssh ON"],
    ["a variable typed before", "touch MARK; ssh $HOST_TYPED 'vim f'"],
    ["a script", "touch MARK; zsh ./denied.sh"],
  ])("%s", async (_title, keys) => {
    const marker = `mark${count++}`;
    if (keys.includes("denied.sh")) await me.line(`echo "${denied}" > denied.sh`);
    if (keys.includes("HOST_TYPED")) await me.line("HOST_TYPED=172.16.168.21");
    const before = me.refusals();
    await me.line(keys.replaceAll("MARK", marker));
    expect(me.refusals()).toBe(before + 1);
    expect(me.made(marker)).toBe(false);
    expect(me.made("calls")).toBe(false);
  });

  it.each([
    ["an anonymous function", `() { ${denied}; }`],
    ["a variable split into words", "${=SPLIT}"],
  ])("what the text does not tell is judged when it is called: %s", async (_title, keys) => {
    await me.line(`SPLIT="ssh 172.16.168.21 vim f"`);
    const before = me.refusals();
    expect(await me.line(keys)).toBe("126");
    expect(me.refusals()).toBe(before + 1);
    expect(me.made("calls")).toBe(false);
  });

  it("and the shell is what it was", async () => {
    expect(await me.line("look here; [ -f here ]")).toBe("0");
  });
});

describe("the gate holds", { timeout: 60_000 }, () => {
  it.each<readonly [string, "refused" | "ended"]>([
    ["setopt err_exit", "refused"],
    ["setopt err_return no_unset", "refused"],
    ["setopt xtrace verbose", "refused"],
    ["setopt ksh_arrays sh_word_split", "refused"],
    ["setopt no_glob extended_glob no_clobber warn_create_global", "refused"],
    ["setopt hist_ignore_space hist_ignore_dups hist_no_store", "refused"],
    ["setopt posix_builtins posix_aliases", "refused"],
    ["emulate sh", "refused"],
    ["emulate ksh", "refused"],
    ["trap '' INT TERM HUP", "refused"],
    ["trap 'echo trapped' INT", "refused"],
    ["TRAPINT() { return 0; }", "refused"],
    ["TRAPDEBUG() { echo noise >>~/noise; }", "refused"],
    ["preexec() { false; }", "refused"],
    ["preexec_functions=()", "refused"],
    ["unset preexec_functions", "refused"],
    ["precmd_functions=()", "refused"],
    ["preexec_functions=() precmd_functions=()", "refused"],
    ["preexec_functions=() precmd_functions=() zshaddhistory_functions=()", "refused"],
    ["unset preexec_functions precmd_functions zshaddhistory_functions", "refused"],
    ["other() { false; }; preexec_functions=(other)", "refused"],
    ["__autobot_ask() { return 0; }", "refused"],
    ["__autobot_preexec() { :; }; __autobot_precmd() { :; }", "refused"],
    ["unfunction __autobot_preexec", "refused"],
    ["unset __autobot_code __autobot_session", "refused"],
    ["disable printf read kill hash", "refused"],
    ["alias printf=true read=true local=true", "refused"],
    ["zmodload -u zsh/parameter", "refused"],
    ["exec 9>&-", "refused"],
    ["HISTSIZE=0 SAVEHIST=0", "refused"],
    ["fc -p", "refused"],
    ["bindkey -v", "refused"],
    ["PS1='%# '; unset PROMPT_COMMAND", "refused"],
  ])("after %s", async (first) => {
    const me = await person({ shell: "zsh" });
    try {
      me.type(`${first}\r`);
      // A `#` alone is not yet one: root's zsh looks by it whether what was shown before had ended its line.
      await me.until("the next prompt", () => (first.startsWith("PS1=") ? /\n#$/ : /\n>$/).test(me.screen()));
      me.type(`touch marker; ${denied}\r`);
      await me.until("the refusal", () => /refused: this/.test(me.screen()) || me.made("ended"));
      expect(me.screen()).toContain("refused: this");
      expect(me.made("marker") || me.made("calls")).toBe(false);
      me.type("touch done\r");
      await me.until("what is permitted", () => me.made("done") || me.made("ended"));
    } finally {
      me.leave();
    }
  });

  it("ended, where nothing can keep a line from running", async () => {
    const me = await person({ shell: "zsh" });
    try {
      await me.line("typeset -r TRY_BLOCK_INTERRUPT");
      me.type("touch marker\r");
      expect(await me.ended()).toBe("125");
      expect([me.made("marker"), me.screen().includes("its gate was taken away")]).toEqual([false, true]);
    } finally {
      me.leave();
    }
  });

  it("what `fc` and `r` run again is judged, and runs where it may", async () => {
    const me = await person({ shell: "zsh", env: { EDITOR: "./editor" }, files: { editor: `#!/bin/sh\ncp next "$1"\n`, next: "touch a2\n" } });
    try {
      await me.line("chmod +x editor");
      await me.line(`echo touch marker, ${denied}`);
      for (const again of ["r 'echo '= ,=';'", "fc -s 'echo '= ,=';' echo", "fc -e - 'echo '= ,=';' echo"]) await me.line(again);
      await me.line(`echo "touch marker; ${denied}" >next`);
      await me.line("fc");
      await me.line("fc -e ./editor");
      expect([me.made("marker"), me.made("calls"), me.refusals()]).toEqual([false, false, 5]);
      await me.line("touch a1x");
      await me.line("r a1x=a1");
      await me.line("echo touch a2 >next");
      await me.line("fc");
      expect([me.made("a1"), me.made("a2")]).toEqual([true, true]);
      await me.line("type fc | grep builtin; fc -l -3 >listed");
      expect(readFileSync(join(me.home, "listed"), "utf8")).toContain("touch a2 >next");
    } finally {
      me.leave();
    }
  });

  it("a pasted block is refused whole", async () => {
    const me = await person({ shell: "zsh" });
    try {
      me.paste(`touch marker\n${denied}\ntouch marker`);
      await me.lines("\r", 1);
      expect([me.made("marker"), me.refusals()]).toEqual([false, 1]);
    } finally {
      me.leave();
    }
  });
});

describe("start-up files", { timeout: 60_000 }, () => {
  const files = Object.fromEntries([".zshenv", ".zprofile", ".zlogin"].map((name) => [name, `echo ${name} $ZDOTDIR \${(%):-%N} >>~/out\n`]));
  it.each([
    ["interactive", [], {}],
    ["login", ["-l"], {}],
  ])("are read as zsh would: %s", async (_title, words) => {
    const run = async (command: readonly string[]) => {
      const me = await person({ shell: "zsh", rc: "echo .zshrc $ZDOTDIR >>~/out", files, command });
      try {
        await me.until("the first prompt", () => me.statuses().length > 0);
        await me.line("echo $ZDOTDIR $0 $options[login] >>~/out");
        me.type("exit\r");
        await me.ended();
        return readFileSync(join(me.home, "out"), "utf8").replaceAll(me.home, "HOME");
      } finally {
        me.leave();
      }
    };
    expect(await run([autobotSh, ...words])).toBe((await run(["/bin/zsh", ...words])).replace(/\/bin\/zsh|-zsh/g, words.length > 0 ? "-zsh" : "zsh"));
  });
});
