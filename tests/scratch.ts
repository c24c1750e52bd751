// Directories for a test file to work in, gone when it has ended.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Milliseconds: an installed package is many files. */
const removal = 120_000;
const made: string[] = [];

export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "autobot-sh-test-"));
  made.push(directory);
  return directory;
}

// Registered before any of the test file's own, and so the last to run (vitest's `sequence.hooks`).
afterAll(() => {
  // What a test left running may write while its directory is removed.
  for (const directory of made) rmSync(directory, { recursive: true, force: true, maxRetries: 15, retryDelay: 200 });
}, removal);
