// How much of what an agent starts is kept, and for how long.
export const limits = {
  /** Characters of each stream in one result; the middle is left out of more. */
  resultCharacters: 40_000,
  /** Milliseconds before `exec` returns with a session's id, where the call does not say. */
  yieldAfter: 30_000,
  /** Milliseconds that a command may run, where the call does not say. */
  timeout: 30 * 60_000,
  /** Commands that run at the same time. */
  running: 64,
  /** Ended sessions whose results can still be read. */
  ended: 32,
  /** Bytes of a file that holds what a result left out. */
  fileBytes: 64 * 1024 * 1024,
  /** Milliseconds between asking a command to end and ending it. */
  grace: 500,
} as const;
