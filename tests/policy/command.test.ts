import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { quotePattern, quoteWord, quoteWords } from "../../src/policy/command.ts";

describe("a word in a command line", () => {
  it.each([
    ["app.py", "app.py"],
    ["autobot@172.16.168.21", "autobot@172.16.168.21"],
    ["s/a/b/", "s/a/b/"],
    ["~/.ssh/autobot_key", "~/.ssh/autobot_key"],
    ["a b", "'a b'"],
    ["", "''"],
    ["$HOME", "\\$HOME"],
    ["a\u001b[31mb", "$'a\\x1b[31mb'"],
    ["\u202egpj.exe", "$'\\xe2\\x80\\xaegpj.exe'"],
  ])("%j is written %s", (word, written) => expect(quoteWord(word)).toBe(written));

  it.each(["a b", "it's", "a'b\"c", "$(id)", "`id`", "a;b", "a\nb", "!x", "it's!", "*", "{a,b}", "-n", "\\", "#x", "ü ö", "a\tb", "~root", "\u0007'\\", "=x", "a=b"])(
    "%j is read by bash as it was",
    (word) => {
      const line = quoteWords(["printf", "%s", word]) ?? "false";
      expect(execFileSync("bash", ["-c", line], { encoding: "utf8" })).toBe(word);
    },
  );

  it.each(["a\0b", "\ud800"])("%j cannot be written", (word) => expect(quoteWord(word)).toBeUndefined());

  it("leaves a pattern to the shell, and nothing else", () => {
    expect(quotePattern("logs/*.log")).toBe("logs/*.log");
    expect(quotePattern("my logs/$x*.log")).toBe("my\\ logs/\\$x*.log");
    expect(quotePattern("{a,b}*")).toBeUndefined();
  });
});
