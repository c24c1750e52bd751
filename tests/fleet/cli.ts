// A fleet to try things on, from one command to the next: `node scripts/run.js ../tests/fleet/cli COMMAND`, as root, in the checkout.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { changes, commands, down, exec, type Fleet, isUp, missing, type Name, up, workspace } from "./fleet.ts";

const usage = `up | down
exec HOST COMMAND…    run it there, as its ordinary user; on the \`workstation\`, in the workspace
commands              what ssh has asked the servers to run
changes               which files of theirs are not as they were
`;

const directory = "/run/autobot-fleet";
const file = `${directory}/fleet.json`;

function current(): Fleet | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function running(): Fleet {
  const fleet = current();
  if (fleet !== undefined && isUp(fleet)) return fleet;
  throw new Error("no fleet is up");
}

async function start(): Promise<void> {
  const lacking = missing();
  if (lacking !== undefined) throw new Error(lacking);
  await stop();
  const fleet = await up(process.cwd(), { outlive: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(fleet));
}

async function stop(): Promise<void> {
  const fleet = current();
  if (fleet !== undefined) await down(fleet);
  rmSync(directory, { recursive: true, force: true });
}

const print = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(""));

const [command = "", host = "", ...words] = process.argv.slice(2);
switch (command) {
  case "up":
    await start();
    break;
  case "down":
    await stop();
    break;
  case "exec":
    process.exitCode = exec(running(), host as Name, words, { cwd: host === "workstation" ? workspace : "/", stdio: "inherit" }).status ?? 1;
    break;
  case "commands":
    print(commands(running()));
    break;
  case "changes":
    print(changes(running()));
    break;
  default:
    process.stderr.write(usage);
    process.exitCode = 2;
}
