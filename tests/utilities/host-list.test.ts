import { describe, expect, it } from "vitest";
import { show, textWord } from "../../src/syntax/word.ts";
import { divide, hostsIn, hostsInFile } from "../../src/utilities/host-list.ts";

describe("lists of hosts", () => {
  it.each([
    ["a", ["a"]],
    ["a,b c", ["a", "b", "c"]],
    ["web[1-3]", ["web1", "web2", "web3"]],
    ["web[08-10,12].lan", ["web08.lan", "web09.lan", "web10.lan", "web12.lan"]],
    ["r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]],
    ["[::1]", ["[::1]"]],
    ["w[1-100000]", ["w[1-100000]"]],
    ["", []],
  ])("%s", (list, expected) => {
    expect(hostsIn(textWord(list)).map(show)).toEqual(expected);
  });

  it("divides a pattern outside brackets", () => {
    expect(divide(textWord("web[0:2]:db,x"), /[:,]/).map(show)).toEqual(["web[0:2]", "db", "x"]);
  });

  it("reads a file of hosts, comments and ports left out", () => {
    const hosts = hostsInFile("# all\nh1\n  u@h2:22\n\nh3 22 # spare\n", textWord("hosts"));
    expect(hosts.map(show)).toEqual(["h1", "u@h2", "h3"]);
  });
});
