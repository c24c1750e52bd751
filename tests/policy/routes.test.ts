import { describe, expect, it } from "vitest";
import { approvedScript, approvedUtility } from "../../src/policy/routes.ts";
import { combined, defaultLayer, defaultPolicies } from "./default-policies.ts";

describe("an approved route", () => {
  it.each([
    ["scripts/utilities/sync-to-vm.sh", "sync-to-vm"],
    ["autobot-infrastructure/shared/scripts/utilities/sync-to-vm.sh", "sync-to-vm"],
    ["scripts/utilities/sync-frontend.sh", "sync-frontend"],
    ["scripts/vm-management/stop-all-vms.sh", "start-and-stop"],
    ["run_autobot.sh", "start-and-stop"],
    ["ansible/deploy.sh", "ansible-wrappers"],
    ["scripts/utilities/sync-to-vm.sh.bak", undefined],
    ["/tmp/scripts/utilities/sync-to-vm.sh", undefined],
    ["tmp/sync-to-vm.sh", undefined],
    ["scripts/bulletproof-frontend/deploy-bulletproof-frontend.sh", undefined],
  ])("%s: %s", (path, id) => expect(approvedScript(defaultPolicies, path)?.id).toBe(id));

  it("is ansible-playbook, and not ansible", () => {
    expect(approvedUtility(defaultPolicies, "ansible-playbook")?.id).toBe("ansible-playbook");
    expect(approvedUtility(defaultPolicies, "ansible")).toBeUndefined();
  });

  const digest = "a".repeat(64);
  const routes = [{ id: "sync", script: "sync.sh", sha256: digest }];
  const set = combined({ origin: "system", policies: [{ file: "s.yaml", policy: { policy: "s", description: "d", routes } }] });

  it("that is pinned is the script with that digest alone", () => {
    expect(approvedScript(set, "sync.sh", digest)?.id).toBe("sync");
    expect(approvedScript(set, "sync.sh", "b".repeat(64))).toBeUndefined();
    expect(approvedScript(set, "sync.sh")).toBeUndefined();
  });

  it("that one layer pins is approved by no other route's glob", () => {
    const path = "scripts/utilities/sync-to-vm.sh";
    const pins = [{ id: "approved-scripts", script: path, sha256: [digest, "c".repeat(64)] }];
    const pinned = combined(defaultLayer, { origin: "system", policies: [{ file: "s.yaml", policy: { policy: "s", description: "d", routes: pins } }] });
    expect(approvedScript(pinned, path)).toBeUndefined();
    expect(approvedScript(pinned, path, "b".repeat(64))).toBeUndefined();
    expect(approvedScript(pinned, path, "c".repeat(64))?.id).toBe("approved-scripts");
    expect(approvedScript(pinned, `infrastructure/${path}`)?.id).toBe("sync-to-vm");
  });

  it("is none that a project names", () => {
    const project = combined({
      origin: "project",
      policies: [{ file: "p.yaml", policy: { policy: "p", description: "d", routes: [{ id: "mine", script: "mine.sh", utility: "ssh" }] } }],
    });
    expect(approvedScript(project, "mine.sh")).toBeUndefined();
    expect(approvedUtility(project, "ssh")).toBeUndefined();
  });
});
