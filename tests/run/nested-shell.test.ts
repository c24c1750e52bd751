// Shells that a line opens in its own terminal: which are sessions again, which are turned down, of which a notice tells.
import { describe, expect, it } from "vitest";
import { createEngine, decide, emptyContext } from "../../src/decide.ts";
import { multiplexer, shellOf, ungatedShell } from "../../src/run/nested-shell.ts";
import { emptyWorld } from "../../src/utilities/world.ts";
import { combined, defaultLayer } from "../policy/default-policies.ts";

const path = "/usr/local/bin:/usr/bin:/bin";
const files: Readonly<Record<string, string>> = { "/w/enter": "exec bash\n", "/w/env": "PATH=/opt/bin:$PATH\n" };
const context = {
  ...emptyContext,
  face: "login",
  tty: true,
  cwd: "/w",
  environment: { PATH: path, SHELL: "/bin/bash" },
  world: { ...emptyWorld, readFile: (file: string) => files[file] },
} as const;
const engineOf = (role: "workstation" | "managed-host") =>
  createEngine(combined(defaultLayer, { origin: "system", policies: [{ file: "s.yaml", policy: { policy: "s", description: "An example.", settings: { role } } }] }));
const workstation = createEngine(combined(defaultLayer));
const server = engineOf("managed-host");

const seen = (line: string, engine = workstation) => {
  const opened = shellOf(decide(line, engine, context));
  if (opened === undefined) return "none";
  return opened === "tabled" ? "a session" : `${opened.own ? "turned down" : "a notice"}: ${opened.word}`;
};

describe.each([
  ["where people work", workstation],
  ["on a server", server],
])("%s", (_, engine) => {
  it.each([
    ["bash", "a session"],
    ["bash -l", "a session"],
    ["exec bash --login", "a session"],
    ["zsh -f", "a session"],
    ["cd /srv && exec bash", "a session"],
    ["f() { bash; }; f", "a session"],
    ["exec -a -bash bash", "a session"],
    ["(PATH=/opt/bin; true); bash", "a session"],
    ["/bin/bash", "turned down: /bin/bash"],
    ["exec /bin/sh", "turned down: /bin/sh"],
    ["env bash", "turned down: bash"],
    ["sh -c bash", "turned down: bash"],
    ["script -qc bash /dev/null", "turned down: bash"],
    ["find . -maxdepth 0 -exec bash \\;", "turned down: bash"],
    ["taskset 1 bash", "turned down: bash"],
    ["flock /tmp/l zsh", "turned down: zsh"],
    ["tmux new-session bash", "turned down: bash"],
    ["sg adm bash", "turned down: bash"],
    ["$SHELL", "turned down: /bin/bash"],
    ["PATH=/opt/bin; bash", "turned down: bash"],
    ["PATH=/opt/bin bash", "turned down: bash"],
    ["export PATH=/opt/bin:$PATH && exec bash", "turned down: bash"],
    ["unset PATH; bash", "turned down: bash"],
    [". ./env; bash", "turned down: bash"],
    ["hash -r; bash", "turned down: bash"],
    ["hash -p /bin/bash bash; bash", "turned down: /bin/bash"],
    ["set +h; bash", "turned down: bash"],
    ["set +o hashall; bash", "turned down: bash"],
    ["command -p bash", "turned down: bash"],
    ["awk 'BEGIN { system(\"bash\") }'", "turned down: bash"],
    ["sh </dev/tty", "turned down: sh"],
    ["echo | xargs -o sh", "turned down: sh"],
    ["sudo -i", "a notice: sh"],
    ["sudo -u deploy bash", "a notice: bash"],
    ["su - deploy", "a notice: sh"],
    ["bash -c true", "none"],
    ["/bin/bash -c 'ls'", "none"],
    ["bash <<<'ls'", "none"],
    ["echo ls | sh", "none"],
    ["echo ls | xargs sh -c", "none"],
    ["sh </dev/null", "none"],
    ["cat </dev/tty", "none"],
    ["PATH=/opt/bin:$PATH ls", "none"],
    ["hash -r; ls", "none"],
    ["ls; exit", "none"],
    ["tmux attach", "none"],
    ["less /etc/passwd", "none"],
  ])("%s: %s", (line, expected) => expect(seen(line, engine)).toBe(expected));
});

it("in a script of this machine: a notice, and on a server it is turned down", () => {
  expect([seen("sh ./enter"), seen("sh ./enter", server)]).toEqual(["a notice: bash", "turned down: bash"]);
});

it.each([
  ["sudo -u deploy bash", "`sudo`"],
  ["sh ./enter", "a script"],
])("%s: the notice names %s", (line, by) => {
  expect(ungatedShell(decide(line, workstation, context), true)?.by).toBe(by);
});

it.each([
  ["tmux", "tmux"],
  ["tmux attach -t work", "tmux"],
  ["screen -r", "screen"],
  ["tmux new-session -d", undefined],
  ["tmux ls", undefined],
  ["tmux new-window 'make test'", undefined],
])("windows: %s", (line, name) => {
  expect(multiplexer(decide(line, workstation, context))).toBe(name);
});

it("on another host: not here", () => {
  expect(seen("ssh -t 172.16.168.21 bash")).toBe("none");
});

it("where the table has none of ours, no name leads to a session", () => {
  expect(ungatedShell(decide("bash", workstation, context), false)).toEqual({ word: "bash", own: true, by: undefined });
});
