import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["find", "read local"],
  ["find /a -name '*.py' -type f", "read local"],
  ["ssh h \"find /a -name '*.log' -mtime +7\"", "read h"],
  ['ssh h "find /a -name -delete.txt"', "read h"],
  ["ssh h \"find /a -name '*.log' -delete\"", "write h:/a"],
  ["ssh h 'find /a /b -delete'", "write h:/a", "write h:/b"],
  ["ssh h 'find -L /a -delete'", "write h:/a"],
  ["ssh h 'find -delete'", "write h:~/"],
  ["ssh h 'find /a -fprint /o'", "write h:/o"],
  ["ssh h 'find /a -fprintf /o %p'", "write h:/o"],
  ["ssh h 'find /a -printf %p'", "read h"],
  ["ssh h 'find /a -exec rm {} \\;'", "write h:/a/{}"],
  ["ssh h 'find /a -exec rm {} +'", "write h:/a/{}"],
  ["ssh h 'find /a -execdir rm {} \\;'", "write h:/a/{}"],
  ["ssh h 'find /a -ok rm {} \\;'", "write h:/a/{}"],
  ["ssh h 'find /a -exec grep -l x {} +'", "read h"],
  ["ssh h 'find /a -exec cat {} \\; -exec rm {} \\;'", "write h:/a/{}"],
  ["ssh h 'find /tmp -exec chmod 600 {} +'", "write h:/tmp/{}"],
  ["find . -exec ssh h 'rm /f' \\;", "write h:/f"],
  ["find . -exec ssh h 'cat {}' \\;", "read h"],
  ["find . -exec sh -c 'ssh h rm /f' _ {} +", "write h:/f"],
  ["find . -name '*.md' -exec grep -l 'ssh h rm' {} \\;", "read local"],
  ["fd -e py", "read local"],
  ["fd -e py -x ssh h 'rm /f' \\; -H", "write h:/f", "write h:{}"],
  ["fd x --exec-batch ssh h cat", "read h"],
  ["ssh h 'fdfind x /a -X rm'", "write h:{}"],
];

describe("find", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line)).toEqual(requests);
  });
});
