import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = {
  "/w/lib.sh": 'p() { ssh "$@"; }\nalias r="ssh m"\nrun() { "$TOOL" "$@"; }\n',
  "/w/early.sh": 'case $- in *i*) ;; *) return ;; esac\np() { ssh "$@"; }\n',
  "/w/outer.sh": ". ./lib.sh\n",
  "/w/self.sh": '. ./self.sh\np() { ssh "$@"; }\n',
  "/w/broken.sh": 'p() { ssh "$@"; }\nif\n',
  "/w/activate": 'p() { ssh "$@"; }\n',
  "/w/loop.sh": 'p() { ssh "$@"; }\nwhile true; do for i in {1..9999}; do f $i; done; done\n',
  "/w/harmless.sh": 'p() { echo "ssh $*"; }\n',
  "/home/pat/lib.sh": 'p() { ssh "$@"; }\n',
};
const found = (line: string) => requestsOf(line, { cwd: "/w", files, world: { home: "/home/pat" } }).filter((request) => request !== "execute local (unclassified)");

describe("what a sourced file defines is there afterwards", () => {
  it.each([
    ". ./lib.sh; p m rm /etc/x",
    "source lib.sh && p m rm /etc/x",
    "source /w/lib.sh\nr rm /etc/x",
    "cd /; . ~/lib.sh; p m rm /etc/x",
    "cd /home; cd pat; . ./lib.sh; p m rm /etc/x",
    ". ./outer.sh; p m rm /etc/x",
    ". ./self.sh; p m rm /etc/x",
    ". ./early.sh; p m rm /etc/x",
    // By convention it sets up no more than the shell itself, and is not read for anything else.
    ". ./activate; p m rm /etc/x",
    "if test -f lib.sh; then . ./lib.sh; fi; p m rm /etc/x",
    'p() { :; }; . ./lib.sh; p m "rm /etc/x"',
    "bash -c '. ./lib.sh; p m rm /etc/x'",
    ". ./loop.sh; p m rm /etc/x",
  ])("%s", (line) => {
    expect(found(line)).toContain("write m:/etc/x");
  });
});

describe("and nothing else", () => {
  it.each([
    "p m rm /etc/x; . ./lib.sh",
    "(. ./lib.sh); p m rm /etc/x",
    "bash lib.sh; p m rm /etc/x",
    "ssh m '. /w/lib.sh; p n rm /etc/x'",
    ". ./absent.sh; p m rm /etc/x",
    ". ./harmless.sh; p m rm /etc/x",
    ". ./lib.sh; unset -f p; p m rm /etc/x",
    '. "$LIB"; p m rm /etc/x',
    "cat lib.sh; p m rm /etc/x",
  ])("%s", (line) => {
    expect(found(line).filter((request) => request.startsWith("write"))).toEqual([]);
  });

  it.each([". ./loop.sh; ssh m uptime", ". ./broken.sh; ssh m uptime", ". ./lib.sh; run x; ssh m uptime"])("leaves nothing open that only run time tells: %s", (line) => {
    expect(found(line).filter((request) => request.startsWith("unknown"))).toEqual([]);
  });
});
