// A line that is typed into a shell on a server is decided as one that is given to it by ssh.
import { expect, it } from "vitest";
import { type Context, createEngine, decide, emptyContext } from "../src/decide.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const engine = createEngine(defaultPolicies);
const host = { kind: "remote", typed: "172.16.168.24", known: true, names: ["172.16.168.24"] } as const;

function typed(line: string, { cwd = "/home/autobot", ...more }: Partial<Context> = {}) {
  return decide(line, engine, { ...emptyContext, face: "login", tty: true, cwd: "/home/kali/Desktop/AutoBot", ...more, place: { host, via: ["ssh"], cwd } });
}

it.each([
  ["vim app.py", "/home/autobot", "deny"],
  ["touch f", "/home/autobot", "deny"],
  ["touch f", "/tmp", "permit"],
  ["touch /home/autobot/f", "/tmp", "deny"],
  ["cat app.py | grep x", "/home/autobot", "permit"],
  ["cd /tmp && touch f", "/home/autobot", "permit"],
  ["ssh 172.16.168.21 'vim f'", "/tmp", "deny"],
  ["ssh 172.16.168.21 uptime", "/tmp", "permit"],
  ["echo x >app.log", "/home/kali/Desktop/AutoBot", "deny"],
])("%s in %s: %s", (line, cwd, effective) => expect(typed(line, { cwd }).effective).toBe(effective));

it("where its directory is not known, a relative path is not one below /tmp", () => {
  expect(decide("touch f", engine, { ...emptyContext, tty: true, place: { host, via: ["ssh"] } }).effective).toBe("deny");
});

it("variables are the server's, and what is not known of it is refused", () => {
  expect(typed("$CMD f", { environment: { CMD: "cat" } }).effective).toBe("permit");
  expect(typed("$CMD f", { environment: { CMD: "vim" } }).effective).toBe("deny");
  expect(typed("$CMD f").effective).toBe("deny");
});

it("aliases and functions are the server's, and advice is for this machine", () => {
  const definitions = { aliases: { e: "vim app.py", cat: "vim" }, functions: {} };
  const { effective, advice } = typed("e", { definitions });
  expect(effective).toBe("deny");
  expect(advice.flatMap(({ run }) => run ?? [])).toEqual([
    "vim app.py",
    "./scripts/utilities/sync-to-vm.sh ai-stack app.py /home/autobot/app.py",
    "ssh -i ~/.ssh/autobot_key autobot@172.16.168.24 'sha256sum /home/autobot/app.py'",
  ]);
});
