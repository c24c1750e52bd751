import { describe, expect, it } from "vitest";
import type { Request } from "../../src/policy/request.ts";
import { rootSource } from "../../src/syntax/source.ts";
import { createRegistry } from "../../src/utilities/registry.ts";
import { requestsOf } from "../../src/utilities/requests.ts";
import { emptyWorld } from "../../src/utilities/world.ts";

const registry = createRegistry([]);

/** The requests of a line that reach another host, and what `ssh -G` was asked. */
function reached(line: string): { readonly requests: readonly Request[]; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const sshConfiguration = (args: readonly string[]) => {
    asked.push(args.join(" "));
    return undefined;
  };
  const { requests } = requestsOf(rootSource(line), { registry, cwd: "/w", environment: {}, world: { ...emptyWorld, sshConfiguration } });
  return { requests: requests.filter((request) => request.host.kind === "remote"), asked };
}

describe("connections", () => {
  it.each([
    ["ssh -i k h ls", ["k"]],
    ["ssh -i k -oIdentityFile=l h ls", ["k", "l"]],
    ["ssh -o 'IdentityFile l' h ls", ["l"]],
    ["ssh -o IdentityFile=none h ls", undefined],
    ["ssh h -i k ls", ["k"]],
    ["ssh h ls -i k", undefined],
    ['ssh -i ~/.ssh/"$K" h ls', ["~/.ssh/$K"]],
    ["scp -i k f h:x", ["k"]],
    ["sftp -i k h <<< 'put f'", ["k"]],
    ["rsync -e 'ssh -i k' f h:x", ["k"]],
    ["rsync --rsh='ssh -p 22 -o IdentityFile=k' f h:x", ["k"]],
    ["rsync -e 'sudo -u x ssh -i k' f h:x", ["k"]],
    ["rsync f h:x", undefined],
    ["mosh --ssh='ssh -i k' h ls", ["k"]],
    ["ansible web --private-key k -a 'rm x'", ["k"]],
  ])("%s names the keys %j", (line, keys) => {
    expect(reached(line).requests.at(-1)?.keys).toEqual(keys);
  });

  it.each([
    ["ssh u@h ls", "u", undefined],
    ["ssh -l v u@h ls", "v", undefined],
    ["ssh -o User=w h ls", "w", undefined],
    ["ssh -p 2222 h ls", undefined, 2222],
    ["ssh -oPort=2222 h ls", undefined, 2222],
    ["ssh ssh://u@h:2222 ls", "u", 2222],
    ["ssh -o HostName=h u@alias ls", "u", undefined],
    ["scp -P 2222 f u@h:x", "u", 2222],
    ["rsync -e 'ssh -p 2222' f u@h:x", "u", 2222],
    ["sftp sftp://u@h:2222 <<< 'put f'", "u", 2222],
  ])("%s logs in as %s at port %s", (line, user, port) => {
    const host = reached(line).requests.at(-1)?.host;
    expect(host).toMatchObject({ typed: "h", kind: "remote" });
    expect(host?.kind === "remote" ? [host.user, host.port] : []).toEqual([user, port]);
  });

  it.each([
    ["ssh -F c -p 22 -l u -o A=b -J j -i k h ls", "-F c -p 22 -l u -o A=b -J j h"],
    ["scp -F c -P 22 -l 100 f h:x", "-F c -p 22 h"],
    ["rsync -e 'ssh -F c' f h:x", "-F c h"],
  ])("%s asks ssh for %s", (line, expected) => {
    expect(reached(line).asked).toContain(expected);
  });

  it("marks an upload as a transfer and names what it sends", () => {
    for (const line of ["scp a b/c u@h:/x/", "rsync a b/c u@h:/x/"]) {
      const upload = reached(line).requests.find((request) => request.action === "write");
      expect(upload).toMatchObject({ transfer: true, path: { text: "/x/" } });
      expect(upload?.sources?.map((source) => source.text)).toEqual(["/w/a", "/w/b/c"]);
    }
  });

  it("does not mark a download or a plain command", () => {
    for (const line of ["scp u@h:/x .", "ssh h rm x"]) expect(reached(line).requests.some((request) => request.transfer === true)).toBe(false);
  });

  it("points at the operand in the user's line", () => {
    const line = "scp f u@h:/etc/x";
    const upload = reached(line).requests.at(-1);
    expect(line.slice(upload?.span.start, upload?.span.end)).toBe("u@h:/etc/x");
  });
});
