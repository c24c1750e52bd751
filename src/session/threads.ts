// The threads in which Node does what would block. A session leaves one thing to them: to write to its terminal.
import { access } from "node:fs";

/**
 * Resolves when they are there. One: the others would cost memory and time, and count as processes. Node aborts where it may have
 * none. For a process that has used none so far.
 */
export function startThreads(): Promise<void> {
  process.env["UV_THREADPOOL_SIZE"] = "1";
  return new Promise((resolve) => access("/", () => resolve()));
}
