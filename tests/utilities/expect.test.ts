import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/fix.exp": '#!/usr/bin/expect\nset timeout 5\nspawn ssh h\nexpect "$ "\nsend "rm /f\\r"\n' };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["expect -v", "read local"],
  ["expect -c 'spawn ssh h rm /f; expect eof'", "write h:/f"],
  ["expect -c 'spawn ssh h cat /f; expect eof'", "read h"],
  ["expect -c 'spawn -noecho ssh h {rm /f}'", "write h:/f"],
  ["expect -c 'spawn ssh h \"rm /f\"'", "write h:/f"],
  ['expect -c \'spawn ssh h; expect "$ "; send "rm /f\\r"\'', "write h:/f"],
  ['expect -c \'spawn ssh h; expect "assword:"; send "s3cret\\r"; expect "$ "; send "rm /f\\r"\'', "authenticate h (password)", "write h:/f"],
  ['expect -c \'spawn ssh h cat /f; expect { "*assword*" { send "s3cret\\r" } }\'', "authenticate h (password)"],
  ["expect -c 'set h [lindex $argv 0]; spawn ssh $h rm /f'", "write $h:/f"],
  ["expect -c 'exec ssh h rm /f'", "write h:/f"],
  ["expect <<'E'\nspawn ssh h rm /f\nE", "write h:/f"],
  ["expect fix.exp", "write h:/f"],
  ["expect -f fix.exp", "write h:/f"],
  ["expect other.exp", "execute local:/w/other.exp (script)"],
  ["autoexpect -f /dev/null ssh h rm /f", "write h:/f"],
];

describe("expect", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line, { cwd: "/w", files }).sort()).toEqual([...requests].sort());
  });
});
