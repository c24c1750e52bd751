// Colour: on terminals, unless somebody said otherwise.
import { describe, expect, it } from "vitest";
import { styleFor } from "../../src/report/style.ts";

describe("messages are coloured", () => {
  it.each<readonly [string, Readonly<Record<string, string>>, boolean, boolean]>([
    ["on a terminal", {}, true, true],
    ["not elsewhere", {}, false, false],
    ["not with NO_COLOR", { NO_COLOR: "1" }, true, false],
    ["though NO_COLOR is empty", { NO_COLOR: "" }, true, true],
    ["anywhere with FORCE_COLOR", { FORCE_COLOR: "1" }, false, true],
    ["with both", { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    ["not with FORCE_COLOR=0", { FORCE_COLOR: "0" }, true, false],
    ["not on a dumb terminal", { TERM: "dumb" }, true, false],
  ])("%s", (_, environment, terminal, expected) => {
    expect(styleFor(environment, terminal).bad("x") !== "x").toBe(expected);
  });
});
