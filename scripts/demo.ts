// The whole way round, for real: refused, done as advised, arrived, verified, on five servers in network namespaces of this
// machine. At a reader's pace on a terminal. With --pictures, what docs/pictures/ shows is made from it.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { down, exec, missing, up } from "../tests/fleet/fleet.ts";
import { sitDown } from "./demo/person.ts";
import { picture } from "./demo/picture.ts";
import { type Scene, scenes } from "./demo/scenes.ts";
import { type Line, textOf } from "./demo/screen.ts";

const { values } = parseArgs({ options: { pictures: { type: "string" }, fast: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
const root = join(import.meta.dirname, "..", "..");
const bin = join(root, "bin");
const terminal = process.stdout.isTTY === true && values.pictures === undefined;
const pace = terminal && values.fast !== true ? { key: 25, line: 900 } : { key: 0, line: 0 };

if (values.help === true) {
  process.stdout.write("usage: npm run demo -- [--fast] [--pictures DIR]\n--pictures writes the images of docs/pictures/ to DIR\n");
} else {
  const lacking = missing();
  process.exitCode = lacking === undefined ? await perform() : judgeOnly(lacking);
}

/** The editor asks the terminal what it is: the answers are nobody's input. Ctrl-C still ends it, and the fleet with it. */
function hush(): () => void {
  const { stdin } = process;
  if (!terminal || !stdin.isTTY) return () => {};
  stdin.setRawMode(true);
  stdin.on("data", (data: Buffer) => {
    if (!data.includes(3)) return;
    stdin.setRawMode(false);
    process.exit(130);
  });
  return () => {
    stdin.setRawMode(false);
    stdin.destroy();
  };
}

async function perform(): Promise<number> {
  const fleet = await up(root);
  const speak = hush();
  try {
    for (const scene of scenes) {
      process.stdout.write(`${terminal ? "\u001b[1m" : ""}# ${scene.title}${terminal ? "\u001b[22m" : ""}\n`);
      if (scene.before !== undefined) exec(fleet, scene.before.on, scene.before.command);
      const person = await sitDown(fleet, bin, pace, (data) => void (terminal && process.stdout.write(data)));
      for (const step of scene.steps) await person.take(step);
      const lines = person.screen.lines().slice(0, -1);
      await person.leave();
      if (!terminal) process.stdout.write(lines.map((line) => `${textOf(line)}\n`).join(""));
      process.stdout.write("\n");
      keep(scene, lines);
    }
    return 0;
  } finally {
    speak();
    await down(fleet);
  }
}

function keep({ picture: name, title }: Scene, lines: readonly Line[]): void {
  if (values.pictures === undefined || name === undefined) return;
  mkdirSync(values.pictures, { recursive: true });
  writeFileSync(join(values.pictures, `${name}.svg`), picture(title, lines));
}

/** Where there can be no servers, nothing is run: only what would be refused is shown. */
function judgeOnly(lacking: string): number {
  process.stderr.write(`demo: no servers can be made here: ${lacking.trim().replaceAll("\n", "\n  ")}\n  what follows is judged and not run\n`);
  if (values.pictures !== undefined) return 1;
  for (const line of scenes.flatMap(({ steps }) => steps.flatMap((step) => ("type" in step && /^(ssh|scp) /.test(step.type) ? [step.type] : [])))) {
    process.stdout.write(`\n$ ${line}\n`);
    spawnSync(join(bin, "autobotctl"), ["check", "--tty", line], { stdio: ["ignore", "inherit", "inherit"] });
  }
  return 0;
}
