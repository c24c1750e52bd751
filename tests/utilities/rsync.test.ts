import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Uploads
  ["rsync -avz d/ u@h:/srv/", "write h:/srv/"],
  ["rsync -e 'ssh -i k' d h:", "write h:~"],
  ["rsync --delete a/ h:/b/", "write h:/b/"],
  ["rsync -a --exclude x -f 'P y' a h:b", "write h:~/b"],
  ["rsync -a d h::mod/p", "write h"],
  ["rsync -a d rsync://h/mod/p", "write h"],
  ['rsync -a "$A/" "$U@$H:$D/" ${Q:+--quiet}', "write $H:$D/"],
  ["rsync a h:b ${MORE}", "write h:~/b"],
  ['rsync -avz -e "ssh -i $K" --exclude=\'*.log\' "$SRC/c/" "$U@$H:$D/c/"', "write $H:$D/c/"],
  ["sudo rsync -a d h:/etc/", "write h:/etc/"],
  // Looking
  ["rsync -avzn d/ u@h:/srv/", "read h"],
  ["rsync --dry-run --delete d/ h:/srv/", "read h"],
  ["rsync --list-only h:/srv/", "read h"],
  ["rsync h:/srv/", "read h"],
  ["rsync h::", "read h"],
  ["rsync --version", "read local"],
  // Downloads
  ["rsync h:/srv/ .", "write local:/w/"],
  ["rsync -a h::mod/p d", "write local:/w/d"],
  ["rsync h1:a :b d", "write local:/w/d"],
  ['rsync -avz -e "ssh -i $K" "$U"@"$vm":"$log" "$DIR/x/"', "write local:$DIR/x/"],
  ['rsync -av "u@$h:/etc/*.conf" "$dir/" 2>/dev/null || true', "write local:$dir/*.conf"],
  ["rsync -a --files-from=h:list h:/ d", "write local:/w/d"],
  // On this machine
  ["rsync a b", "write local:/w/b"],
  ['rsync a "$DST"', "unknown its destination is `$DST`"],
  ['rsync a "$BACKUP_DIR"', "write local:$BACKUP_DIR"],
  ['rsync -a "$SRC/" "$DST/"', "write local:$DST/"],
  ["rsync -a --remove-source-files a/f b/", "write local:/w/b/f", "write local:/w/a/f"],
  ["rsync -a --log-file=/tmp/log a h:b", "write local:/tmp/log", "write h:~/b"],
  // Sources that go
  ["rsync --remove-source-files h:/a/b d", "write local:/w/d", "write h:/a/b"],
  ["rsync --remove-source-files a h:/b", "write h:/b", "write local:/w/a"],
  // What runs on the way
  ["rsync -e \"ssh -o ProxyCommand='rm x'\" d h:/x", "write local:/w/x", "write h:/x"],
  ["rsync -e 'sh -c \"rm x\"' d h:/x", "write local:/w/x", "write h:/x"],
  ["rsync --rsync-path='mkdir -p /srv && rsync' d h:/x", "write h:/srv", "write h:/x"],
  ["rsync --rsync-path='sudo rsync' h:/x d", "write local:/w/d"],
  ["rsync --rsync-path='rm -rf /y; rsync' h:/x d", "write h:/y", "write local:/w/d"],
  ["RSYNC_RSH='sshpass -p x ssh' rsync d h:/x", "authenticate h (password)", "write h:/x"],
  ["rsync -e 'sshpass -p x ssh -p 22' d h:/x", "authenticate h (password)", "write h:/x"],
  ["rsync -e 'ssh -o PasswordAuthentication=yes' h:/x d", "authenticate h (password)", "write local:/w/d"],
  // What sshd runs, and the daemon
  ["rsync --server -vlogDtpre.iLsfxC . /srv", "write local:/srv"],
  ["rsync --server --sender -vlogDtpre.iLsfxC . /srv", "read local"],
  ["rsync --daemon", "service local (rsyncd)"],
  ["ssh h rsync --server -vlogDtpre.iLsfxC . /srv", "write h:/srv"],
  ["ssh h 'rsync -a /a/ /b/'", "write h:/b/"],
  ["ssh h 'rsync -a /a/ b:/c/'", "write b:/c/"],
];

describe("rsync", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w" })).toEqual(expected);
  });
});
