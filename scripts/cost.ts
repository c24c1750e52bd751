// What starting a process costs, as the kernel counts it.
import { spawnSync } from "node:child_process";

export interface Start {
  readonly words: readonly string[];
  readonly cwd?: string;
  /** A file; default: nothing. */
  readonly input?: string;
  /** Default: this process's, less what makes every node start slower. */
  readonly env?: NodeJS.ProcessEnv;
}

/** In milliseconds. */
export interface Cost {
  readonly wall: number;
  /** User and system time of the process and all that it waited for. */
  readonly cpu: number;
}

export const perMeasurement = 3;

/** bash's `time` reads what the kernel counted for the children, to the millisecond; node has no call for it. */
export function costOf({ words, cwd = process.cwd(), input = "/dev/null", env = environment() }: Start): Cost {
  const script = `TIMEFORMAT='%3R %3U %3S'; input=$1; shift; time for ((n = 0; n < ${perMeasurement}; n++)); do "$@" <"$input"; done >/dev/null 2>&1`;
  const { stderr } = spawnSync("/bin/bash", ["-c", script, "bash", input, ...words], { cwd, encoding: "utf8", env: { ...env, LC_ALL: "C" } });
  const [wall = 0, user = 0, system = 0] = stderr
    .trim()
    .split(" ")
    .map((seconds) => (1000 * Number(seconds)) / perMeasurement);
  return { wall, cpu: user + system };
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...env } = process.env;
  return env;
}

/** Medians of whole processes, by turns, so that all suffer alike from what else the machine does. The first round fills the page cache. */
export function medianCosts(commands: Readonly<Record<string, Start>>, rounds: number): readonly (Cost & { readonly name: string })[] {
  const measured = new Map(Object.keys(commands).map((name): [string, Cost[]] => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const cost = costOf(command);
      if (round > 0) measured.get(name)?.push(cost);
    }
  }
  return [...measured].map(([name, costs]) => ({ name, wall: median(costs.map(({ wall }) => wall)), cpu: median(costs.map(({ cpu }) => cpu)) }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length / 2))] ?? 0;
}
