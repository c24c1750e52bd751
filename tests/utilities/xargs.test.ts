import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/hosts": "a\nb\n", "/w/commands": "ssh h rm /f\nls\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["ls | xargs", "read local"],
  ["ls | xargs cat", "read local"],
  ["ssh h 'ls | xargs cat'", "read h"],
  ["ssh h 'ls | xargs rm -f'", "write h:…"],
  ["ssh h 'ls | xargs -r -n 1 -P 4 --max-chars=9 rm -f'", "write h:…"],
  ["ls | xargs -0 -I{} ssh h 'rm {}'", "write h:{}"],
  ["ls | xargs -I% ssh h cat %", "read h", "read local"],
  ["ls | xargs -i ssh h rm /d/{}", "write h:/d/{}"],
  ["ls | xargs --replace=X ssh X rm /f", "write X:/f"],
  ["ls | xargs -L1 ssh h", "unknown the command is `…`"],
  ["ls | xargs sh -c", "unknown the command is `…`"],
  ["ls | xargs sh -c 'ssh h rm \"$1\"' _", "write h:$1"],
  // Arguments that the text tells
  ["echo /a /b | xargs ssh h rm", "write h:/a", "write h:/b"],
  ["echo a b | xargs -n1 -I{} ssh {} rm /f", "write a b:/f"],
  ["printf 'a\\nb\\n' | xargs -I{} ssh {} rm /f", "write a:/f", "write b:/f"],
  ["echo a,b | xargs -d, -I{} ssh h rm /{}", "write h:/a", "write h:/b"],
  ["xargs -a hosts -I{} ssh {} rm /f", "write a:/f", "write b:/f"],
  ["xargs -I{} ssh {} cat /f < hosts", "read a", "read b"],
  ["xargs ssh h < $FILE", "unknown the command is `…`"],
  ["redis-cli keys '*' | xargs grep rm", "read local"],
  // parallel
  ["parallel ssh {} rm /f ::: a b", "write a:/f", "write b:/f"],
  ["parallel ssh {} cat /f ::: a b", "read a", "read b"],
  ["parallel -j 4 --joblog /l 'ssh {1} rm /{2}' ::: a ::: x y", "write local:/l", "write a:/x", "write a:/y"],
  ["parallel ssh {1} rm {2} ::: a b :::+ /x /y", "write a:/x", "write b:/y"],
  ["parallel ssh h rm ::: /a /b", "write h:/a", "write h:/b"],
  ["parallel ssh h ::: 'rm /f'", "write h:/f"],
  ["parallel -q ssh h rm ::: /f", "write h:/f"],
  ["parallel ssh {} rm /f :::: hosts", "write a:/f", "write b:/f"],
  ["parallel ssh {} rm /f < hosts", "write a:/f", "write b:/f"],
  ["parallel ::: 'ssh h rm /f' ls", "write h:/f"],
  ["parallel < commands", "write h:/f"],
  ["parallel :::: commands", "write h:/f"],
  ["ls | parallel ssh h rm {}", "write h:{}"],
  ["ls | parallel cat", "read local"],
  ["ls | parallel", "execute local (code)", "unknown code that another command prints"],
  ["parallel --dry-run ssh h rm ::: /f", "read local"],
  ["parallel -S a,b rm ::: /f", "write a:/f", "write b:/f"],
  ["parallel -S 4/a,: cat ::: /f", "read a", "read local"],
  ["parallel --sshlogin a --transferfile {} cat ::: /f", "write a"],
  ["parallel --slf hosts rm ::: /f", "write an unknown host:/f"],
  ["ssh h 'parallel rm ::: /f'", "write h:/f"],
  ["sem -j 2 ssh h rm /f", "write h:/f"],
];

describe("commands from arguments", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line, { cwd: "/w", files }).sort()).toEqual([...requests].sort());
  });
});
