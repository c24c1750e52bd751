// The screen of `autobotctl explain`: at any width, by keys; without a terminal nothing draws or waits.
import { describe, expect, it, vi } from "vitest";
import { autobotctl, run } from "../stage/run.ts";
import { screen } from "./screen.ts";

vi.setConfig({ testTimeout: 60_000 });

const line = "ssh autobot@172.16.168.21 'uptime; sudo sed -i s/a/b/ /etc/motd'";

describe.each([60, 80, 200])("at %i columns", (columns) => {
  it("arrows move through the commands, and q leaves with the decision's status", async () => {
    const drawn = screen([autobotctl, "explain", line], columns, 40);
    await drawn.shows(">         ssh");
    expect(drawn.text()).toContain("refused: this would change files on frontend");
    drawn.press("Down");
    await drawn.shows(">           uptime");
    expect(drawn.text()).toContain("no rule denies it");
    drawn.press("Down", "Down");
    await drawn.shows("-i: without it reads");
    expect(drawn.text()).toContain("denied by");
    expect(
      Math.max(
        ...drawn
          .text()
          .split("\n")
          .map((each) => each.length),
      ),
    ).toBeLessThanOrEqual(columns);
    drawn.press("q");
    expect(await drawn.status()).toBe(126);
    drawn.close();
  });
});

describe("without a terminal", () => {
  it("is text, and asks for no key", () => {
    const { stdout, status } = run(autobotctl, ["explain", line], { input: "" });
    expect(stdout).toContain("refused by\n  remote-editing/write");
    expect(stdout).not.toContain("\u001b");
    expect(status).toBe(126);
  });
  it("is JSON where that is asked for", () => {
    const { stdout, status } = run(autobotctl, ["explain", "--json", "ls"]);
    expect(JSON.parse(stdout)).toMatchObject({ line: "ls", effective: "permit", summary: "permitted: it only looks", commands: [{ text: "ls", host: "this machine" }], rules: [] });
    expect(status).toBe(0);
  });
});

it.each([{ TERM: "dumb" }, { CI: "true" }])("a terminal with %j gets text, and no key is waited for", async (env) => {
  const drawn = screen([autobotctl, "explain", "ls"], 80, 20, env);
  expect(await drawn.status()).toBe(0);
  drawn.close();
});

it("--text is text on a terminal too, and NO_COLOR keeps it plain", async () => {
  const drawn = screen([autobotctl, "explain", "--text", "ls"], 60, 20, { NO_COLOR: "1" });
  await drawn.shows("permitted: it only looks");
  expect(await drawn.status()).toBe(0);
  drawn.close();
});
