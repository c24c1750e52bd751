// Secrets and characters that deceive do not get through, and what is no secret does.
import { describe, expect, it } from "vitest";
import { oneLine, shown } from "../../src/report/mask.ts";

describe("secrets are hidden", () => {
  it.each([
    ["mysql -u root -phunter2 db", "mysql -u root -p*** db"],
    ["mysqldump --password=hunter2", "mysqldump --password=***"],
    ["sshpass -p hunter2 ssh h", "sshpass -p *** ssh h"],
    ["sshpass -p'hunter2' ssh h", "sshpass -p'***' ssh h"],
    ["redis-cli -h x -a hunter2 ping", "redis-cli -h x -a *** ping"],
    ["curl -u user:hunter2 http://x", "curl -u user:*** http://x"],
    ['curl -H "Authorization: Bearer abc.def"', 'curl -H "Authorization: Bearer ***"'],
    ["git clone https://user:hunter2@host/x", "git clone https://user:***@host/x"],
    ["export DB_PASSWORD=hunter2", "export DB_PASSWORD=***"],
    ["API_KEY='abc' x", "API_KEY='***' x"],
    ["vault login --token s.123456", "vault login --token ***"],
    ["echo ghp_0123456789abcdefghijABCDEFGHIJ012345", "echo ***"],
    ["aws AKIAIOSFODNN7EXAMPLE", "aws ***"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END", "-----BEGIN OPENSSH PRIVATE KEY-----***-----END"],
  ])("%s", (text, expected) => expect(shown(text).text).toBe(expected));
});

describe("what is no secret stays", () => {
  it.each([
    "ssh -p 2222 host ls",
    "mkdir -p a/b",
    "mysql -u root db",
    'export PASSWORD="$SECRET"',
    "cat password.txt tokens.json",
    "grep token file",
    "redis-cli -h 172.16.168.23 ping",
    "ssh-keygen -f ~/.ssh/autobot_key",
    "curl http://host:8080/path",
    "rsync -a a user@host:/b",
  ])("%s", (text) => expect(shown(text).text).toBe(text));
});

describe("characters that deceive are taken out", () => {
  it.each([
    ["a\u001b[31mb", "a[31mb"],
    ["a\u202eb\u2066c", "abc"],
    ["a\u200bb\ufeffc", "abc"],
    ["a\u0007b\rc", "abc"],
    ["a\u{e0041}b", "ab"],
    ["a\ud800b", "ab"],
    ["a\tb", "a b"],
    ["é漢字🙂", "é漢字🙂"],
  ])("%j", (text, expected) => expect(shown(text).text).toBe(expected));
});

describe("offsets follow", () => {
  const at = (text: string, word: string) => {
    const result = shown(text);
    return result.text.slice(result.at(text.indexOf(word)), result.at(text.indexOf(word) + word.length));
  };
  it("past a secret", () => expect(at("sshpass -p hunter2 ssh h vim /x", "vim")).toBe("vim"));
  it("past characters that were taken out", () => expect(at("a\u001b\u001b\u202e vim /x", "vim")).toBe("vim"));
  it("into a secret, to its mark", () => expect(shown("sshpass -p hunter2").at(14)).toBe(14));
});

it("one line is one line, and bounded", () => {
  expect(oneLine("a\n  b\n\nc")).toBe("a b c");
  expect(oneLine("x".repeat(500), 10)).toBe("xxxxxxxxx…");
});
