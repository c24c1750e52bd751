// Line editors that take the place of bash's own and run lines themselves, as ble.sh does: PS0 is text to them, and what it
// says to a line has no effect.
import { afterEach, describe, expect, it } from "vitest";
import { type Person, person } from "../stage/person.ts";

/** Enter hands the line to bash code, which shows PS0, runs the line and makes the next prompt. */
const editor = `
accept() {
  local line=$READLINE_LINE each
  READLINE_LINE=
  history -s -- "$line"
  printf '%s' "\${PS0@P}" >/dev/tty
  eval "$line"
  for each in "\${PROMPT_COMMAND[@]}"; do eval "$each"; done
}
attach() { bind -x '"\\C-m": accept'; bind -x '"\\C-j": accept'; }
`;

let me: Person;
afterEach(() => me.leave());

describe("a line editor that runs lines itself", { timeout: 60_000 }, () => {
  it("ends the session before the first line runs", async () => {
    me = await person({ rc: `${editor}attach` });
    me.type("touch marker\r");
    expect(await me.ended()).toBe("125");
    expect(me.made("marker")).toBe(false);
    expect(me.screen()).toContain("a line editor such as ble.sh runs lines without asking\n  let start-up files load it only where `$__autobot_on` is not set");
  });

  it("ends it even where hang-ups are ignored", async () => {
    me = await person({ rc: `${editor}trap '' HUP TERM; attach` });
    me.type("touch marker\r");
    expect(await me.ended()).toBe("125");
    expect(me.made("marker")).toBe(false);
  });

  it("ends it when it comes later", async () => {
    me = await person({ rc: editor });
    await me.line("touch before");
    await me.line("attach");
    me.type("touch marker\r");
    expect(await me.ended()).toBe("125");
    expect([me.made("before"), me.made("marker")]).toEqual([true, false]);
  });

  it("is known by what ble.sh says of itself, at the first prompt", async () => {
    me = await person({ rc: `${editor}BLE_VERSION=0.4.0 _ble_attached=1; attach` });
    expect(await me.ended()).toBe("125");
    expect(me.screen()).toContain("a line editor such as ble.sh");
  });

  it("does nobody harm that is not attached", async () => {
    me = await person({ rc: `[[ \${__autobot_on-} ]] || BLE_VERSION=0.4.0 _ble_attached=1` });
    expect(await me.line("touch marker")).toBe("0");
    expect(me.made("marker")).toBe(true);
  });

  it("is not what looks at PS0, or changes the line being edited", async () => {
    me = await person({ rc: `upper() { READLINE_LINE=\${READLINE_LINE/marker/done}; }\nbind -x '"\\C-t": upper'` });
    await me.line('echo "$PS0" | wc -c >size');
    expect(me.made("size")).toBe(true);
    await me.line("touch marker\x14");
    expect([me.made("marker"), me.made("done")]).toEqual([false, true]);
  });
});
