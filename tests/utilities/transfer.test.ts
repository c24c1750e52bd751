import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Uploads
  ["scp f u@h:", "write h:~"],
  ["scp f h:/etc/x", "write h:/etc/x"],
  ["scp -P 2222 -i k -o StrictHostKeyChecking=no f u@h:/x", "write h:/x"],
  ["scp -r d1 d2 h:/srv/", "write h:/srv/"],
  ["scp f scp://u@h:22//etc/x", "write h:/etc/x"],
  ["scp f scp://u@h/etc/x", "write h:~/etc/x"],
  ["scp f u@[fe80::2]:/x", "write fe80::2:/x"],
  ['scp "$F" "$U@$H:/tmp/"', "write $H:/tmp/"],
  ['scp $SSH_OPTS "$A" "$R@$B:/tmp/a.conf"', "write $B:/tmp/a.conf"],
  ['scp a "$DST"', "unknown its destination is `$DST`"],
  ['scp a "$REMOTE/x"', "unknown its destination is `$REMOTE/x`"],
  ['scp a "$NODE_MODULES/x"', "write local:$NODE_MODULES/x"],
  ["scp f $DEST", "unknown its destination is `$DEST`"],
  ["scp $FILES h:/x", "write h:/x"],
  ["scp f h:/x $X", "write h:/x"],
  ["timeout 60 scp f h:/x", "write h:/x"],
  // From one host to another
  ["scp -3 a:x b:y", "write b:~/y"],
  ["scp a:x b:y", "write b:~/y"],
  // Downloads
  ["scp h:/log .", "write local:/w/log"],
  ["scp h:/log ./x.log", "write local:/w/x.log"],
  ["scp h:/a h:/b logs/", "write local:/w/logs/a", "write local:/w/logs/b"],
  ['scp "$H:/log" "$OUT"', "write local:$OUT"],
  ["scp h:x $D", "write local:$D"],
  // On this machine
  ["scp a b", "write local:/w/b"],
  ["scp ./a:b c", "write local:/w/c"],
  ["scp f localhost:/x", "write local:/x"],
  ["scp -S ./tool f h:x", "execute local:/w/tool (script)", "write h:~/x"],
  ["scp -o ProxyCommand='rm x' f h:y", "write local:/w/x", "write h:~/y"],
  ["scp -o PasswordAuthentication=yes f h:y", "authenticate h (password)", "write h:~/y"],
  ["scp", "read local"],
  // What sshd runs
  ["scp -t /etc", "write local:/etc (far end)"],
  ["/usr/lib/openssh/sftp-server", "write local (far end)"],
  ["/usr/lib/openssh/sftp-server -R", "read local"],
  ["scp -f /etc/passwd", "read local"],
  // Other utilities
  ["ncftpput h /d f", "write h:/d"],
  ["ncftpget h . /d/f", "write local:/w/"],
  ["unison /a ssh://h//b", "write local:/a", "write h:/b"],
  ["unison work -batch", "execute local (unclassified)"],
  ["rclone copy d redis:/etc", "write redis:/etc"],
  ["rclone ls redis:", "read local"],
  ["rclone sync --dry-run a redis:b", "read local"],
  ["rclone sync redis:/a b", "write local:/w/b"],
  ["rclone copy a :sftp,host=h1:/etc", "write h1:/etc"],
  ["rclone delete :sftp:/etc --sftp-host h1", "write h1:/etc"],
  ["rclone moveto a b", "write local:/w/a", "write local:/w/b"],
  ["croc send f", "read local"],
  ["csync2 -xv", "execute local (unclassified)"],
  ["csync2 -T", "read local"],
  ["pscp -pw x f u@h:/x", "authenticate h (password)", "write h:/x"],
  ["pscp -P 22 u@h:/x y", "write local:/w/y"],
];

describe("copies", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w" })).toEqual(expected);
  });
});
