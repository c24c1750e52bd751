import { describe, expect, it } from "vitest";
import { indexFleet } from "../../src/policy/fleet.ts";
import { type Context, compileMatcher } from "../../src/policy/match.ts";
import type { Request } from "../../src/policy/request.ts";
import type { Matcher } from "../../src/policy/schema.ts";
import { host, local, partly, path, request } from "./requests.ts";

const scope = {
  fleet: indexFleet({
    root: "/work/shop",
    key: "~/.ssh/fleet_key",
    networks: ["10.1.0.0/16"],
    hosts: [
      { name: "web1", addresses: ["10.1.0.1"], groups: ["web"] },
      { name: "db1", addresses: ["10.1.0.2"] },
    ],
  }),
};
const context: Context = { tty: false, face: "scripts", cwd: "/work/shop" };

function holds(matcher: Matcher, given: Partial<Request>, more: Partial<Context> = {}, certainty: "possible" | "certain" = "possible"): boolean {
  return compileMatcher(matcher, certainty)(request(given), { ...context, ...more }, scope);
}

const web1 = host("10.1.0.1");
const other = host("example.org");
const unknown = partly("");

describe("a matcher's host", () => {
  it.each([
    ["local", local, true],
    ["local", web1, false],
    ["remote", web1, true],
    ["remote", unknown, true],
    ["remote", local, false],
    ["fleet", web1, true],
    ["fleet", host("10.1.7.7"), true],
    ["fleet", unknown, true],
    ["fleet", other, false],
    ["fleet", local, false],
    ["outside", other, true],
    ["outside", web1, false],
    ["outside", local, false],
    ["web1", web1, true],
    ["web1", host("10.1.0.2"), false],
    ["web1", unknown, true],
    ["10.1.0.1", host("web1"), true],
    ["web", web1, true],
    ["web*", web1, true],
    ["*.org", other, true],
    ["10.1.0.0/24", web1, true],
    ["10.1.0.0/24", host("10.2.0.1"), false],
    ["10.1.0.0/24", partly("10.1."), true],
    ["10.1.0.0/24", partly("10.2."), false],
  ])("`%s` speaks of %j: %s", (word, given, expected) => expect(holds({ host: word }, { host: given })).toBe(expected));

  it.each([
    ["fleet", web1, true],
    ["fleet", unknown, false],
    ["fleet", host("{host}"), false],
    ["outside", unknown, false],
    ["outside", other, true],
    ["remote", unknown, true],
    ["web1", unknown, false],
    ["10.1.0.0/24", partly("10.1.0."), false],
  ])("in an exception, `%s` means %j for certain: %s", (word, given, expected) => expect(holds({ host: word }, { host: given }, {}, "certain")).toBe(expected));
});

describe("a matcher's path", () => {
  it.each([
    ["/etc/**", "/etc/redis/redis.conf", true],
    ["/etc/*", "/etc/redis/redis.conf", false],
    ["/tmp/**", "/tmp/dump-$db.rdb", true],
    ["/tmp/**", "/tmp/$x/../../etc/passwd", false],
    ["/tmp/**", "/t$x", false],
    ["/tmp/**", "$DIR/a", false],
    ["/tmp/*", "/tmp/$x", false],
    ["/tmp/**", "~/tmp/a", false],
  ])("`%s` speaks of `%s`: %s", (glob, text, expected) => expect(holds({ path: glob }, { host: web1, path: path(text) })).toBe(expected));

  it.each([
    ["{workspace}/*.log", "app.log", "/work/shop", true],
    ["{workspace}/*.log", "/work/shop/app.log", "/", true],
    ["{workspace}/*.log", "logs/app.log", "/work/shop", false],
    ["{workspace}/*.log", "app.log", "/work/shop/logs", false],
    ["{workspace}/*.log", "app.log", "/tmp", false],
    ["{workspace}/*.log", "~/app.log", "/work/shop", false],
    ["{workspace}/*.log", "$NAME.log", "/work/shop", false],
    ["{workspace}/logs/**", "logs/$NAME", "/work/shop", true],
  ])("`%s` speaks of `%s` in %s: %s", (glob, text, cwd, expected) => {
    const root = cwd === "/" ? { workspace: "/work/shop" } : {};
    expect(holds({ path: glob }, { path: path(text) }, { cwd, ...root })).toBe(expected);
  });

  it("is below the workspace that was found, wherever that is", () => {
    expect(holds({ path: "{workspace}/*.log" }, { path: path("a.log") }, { cwd: "/srv/copy", workspace: "/srv/copy/" })).toBe(true);
    expect(holds({ path: "{workspace}/*.log" }, { path: path("a.log") }, { cwd: undefined })).toBe(false);
  });
});

describe("a matcher's other fields", () => {
  it.each<readonly [Matcher, Partial<Request>, boolean]>([
    [{}, {}, true],
    [{ action: ["edit", "write"] }, { action: "write" }, true],
    [{ action: "edit" }, { action: "write" }, false],
    [{ utility: ["git", "pip*"] }, { utility: "pip3" }, true],
    [{ utility: "git" }, { utility: "gitk" }, false],
    [{ name: "redis*" }, { name: "redis-server" }, true],
    [{ name: "*" }, {}, false],
    [{ transfer: true }, { transfer: true }, true],
    [{ transfer: false }, {}, true],
    [{ transfer: true }, {}, false],
    [{ existing: false }, {}, true],
    [{ existing: false }, { existing: true }, false],
    [{ tty: false }, {}, true],
    [{ tty: true }, {}, false],
    [{ face: ["scripts", "login"] }, {}, true],
    [{ face: "agent" }, {}, false],
  ])("%j of %j: %s", (matcher, given, expected) => expect(holds(matcher, given)).toBe(expected));

  it.each([
    [undefined, true],
    [["~/.ssh/fleet_key"], false],
    [["/home/kali/.ssh/fleet_key"], false],
    [["/root/.ssh/fleet_key"], false],
    [["$SSH_KEY"], false],
    [["~/.ssh/id_ed25519"], true],
    [["~/.ssh/fleet_key.old"], true],
    [["/tmp/x/.ssh/fleet_key"], true],
    [["~/.ssh/id_ed25519", "~/.ssh/fleet_key"], false],
  ])("the key is missing among %j: %s", (keys, expected) => expect(holds({ key: "missing" }, { host: web1, keys })).toBe(expected));
});
