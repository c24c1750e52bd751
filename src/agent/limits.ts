// How much of what an agent starts is kept, and for how long. Times are milliseconds.
export const limits = {
  /** Characters of each stream in one result; the middle is left out of more. */
  resultCharacters: 40_000,
  /** Before `exec` returns with a session's id, where the call does not say. Clients wait a minute, or longer. */
  yieldAfter: 30_000,
  /** Longest that a call waits, whatever it says. */
  longestYield: 10 * 60_000,
  /** That a command may run, where the call does not say. */
  timeout: 30 * 60_000,
  longestTimeout: 24 * 3600_000,
  /** Commands that run at the same time. */
  running: 64,
  /** Ended sessions whose results can still be read. */
  ended: 32,
  /** Bytes of a file that holds what a result left out. */
  fileBytes: 64 * 1024 * 1024,
  /** Between asking a command to end and ending it. */
  grace: 500,
  /** For the output of a shell that has ended to be closed. */
  lingering: 250,
  /** Between notifications of progress. */
  progress: 1000,
} as const;
