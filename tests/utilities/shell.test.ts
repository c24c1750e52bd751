import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/fix.sh": "ssh h rm /f\n", "/w/look.sh": "ssh h cat /f\n" };

/** Every way to hand a shell code on the command line: `%` stands for the code, quoted. */
const options = [
  "bash -c %",
  "bash -lc %",
  "bash -c -l %",
  "bash -l -c %",
  "bash -euxo pipefail -c %",
  "bash -eu -o pipefail -c %",
  "bash -o pipefail -o errexit -c %",
  "bash -co pipefail %",
  "bash +m -c %",
  "bash +o history -c %",
  "bash -O extglob -c %",
  "bash +O extglob -c %",
  "bash --norc --noprofile -c %",
  "bash --norc --login -c %",
  "bash -norc -c %",
  "bash -c -- %",
  "bash -c % name 1 2",
  "bash $FLAGS -c %",
  "/bin/bash -c %",
  "'ba'sh -c %",
  "rbash -c %",
  "sh -c %",
  "sh -ec %",
  "dash -c %",
  "ash -c %",
  "zsh -c %",
  "zsh -ic %",
  "zsh -o extendedglob -c %",
  "ksh -c %",
  "mksh -c %",
  "fish -c %",
  "fish --command=%",
  "fish -N -c %",
  "csh -c %",
  "pwsh -c %",
  "pwsh -NoProfile -NonInteractive -Command %",
  "bash <<< %",
  "bash -s <<< %",
  "bash -s a b <<< %",
  "bash - <<< %",
  "bash /dev/stdin <<< %",
  "zsh <<< %",
  "echo % | sh",
  "source /dev/stdin <<< %",
  ". /dev/stdin <<< %",
];

describe("code given to a shell", () => {
  it.each(options)("%s", (option) => {
    expect(requestsOf(option.replace("%", "'ssh h rm /f'")).filter((each) => !each.startsWith("unknown"))).toEqual(["write h:/f"]);
    expect(requestsOf(option.replace("%", "'ssh h cat /f'")).filter((each) => !each.startsWith("unknown"))).toContainEqual("read h");
  });
});

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Remote
  ["ssh h \"bash -c 'rm /f'\"", "write h:/f"],
  ["ssh h \"bash -lc 'cat /f'\"", "read h"],
  ["ssh h 'bash -s' <<< 'rm /f'", "write h:/f"],
  ["ssh h 'bash -s' <<< 'cat /f'", "read h"],
  ["ssh h bash <<'E'\nrm /f\nE", "write h:/f"],
  ["ssh h sudo bash <<'E'\ncat /f\nE", "read h"],
  ["ssh h bash", "session h"],
  ["ssh h 'bash -l'", "session h"],
  ["ssh -t h zsh", "session h"],
  ["ssh h 'bash fix.sh'", "execute h:~/fix.sh (script)"],
  ["ssh h 'bash /x/fix.sh --restart'", "execute h:/x/fix.sh (script)"],
  ["ssh h 'bash /x/fix.sh --status'", "read h"],
  ["ssh h 'bash -n fix.sh'", "read h"],
  ["ssh h 'bash --version'", "read h"],
  // $0, $1 …
  ["bash -c 'ssh $1 rm $2' _ h /f", "write h:/f"],
  ["bash -c 'ssh $0 rm /f' h", "write h:/f"],
  ["bash -s h <<< 'ssh $1 rm /f'", "write h:/f"],
  // Files
  ["bash fix.sh", "execute local:/w/fix.sh (script)", "write h:/f"],
  ["bash < fix.sh", "write h:/f"],
  ["bash < look.sh", "read h"],
  ["cat fix.sh | bash", "write h:/f"],
  ["cat look.sh | sh -s", "read h", "read local"],
  ["bash < missing.sh", "execute local:/w/missing.sh (script)", "unknown code from a file that cannot be read here"],
  ["bash < /dev/null", "read local"],
  ["ssh h bash < fix.sh", "write h:/f"],
  ["bash --rcfile rc -i", "execute local:/w/rc (script)", "session local"],
  ["BASH_ENV=rc bash -c true", "execute local:/w/rc (script)"],
  ["BASH_ENV= bash -c true", "read local"],
  ["bash -n fix.sh", "read local"],
  // Code that the text does not show
  ["printf %s $X | base64 -d | bash", "execute local (code)", "unknown code that another command prints"],
  ["ssh h 'base64 -d x | bash'", "execute h (code)", "unknown code that another command prints"],
  ["bash <(base64 -d x)", "execute local (code)", "unknown code that another command prints"],
  ["source <(base64 -d x)", "execute local (code)", "unknown code that another command prints"],
  // A shell of one's own
  ["bash", "session local"],
  ["bash --login", "session local"],
  ["pwsh", "session local"],
  ["pwsh -File fix.ps1", "execute local:/w/fix.ps1 (script)"],
  ["pwsh -EncodedCommand AAAA", "execute local (code)", "unknown code that another command prints"],
  // source
  ["source fix.sh", "execute local:/w/fix.sh (source)", "write h:/f"],
  ["ssh h '. ./fix.sh'", "execute h:~/fix.sh (source)"],
  ["ssh h 'source venv/bin/activate && cat /f'", "read h"],
  ["ssh h 'source ~/.bashrc; cat /f'", "read h"],
  ["ssh h 'source .env; rm /f'", "write h:/f"],
  ["ssh h '. /etc/os-release; cat /f'", "read h"],
  // Names
  ["hash -r", "read local"],
  ["hash -p /usr/bin/ssh look", "unknown it gives a command's name another program"],
  ["enable -f x.so y", "unknown it gives a command's name another program"],
];

describe("shell", () => {
  it.each(cases)("%s", (line, ...requests) => {
    expect(requestsOf(line, { cwd: "/w", files }).sort()).toEqual([...requests].sort());
  });
});
