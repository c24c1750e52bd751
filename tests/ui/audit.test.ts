// The screen of `autobotctl audit`: filtered as one types, live, with the details of one record.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { append, recordAt, refusalAt } from "../stage/records.ts";
import { autobotctl, scratch } from "../stage/run.ts";
import { screen } from "./screen.ts";

vi.setConfig({ testTimeout: 60_000 });

describe.each([60, 80, 200])("at %i columns", (columns) => {
  it("finds, shows and follows", async () => {
    const state = scratch();
    mkdirSync(join(state, "autobot-sh"));
    const path = join(state, "autobot-sh", "audit.jsonl");
    append(path, ...Array.from({ length: 3000 }, (_, index) => recordAt(index)), refusalAt(3000, "172.16.168.21", "/etc/motd", { user: "ann" }));
    const drawn = screen([autobotctl, "audit"], columns, 30, { XDG_STATE_HOME: state });
    await drawn.shows("3001 records, live");
    expect(drawn.text()).toMatch(/^> \S+ \S+ {2}ann +refused/m);

    drawn.type("299");
    await drawn.shows("filter: 299_");
    await drawn.hides("searching");
    await drawn.shows("13 records match");
    drawn.press("Down");
    await drawn.hides("live");

    drawn.press("Escape");
    await drawn.shows("filter: _");
    drawn.type("user:ann");
    await drawn.shows("1 records match, live");
    await drawn.shows("rules     remote-editing/write");

    append(path, refusalAt(3001, "172.16.168.21", "/etc", { user: "ann", decision: "permit", effective: "permit", rules: [], route: "sync-to-vm" }));
    await drawn.shows("2 records match, live");
    drawn.press("Down");
    await drawn.shows("followed  by sync-to-vm");
    expect(
      Math.max(
        ...drawn
          .text()
          .split("\n")
          .map((each) => each.length),
      ),
    ).toBeLessThanOrEqual(columns);

    drawn.press("Escape");
    await drawn.shows("3002 records");
    drawn.press("Escape");
    expect(await drawn.status()).toBe(0);
    drawn.close();
  });
});
