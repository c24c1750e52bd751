// Which copies of a path in the workspace a host has.
import { expect, it } from "vitest";
import { mirrorsBelow, mirrorsOf } from "../../src/policy/mirror.ts";
import type { Fleet, FleetHost } from "../../src/policy/schema.ts";

const fleet: Fleet = {
  paths: [
    { remote: "/home/autobot/", local: "" },
    { remote: "/opt/autobot/", local: "" },
  ],
};
const plain: FleetHost = { name: "web" };
const redis: FleetHost = { name: "redis", paths: [{ remote: "/etc/redis/redis.conf", local: "config/redis.conf" }] };

const below = (host: FleetHost, path: string) => mirrorsBelow(fleet, host, path).map(({ local, remotes, partial }) => `${local} ${remotes.join(",")}${partial ? " partial" : ""}`);

it.each([
  ["a file", plain, "app.py", ["app.py /home/autobot/app.py,/opt/autobot/app.py"]],
  ["a directory", plain, "backend/", ["backend /home/autobot/backend,/opt/autobot/backend"]],
  ["the root", plain, ".", [" /home/autobot/,/opt/autobot/ partial"]],
  ["a file with a map of the host's own", redis, "config/redis.conf", ["config/redis.conf /etc/redis/redis.conf"]],
  ["a directory that holds such a file", redis, "config", ["config/redis.conf /etc/redis/redis.conf", "config /home/autobot/config,/opt/autobot/config"]],
  ["a file whose name only begins like it", redis, "config/redis.conf.d", ["config/redis.conf.d /home/autobot/config/redis.conf.d,/opt/autobot/config/redis.conf.d"]],
])("%s", (_, host, path, mirrors) => {
  expect(below(host, path)).toEqual(mirrors);
});

it("of a whole host: its own maps, and what is there already of the workspace", () => {
  expect(mirrorsOf(fleet, redis)).toEqual([
    { local: "config/redis.conf", remotes: ["/etc/redis/redis.conf"], partial: false },
    { local: "", remotes: ["/home/autobot/", "/opt/autobot/"], partial: true },
  ]);
});
