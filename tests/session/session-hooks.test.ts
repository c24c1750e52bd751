// What others hang on the hooks and keys that the gate rests on: it goes on working, and so does the gate. Programs that are
// not installed are skipped; those that no distribution has are looked for where a variable says.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { bashVersion, type Person, type PersonOptions, person } from "../stage/person.ts";

const denied = "ssh 172.16.168.21 'vim f'";

/** A file of a Debian package, or the one that the variable names. */
function installed(path: string, variable = ""): { readonly skip: boolean; readonly path: string } {
  const file = process.env[variable] ?? path;
  return { skip: !existsSync(file), path: file };
}

const direnv = installed("/usr/bin/direnv");
const fzf = installed("/usr/share/doc/fzf/examples/key-bindings.bash");
const completion = installed("/usr/share/bash-completion/bash_completion");
const preexec = installed("/usr/share/bash-preexec/bash-preexec.sh", "AUTOBOT_SH_TEST_BASH_PREEXEC");
const ble = installed("/usr/share/blesh/ble.sh", "AUTOBOT_SH_TEST_BLE");
const suggestions = installed("/usr/share/zsh-autosuggestions/zsh-autosuggestions.zsh");
const highlighting = installed("/usr/share/zsh-syntax-highlighting/zsh-syntax-highlighting.zsh");

let me: Person;
afterEach(() => me.leave());

async function start(options: PersonOptions): Promise<void> {
  me = await person(options);
}

/** Of a denied line nothing is done; of a permitted one, everything. */
async function gateHolds(): Promise<void> {
  const before = me.refusals();
  await me.line(`touch marker; ${denied}`);
  expect([me.refusals(), me.made("marker"), me.made("calls")]).toEqual([before + 1, false, false]);
  await me.line("touch done");
  expect(me.made("done")).toBe(true);
}

const out = () => readFileSync(join(me.home, "out"), "utf8");

describe.each(["bash", "zsh"] as const)("%s with", { timeout: 60_000 }, (shell) => {
  it.skipIf(direnv.skip)("direnv", async () => {
    await start({ shell, rc: `eval "$(direnv hook ${shell})"`, env: { XDG_DATA_HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" } });
    mkdirSync(join(me.home, "project"));
    writeFileSync(join(me.home, "project", ".envrc"), "export IN_PROJECT=yes\nPATH_add scripts\n");
    await me.line("XDG_DATA_HOME=$HOME/data direnv allow project; export XDG_DATA_HOME=$HOME/data");
    await me.line("cd project");
    await me.line('echo "$IN_PROJECT" >../out');
    await me.line("echo ${PATH%%:*} >>../out");
    expect(out()).toMatch(/^yes\n\/.*\/autobot-sh\/shims\//);
    await me.line("cd ..");
    await me.line('echo "<$IN_PROJECT>" >out');
    expect(out()).toBe("<>\n");
    await gateHolds();
  });

  // bash 4.4 shows more of it, and the test cannot tell when it is done.
  it.skipIf(fzf.skip || bashVersion < 500)("fzf's search in history", async () => {
    await start({ shell, rc: `. ${fzf.path.replace(/bash$/, shell)}`, env: { TERM: "xterm" } });
    await me.line("echo wanted >>out");
    await me.line("echo other >/dev/null");
    await me.line(`touch marker; ${denied}`);
    const found = async (text: string) => {
      me.type(`\x12${text}`);
      await me.until("what was found", () => new RegExp(`${text}[\\s\\S]*1/\\d+`).test(me.screen()));
      me.type("\r");
      await me.until("the prompt again", () => !/^ +1\/\d+/m.test(me.screen().split("\n").slice(-8).join("\n")));
      await me.line("");
    };
    await found("wanted");
    expect(out()).toBe("wanted\nwanted\n");
    const before = me.refusals();
    await found("marker");
    expect([me.refusals(), me.made("marker")]).toEqual([before + 1, false]);
    await gateHolds();
  });
});

describe("bash with", { timeout: 60_000 }, () => {
  it.skipIf(fzf.skip)("fzf's change of directory, which types a line", async () => {
    await start({ rc: `. ${fzf.path}`, env: { TERM: "xterm" } });
    mkdirSync(join(me.home, "some", "where"), { recursive: true });
    me.type("\x1bc");
    await me.until("the directories", () => me.screen().includes("some/where"));
    me.type("where");
    await me.until("what was found", () => / 1\/\d+/.test(me.screen()));
    await me.lines("\r", 1);
    await me.line("pwd >~/out");
    expect(out()).toMatch(/\/some\/where\n$/);
    await me.line("cd");
    await gateHolds();
  });

  it.skipIf(completion.skip)("bash-completion", async () => {
    await start({ rc: `. ${completion.path}` });
    await me.line("mkdir full");
    me.type("rmdir --ign\t");
    await me.until("the rest of the option", () => me.screen().includes("--ignore-fail-on-non-empty"));
    await me.line("full");
    expect(me.made("full")).toBe(false);
    await gateHolds();
  });

  it.skipIf(preexec.skip)("bash-preexec (AUTOBOT_SH_TEST_BASH_PREEXEC)", async () => {
    await start({ rc: `. ${preexec.path}\npreexec() { echo "before $1" >>~/out; }\nprecmd() { echo "after $?" >>~/out; }` });
    await me.line("false");
    await me.line("touch one; touch two");
    expect(out()).toMatch(/before false\nafter 1\nbefore touch one; touch two\nafter 0\n$/);
    await gateHolds();
    expect(out()).not.toContain("before touch marker");
  });

  it.skipIf(ble.skip)("ble.sh (AUTOBOT_SH_TEST_BLE): ended, and a way out", async () => {
    await start({ rc: `[[ \${GO_WITHOUT-} && \${__autobot_on-} ]] || . ${ble.path}`, env: { USER: "root" } });
    me.type("touch marker\r");
    expect(await me.ended()).toBe("125");
    expect(me.made("marker")).toBe(false);
    expect(me.screen()).toContain("a line editor such as ble.sh");
    me.leave();
    await start({ rc: `[[ \${GO_WITHOUT-} && \${__autobot_on-} ]] || . ${ble.path}`, env: { GO_WITHOUT: "1" } });
    await gateHolds();
  });
});

describe("zsh with", { timeout: 60_000 }, () => {
  it.skipIf(suggestions.skip)("zsh-autosuggestions", async () => {
    await start({ shell: "zsh", rc: `. ${suggestions.path}`, env: { TERM: "xterm-256color" } });
    await me.line("touch suggested");
    await me.line("rm suggested");
    const accepted = async (start: string, whole: string) => {
      me.type(start);
      await me.until("the suggestion", () => new RegExp(`> ${whole}$`).test(me.screen()));
      await me.lines("\x1b[C\r", 1);
    };
    await accepted("tou", "touch suggested");
    expect(me.made("suggested")).toBe(true);
    await me.line(`touch marker; ${denied}`);
    const before = me.refusals();
    await accepted("touch m", "touch marker; ssh.*");
    expect([me.refusals(), me.made("marker")]).toEqual([before + 1, false]);
    await gateHolds();
  });

  it.skipIf(highlighting.skip)("zsh-syntax-highlighting", async () => {
    await start({ shell: "zsh", rc: `. ${highlighting.path}`, env: { TERM: "xterm-256color" } });
    await me.line("touch shown");
    expect(me.made("shown")).toBe(true);
    await gateHolds();
  });
});
