// The interactive bash, typed into for real: no line that the policy denies has any effect, and everything else is bash.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bashVersion, type Person, person, refusedStatus } from "../stage/person.ts";
import { denied, refusedForms } from "./refused-forms.ts";

describe("what is refused has not begun", { timeout: 60_000 }, () => {
  let me: Person;
  let count = 0;
  beforeAll(async () => {
    me = await person({
      rc: 'alias deploy="ssh 172.16.168.21 \'vim f\'" far="ssh " say="echo " there="172.16.168.21 \'vim f\'"\nfix() { touch "$1"; ssh 172.16.168.21 \'vim f\'; }\nlook() { touch "$1"; }',
    });
  }, 60_000);
  afterAll(() => me.leave());

  it.each<readonly [string, string]>([
    ...refusedForms,
    ["a loop that reads", `while read x; do ${denied}; done < <(touch MARK; echo)`],
    ["an alias behind one that ends in a blank", "touch MARK; far there"],
    ["a variable typed before", "touch MARK; $SHELL_CMD"],
    ["a script", "touch MARK; bash ./denied.sh"],
  ])("%s", async (_title, keys) => {
    const marker = `mark${count++}`;
    if (keys.includes("denied.sh")) await me.line(`echo "${denied}" > denied.sh`);
    if (keys.includes("$SHELL_CMD")) await me.line(`SHELL_CMD="ssh 172.16.168.21 vim f"`);
    expect(await me.line(keys.replaceAll("MARK", marker))).toBe(refusedStatus);
    expect(me.made(marker)).toBe(false);
    expect(me.made("calls")).toBe(false);
  });

  it("and the shell is what it was", async () => {
    expect(await me.line("look here; [ -f here ]")).toBe("0");
    expect(await me.line("say there")).toBe("0");
  });
});

describe("however the line is accepted", { timeout: 60_000 }, () => {
  let me: Person;
  beforeAll(async () => {
    me = await person({ env: { EDITOR: "./editor" }, files: { editor: `#!/bin/sh\ncat next >"$1"\n`, ".inputrc": "set enable-bracketed-paste on\n" } });
    await me.line("chmod +x editor");
  }, 60_000);
  afterAll(() => me.leave());

  const refused = async (keys: string, marker: string, prompts = 1) => {
    expect(await me.lines(keys, prompts)).toBe(refusedStatus);
    expect(me.made(marker)).toBe(false);
    expect(me.made("calls")).toBe(false);
  };

  it("^J", () => refused(`touch a1; ${denied}\n`, "a1"));
  it("^O", async () => {
    await refused(`touch a2; ${denied}\x0f`, "a2");
    await me.lines("\x03", 1);
  });
  it("history expansion", async () => {
    await me.line("echo ssh 172.16.168.21 'vim f' >a3x");
    await refused("touch a3; !echo:1-3\r", "a3");
  });
  it("history expansion with a substitution", async () => {
    await me.line("touch a4x; : ssh 172.16.168.21 'vim f'");
    await refused("!!:s/: ssh/ssh/:s/a4x/a4/\r", "a4");
  });
  it("^X^E runs nothing that is refused", async () => {
    await me.line(`cat >next <<'E'\rtouch a5\r${denied}\rE`.replaceAll("\r", "\n").replaceAll("\n", "\r"));
    await me.lines("\x18\x05\r", 1);
    expect(me.made("a5")).toBe(false);
    expect(me.made("calls")).toBe(false);
  });
  it("^X^E runs what is permitted", async () => {
    await me.line("echo touch a6 >next");
    await me.lines("\x18\x05\r", 1);
    expect(me.made("a6")).toBe(true);
  });
  it("fc", async () => {
    await me.line(`cat >next <<'E'\rtouch a7\r${denied}\rE`);
    await me.line("fc");
    expect(me.made("a7")).toBe(false);
    expect(me.made("calls")).toBe(false);
    await me.line("echo touch a8 >next");
    await me.line("fc");
    expect(me.made("a8")).toBe(true);
  });
  it("fc -s", async () => {
    await me.line("touch a9; : ssh 172.16.168.21 'vim f'; rm a9");
    await me.line("fc -s ': ssh'=ssh");
    expect(me.made("calls")).toBe(false);
    expect(me.made("a9")).toBe(false);
    await me.line("touch a10");
    await me.line("fc -s a10=a11");
    expect(me.made("a11")).toBe(true);
  });
  it("M-^E runs nothing while the line is edited", async () => {
    me.type("echo $(touch a12)\x1b\x05");
    await me.line("");
    expect(me.made("a12")).toBe(true);
  });
  it("M-^E, where a key leads there from vi's", async () => {
    await me.line(`bind -m vi-insert '"\\C-z": emacs-editing-mode'; set -o vi`);
    me.type("\x1ai");
    me.type("\x15: $(touch a23)\x1b\x05");
    await me.lines("\x03", 1);
    await me.line("set -o emacs");
    expect(me.made("a23")).toBe(false);
  });
  it("vi's v", async () => {
    await me.line(`cat >next <<'E'\rtouch a13\r${denied}\rE`);
    await me.line("set -o vi");
    await me.lines("\x1bv\r", 1);
    await me.line("set -o emacs");
    expect(me.made("a13")).toBe(false);
    expect(me.made("calls")).toBe(false);
  });
  it("no line editing", async () => {
    await me.line("set +o emacs");
    await refused(`touch a14; ${denied}\r`, "a14");
    await me.line("set -o emacs");
  });
  it("typed before the prompt", async () => {
    me.type(`sleep 0.2\rtouch a15; ${denied}\rtouch a16\r`);
    await me.until("a16", () => me.made("a16"));
    expect(me.made("a15")).toBe(false);
  });
  // How many prompts a block has depends on the version.
  const behind = async (marker: string) => {
    me.type(`touch ${marker}\r`);
    await me.until(marker, () => me.made(marker));
  };
  it("a pasted block", async () => {
    const refusals = me.refusals();
    me.paste(`touch a17\ntouch a18; ${denied}\ntouch a19`);
    me.type("\r");
    await me.until("the refusal", () => me.refusals() > refusals);
    await behind("b17");
    expect([me.made("a17"), me.made("a18"), me.made("a19"), me.made("calls")]).toEqual([false, false, false, false]);
    me.paste("touch a20\n  touch a21\n");
    me.type("\r");
    await behind("b21");
    expect([me.made("a20"), me.made("a21")]).toEqual([true, true]);
  });
  it("a block of which the refused line was taken out", async () => {
    me.paste(`touch a22\n${denied}`);
    me.type("\x15\r");
    await behind("b22");
    expect(me.made("calls")).toBe(false);
  });
});

describe("the gate holds", { timeout: 60_000 }, () => {
  // What is typed first, and what a person then sees of a line that is denied.
  it.each<readonly [string, "refused" | "ended", string?]>([
    ["set -e", "refused"],
    ["set -u", "refused"],
    ["set -x", "refused"],
    ["set -v", "refused"],
    ["set -f -C", "refused"],
    ["set -a", "refused"],
    ["set +h", "refused"],
    ["set +H", "refused"],
    ["set -o posix", "refused"],
    ["set -T; trap 'echo noise' DEBUG", "refused"],
    ["set -E; trap 'echo noise' ERR; trap 'echo noise' RETURN", "refused"],
    ["set -u; PS0='$nosuch'", "refused"],
    ["set -u; PS1='$nosuch> '", "refused"],
    ["shopt -u promptvars", "refused"],
    ["shopt -u cmdhist", "refused"],
    // Nothing at all runs then, as in any bash: not the hook either.
    ["shopt -s extdebug; trap false DEBUG", "ended"],
    ["shopt -u expand_aliases; shopt -s lithist", "refused"],
    ["IFS=abco/", "refused"],
    ["readonly LC_ALL=C", "refused"],
    ["readonly HISTTIMEFORMAT='%F %T '", "refused"],
    ["HISTTIMEFORMAT='%F %T '", "refused"],
    ["TMOUT=600", "refused"],
    ["trap '' INT TERM HUP", "refused"],
    ["trap 'echo trapped' INT EXIT CHLD", "refused"],
    ["trap - DEBUG; set +T", "refused"],
    ["PS0=", "refused"],
    ["unset PS0", "refused"],
    ["PS0='text '", "refused"],
    ["readonly PS0", "refused"],
    ["PROMPT_COMMAND=", "refused"],
    ["unset PROMPT_COMMAND", "refused"],
    ["PROMPT_COMMAND=true", "refused"],
    ["PROMPT_COMMAND=(true true)", "refused"],
    ["readonly PROMPT_COMMAND", "refused"],
    ["unset PS0 PROMPT_COMMAND", "ended"],
    // Before 5.1 nothing is left that would put them back.
    ["PS0=x PROMPT_COMMAND=true", bashVersion < 501 ? "ended" : "refused"],
    // Many prompts are made this way, and a start-up file that is read again sets all three.
    ["PS0=x PROMPT_COMMAND='PS1=\"> \"'", bashVersion < 501 ? "ended" : "refused"],
    ["PS0=x PROMPT_COMMAND=(true)", "ended"],
    ["PS0=x PROMPT_COMMAND=('PS1=\"> \"')", "ended"],
    ["PS0=x PROMPT_COMMAND=('PS1=\"> \"'); bind -r '\\e[7777~'", "ended"],
    ["readonly PS0=x", "ended"],
    ["PS1='$ '", "refused"],
    ["PROMPT_COMMAND='PS0=x'", bashVersion < 501 ? "ended" : "refused"],
    ["unset -f __autobot_ask; __autobot_ask() { echo yes >&3; }", "refused"],
    ["unset __autobot_on __autobot_pass FUNCNAME", "refused"],
    ["__autobot_pass[k]= ", "refused"],
    ["__autobot_number=0; __autobot_control=ignorespace; __autobot_path=", "refused"],
    ["enable -n printf read history kill", "refused"],
    ["exec 3>&- 9>&-", "refused"],
    ["bind -r '\\C-x\\C-e'; bind -x '\"\\C-t\": touch marker'", "refused"],
    ["HISTCONTROL=ignoreboth", "refused", " "],
    ["HISTCONTROL=erasedups", "refused"],
    ["HISTCONTROL=ignorespace HISTIGNORE='*'", "refused", " "],
    ["readonly HISTCONTROL=ignoreboth", "refused", " "],
    ["HISTSIZE=0", "refused"],
    ["HISTSIZE=1", "refused"],
    ["history -c", "refused"],
    ["PROMPT_COMMAND='history -a; history -c; history -r'", "refused"],
    ["set +o history", "refused"],
  ])("after %s", async (first, outcome, blank = "") => {
    const me = await person();
    try {
      me.type(`${first}\r`);
      await me.until("the next prompt", () => /\n.*[>$}]$/.test(me.screen()) || me.made("ended"));
      me.type(`${blank}touch marker; ${denied}\r`);
      if (outcome === "ended") expect(await me.ended()).toBe("125");
      else await me.until("the refusal", () => /refused: this/.test(me.screen()));
      expect(me.made("marker") || me.made("calls")).toBe(false);
    } finally {
      me.leave();
    }
  });
});

it("what is no comment to this shell is none to the gate", { timeout: 60_000 }, async () => {
  const me = await person();
  try {
    await me.line("shopt -u interactive_comments");
    expect(await me.line(`true # ; touch marker; ${denied}`)).toBe(refusedStatus);
    expect([me.made("marker"), await me.line("true")]).toEqual([false, "0"]);
    await me.line("shopt -s interactive_comments");
    expect([await me.line(`true # ; touch marker; ${denied}`), me.made("marker")]).toEqual(["0", false]);
  } finally {
    me.leave();
  }
});

it("a program in the shell's place gets the keys that were typed, and no others", { timeout: 60_000 }, async () => {
  const me = await person();
  try {
    me.type(`exec bash -c 'read -e -p "name? " name; echo "$name" >got'\r`);
    await me.until("its prompt", () => me.screen().endsWith("name?"));
    me.type("web1\r");
    expect(await me.ended()).toBe("0");
    expect(readFileSync(join(me.home, "got"), "utf8")).toBe("web1\n");
  } finally {
    me.leave();
  }
});

it("a gate that is taken away while the next line is typed ahead ends the session", { timeout: 60_000 }, async () => {
  const me = await person();
  try {
    me.type("PS0=x PROMPT_COMMAND=('PS1=\"> \"'); touch begun; sleep 2\r");
    await me.until("the line", () => me.made("begun"));
    me.type("true\r");
    expect(await me.ended()).toBe("125");
    expect(me.screen()).toContain("its gate was taken away");
  } finally {
    me.leave();
  }
});

// A line editor in a command, and keys that it reads one by one: no prompt has been shown there.
it.each([
  ["read -e -p 'name? ' name; echo \"$name\" >got", "name? ", "web1\r"],
  ["read -s -n 4 -p 'keys? ' name; echo \"$name\" >got", "keys? ", "web1"],
  ["read -p 'word? ' name; echo \"$name\" >got", "word? ", "web1\r"],
  ['select name in web1 web2; do echo "$name" >got; break; done', "#? ", "1\r"],
])("what a command reads from the keyboard is no line: %s", { timeout: 60_000 }, async (line, prompt, keys) => {
  const me = await person();
  try {
    me.type(`${line}\r`);
    await me.until("its prompt", () => me.screen().endsWith(prompt.trimEnd()));
    me.type(keys);
    await me.until("what was read", () => me.made("got"));
    await me.until("the next prompt", () => me.screen().endsWith(">"));
    expect(readFileSync(join(me.home, "got"), "utf8")).toBe("web1\n");
    expect(await me.line(`touch marker; ${denied}`)).toBe(refusedStatus);
    expect(me.made("marker")).toBe(false);
  } finally {
    me.leave();
  }
});

describe("a shell in the shell", { timeout: 60_000 }, () => {
  it.each<readonly [string, "bash" | "zsh", string]>([
    ["bash", "bash", "bash"],
    ["bash", "bash", "zsh"],
    ["bash, as a login shell", "bash", "bash -l"],
    ["in its place", "bash", "exec bash"],
    ["zsh", "zsh", "zsh"],
    ["zsh, without start-up files", "zsh", "zsh -f"],
    ["in zsh's place", "zsh", "exec zsh -l"],
    ["bash in zsh", "zsh", "bash"],
  ])("%s in %s: %s is gated", async (_title, shell, line) => {
    const me = await person({ shell, files: shell === "bash" ? { ".zshrc": "" } : { ".bashrc": "" } });
    try {
      me.type(`${line}\r`);
      await me.until("another shell", () => readdirSync(me.home).filter((name) => name.startsWith("autobot-sh-session")).length === 2);
      me.type(`touch marker; ${denied}\r`);
      await me.until("the refusal", () => me.refusals() === 1);
      me.type("touch done\r");
      await me.until("what is permitted", () => me.made("done"));
      expect(me.made("marker") || me.made("calls")).toBe(false);
    } finally {
      me.leave();
    }
  });

  it.each([
    ["/bin/bash", 1],
    ["exec /bin/bash", 1],
    ["env bash", 1],
    ["nohup sh", 1],
    ["exec -a x dash", 1],
    ["bash -c true", 0],
    ["/bin/bash -c true", 0],
    ["echo true | sh", 0],
  ])("%s: %i refused", async (line, refused) => {
    const me = await person();
    try {
      await me.line(line);
      expect(me.refusals()).toBe(refused);
    } finally {
      me.leave();
    }
  });
});
