// What bash's printf makes of words, and a terminal of bytes, is read back as it was.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { remoteCommand, typedGate } from "../../src/session/remote-start.ts";
import { escaped, questionFilter, typedAnswer, unquoted } from "../../src/session/terminal-channel.ts";
import { root, run } from "../stage/run.ts";

const key = "0123456789abcdef";
const sequence = (more: string, text: string) => `\x1b_autobot-sh:${key}:${more}:${text}\x1b\\`;

/** What is shown, and the questions in it by kind. */
function read(chunks: readonly string[]): readonly string[] {
  const filter = questionFilter(key);
  return chunks.flatMap((chunk) => filter(Buffer.from(chunk)).map((each) => (Buffer.isBuffer(each) ? each.toString() : `<${each.kind} ${each.id} ${each.fields.get("t") ?? ""}>`)));
}

describe("a question in what a terminal shows", () => {
  const whole = `before${sequence("+", " kline p12 tec")}${sequence(".", "ho\\ x")}after`;

  it("is taken out, and stands where it stood", () => expect(read([whole])).toEqual(["before", "<line 12 echo x>", "after"]));

  it("however it arrives in pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const shown = read(at.slice(1).map((end, index) => whole.slice(at[index], end)));
        expect(shown.join("")).toBe("before<line 12 echo x>after");
      }),
    );
  });

  it.each([
    ["another key", whole.replaceAll(key, "f".repeat(16))],
    ["another sequence", "\x1b_G;x\x1b\\ \x1b]0;title\x07"],
    ["a part of one, and no more", `\x1b_autobot-sh:${key}x`],
    ["one that never ends", `\x1b_autobot-sh:${key}:${"x".repeat(5000)}`],
    ["bytes that are no UTF-8 text", "\xff\x00\x1b"],
  ])("%s is shown as it is", (_title, text) => expect(read([text, "end"]).join("")).toBe(`${text}end`));

  it("without a kind or a process it is none", () => expect(read([sequence(".", " tx"), sequence(".", " kline px")])).toEqual([]));
});

describe("words", () => {
  const odd = ["", "plain", "it's", "a b  c", '$HOME `x` \\ "', "a\nb\tc\x1b[0m\x07\x7f", "äöü €", "~x {a,b} *?[", "'", "\\", "$'x'", "!#&|;<>()", "\x1f\x01", "x'$\n'y"];

  it.each(["C", "C.UTF-8"])("as printf %%q writes them, in locale %s", (locale) => {
    const { stdout } = run("/bin/bash", ["-c", "printf ' %q' \"$@\"", "bash", ...odd], { env: { LC_ALL: locale } });
    expect(unquoted(stdout.replaceAll(/[^\0-\x7f]+/g, (text) => Buffer.from(text).toString("latin1")))).toEqual(odd);
  });

  it("as printf %b reads them", () => {
    const { stdout } = run("/bin/bash", ["-c", "printf '%b\\0' \"$@\"", "bash", ...odd.map(escaped)]);
    expect(stdout.split("\0").slice(0, -1)).toEqual(odd);
  });

  it("an answer is one line of characters that mean nothing to a terminal", () => {
    const answer = typedAnswer(key, "7", { verdict: "erase", text: odd.join("\n~.") });
    expect(answer).toMatch(/^[\x21-\x7e]+\n$/);
  });
});

describe("what is sent", () => {
  it("is divided alike by every shell: no quote, no bang, no newline in a word", () => {
    const command = remoteCommand(key, root);
    expect(command).toMatch(/^sh -c '[^'!\n]+' sh '[^'!\n]+' [0-9a-f]+$/);
    expect(command.length).toBeLessThan(4000);
  });

  it("is the gate itself", () => {
    const gate = typedGate(key, root);
    expect(gate).toMatch(/^[\x21-\x7e]+\n$/);
    const text = run("/bin/bash", ["-c", 'printf %b "$1"', "bash", gate.slice(`autobot-sh:${key}:`.length).trimEnd()]).stdout;
    expect(run("/bin/bash", ["-n"], { input: text }).stderr).toBe("");
    const lines = readFileSync(join(root, "libexec", "gate.bash"), "utf8").split("\n");
    for (const line of lines) if (!line.trim().startsWith("#")) expect(text).toContain(line.trim());
  });
});
