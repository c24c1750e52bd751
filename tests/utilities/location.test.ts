import { describe, expect, it } from "vitest";
import { show, textWord, type Word } from "../../src/syntax/word.ts";
import { locationOf } from "../../src/utilities/location.ts";

function shown(word: Word): string {
  const location = locationOf(word);
  if (location.kind === "unknown") return "unknown";
  if (location.kind === "local") return `local ${show(location.path)}`;
  const port = location.port === undefined ? "" : ` port ${show(location.port)}`;
  return `${location.module === true ? "module" : "remote"} ${show(location.destination)} ${show(location.path)}${port}`;
}

const hole = (text: string): Word => ({ pieces: [{ hole: text, why: "environment", splits: false }], span: { start: 0, end: 0 } });

describe("operands of a transfer", () => {
  it.each([
    ["f", "local f"],
    ["./a:b", "local ./a:b"],
    ["/a:b", "local /a:b"],
    [":b", "local :b"],
    ["h:", "remote h ~"],
    ["h:/etc/x", "remote h /etc/x"],
    ["u@h:x:y", "remote u@h x:y"],
    ["[::1]:/x", "remote [::1] /x"],
    ["u@[fe80::2]:/x", "remote u@[fe80::2] /x"],
    ["h::mod/p", "module h mod/p"],
    ["scp://u@h:22//etc/x", "remote u@h /etc/x port 22"],
    ["sftp://h/x", "remote h x"],
    ["rsync://h:873/mod/p", "module h /mod/p port 873"],
  ])("%s is %s", (text, expected) => {
    expect(shown(textWord(text))).toBe(expected);
  });

  it.each([
    ["$DEST", "unknown"],
    ["$REMOTE_DIR", "unknown"],
    ["$LOG_DIR", "local $LOG_DIR"],
    ["$HOME", "local $HOME"],
  ])("%s alone is %s", (text, expected) => {
    expect(shown(hole(text))).toBe(expected);
  });

  it("finds the colon after an expansion", () => {
    const word: Word = { pieces: [...hole("$H").pieces, { text: ":/x/" }, ...hole("$F").pieces], span: { start: 0, end: 0 } };
    expect(shown(word)).toBe("remote $H /x/$F");
  });
});
