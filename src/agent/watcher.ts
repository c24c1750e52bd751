// Ends what we have started when we are gone, however that was: a bash that reads which process groups there are from a
// pipe, whose end it outlives.
import { type ChildProcess, spawn } from "node:child_process";
import { runVariable } from "../run/agent-variables.ts";

const program = `
declare -A groups=() runs=()
while read -r sign word run; do
  case $sign in
    run) runs[$word]=1 ;;
    +) groups[$word]=1; unset "runs[$run]" ;;
    -) unset "groups[$word]" ;;
  esac
done
# Started, and we were gone before we could tell its number.
find_runs() {
  local file entry
  for file in /proc/[0-9]*/environ; do
    while IFS= read -r -d '' entry; do
      [[ $entry == ${runVariable}=* && -n \${runs[\${entry#*=}]-} ]] && file=\${file%/*} && groups[\${file##*/}]=1 && break
    done <"$file"
  done
} 2>/dev/null
# Each is the first process of a session: a shell with jobs has more groups in it.
end_sessions() {
  local file stat
  for file in /proc/[0-9]*/stat; do
    IFS= read -r -d '' stat <"$file"
    set -- \${stat##*) }
    [[ -n \${groups[\${4-0}]-} ]] && file=\${file%/*} && kill -"$signal" "\${file##*/}"
  done
} 2>/dev/null
for signal in TERM KILL; do
  (( \${#runs[@]} )) && find_runs
  for group in "\${!groups[@]}"; do kill -"$signal" -- "-$group"; done 2>/dev/null
  (( \${#groups[@]} )) && end_sessions
  [[ $signal == KILL ]] || (( \${#groups[@]} + \${#runs[@]} == 0 )) || command -p sleep 0.3
done`;

let watcher: ChildProcess | undefined;

/** Before it is started. */
export function announceRun(run: string): void {
  tell(`run ${run}\n`);
}

export function watchGroup(group: number, run = ""): void {
  tell(`+ ${group} ${run}\n`);
}

/** It has ended: its number may be given to others. */
export function forgetGroup(group: number): void {
  tell(`- ${group}\n`);
}

function tell(line: string): void {
  watcher ??= start();
  watcher.stdin?.write(line);
}

function start(): ChildProcess {
  // In a session of its own, so that what ends us does not reach it.
  const bash = spawn("/bin/bash", ["-p", "-c", program, "autobot-sh"], { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {}, cwd: "/" });
  bash.on("error", () => {});
  bash.stdin.on("error", () => {});
  bash.unref();
  (bash.stdin as unknown as { unref?(): void }).unref?.();
  return bash;
}
