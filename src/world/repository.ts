// A directory → the repository that it is in.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest directory upwards that has a `.git`: a directory, or the file of a worktree or submodule (gitrepository-layout(5)). */
export function repositoryRoot(directory: string): string | undefined {
  if (existsSync(join(directory, ".git"))) return directory;
  return dirname(directory) === directory ? undefined : repositoryRoot(dirname(directory));
}
