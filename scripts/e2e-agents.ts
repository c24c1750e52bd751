// Real agents against a scripted model: does a violation run, is the model told, does a harmless command's output come through? By
// each route that the agent has, and without autobot-sh, where the violation has to run. In a namespace without a network.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agents, type Route } from "./e2e-agents/agents.ts";
import { download } from "./e2e-agents/programs.ts";
import { isGood, type Trial, tryAgent } from "./e2e-agents/trial.ts";

const usage = `usage: npm run e2e:agents -- [--route ROUTE] [--json FILE] [AGENT…]
AGENT: ${agents.map(({ name }) => name).join(", ")}; default: all. ROUTE: none, hook, shell or mcp; default: all
downloads the agents' programs from npm, once, to AUTOBOT_SH_E2E_CACHE or ~/.cache/autobot-sh/e2e
--json writes the table there too
`;

const { values, positionals } = parseArgs({
  options: { route: { type: "string" }, json: { type: "string" }, help: { type: "boolean", short: "h" } },
  allowPositionals: true,
});
const root = join(import.meta.dirname, "..", "..");
const chosen = agents.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (values.help === true) process.stdout.write(usage);
else if (chosen.length === 0) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else if (process.env["AUTOBOT_SH_E2E_OFFLINE"] === undefined) {
  for (const agent of chosen) for (const each of [agent.download, ...(typeof agent.node === "object" ? [agent.node] : [])]) download(each);
  process.exitCode = offline();
} else {
  const trials: Trial[] = [];
  for (const agent of chosen) {
    for (const route of agent.routes.filter((each) => values.route === undefined || values.route === each)) {
      const trial = await tryAgent(agent, route, root);
      trials.push(trial);
      process.stdout.write(row(trial));
    }
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(trials, null, 2)}\n`);
  process.exitCode = trials.length > 0 && trials.every(isGood) ? 0 : 1;
}

/** This program again where loopback is all there is: neither a stub that is missed nor an agent's own wishes reach a host. */
function offline(): number {
  const inside = ["sh", "-c", 'ip link set lo up && exec "$@"', "sh", process.execPath, ...process.argv.slice(1)];
  const { status } = spawnSync("unshare", ["-rn", ...inside], { stdio: "inherit", env: { ...process.env, AUTOBOT_SH_E2E_OFFLINE: "1" } });
  return status ?? 1;
}

function row(trial: Trial): string {
  const shown: Readonly<Record<Route, string>> = { none: "without", hook: "hook", shell: "shell", mcp: "mcp" };
  const mark = (good: boolean) => (good ? "yes" : "no ").padEnd(3);
  const { title, version, route, violationStopped, modelTold, outputThrough, duration, detail } = trial;
  const cells = [`${title} ${version}`.padEnd(34), shown[route].padEnd(8), `stopped ${mark(violationStopped)}`, `told ${mark(modelTold)}`, `output ${mark(outputThrough)}`];
  return `${isGood(trial) ? "ok   " : "FAIL "}${cells.join("  ")}  ${(duration / 1000).toFixed(1)} s${detail === undefined ? "" : `\n     ${detail}`}\n`;
}
