import { expect, it } from "vitest";
import { issuesOf, wordsOf } from "./reading.ts";

// The parser reads these otherwise than bash 5.2, which runs ssh in each.
it.each([
  ["a descriptor closed in front of a word", "2>&-ssh h"],
  ["an input closed in front of a word", "<&-ssh h"],
  ["a continued line in a descriptor", "2\\\n>f ssh h"],
  ["a continued line in a name", "X=ssh; $\\\nX h"],
  ["a continued line in braces", "{a\\\nb}>f ssh h"],
  ["quotes in an operand within a here-document", "cat <<E\n${x:-'$(ssh h)'}\nE\n"],
  ["the case toggle", "x=ab; : ${x~$(ssh h)}"],
  ["text glued to an array", "a=($(ssh h))x"],
  ["quotes in arithmetic", ": $(( '$(ssh h)' ))"],
  ["quotes in an arithmetic command", "(( $'\\x24(ssh h)' ))"],
  ["quotes in a subscript", ": ${a['$(ssh h)']}"],
  ["quotes in an assigned subscript", "a['$(ssh h)']=1"],
  ["quotes in a slice", "y=1; : ${y:'$(ssh h)'}"],
  ["arithmetic too deep for the parser", `echo $((${"- ".repeat(300)}$(ssh h)))`],
  ["a code point in braces", "$'\\x{73}sh' h"],
  ["quotes in a descriptor's subscript", '{a["0"]}>f ssh h'],
  ["a process substitution glued to an assignment", "X=<(:) ssh h"],
])("%s is unreadable", (_name, text) => {
  expect(issuesOf(text).filter((issue) => issue.startsWith("unreadable"))).not.toEqual([]);
});

it.each([
  "2>&- a; 2>&1- b",
  "a \\\n  b",
  "a &&\\\n b",
  "echo 'a\\\nb' \"c\\\nd\"",
  "cat <<E\na\\\nb\nE",
  ": $(( x + 1 )) ${a[1]} ${a[$i]} ${x:1:2} ${a[k]}",
  "a '$(b)' \"$(c)\" $'\\x41'",
  "cat <<E\n'$x' ${y:-z}\nE",
  "diff <(a) <(b); a --f=<(c)",
  "a {b} > f; {fd}>f c",
  "echo ${x^^} ${x//a/b} ${x@Q}",
  "a=(1 2) b",
  "find . -name '*.c' -exec rm {} \\;",
])("%j is readable", (text) => {
  expect(issuesOf(text)).toEqual([]);
});

it.each([
  ["a )", "syntax-error"],
  ['echo "$(if)"', "syntax-error"],
  ["echo $(echo `if`)", "syntax-error"],
  ["a\0b", "unreadable"],
  ["a \ud800", "unreadable"],
])("%j is an issue", (text, code) => {
  expect(issuesOf(text)[0]?.split(":")[0]).toBe(code);
});

it("a syntax error leaves what stands before it", () => {
  expect(wordsOf("ssh h vim\nif")).toEqual(["ssh h vim"]);
});

it.each([
  ["((ssh h))", "sh"],
  ["[[ a || ssh h ]]", "sh"],
  ["x &>f ssh h", "sh"],
  ["$'\\'; ssh h #'", "sh"],
  ["function f {\nssh h\n}", "sh"],
  ["repeat 3 ssh h", "zsh"],
  ["=ssh h", "zsh"],
] as const)("%j means something else to %s", (text, dialect) => {
  expect(issuesOf(text, { dialect })).not.toEqual([]);
});

it.each(["[ a ] && b", "a > f 2>&1", "$((1+1))", "f() { a; }", "[[ -f a ]]"])("%j means the same to sh", (text) => {
  expect(issuesOf(text, { dialect: "sh" })).toEqual([]);
});
