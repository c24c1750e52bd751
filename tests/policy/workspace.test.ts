import { describe, expect, it } from "vitest";
import { localPath, remotePath, workspaceMarkers } from "../../src/policy/workspace.ts";
import { defaultPolicies } from "./default-policies.ts";
import { path } from "./requests.ts";

const { fleet } = defaultPolicies;

describe("a path on a host", () => {
  it.each([
    ["/home/autobot/autobot-vue/src/App.vue", "frontend", "autobot-vue/src/App.vue"],
    ["/home/autobot/", "frontend", "."],
    ["/home/autobot", "frontend", "."],
    ["/home/autobot/backend/api/", "ai-stack", "backend/api/"],
    ["~/app.py", "ai-stack", "app.py"],
    ["app.py", "ai-stack", "app.py"],
    ["~", "ai-stack", "."],
    ["/etc/redis/redis.conf", "redis", "config/redis.conf"],
    ["/etc/redis/redis.conf", "frontend", undefined],
    ["/opt/autobot/src/backend/app.py", "ai-stack", "backend/app.py"],
    ["/opt/autobot/autobot-frontend/src/App.vue", "frontend", "autobot-frontend/src/App.vue"],
    ["/home/autobots/app.py", "ai-stack", undefined],
    ["/etc/hosts", "frontend", undefined],
    ["/home/autobot/$X", "frontend", undefined],
  ])("%s on %s is kept as %s", (text, name, local) => expect(localPath(path(text), fleet, fleet.byName.get(name))?.text).toBe(local));

  it.each([
    ["~/f", "/home/autobot/f"],
    ["f", "/home/autobot/f"],
    ["/f", "/f"],
    ["$HOME/f", "$HOME/f"],
    ["~root/f", "~root/f"],
  ])("%s is %s there", (text, remote) => expect(remotePath(path(text), fleet).text).toBe(remote));
});

it("marks a workspace by a project's policies or by the scripts that the routes call", () => {
  expect(workspaceMarkers(defaultPolicies)).toEqual([
    ".autobot-sh",
    "scripts/utilities/sync-frontend.sh",
    "scripts/utilities/sync-to-vm.sh",
    "scripts/utilities/setup-ssh-keys.sh",
  ]);
});
