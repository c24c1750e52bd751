// An installation made ready for its machine by the first command of the user whose it is: the compiled launcher in place of
// the one in bash that a package carries (docs/adr/0016).
import { accessSync, chmodSync, constants, copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const timeLimit = 10_000;
const status = 77;

/** Does nothing where it is somebody else's, where the package has none for this machine, or where that one does not run here. */
export function installLauncher(root: string): void {
  const compiled = join(root, "dist", `launcher-${process.arch}`);
  if (!existsSync(compiled) || !isOurs(join(root, "bin"))) return;
  for (const name of ["autobot-sh", "autobot-bash", "autobotctl"]) replaceLauncher(join(root, "bin", name), compiled, name === "autobotctl" ? proofs.tools : proofs.shell);
}

/** Words, and the status that they end with where the program runs. */
interface Proof {
  readonly words: readonly string[];
  readonly input: string;
  readonly status: number;
}

const proofs = {
  shell: { words: ["-c", `exit ${status}`], input: "", status },
  // A call that no form has.
  tools: { words: ["hook", "--agent", "kiro"], input: "{}", status: 2 },
} satisfies Readonly<Record<string, Proof>>;

function replaceLauncher(launcher: string, compiled: string, proof: Proof): void {
  if (!existsSync(launcher) || isCompiled(launcher)) return;
  const draft = `${launcher}.${process.pid}`;
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  try {
    copyFileSync(compiled, draft);
    chmodSync(draft, 0o755);
    // Beside the other, so that it finds all that it will. Whoever runs a login shell has no second try.
    const ended = spawnSync(draft, proof.words, { stdio: ["pipe", "ignore", "ignore"], input: proof.input, timeout: timeLimit });
    if (ended.status === proof.status) renameSync(draft, launcher);
  } catch {
    // A full disk, or a file system that runs no programs: the one in bash does it all.
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The files are the user's own: nobody's installation is changed by one who may merely write to it. */
export function isOurs(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return statSync(directory).uid === process.getuid?.();
  } catch {
    return false;
  }
}

export function isCompiled(launcher: string): boolean {
  return readFileSync(launcher).subarray(0, 4).toString("latin1") === "\u007fELF";
}
