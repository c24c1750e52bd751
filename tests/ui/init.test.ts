// The form of `autobotctl init`: at any width, by keys; nothing is written before it is told to be.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nobody, type Person, person, shop } from "../init/person.ts";
import { autobotctl } from "../stage/run.ts";
import { type Screen, screen } from "./screen.ts";

vi.setConfig({ testTimeout: 90_000 });

let me: Person;
let drawn: Screen;
beforeEach((test) => test.skip(nobody));
afterEach(() => {
  drawn?.close();
  me?.remove();
});

function open(columns: number, rows = 30, env: Readonly<Record<string, string>> = {}): void {
  me = person(shop);
  drawn = screen(me.words(autobotctl, "init"), columns, rows, env);
}

const widest = () =>
  Math.max(
    ...drawn
      .text()
      .split("\n")
      .map((each) => each.length),
  );

describe.each([60, 80, 200])("at %i columns", (columns) => {
  it("asks, shows the difference, writes what was chosen, and ends in a refusal", async () => {
    open(columns);
    await drawn.shows("1 of 4: which of these hosts are your servers?");
    expect(drawn.text()).toMatch(/> \[x\] web1 .*\n {2}\[x\] db1 .*\n {2}\[ \] github\.com/);
    drawn.press("Down", "Space");
    await drawn.shows("> [ ] db1");
    drawn.press("Enter");
    await drawn.shows("2 of 4: which of these may bring changes to them?");
    expect(drawn.text()).toContain("> [x] deploy.sh");
    drawn.press("Enter");
    await drawn.shows("> account: deploy_");
    drawn.press("BSpace");
    await drawn.shows("account: deplo_");
    drawn.press("C-u");
    drawn.type("ops");
    await drawn.shows("account: ops_");
    expect(widest()).toBeLessThanOrEqual(columns);
    drawn.press("Enter");
    await drawn.shows("4 of 4: this is what it makes of your policy");
    await drawn.shows("+  user: ops");
    expect(widest()).toBeLessThanOrEqual(columns);
    expect(me.policy()).toBeUndefined();
    drawn.press("w");
    expect(await drawn.status()).toBe(0);
    await drawn.shows("$ ssh ops@web1 'vim /srv/app/main.py'");
    await drawn.shows("autobot-sh: refused: this would edit a file on web1");
    expect([me.policy()?.includes("name: web1"), me.policy()?.includes("name: db1"), me.policy()?.includes("user: ops")]).toEqual([true, false, true]);
  });
});

it.each([
  ["escape in the first question", async () => drawn.press("Escape")],
  ["^C", async () => drawn.press("C-c")],
  [
    "q before the difference is written",
    async () => {
      for (const text of ["2 of 4", "3 of 4", "4 of 4"]) {
        drawn.press("Enter");
        await drawn.shows(text);
      }
      drawn.press("q");
    },
  ],
])("%s leaves everything as it was", async (_, leave) => {
  open(80);
  await drawn.shows("1 of 4");
  await leave();
  expect(await drawn.status()).toBe(1);
  expect(drawn.text()).toContain("nothing was written");
  expect(me.policy()).toBeUndefined();
});

it("escape goes back with what was chosen, and arrows scroll the difference to its end and not past it", async () => {
  open(80, 16);
  await drawn.shows("1 of 4");
  drawn.press("Space", "Enter");
  await drawn.shows("2 of 4");
  drawn.press("Escape");
  await drawn.shows("> [ ] web1");
  for (const text of ["2 of 4", "3 of 4", "4 of 4"]) {
    drawn.press("Enter");
    await drawn.shows(text);
  }
  await drawn.shows("more lines");
  for (let page = 0; page < 12; page++) drawn.press("NPage");
  await drawn.shows("+disable: [ repository-cleanliness/* ]");
  await drawn.hides("more lines");
  drawn.press("Up");
  await drawn.shows("1 more lines");
});

it.each([{ TERM: "dumb" }, { CI: "true" }])("a terminal with %j gets text, and no key is waited for", async (env) => {
  open(80, 100, env);
  expect(await drawn.status()).toBe(1);
  expect(drawn.text()).toContain("nothing was written");
});
