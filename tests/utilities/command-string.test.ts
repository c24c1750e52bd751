import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["watch -n 5 'ssh h rm /f'", "write h:/f"],
  ["watch -n5 -d ssh h rm /f", "write h:/f"],
  ["watch ssh h cat /f", "read h"],
  ["watch 'ls; ssh h rm /f'", "write h:/f"],
  ["watch -x ssh h 'rm /f'", "write h:/f"],
  ["ssh h 'watch -n 1 docker ps'", "read h"],
  ["flock /l ssh h rm /f", "write h:/f"],
  ["flock -n -w 5 /l ssh h cat /f", "read h"],
  ["flock /l -c 'ssh h rm /f'", "write h:/f"],
  ["flock -c 'ssh h rm /f' /l", "write h:/f"],
  ["flock -x 9", "read local"],
  ["ssh h 'flock /l rm /f'", "write h:/f"],
  ["script -qc 'ssh h rm /f' /dev/null", "write h:/f"],
  ["script -q -c 'ssh h cat /f' /o", "write local:/o"],
  ["script --command='ssh h rm /f' --log-out /o", "write local:/o", "write h:/f"],
  ["script /o", "write local:/o", "session local"],
  ["script <<< 'ssh h rm /f'", "write local:typescript", "write h:/f"],
  ["script --version", "read local"],
  ["gdb --args ssh h rm /f", "write h:/f"],
  ["gdb -p 1 -batch -ex bt", "read local"],
  ["gdb -batch -ex 'shell ssh h rm /f'", "write h:/f"],
  ["gdb -batch -ex '!ssh h rm /f'", "write h:/f"],
  ["gdb app core", "read local"],
  ["nix-shell -p x --run 'ssh h rm /f'", "write h:/f"],
  ["nix-shell -p x --run 'ssh h cat /f'", "read h"],
  ["sops exec-env s.yaml 'ssh h rm /f'", "write h:/f"],
  ["sops -d s.yaml", "read local"],
  ["ssh h 'sops /s.yaml'", "edit h:/s.yaml"],
  ["echo 'ssh h rm /f' | at now", "service local", "write h:/f"],
  ["ssh h 'echo \"cat /f\" | at now + 1 minute'", "service h"],
  ["at -f missing now", "service local", "execute local:missing (script)", "unknown code from a file that cannot be read here"],
  ["ssh h 'at -l'", "read h"],
  ["ssh h atq", "read h"],
  ["ssh h 'atrm 3'", "service h"],
  ["batch <<< 'ssh h rm /f'", "service local", "write h:/f"],
  ["ssh h 'start-stop-daemon --start --exec /usr/bin/app -- -x'", "service h (/usr/bin/app)", "execute h (unclassified)"],
  ["ssh h 'start-stop-daemon -S -x /bin/sh -- -c \"rm /f\"'", "service h (/bin/sh)", "write h:/f"],
  ["ssh h 'start-stop-daemon --stop --name app'", "service h (app)"],
  ["ssh h 'start-stop-daemon --status --pidfile /p'", "read h"],
  ["ssh h 'start-stop-daemon --start --test --exec /x'", "read h"],
];

describe("command strings", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line).sort()).toEqual([...requests].sort());
  });
});
