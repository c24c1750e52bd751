// Where policy files are looked for, and which of the layers have any. Reads no file: most machines have none, and then
// nothing that reads them need be loaded.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { account } from "./account.ts";

/** Whose policies they are: what a layer may loosen depends on it (docs/adr/0009). */
export type Origin = "system" | "user" | "project";

export interface LayerFiles {
  readonly origin: Origin;
  readonly directory: string;
  /** Absolute paths, sorted. */
  readonly files: readonly string[];
}

export interface LayerPlaces {
  readonly system: string;
  /** Undefined: the user has no home. */
  readonly user: string | undefined;
  /** Where XDG_CONFIG_HOME says that the user's are, if that is elsewhere. */
  readonly configured: string | undefined;
  /** The project's is looked for from here upwards. */
  readonly cwd: string | undefined;
}

const directoryName = "autobot-sh";
const projectDirectoryName = ".autobot-sh";

export function layerPlaces(environment: Readonly<Record<string, string | undefined>>, cwd: string | undefined): LayerPlaces {
  // From the password file: HOME can be set by whoever calls, and must not lead to other policies.
  const home = account()?.home;
  const user = home === undefined ? undefined : join(home, ".config", directoryName);
  const configHome = environment["XDG_CONFIG_HOME"];
  const configured = configHome?.startsWith("/") ? join(configHome, directoryName) : undefined;
  return { system: join("/etc", directoryName), user, configured: configured === user ? undefined : configured, cwd };
}

/**
 * The layers that have files. What stands where XDG_CONFIG_HOME points counts as a project's, which only tightens:
 * a variable set for one command must not switch a rule off.
 */
export function findLayers(places: LayerPlaces): readonly LayerFiles[] {
  const project = places.cwd === undefined ? undefined : nearestProject(places.cwd);
  const candidates: readonly (readonly [Origin, string | undefined])[] = [
    ["system", places.system],
    ["user", places.user],
    ["project", places.configured],
    ["project", project],
  ];
  return candidates.flatMap(([origin, directory]) => {
    const files = directory === undefined ? [] : policyFilesIn(directory);
    return directory === undefined || files.length === 0 ? [] : [{ origin, directory, files }];
  });
}

/** An unreadable directory counts as a file that cannot be read: it may hold rules. */
function policyFilesIn(directory: string): readonly string[] {
  try {
    // Most machines have none, and an error thrown takes longer than all else here.
    if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
    return readdirSync(directory)
      .filter((name) => /^[^.].*\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" || code === "ENOTDIR" ? [] : [directory];
  }
}

function nearestProject(from: string): string | undefined {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, projectDirectoryName);
    // In /tmp and the like anyone may put one: it is nobody's project.
    if (existsSync(candidate) && !anyoneMayCreateIn(directory)) return candidate;
    if (directory === dirname(directory)) return undefined;
  }
}

/** World-writable and sticky, as /tmp. */
export function anyoneMayCreateIn(directory: string): boolean {
  const { mode } = statSync(directory);
  return (mode & 0o1002) === 0o1002;
}
