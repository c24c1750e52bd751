// Why a tool did not do what it was asked for.

/** Says so on standard error, the way out on the next line, and returns the status to end with. */
export function complain(message: string, status: number): number {
  process.stderr.write(`autobotctl: ${message.replaceAll("\n", "\n  ")}\n`);
  return status;
}
