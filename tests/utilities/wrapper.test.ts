import { describe, expect, it } from "vitest";
import { utilities } from "../../src/utilities/wrapper.ts";
import { requestsOf } from "../requests.ts";

/** One way to call each wrapper: what follows is the command. */
const prefixes = [
  "doas -u bob",
  "pkexec --user bob",
  "run0 -u bob",
  "gosu bob",
  "su-exec bob",
  "setuidgid bob",
  "s6-setuidgid bob",
  "chpst -u bob -n 5",
  "softlimit -m 1000",
  "envdir /etc/env",
  "tini --",
  "dumb-init --",
  "with-contenv",
  "nohup",
  "eatmydata",
  "unbuffer -p",
  "chronic",
  "torsocks",
  "proxychains -f /etc/p.conf",
  "caffeinate -t 5",
  "trickle -d 10",
  "retry --times 3 --",
  "tsp",
  "dtach -n /s",
  "abduco -n x",
  "daemonize -p /p",
  "zellij run --",
  "nice",
  "nice -n 5",
  "nice -10",
  "nice --adjustment=5",
  "ionice -c 2 -n 7",
  "ionice -c3",
  "chrt 5",
  "chrt -f 5",
  "taskset 0x3",
  "taskset -c 0,1",
  "numactl --membind=0",
  "choom -n 100",
  "prlimit --nofile=1024",
  "cpulimit -l 50 --",
  "cgexec -g cpu:x",
  "setarch x86_64",
  "linux64",
  "timeout 5",
  "timeout -k 1 -s KILL 5",
  "timeout --signal=KILL --preserve-status 5m",
  "setsid -w",
  "stdbuf -oL -e 0",
  "stdbuf --output=L",
  "command",
  "command -p",
  "builtin command",
  "exec",
  "exec -a x",
  "valgrind --leak-check=full",
  "perf stat -e cycles",
  "entr -r",
  "watchexec -e py",
  "fakeroot -s state --",
  "toolbox run -c box",
  "unshare -r --fork",
  "nsenter -t 1 -m -u",
  "setpriv --reuid 1000 --clear-groups",
  "firejail --quiet",
  "systemd-inhibit --what=idle",
  "systemd-cat -t x",
  "dbus-run-session --",
  "xvfb-run -a -s '-screen 0 1x1x24'",
  "ssh-agent",
  "faketime '2020-01-01'",
  "rlwrap -H /dev/null",
  "direnv exec .",
  "dotenv -e .env --",
  "dotenvx run -f .env --",
  "op run --env-file=.env --",
  "doppler run -p x --",
  "infisical run --env prod --",
  "aws-vault exec prod --",
  "chamber exec service --",
  "envchain aws",
  "busybox timeout 5",
  "sudo nice -n 5 timeout 5 env A=1 nohup",
];

describe("a wrapper", () => {
  it.each(prefixes)("`%s` passes on what it runs", (prefix) => {
    const outer = prefix.replaceAll("'", '"');
    expect(requestsOf(`${prefix} ssh h 'rm /f'`)).toEqual(["write h:/f"]);
    expect(requestsOf(`${prefix} ssh h 'cat /f'`)).toEqual(["read h"]);
    expect(requestsOf(`ssh h '${outer} rm /f'`)).toEqual(["write h:/f"]);
    expect(requestsOf(`ssh h '${outer} cat /f'`)).toEqual(["read h"]);
  });
});

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["timeout 5", "read local"],
  ["timeout 5 vim /f", "edit local:/f"],
  ["nohup ssh h 'rm /f' > log 2>&1 &", "write local:/w/log", "write h:/f"],
  ["command -v ssh", "read local"],
  ["command -V rm", "read local"],
  ["ssh h 'command -v docker'", "read h"],
  ["taskset -p 123", "read local"],
  ["taskset -p 0x1 123", "service local (process)"],
  ["ionice -p 123", "read local"],
  ["ionice -c3 -p 123", "service local (process)"],
  ["prlimit -p 123 --nofile", "read local"],
  ["prlimit -p 123 -n1024", "service local (process)"],
  ["prlimit -p 123", "read local"],
  ["unshare -w /d rm f", "write local:/d/f"],
  ["/usr/bin/time -o /t ssh h 'rm /f'", "write local:/t", "write h:/f"],
  ["/usr/bin/time -f %e ssh h uptime", "read h"],
  ["strace -f -o /t -e trace=open ssh h 'rm /f'", "write local:/t", "write h:/f"],
  ["strace -p 1", "read local"],
  ["ssh h 'sudo strace -p 1'", "read h"],
  ["hyperfine 'ssh h rm /f' 'ls'", "write h:/f"],
  ["hyperfine --prepare 'ssh h rm /f' 'ls'", "write h:/f"],
  ["hyperfine -w 3 'ls'", "read local"],
  ["concurrently -n a,b 'ls' 'ssh h rm /f'", "write h:/f"],
  ["nodemon -e js --exec 'ssh h rm /f'", "write h:/f"],
  ["nodemon --exec 'ls'", "read local"],
  ["doppler run --command 'ssh h rm /f'", "write h:/f"],
  ["op item get x", "execute local (unclassified)"],
  ["chroot /mnt rm /f", "write local:/f"],
  ["chroot /mnt cat /f", "read local"],
  ["ssh h 'chroot /mnt'", "session h"],
  ["ssh h 'unshare -m'", "session h"],
  ["ssh-agent", "read local"],
  ["ssh-agent -k", "read local"],
  ["busybox --list", "read local"],
  ["busybox sh -c 'ssh h rm /f'", "write h:/f"],
  ["toybox cat /f", "read local"],
  // An unquoted parameter before the command may be its own operand, options, or nothing.
  ["timeout $T ssh h 'rm /f'", "write h:/f", "execute local (unclassified)"],
  ["timeout $OPTIONS 5 ssh h 'rm /f'", "write h:/f"],
  ['ssh h "timeout $T"', "read h"],
  ["strace -f -p 12 -o /t/x", "write local:/t/x"],
  ["strace -f -p 12", "read local"],
  ["nohup $CMD", "unknown the command is `$CMD`"],
];

describe("wrapper", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line, { cwd: "/w" }).sort()).toEqual([...requests].sort());
  });

  it("gives each name to one row", () => {
    const names = utilities.flatMap((utility) => utility.names);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
