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

/** What a test left running may write meanwhile, and node looks into a directory once. */
export function remove(directory: string): void {
  for (let tries = 50; ; tries--) {
    try {
      return rmSync(directory, { recursive: true, force: true });
    } catch (error) {
      if (tries === 0) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  }
}

// Registered before any of the test file's own, and so the last to run (vitest's `sequence.hooks`).
afterAll(() => {
  for (const directory of made) remove(directory);
}, removal);
