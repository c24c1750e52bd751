// The entry of dist/judge.cjs, the one file that the launcher loads: run as a program, or built into a start-up snapshot
// (docs/adr/0006), in which the policies are ready and the code is compiled.
import { startupSnapshot } from "node:v8";
import { judge, rehearse } from "./shell/judge.ts";
import { makeSnapshot } from "./shell/snapshot.ts";

function run(): void {
  judge(process.argv.slice(2)).then(
    (status) => {
      process.exitCode = status;
    },
    (error: unknown) => {
      process.stderr.write(`autobot-sh: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 125;
    },
  );
}

// What is compiled when the snapshot is made need not be at each start; more than most commands need makes each slower.
const usualLines = ["cd /tmp && ls -la | grep x > out.txt"];

if (startupSnapshot.isBuildingSnapshot()) {
  rehearse(usualLines);
  startupSnapshot.setDeserializeMainFunction(run);
} else {
  run();
  makeSnapshot();
}
