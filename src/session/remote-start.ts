// What ssh is given to run so that the shell which it opens has the gate: a few lines of sh and of bash, behind which the
// gate itself is typed. Nothing is written there (docs/adr/0018).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../world/words.ts";
import { escaped } from "./terminal-channel.ts";

/** The word to put behind ssh's own. `key`: what both ends know. `root`: where the package is installed. */
export function remoteCommand(key: string, root: string): string {
  const line = (name: string) => codeOf(root, name).trimEnd().replaceAll("\n", " ");
  return `sh -c ${quoted(line("remote.sh"))} sh ${quoted(line("remote.bash"))} ${key}`;
}

/** The gate, to be typed where it was said to be ready. */
export function typedGate(key: string, root: string): string {
  const prelude = `autobot_session=${key} autobot_parent= autobot_root= autobot_environment=l\n`;
  return `autobot-sh:${key}:${escaped(prelude + codeOf(root, "gate-terminal.bash") + codeOf(root, "gate.bash"))}\n`;
}

/** Without comments. No here-document is in there. */
function codeOf(root: string, name: string): string {
  return readFileSync(join(root, "libexec", name), "utf8").replaceAll(/^ *#.*\n|^ +/gm, "");
}
