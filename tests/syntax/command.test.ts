import { expect, it } from "vitest";
import { commandsOf, issuesOf, wordsOf } from "./reading.ts";

it.each([
  ["a; b && c || d & e", "a|b|c|d|e"],
  ["(a); { b; }; ! c; time d", "a|b|c|d"],
  ["if a; then b; elif c; then d; else e; fi", "a|b|c|d|e"],
  ["while a; do b; done; until c; do d; done", "a|b|c|d"],
  ["case $x in a) b;; c|d) e;; esac", "b|e"],
  ["select x in a; do b; done", "b"],
  ["coproc a; coproc N { b; }", "a|b"],
  ["for ((i=0; i<2; i++)); do a $i; done", "a 0|a 1"],
  ['echo $(a) `b` <(c) "$(d)"', "a|b|c|d|echo ‹$(a)› ‹`b`› ‹<(c)› ‹$(d)›"],
  ["echo ${x?$(a)} ${y#$(b)} $((1 + $(c)))", "a|b|c|echo ‹${x?$(a)}› ‹${y#$(b)}› ‹$((1 + $(c)))›"],
  ["echo ${x:-$(a)}", "echo ‹${x:-$(a)}›|a|echo ‹$(a)›"],
  ["[[ -n $(a) ]] && b", "a|b"],
  ["x=$(a) y=1", "a"],
  ["a > $(b)", "b|a"],
  ["cat <<E\n$(a) $x\nE\nb", "a|cat|b"],
  ["cat <<'E'\n$(a)\nE", "cat"],
  ["eval 'a; b'", "a|b"],
  ['eval "a $x"', "a ‹$x›"],
  ["trap 'a' EXIT", "trap a EXIT|a"],
  ["PROMPT_COMMAND='a'; PS1='$(b)'", "a|b"],
  [". <(echo a)", "echo a|a"],
  ["source /dev/stdin <<< 'a b'", "a b"],
  ["let 'x=a[$(b)]'", "let x=a[$(b)]|b"],
  ["# a\necho 'b; c' \"d; e\" # $(f)", "echo b; c d; e"],
])("finds the commands that bash runs in %j", (text, commands) => {
  expect(wordsOf(text).join("|")).toBe(commands);
});

it.each([
  ["true || a", "true"],
  ["false && a", "false"],
  ["if false; then a; else b; fi", "false|b"],
  ["case x in y) a;; x) b;; *) c;; esac", "b"],
  ["f() { a; }", ""],
  ["for x in; do a; done", ""],
])("leaves out what bash does not run in %j", (text, commands) => {
  expect(wordsOf(text).join("|")).toBe(commands);
});

// By the whole command, redirections included; what bash would do with each was looked up with `bash -c` in an empty directory.
it.each([
  ["a x.<node-ip>:80/h b", "a x.‹<node-ip>›:80/h b"],
  ["a -u <unit> -f", "a -u ‹<unit>› -f"],
  ["a <unit>", "a ‹<unit>›"],
  ["a <x> <y>", "a ‹<x>› ‹<y>›"],
  ["a u@<vm>:<path>", "a u@‹<vm>›:‹<path>›"],
  ["a <x> 2>&1 | b <y>", "a ‹<x>›|b ‹<y>› |"],
  ["a <x> 2>f", "a ‹<x>› 2>f"],
  ["a /opt/<role>.service >f", "a /opt/‹<role>›.service >f"],
  ["a <x>y", "a >y <x"],
  ["a <x >y", "a >y <x"],
  ["a <x> y", "a ‹<x>› y"],
  ["a u@<x> 'b c.log'", "a u@‹<x>› b c.log"],
  ["a <x> /y", "a ‹<x>› /y >/y"],
  ["a b<x> /y", "a b‹<x>› /y >/y"],
  ["a </x> y", "a >y </x"],
  ["a < x > y", "a >y <x"],
  ["a 3<x> y", "a >y"],
  ["echo b >x; a <x> y", "echo b >x|a >y <x"],
])("takes what nobody has filled in for a word that nobody knows in %j", (text, commands) => {
  expect(commandsOf(text).join("|")).toBe(commands);
});

it.each([
  ["a <x>", ""],
  ["a <x>; b $(c", "syntax-error"],
  ["a <x> >", "syntax-error"],
  ["a >", "syntax-error"],
  ["a <x>\nb 'c", "syntax-error"],
])("calls only what is left an error in %j", (text, issues) => {
  expect(
    issuesOf(text)
      .map((issue) => issue.split(":")[0])
      .filter((code, index, all) => all.indexOf(code) === index)
      .join("|"),
  ).toBe(issues);
});

it.each([
  ["f() { ssh $1; }; f a; f b", "ssh a|ssh b"],
  ["ssh() { :; }; ssh h; command ssh h; \\ssh h", ":|command ssh h|:"],
  ["f() { local x=in; a $x; }; x=out; f; a $x", "local x=in|a in|a out"],
  ["f() { f; a; }; f", "a|a|a|a|a"],
  ["if a; then ssh() { :; }; fi; ssh h", "a|:|ssh h"],
  ["f() { return; a; }; f; b", "return|b"],
  ["f() { a; }; unset -f f; f", "unset -f f|f"],
  ["alias s='ssh h'\ns vim", "alias s=ssh h|ssh h vim|s vim"],
  ["alias sudo='sudo ' e='ssh h'\nsudo e vim", "alias sudo=sudo  e=ssh h|sudo ssh h vim|sudo e vim"],
  ["hash -p /usr/bin/ssh foo; foo h", "hash -p /usr/bin/ssh foo|/usr/bin/ssh h|foo h"],
])("reads functions and aliases of the same text in %j", (text, commands) => {
  expect(wordsOf(text).join("|")).toBe(commands);
});

it("lists a compound command's redirection once, and gives its input to the commands inside", () => {
  expect(commandsOf("{ a; b; } > f < g")).toEqual([">f <g", "a <g", "b <g"]);
});

it("lists aliases that the shell has before the text", () => {
  expect(wordsOf("ll /etc", { aliases: { ll: "ls -l" } })).toEqual(["ls -l /etc", "ll /etc"]);
});
