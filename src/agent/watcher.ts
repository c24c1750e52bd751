// Ends what we have started when we are gone, however that was: a bash that reads which process groups there are from a
// pipe, whose end it outlives.
import { type ChildProcess, spawn } from "node:child_process";

const program = `
declare -A groups
while read -r sign group; do
  if [[ $sign == + ]]; then groups[$group]=1; else unset "groups[$group]"; fi
done
for signal in TERM KILL; do
  for group in "\${!groups[@]}"; do kill -"$signal" -- "-$group"; done 2>/dev/null
  [[ $signal == KILL || \${#groups[@]} == 0 ]] || command -p sleep 0.3
done`;

let watcher: ChildProcess | undefined;

export function watchGroup(group: number): void {
  tell(`+ ${group}\n`);
}

/** It has ended: its number may be given to others. */
export function forgetGroup(group: number): void {
  tell(`- ${group}\n`);
}

function tell(line: string): void {
  if (watcher === undefined) {
    // In a session of its own, so that what ends us does not reach it.
    watcher = spawn("/bin/bash", ["-p", "-c", program, "autobot-sh"], { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {}, cwd: "/" });
    watcher.on("error", () => {});
    watcher.stdin?.on("error", () => {});
    watcher.unref();
    (watcher.stdin as unknown as { unref?(): void } | null)?.unref?.();
  }
  watcher.stdin?.write(line);
}
