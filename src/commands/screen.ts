// Whether a screen can be drawn: a person at a terminal that takes its movements, and no build, where nothing would be seen and a key waited for.
import { isatty } from "node:tty";

export function drawsHere(environment: Readonly<Record<string, string | undefined>>): boolean {
  return isatty(0) && isatty(1) && environment["TERM"] !== "dumb" && !inBuild(environment);
}

/** As ink has it, which draws nothing but the end there. */
function inBuild(environment: Readonly<Record<string, string | undefined>>): boolean {
  return ["CI", "CONTINUOUS_INTEGRATION"].some((name) => ![undefined, "0", "false"].includes(environment[name]));
}
