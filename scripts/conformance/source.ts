// A suite's tree, from a directory that is here already or from Debian's sources. Nothing of the machine's own package
// configuration is changed, and nothing is kept.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./account.ts";
import type { Suite } from "./suite.ts";

/** A copy of the suite's tree below `work`, or why there is none. */
export function fetchTree(suite: Suite, given: string | undefined, work: string): { readonly tree: string } | { readonly missing: string } {
  const found = given === undefined ? undefined : treeBelow(suite, given);
  if (found !== undefined) {
    const tree = join(work, suite.name);
    cpSync(found, tree, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith("/.git") });
    return { tree };
  }
  if (suite.debian === undefined) return { missing: `not in Debian: give a directory that holds it with --source` };
  if (!existsSync("/usr/bin/apt-get")) return { missing: "no apt-get here: give a directory that holds it with --source" };
  return fromDebian(suite, suite.debian, work);
}

/** `directory` itself, or a directory in it. */
function treeBelow(suite: Suite, directory: string): string | undefined {
  const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [directory, ...below.map(({ name }) => join(directory, name))].find((path) => existsSync(join(path, suite.mark)));
}

function fromDebian(suite: Suite, name: string, work: string): { readonly tree: string } | { readonly missing: string } {
  const area = join(work, `debian-${suite.name}`);
  const options = privateConfiguration(area);
  try {
    must("apt-get", [...options, "update"], area);
    must("apt-get", [...options, "--only-source", "source", `${name}${installedVersion(name)}`], area);
  } catch (error) {
    return { missing: `${error instanceof Error ? error.message : error}` };
  }
  const tree = treeBelow(suite, area);
  return tree === undefined ? { missing: `Debian's source of ${name} has no ${suite.mark}` } : { tree };
}

/** The tests of the very bash that is installed. */
function installedVersion(name: string): string {
  const versions = must("dpkg-query", ["--show", "--showformat", "${source:Package} ${source:Version}\n"]).split("\n");
  const version = versions.find((line) => line.startsWith(`${name} `))?.split(" ")[1];
  return version === undefined ? "" : `=${version}`;
}

// The machine's own archives, asked for their sources.
function privateConfiguration(area: string): readonly string[] {
  for (const folder of ["sources.list.d", "lists/partial", "cache/archives/partial"]) mkdirSync(join(area, folder), { recursive: true });
  for (const [file, text] of packageSources()) {
    const sources = file.endsWith(".sources") ? text.replace(/^Types:.*$/gm, "Types: deb-src") : text.replace(/^deb(?=\s)/gm, "deb-src");
    writeFileSync(join(area, "sources.list.d", file), sources);
  }
  const settings = {
    "Dir::Etc::SourceList": "/dev/null",
    "Dir::Etc::SourceParts": join(area, "sources.list.d"),
    "Dir::State::Lists": join(area, "lists"),
    "Dir::Cache": join(area, "cache"),
    // apt's own user cannot write here, which is nobody's loss.
    "APT::Sandbox::User": "root",
  };
  return ["--quiet=2", ...Object.entries(settings).flatMap(([key, value]) => ["--option", `${key}=${value}`])];
}

function packageSources(): readonly (readonly [file: string, text: string])[] {
  const folder = "/etc/apt/sources.list.d";
  const parts = existsSync(folder) ? readdirSync(folder).filter((file) => /\.(sources|list)$/.test(file)) : [];
  const files = [...parts.map((file) => join(folder, file)), "/etc/apt/sources.list"].filter((file) => existsSync(file));
  return files.map((path) => [path.slice(path.lastIndexOf("/") + 1), readFileSync(path, "utf8")]);
}
