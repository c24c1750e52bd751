import { expect, it } from "vitest";
import { builtIn } from "../../src/utilities/index.ts";

it("no name is described twice", () => {
  const names = builtIn.flatMap((utility) => utility.names);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("no name has a directory or a space", () => {
  expect(builtIn.flatMap((utility) => utility.names).filter((name) => name === "" || /[\s/]/.test(name))).toEqual([]);
});
