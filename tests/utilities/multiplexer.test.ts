import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/tmux.conf": "# comment\nset -g mouse on\nrun-shell 'ssh h rm /f'\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["tmux", "session local"],
  ["tmux -V", "read local"],
  ["tmux ls", "read local"],
  ["ssh h 'tmux list-windows -t x'", "read h"],
  ["ssh h 'tmux capture-pane -p -t x'", "read h"],
  ["ssh -t h tmux attach -t x", "session h"],
  ["ssh -t h tmux new -A -s x", "session h"],
  ["ssh h 'tmux new-session -d -s x'", "read h"],
  ["tmux new -d 'ssh h rm /f'", "write h:/f"],
  ["tmux new -d -s x -c /d 'rm f'", "write local:/d/f"],
  ["tmux -L sock new-session -d ssh h rm /f", "write h:/f"],
  ["tmux new-session -d 'ssh h cat /f'", "read h"],
  ["tmux neww 'ssh h rm /f'", "write h:/f"],
  ["tmux split-window -h -t x 'ssh h rm /f'", "write h:/f"],
  ["tmux respawn-pane -k -t x 'ssh h rm /f'", "write h:/f"],
  ["tmux display-popup -E 'ssh h rm /f'", "write h:/f"],
  ["tmux new -d ls \\; split-window 'ssh h rm /f' \\; attach", "session local", "write h:/f"],
  ["tmux run-shell 'ssh h rm /f'", "write h:/f"],
  ["tmux run -b 'ssh h cat /f'", "read h"],
  ["tmux pipe-pane -t x 'ssh h tee /f'", "write h:/f"],
  ["tmux if-shell 'ssh h rm /f' 'run \"ssh g rm /f\"'", "write g:/f", "write h:/f"],
  ["tmux bind-key x run-shell 'ssh h rm /f'", "write h:/f"],
  ["tmux set-hook -g x 'run-shell \"ssh h rm /f\"'", "write h:/f"],
  ["tmux -c 'ssh h rm /f'", "write h:/f"],
  ["tmux source-file tmux.conf", "write h:/f"],
  ["tmux source-file other.conf", "execute local:/w/other.conf (script)"],
  ["tmux save-buffer /f", "write local:/f"],
  ["ssh h 'tmux kill-session -t x'", "service h (x)"],
  ["ssh h tmux kill-server", "service h"],
  ["tmux $COMMAND", "unknown its tmux command is only known at run time"],
  // Typed text
  ["tmux send-keys -t x 'ssh h rm /f' Enter", "write h:/f"],
  ["tmux send-keys -t x 'ssh h cat /f' C-m", "read h"],
  ["tmux send -t x ssh Space h Space 'rm /f' Enter", "write h:/f"],
  ["tmux send-keys -t x 'ls' Enter 'ssh h rm /f' Enter", "write h:/f"],
  ["tmux send-keys -l -t x 'ssh h rm /f'", "write h:/f"],
  ["tmux send-keys -t x C-c", "service local"],
  ["tmux send-keys -t x -l C-c", "execute local (unclassified)"],
  ["tmux send-keys -X copy-selection", "read local"],
  ["ssh h \"tmux send-keys -t x 'rm /f' Enter\"", "write h:/f"],
  ["ssh h \"tmux send-keys -t x 'cat /f' Enter\"", "read h"],
  // screen
  ["screen -ls", "read local"],
  ["screen", "session local"],
  ["ssh -t h screen -r x", "session h"],
  ["ssh h 'screen -dmS x'", "read h"],
  ["screen -dmS x ssh h rm /f", "write h:/f"],
  ["screen -dm bash -c 'ssh h cat /f'", "read h"],
  ["screen -S x -X stuff 'ssh h rm /f^M'", "write h:/f"],
  ["screen -S x -p 0 -X stuff $'ssh h rm /f\\n'", "write h:/f"],
  ["screen -S x -X screen ssh h rm /f", "write h:/f"],
  ["ssh h 'screen -S x -X quit'", "service h"],
];

describe("terminal multiplexer", () => {
  it.each(cases)("%s", (line, ...requests) => {
    const found = requestsOf(line, { cwd: "/w", files });
    expect(requests[0]?.startsWith("read") === true && found.length === 0 ? requests : found.sort()).toEqual([...requests].sort());
  });
});
