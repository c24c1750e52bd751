// The completions, as a person meets them: typed into bash and zsh at a terminal, with Tab. fish where it is installed.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completion } from "../src/completion.ts";
import { type Person, person } from "./stage/person.ts";
import { root, run, scratch } from "./stage/run.ts";

const everything = "\u0018a";
const kept = "\u0018k";

/** What is typed → all that is offered in its place, in order. */
const cases: readonly (readonly [typed: string, offered: readonly string[]])[] = [
  ["autobotctl comp", ["completion"]],
  ["autobotctl policy ", ["check", "schema", "show"]],
  ["autobotctl policy sc", ["schema"]],
  ["autobotctl check --face ", ["agent", "login", "scripts"]],
  ["autobotctl check --face=a", ["--face=agent"]],
  ["autobotctl check --nd", ["--ndjson"]],
  ["autobotctl check --json --rt", []],
  ["autobotctl audit stats --by r", ["rule"]],
  ["autobotctl audit st", ["stats"]],
  ["autobotctl audit --fi", ["--filter"]],
  ["autobotctl audit tail -n 3 --fo", ["--follow"]],
  ["autobotctl install claud", ["claude"]],
  ["autobotctl install claude c", []],
  ["autobotctl hook --agent cod", ["codex"]],
  ["autobotctl completion ", ["bash", "fish", "zsh"]],
  ["autobotctl explain remote-editing/", ["remote-editing/editor", "remote-editing/transfer", "remote-editing/write"]],
  ["autobotctl audit tail --filter rule:remote-session/", ["rule:remote-session/session"]],
  ["autobotctl audit tail --filter decision:re", ["decision:refused"]],
  ["autobotctl verify ai-", ["ai-stack"]],
  ["autobotctl verify ai-stack its-fi", ["its-file.yaml"]],
  ["autobotctl policy check its-", ["its-directory", "its-file.yaml"]],
  ["autobotctl scan --cwd its-", ["its-directory"]],
  ["autobotctl scan --baseline its-fi", ["its-file.yaml"]],
  ["autobotctl init --inventory its-", ["its-directory", "its-file.yaml"]],
];

const files = { "its-file.yaml": "", "its-directory/x": "" };
const path = `${join(root, "bin")}:/usr/local/bin:/usr/bin:/bin`;

/** No history: it would be written after the person has left. Ctrl-X a puts in all that is offered, Ctrl-X k keeps the line and empties it. */
const shells = {
  bash: {
    command: ["/bin/bash", "-i"],
    rc: `unset HISTFILE; bind '"${"\\C-xa"}": insert-completions'; bind -x '"${"\\C-xk"}": printf "%s" "$READLINE_LINE" >~/line.new; mv ~/line.new ~/line; READLINE_LINE='; . ~/completion`,
  },
  zsh: {
    command: ["zsh", "-i"],
    rc: [
      "unset HISTFILE; autoload -U compinit; compinit -u",
      "zstyle ':completion:all-matches:*' completer _all_matches _complete; zstyle ':completion:all-matches:*' insert true; zstyle ':completion:*' completer _complete",
      "zle -C all-matches complete-word _generic; bindkey '^Xa' all-matches",
      "keep() { print -rn -- $BUFFER >~/line.new; mv ~/line.new ~/line; BUFFER= }; zle -N keep; bindkey '^Xk' keep",
      ". ~/completion",
    ].join("\n"),
  },
} as const;

/** Names that policies give take a start of node. */
const patience = 60_000;

async function waited(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(10);
}

describe.each(["bash", "zsh"] as const)("in %s", (shell) => {
  let me: Person;

  beforeAll(async () => {
    const { command, rc } = shells[shell];
    me = await person({ shell, command, rc, env: { PATH: path }, files: { ...files, completion: completion(shell) ?? "" } });
    await waited(() => me.statuses().length > 0);
  }, patience);

  afterAll(() => {
    me?.leave();
    if (me !== undefined) rmSync(me.home, { recursive: true, force: true });
  });

  it.each(cases)("%s", { timeout: patience }, async (typed, offered) => {
    rmSync(join(me.home, "line"), { force: true });
    me.type(`${typed}${everything}${kept}`);
    await waited(() => me.made("line"));
    const line = readFileSync(join(me.home, "line"), "utf8");
    const start = typed.lastIndexOf(" ") + 1;
    const words = line
      .slice(start)
      .split(" ")
      // A directory's slash, and the sign that zsh takes away where a space follows.
      .map((word) => (word === typed.slice(start) ? word : word.replace(/[/=]$/, "")))
      .filter(Boolean);
    expect([line.slice(0, start), ...words.sort()]).toEqual([typed.slice(0, start), ...(offered.length === 0 ? [typed.slice(start)] : offered).filter(Boolean)]);
  });
});

const hasFish = run("/bin/sh", ["-c", "command -v fish"]).status === 0;

describe.skipIf(!hasFish)("in fish", () => {
  const home = scratch();
  const file = join(home, "completion.fish");
  writeFileSync(file, completion("fish") ?? "");
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it("it is valid", () => expect(run("fish", ["-n", file]).stderr).toBe(""));

  it.each(cases.filter(([typed]) => !typed.includes("its-")))("%s", (typed, offered) => {
    const { stdout } = run("fish", ["-N", "-c", `source ${file}; complete -C '${typed}'`], { env: { PATH: path, HOME: home } });
    expect(stdout.split("\n").flatMap((line) => line.split("\t")[0] || [])).toEqual(offered);
  });
});
