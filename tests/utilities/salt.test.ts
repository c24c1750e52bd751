import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/script.sh": "vim q\n", "/w/batch": "put x\nrm y\n", "/w/hosts": "h1\nu@h2:22 # spare\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["salt '*' test.ping", "read *"],
  ["salt web cmd.run 'rm x'", "write web:~/x"],
  ["salt web cmd.run 'uptime'", "read web"],
  ['salt web cmd.run "$CMD"', "unknown the command is `$CMD`"],
  ["salt web cmd.script salt://x.sh", "unknown it runs a script there"],
  ["salt web state.apply", "execute web (state)"],
  ["salt web state.apply test=True", "read web"],
  ["salt web state.show_top", "read web"],
  ["salt -L a,b pkg.install vim", "package a (vim)", "package b (vim)"],
  ["salt web pkg.list_pkgs", "read web"],
  ["salt web service.restart nginx", "service web (nginx)"],
  ["salt web service.status nginx", "read web"],
  ["salt web file.remove /x", "write web:/x"],
  ["salt web weird.thing", "execute web (unclassified)"],
  ['salt $T cmd.run "rm x"', "write $T:~/x"],
  ["salt-ssh web -r 'rm x'", "write web:~/x"],
  ["salt-ssh --passwd x web test.ping", "authenticate web (password)"],
  ["salt-call service.restart x", "service local (x)"],
  ["salt-cp web f /etc/f", "write web:/etc/f"],
  ["ssh h sudo puppet agent -t", "execute h (state)"],
  ["ssh h sudo puppet agent -t --noop", "read h"],
  ["ssh h sudo salt-call state.apply", "execute h (state)"],
  ["knife ssh 'role:web' 'rm x'", "write role:web:~/x"],
  ["knife ssh -m 'a b' 'rm x'", "write a:~/x", "write b:~/x"],
  ["knife ssh role:web", "session role:web"],
  ["knife node list", "read local"],
  ["bolt command run 'rm x' -t h1,h2", "write h1:~/x", "write h2:~/x"],
  ["bolt command run uptime --targets h", "read h"],
  ["bolt script run script.sh -t h", "edit h:~/q"],
  ["bolt file upload a /b -t h", "write h:/b"],
  ["bolt task run x -t h", "execute h (unclassified)"],
];

describe("Salt, Chef and Bolt", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w", files })).toEqual(expected);
  });
});
