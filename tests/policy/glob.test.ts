import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob, coveredDirectory, globFault } from "../../src/policy/glob.ts";

const matching: readonly (readonly [string, string])[] = [
  ["*.log", "app.log"],
  ["*", "a"],
  ["a*c", "abbbc"],
  ["?.log", "a.log"],
  ["/tmp/**", "/tmp/a"],
  ["/tmp/**", "/tmp/a/b/c"],
  ["/tmp/**", "/tmp/"],
  ["**/Dockerfile", "Dockerfile"],
  ["**/Dockerfile", "a/b/Dockerfile"],
  ["a/**/b", "a/b"],
  ["a/**/b", "a/x/y/b"],
  ["a/**/*.*", "a/x/f.ts"],
  ["a/**/*.*", "a/f.ts"],
  ["{a,b}.{c,d}", "b.d"],
  ["x{,y}", "x"],
  ["x{a,{b,c}d}", "xcd"],
  ["[a-c]x", "bx"],
  ["[!a-c]x", "dx"],
  ["[]]", "]"],
  ["\\*", "*"],
  ["a.b", "a.b"],
  ["ä*", "äö"],
  ["?.md", "😀.md"],
  ["*😀", "a😀"],
  ["*/*/c", "a/b/c"],
  ["*a*b*c", "xaaybbzc"],
  ["a*", "a"],
  ["**", "a/b"],
];

const different: readonly (readonly [string, string])[] = [
  ["*.log", "logs/app.log"],
  ["?", "/"],
  ["/tmp/**", "/tmp"],
  ["/tmp/**", "/tmpx/a"],
  ["**/Dockerfile", "aDockerfile"],
  ["a/**/b", "ab"],
  ["a/**/b", "a/xb"],
  ["{a,b}", "c"],
  ["[!/]", "/"],
  ["[a-c]", "d"],
  ["\\*", "a"],
  ["a.b", "axb"],
  ["", "a"],
  ["*/c", "a/b/c"],
  ["a*b", "a/b"],
  ["*b", "a/b"],
  ["*a*b*c", "xaaybbz"],
];

describe("a glob", () => {
  it.each(matching)("%s matches %s", (glob, text) => expect(compileGlob(glob)(text)).toBe(true));
  it.each(different)("%s does not match %s", (glob, text) => expect(compileGlob(glob)(text)).toBe(false));

  it.each([
    ["", "a glob must not be empty"],
    ["[a", "`[` is not closed in `[a`"],
    ["{a,b", "`{` is not closed in `{a,b`"],
    ["a}", "`}` without `{` in `a}`"],
    ["[z-a]", "`z-a` is not a range in `[z-a]`"],
    ["a\\", "`\\` at the end of `a\\`"],
    ["{a,b}".repeat(9), "more than 256 alternatives"],
    ["a".repeat(5000), "longer than 4096 characters"],
  ])("%s is a fault", (glob, message) => expect(globFault(glob)).toContain(message));

  it("matches what its translation to a regular expression matches", () => {
    const pieces = { a: "a", b: "b", "/": "/", "*": "[^/]*", "?": "[^/]", "[ab]": "[ab]", "**/": "(?:[^/]*/)*", "{a,/b}": "(?:a|/b)" };
    const glob = fc.array(fc.constantFrom(...(Object.keys(pieces) as (keyof typeof pieces)[])), { minLength: 1, maxLength: 8 });
    const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 10 }).map((characters) => characters.join(""));
    fc.assert(
      fc.property(glob, text, (parts, subject) => {
        fc.pre(parts.every((part, index) => part !== "*" || !(parts[index + 1] ?? "").startsWith("*")));
        const expected = new RegExp(`^${parts.map((part) => pieces[part]).join("")}$`).test(subject);
        expect(compileGlob(parts.join(""))(subject)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes time linear in the text", () => {
    const glob = compileGlob(`${"a*".repeat(30)}b`);
    const started = process.cpuUsage();
    expect(glob("a".repeat(100_000))).toBe(false);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });

  it.each([
    ["/tmp/**", "/tmp/"],
    ["/tmp/*", undefined],
    ["/t?p/**", undefined],
    ["**", undefined],
  ])("%s covers the directory %s", (glob, directory) => expect(coveredDirectory(glob)).toBe(directory));
});
