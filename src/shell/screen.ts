// Whether a screen can be drawn: a person at a terminal that takes its movements, and no build, where nothing would be seen and a key waited for.
import { isatty } from "node:tty";

export function drawsHere(environment: Readonly<Record<string, string | undefined>>): boolean {
  return isatty(0) && isatty(1) && environment["TERM"] !== "dumb" && !inBuild(environment);
}

/** As ink has it, which draws nothing but the end there. */
function inBuild(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { CI: set } = environment;
  if (set === "0" || set === "false") return false;
  return set !== undefined || environment["CONTINUOUS_INTEGRATION"] !== undefined || Object.keys(environment).some((name) => name.startsWith("CI_"));
}
