import { describe, expect, it } from "vitest";
import { parseNetwork } from "../../src/policy/network.ts";

describe("a network", () => {
  it.each([
    ["172.16.168.0/24", "172.16.168.21", true],
    ["172.16.168.0/24", "172.16.169.21", false],
    ["10.0.0.0/8", "10.255.0.1", true],
    ["172.16.168.16/28", "172.16.168.31", true],
    ["172.16.168.16/28", "172.16.168.32", false],
    ["0.0.0.0/0", "1.2.3.4", true],
    ["172.16.168.21/32", "172.16.168.21", true],
    ["fd00::/8", "fd12:3456::1", true],
    ["fd00::/8", "fe80::1", false],
    ["172.16.168.0/24", "fd00::1", false],
    ["172.16.168.0/24", "web1", false],
  ])("%s contains %s: %s", (network, address, expected) => expect(parseNetwork(network)?.contains(address)).toBe(expected));

  it.each([
    ["172.16.168.0/24", "172.16.168.", true],
    ["172.16.168.0/24", "172.16.168.2", true],
    ["172.16.168.0/24", "172.", true],
    ["172.16.168.0/24", "", true],
    ["172.16.168.0/24", "172.17.", false],
    ["172.16.168.0/24", "web-", false],
    ["10.0.0.0/12", "10.", true],
    ["fd00::/8", "fd12:", true],
  ])("%s may contain an address that begins with `%s`: %s", (network, prefix, expected) => expect(parseNetwork(network)?.mayContain(prefix)).toBe(expected));

  it.each(["172.16.168.0", "172.16.168.0/33", "172.16.168/24", "256.0.0.0/8", "x/8", "fd00::/129", "::1::/64", "1.2.3.4/"])("%s is none", (text) =>
    expect(parseNetwork(text)).toBeUndefined(),
  );
});
