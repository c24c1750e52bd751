// The interactive zsh, typed into for real: as session-bash.test.ts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Person, person } from "./person.ts";

const denied = "ssh 172.16.168.21 'vim f'";

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
    ["a plain line", `touch MARK; ${denied}`],
    ["a list", `touch MARK && ${denied} || touch MARK`],
    ["a pipeline", `touch MARK | ${denied}`],
    ["in the background", `{ touch MARK; ${denied}; } &`],
    ["a substitution", `touch MARK "$(${denied})"`],
    ["a subshell", `(touch MARK; ${denied})`],
    ["redirections of a group", `{ ${denied}; } > MARK`],
    ["redirections of a condition", `if true; then ${denied}; fi > MARK`],
    ["redirections of a loop", `while true; do ${denied}; done > MARK`],
    ["a co-process", `coproc { touch MARK; ${denied}; }`],
    ["several lines", `for x in 1; do\rtouch MARK\r${denied}\rdone`],
    ["a here-document", `touch MARK; bash <<E\r${denied}\rE`],
    ["a quote over lines", `touch MARK; ssh 172.16.168.21 '\rvim f'`],
    ["a continued line", `touch MARK; ssh 172.16.168.21 \\\r'vim f'`],
    ["a leading blank", ` touch MARK; ${denied}`],
    ["time", `time { touch MARK; ${denied}; }`],
    ["a word before it", `touch MARK; noglob ${denied}`],
    ["an alias", "touch MARK; deploy"],
    ["a global alias", "touch MARK; ssh ON"],
    ["a function", "fix MARK"],
    ["a function defined and called", `f() { touch MARK; ${denied}; }; f`],
    ["eval", `eval "touch MARK; ${denied}"`],
    ["a variable typed before", "touch MARK; ssh $HOST_TYPED 'vim f'"],
    ["exec", `touch MARK; exec ${denied}`],
    ["a sourced file", "touch MARK; . ./denied.sh"],
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
