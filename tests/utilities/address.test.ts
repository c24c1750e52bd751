import { describe, expect, it } from "vitest";
import { canonicalAddress, canonicalName, isLoopback } from "../../src/utilities/address.ts";

describe("an address in any spelling is the same address", () => {
  it.each([
    ["172.16.168.21", "172.16.168.21"],
    ["2886772757", "172.16.168.21"],
    ["0xac10a815", "172.16.168.21"],
    ["0xac.16.0xa815", "172.16.168.21"],
    ["172.16.43029", "172.16.168.21"],
    ["0254.020.0250.025", "172.16.168.21"],
    ["::ffff:172.16.168.21", "172.16.168.21"],
    ["::FFFF:AC10:A815", "172.16.168.21"],
    ["[::ffff:172.16.168.21]", "172.16.168.21"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
  ])("%s", (typed, canonical) => {
    expect(canonicalAddress(typed)).toBe(canonical);
  });

  it.each(["frontend", "256.1.1.1.1", "1.2.3.4.5", "172.16.168.300", "08.1.1.1", "", "1.2.3.4x", "face::g"])("%s is a name", (typed) => {
    expect(canonicalAddress(typed)).toBeUndefined();
  });
});

it("names compare without case and trailing dots", () => {
  expect(canonicalName("Frontend.Example.")).toBe("frontend.example");
});

it.each(["localhost", "LOCALHOST.", "127.0.0.1", "127.1", "2130706433", "::1", "[::1]", "::ffff:127.0.0.1", "0", "dev.localhost"])("%s is this machine", (name) => {
  expect(isLoopback(name)).toBe(true);
});

it.each(["172.16.168.21", "localhost.example", "127x", "frontend", "::2"])("%s is not", (name) => {
  expect(isLoopback(name)).toBe(false);
});
