// A directory → the root of the workspace it lies in.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PolicySet } from "../decide.ts";
import { workspaceMarkers } from "../policy/workspace.ts";
import { anyoneMayCreateIn } from "./layers.ts";

/** The nearest directory upwards that holds a project's policies or a script of the routes; undefined inside the policies' own root, or outside of any. */
export function findWorkspace(cwd: string | undefined, policies: PolicySet): string | undefined {
  const { root } = policies.fleet;
  if (cwd === undefined || (root !== undefined && (cwd === root || cwd.startsWith(`${root.replace(/\/$/, "")}/`)))) return undefined;
  const markers = workspaceMarkers(policies);
  for (let directory = cwd; ; directory = dirname(directory)) {
    if (markers.some((marker) => existsSync(join(directory, marker))) && !anyoneMayCreateIn(directory)) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}
