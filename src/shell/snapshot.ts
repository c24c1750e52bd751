// The judge's start-up snapshot: made once for a node, beside the judge, so that later commands start four times as fast.
import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const timeLimit = 20_000;

/**
 * Called where the judge was started without a usable snapshot: none was made yet, or it is another node's. Does nothing
 * where the installation belongs to somebody else, or where it was tried in vain: an empty file says so.
 */
export function makeSnapshot(): void {
  const judge = process.argv[1];
  if (judge === undefined || !isOurs(dirname(judge))) return;
  const blob = join(dirname(judge), "judge.blob");
  if (existsSync(blob) && statSync(blob).size === 0) return;
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const draft = `${blob}.${process.pid}`;
  const { status } = spawnSync(process.execPath, ["--snapshot-blob", draft, "--build-snapshot", judge], { env: {}, stdio: "ignore", timeout: timeLimit });
  if (status === 0 && existsSync(draft)) {
    renameSync(draft, blob);
    writeFileSync(join(dirname(judge), "node-path"), `${process.execPath}\n`);
    return;
  }
  rmSync(draft, { force: true });
  writeFileSync(blob, "");
}

/** The files are the user's own: nobody's installation is changed by one who may merely write to it. */
function isOurs(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return statSync(directory).uid === process.getuid?.();
  } catch {
    return false;
  }
}
