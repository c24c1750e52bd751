import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["./deploy.sh --full", "execute local:/w/deploy.sh (script)"],
  ["scripts/sync.sh frontend a b", "execute local:/w/scripts/sync.sh (script)"],
  ["deploy.sh", "execute local:/w/deploy.sh (script)"],
  ["ssh h ./deploy.sh", "execute h:~/deploy.sh (script)"],
  ["ssh h '/opt/app/run.py --port 1'", "execute h:/opt/app/run.py (script)"],
  ["ssh h 'cd /x && ./bin/tool restart'", "execute h:/x/bin/tool (script)"],
  ["ssh h 'nohup ./server &'", "execute h:~/server (script)"],
  ["ssh h 'sudo ~/fix.sh'", "execute h:~/fix.sh (script)"],
  ['"$DIR/deploy.sh"', "execute local:$DIR/deploy.sh (script)"],
  // It only looks
  ["ssh h './deploy.sh --status'", "read h"],
  ["ssh h './deploy.sh status'", "read h"],
  ["ssh h './deploy.sh --dry-run --full'", "read h"],
  ["ssh h './deploy.sh --check --quiet'", "read h"],
  ["ssh h './deploy.sh --list'", "read h"],
  ["ssh h './deploy.sh -h'", "read h"],
  // A utility by the directory where it is installed
  ["ssh h /usr/local/bin/frobnicate", "execute h (unclassified)"],
  ["ssh h '/opt/app/bin/frobnicate x'", "execute h (unclassified)"],
  ["ssh h /opt/app/start", "execute h:/opt/app/start (script)"],
  ["ssh h '\"$VENV\"/bin/python --version'", "read h"],
  ["ssh h frobnicate", "execute h (unclassified)"],
  ["ssh h '/usr/bin/cat /f'", "read h"],
];

describe("a program file", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line, { cwd: "/w" }).sort()).toEqual([...requests].sort());
  });
});
