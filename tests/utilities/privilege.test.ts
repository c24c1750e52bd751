import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["sudo rm /f", "write local:/f"],
  ["sudo cat /f", "read local"],
  ["ssh h sudo rm /f", "write h:/f"],
  ["ssh h 'sudo cat /f'", "read h"],
  ["ssh h 'sudo -n true'", "read h"],
  ["ssh h 'sudo -u bob -g g -C 3 -p x -T 5 -r r -t t -U u rm /f'", "write h:/f"],
  ["ssh h 'sudo --user=bob --group g rm /f'", "write h:/f"],
  ["ssh h 'sudo -EHu bob rm /f'", "write h:/f"],
  ["ssh h 'sudo -ubob rm /f'", "write h:/f"],
  ["ssh h 'sudo -h other rm /f'", "write h:/f"],
  ["ssh h 'sudo -- rm /f'", "write h:/f"],
  ["ssh h 'sudo A=1 B=2 rm /f'", "write h:/f"],
  ["sudo DOCKER_HOST=ssh://h docker restart web", "container h (web)"],
  ["sudo -D /d rm f", "write local:/d/f"],
  ["ssh h 'sudo sudo -u bob sudo rm /f'", "write h:/f"],
  ["ssh h 'sudo -l'", "read h"],
  ["ssh h 'sudo -l rm /f'", "read h"],
  ["ssh h 'sudo -v'", "read h"],
  ["ssh h 'sudo -K'", "read h"],
  ["sudo -V", "read local"],
  ["sudo -k ssh h 'rm /f'", "write h:/f"],
  // Editing
  ["sudo -e /f", "edit local:/f"],
  ["ssh h 'sudo -u bob -e /f'", "edit h:/f"],
  ["ssh h sudoedit /a /b", "edit h:/a", "edit h:/b"],
  ["ssh h 'sudo --edit /f'", "edit h:/f"],
  // Shells
  ["ssh h 'sudo -i'", "session h"],
  ["ssh h 'sudo -s'", "session h"],
  ["ssh h 'sudo -iu bob'", "session h"],
  ["sudo -i", "session local"],
  ["ssh h 'sudo -i rm /f'", "write h:/f"],
  ["ssh h 'sudo -iu bob cat /f'", "read h"],
  ["ssh h 'sudo -s' <<< 'rm /f'", "write h:/f"],
  ["ssh h sudo bash -c '\"rm /f\"'", "write h:/f"],
  ["ssh h 'sudo sh -c \"echo x > /f\"'", "write h:/f"],
  ["ssh h 'sudo sh -c \"cat /f\"'", "read h"],
  ['ssh h "sudo $CMD"', "unknown the command is `$CMD`"],
  // su
  ["ssh h 'su'", "session h"],
  ["ssh h 'su -'", "session h"],
  ["ssh h 'su - bob'", "session h"],
  ["ssh h 'su -l bob'", "session h"],
  ["ssh h \"su -c 'rm /f'\"", "write h:/f"],
  ["ssh h \"su - bob -c 'rm /f'\"", "write h:/f"],
  ["ssh h \"su --command='rm /f' bob\"", "write h:/f"],
  ["ssh h \"su -s /bin/bash -c 'cat /f' bob\"", "read h"],
  ["su - bob -c 'ssh h rm /f'", "write h:/f"],
  ["ssh h 'su - bob' <<< 'rm /f'", "write h:/f"],
  ["ssh h 'su - bob fix.sh'", "execute h:~/fix.sh (script)"],
  // runuser
  ["ssh h 'runuser -u bob -- rm /f'", "write h:/f"],
  ["ssh h 'runuser -u bob cat /f'", "read h"],
  ["ssh h \"runuser -l bob -c 'rm /f'\"", "write h:/f"],
  ["ssh h 'runuser - bob'", "session h"],
  // Others
  ["ssh h \"sg docker -c 'rm /f'\"", "write h:/f"],
  ["ssh h \"sg docker 'cat /f'\"", "read h"],
  ["newgrp docker", "session local"],
  ["capsh --drop=cap_sys_admin -- -c 'ssh h rm /f'", "write h:/f"],
  ["capsh --print", "read local"],
  ["systemd-run --user -p A=1 --unit x ssh h 'rm /f'", "write h:/f"],
  ["systemd-run -H h rm /f", "write h:/f"],
  ["systemd-run --host=h cat /f", "read h"],
  ["ssh h 'systemd-run --on-active=1h cat /f'", "service h"],
  ["ssh h 'systemd-run -S'", "session h"],
  ["machinectl list", "read local"],
  ["machinectl shell box /bin/rm /f", "write local:/f"],
  ["ssh h 'machinectl shell box'", "session h"],
  ["ssh h 'machinectl poweroff box'", "container h (box)"],
  ["machinectl -H h status box", "read h"],
];

describe("running as another user", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line)).toEqual(requests);
  });
});
