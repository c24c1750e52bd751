import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const change = "ssh h 'rm /etc/x'\n";
const files = {
  "/w/fix.sh": `#!/bin/sh\n${change}`,
  "/w/plain": change,
  "/w/marked": `#!/usr/bin/env -S bash -eu\n${change}`,
  "/w/python": `#!/usr/bin/env python3\n# ${change}`,
  "/w/binary": `\u007fELF\0${change}`,
  "/w/look.sh": "ssh h uptime\n",
  "/w/argument.sh": 'ssh "$1" "rm /etc/x"\n',
  "/w/loop.sh": `bash loop.sh\n${change}`,
  "/w/unknown.sh": '"$COMMAND" ssh\nif\n',
  "/home/pat/bin/fix.sh": change,
};
const options = { cwd: "/w", files, world: { home: "/home/pat" } };
const found = (line: string) => requestsOf(line, options).filter((request) => !request.startsWith("execute local"));

describe("a local shell script is read where it is run", () => {
  it.each([
    "bash fix.sh",
    "./fix.sh",
    "sh -e /w/fix.sh a b",
    ". ./fix.sh",
    "source fix.sh",
    "sudo ./fix.sh",
    "./plain",
    "./marked",
    "bash ~/bin/fix.sh",
    "cd / && /w/fix.sh",
    "bash loop.sh",
    "timeout 5 bash -x fix.sh",
  ])("%s", (line) => {
    expect(found(line)).toContain("write h:/etc/x");
  });

  it("with its arguments", () => {
    expect(found("bash argument.sh web1")).toEqual(["write web1:/etc/x"]);
  });
});

describe("what is no shell script, changes nothing or cannot be read stays a program file", () => {
  it.each(["./python", "python3 fix.sh", "./binary", "bash look.sh", "cat fix.sh", "bash absent.sh", 'bash "$SCRIPT"', "bash -n fix.sh"])("%s", (line) => {
    expect(found(line).filter((request) => request.startsWith("write"))).toEqual([]);
  });
});

it("what a script's text does not tell is left to run time", () => {
  expect(requestsOf("bash unknown.sh", options)).toEqual(["execute local:/w/unknown.sh (script)"]);
});

it("a script on another host is not looked for here", () => {
  expect(requestsOf("ssh m bash /w/fix.sh", options)).toEqual(["execute m:/w/fix.sh (script)"]);
});
