// The entry of dist/judge.cjs, the one file that the launcher loads.
import { judge } from "./shell/judge.ts";

judge(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`autobot-sh: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 125;
  },
);
