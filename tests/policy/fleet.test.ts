import { describe, expect, it } from "vitest";
import { findHost, indexFleet, mayBeFleet } from "../../src/policy/fleet.ts";
import type { Host } from "../../src/policy/request.ts";
import { defaultPolicies } from "./default-policies.ts";
import { host, local, partly } from "./requests.ts";

describe("a host", () => {
  it.each([
    ["by address", host("172.16.168.21"), "frontend"],
    ["by name", host("npu-worker"), "npu-worker"],
    ["by alias", host("autobot-ai-stack"), "ai-stack"],
    ["by what ssh makes of it", host("web", "172.16.168.21"), "frontend"],
    ["by a group of one", host("database"), "redis"],
    ["not by a group of all", host("all"), undefined],
    ["not by a network", host("172.16.168.77"), undefined],
    ["not by another address", host("10.0.0.1"), undefined],
    ["not when partly known", partly("172.16.168.2"), undefined],
    ["not when local", local, undefined],
  ] satisfies readonly (readonly [string, Host, string | undefined])[])("is found %s", (_, given, name) => expect(findHost(defaultPolicies, given)?.name).toBe(name));

  it.each([
    ["172.16.168.21", host("172.16.168.21")],
    ["an address of its networks", host("172.16.168.28")],
    ["an address of its other network", host("192.168.100.77")],
    ["a group", host("all")],
    ["a group known by name only", host("production_vms")],
    ["an inventory pattern", host("redis:&production_vms")],
    ["a glob over the inventory", host("front*")],
    ["a pattern that takes some out", host("all:!redis")],
    ["a slice of a group", host("npu_workers[0]")],
    ["a placeholder", host("{target_ip}")],
    ["a placeholder in an address", host("172.16.168.{n}")],
    ["a wholly unknown host", partly("")],
    ["172.16.168.$vm", partly("172.16.168.")],
    ["autobot-$role", partly("autobot-")],
    ["$name.autobot.local", partly("", ".autobot.local")],
  ])("may be of the fleet: %s", (_, given) => expect(mayBeFleet(defaultPolicies, given)).toBe(true));

  it.each([
    ["another name", host("web.example.org")],
    ["another address", host("10.0.0.1")],
    ["this machine", local],
    ["10.0.0.$n", partly("10.0.0.")],
    ["$name.example.org", partly("", ".example.org")],
    ["web-$n", partly("web-")],
    ["a pattern of others", host("staging*")],
    ["only what is taken out", host("staging:!redis")],
    ["a placeholder of another network", host("10.0.0.{n}")],
  ])("is not of the fleet: %s", (_, given) => expect(mayBeFleet(defaultPolicies, given)).toBe(false));

  it("is found among thousands as fast as among few", () => {
    const hosts = Array.from({ length: 5000 }, (_, index) => ({ name: `host${index}`, addresses: [`10.${index >> 8}.${index & 255}.1`], groups: ["many"] }));
    const set = { fleet: indexFleet({ hosts }) };
    const started = process.cpuUsage();
    for (let index = 0; index < 20_000; index++) expect(mayBeFleet(set, host(`host${index % 5000}`))).toBe(true);
    for (let index = 0; index < 20_000; index++) mayBeFleet(set, partly("host4", String(index % 10)));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});
