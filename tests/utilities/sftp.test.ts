import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/script.sh": "vim q\n", "/w/batch": "put x\nrm y\n", "/w/hosts": "h1\nu@h2:22 # spare\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Sessions
  ["sftp h", "session h (sftp)"],
  ["sftp u@h:/etc/", "session h (sftp)"],
  ["sftp -P 22 sftp://u@h/dir/", "session h (sftp)"],
  ["lftp sftp://u@h", "session h (lftp)"],
  ["ftp h", "session h (ftp)"],
  ["smbclient //h/share -c 'ls; get f'", "write local:/w/f"],
  ["smbclient -U u //h/share -c 'cd d; put f'", "write h:~/d/f"],
  ["psftp u@h", "session h (psftp)"],
  // Batches
  ["sftp -b batch u@h", "write h:~/x", "write h:~/y"],
  ["sftp -b - h < batch", "write h:~/x", "write h:~/y"],
  ["sftp h < batch", "write h:~/x", "write h:~/y"],
  ["sftp h < absent", "unknown it carries out there what `absent` holds"],
  ["sftp -b absent h", "unknown it carries out there what `absent` holds"],
  ["cat batch | sftp h", "unknown it carries out there what a pipe brings"],
  ['echo "put x /etc/x" | sftp h', "write h:/etc/x"],
  ["sftp h <<E\nls -l\nget x\npwd\nE", "write local:/w/x"],
  ["sftp h <<E\ncd /etc\nput a\nrm b\n!rm local\nchmod 644 c\n-mkdir q\n# rm z\nE", "write h:/etc/a", "write h:/etc/b", "write local:/w/local", "write h:/etc/c", "write h:/etc/q"],
  [
    'sftp h <<E\ncd /srv\ncd app\nput -r "my dir" there\nrename a b\nln -s a b\nchown 0 "$f"\nE',
    "write h:/srv/app/there",
    "write h:/srv/app/a",
    "write h:/srv/app/b",
    "write h:$f",
  ],
  ["sftp h:/etc/ <<< 'put a'", "write h:/etc/a"],
  ["sftp -P 22 -i k h:/etc/ <<< 'PUT a'", "write h:/etc/a"],
  ["psftp h -b batch", "write h:~/x", "write h:~/y"],
  // Downloads
  ["sftp h:/etc/passwd", "write local:/w/passwd"],
  ["sftp h:/etc/passwd /tmp/x", "write local:/tmp/x"],
  ["sftp -o ProxyCommand='rm x' h:/etc/passwd", "write local:/w/x", "write local:/w/passwd"],
  // ftp and lftp
  ["ftp -n h <<E\nuser a b\nput x y\ndelete z\nE", "write h:~/y", "write h:~/z"],
  ["ftp -n <<E\nopen h\nput x y\nE", "write h:~/y"],
  ["ftp h <<E\nls\nget a\nE", "write local:/w/a"],
  ["lftp -e 'mirror -R d /srv; bye' sftp://u@h:22", "write h:/srv"],
  ["lftp -e 'mirror /srv d; bye' sftp://u@h:22", "write local:/w/d"],
  ["lftp -c 'open -u a,b sftp://h; rm x; edit y'", "write h:~/x", "edit h:~/y"],
  ["lftp -c 'open sftp://h; ls'", "read h"],
  ["lftp -u a,b h -e 'cat x; quit'", "authenticate h (password)"],
  ["lftp h -f batch", "write h:~/x", "write h:~/y"],
];

describe("file-transfer clients", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w", files })).toEqual(expected);
  });
});
