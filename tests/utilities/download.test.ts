import { judged, judgedHere } from "./placed.ts";

judged("requests to an application", [
  ["curl -fsS http://m:8001/api/health", "read local"],
  ["curl -X POST -H 'Content-Type: application/json' -d '{\"a\":1}' http://m/api", "read local"],
  ["curl -F file=@/f http://m/upload", "read local"],
  ["curl -T /f http://m/upload", "read local"],
  ["curl -s -o /dev/null -w '%{http_code}' http://m", "read local"],
  ["curl -o - http://m", "read local"],
  ["curl -sSI http://m", "read local"],
  ['curl --data-urlencode "q=$Q" http://m', "read local"],
  ["wget -qO- http://m", "read local"],
  ["wget -q -O - http://m", "read local"],
  ["wget -O /dev/null http://m", "read local"],
  ["wget --spider http://m", "read local"],
  ["http POST m/api a=1", "read local"],
  ["xh m/api", "read local"],
]);

judged("files that downloads leave", [
  ["curl -o /f http://m/x", "write local:/f"],
  ["curl -fsSLo /f http://m/x", "write local:/f"],
  ["curl --output-dir /d -o f http://m/x", "write local:/d/f"],
  ["curl -O http://m/a/x.tgz?y=1", "write local:/w/x.tgz"],
  ["curl --output-dir /d -O http://m/a/x.tgz", "write local:/d/x.tgz"],
  ["curl -D /h -c /jar http://m", "write local:/h", "write local:/jar"],
  ["wget http://m/a/x.tgz", "write local:/w/x.tgz"],
  ["wget http://m", "write local:/w/index.html"],
  ["wget http://m/a/", "write local:/w/index.html"],
  ["wget -O /f http://m/x", "write local:/f"],
  ["wget -P /d http://m/x", "write local:/d/x"],
  ["wget -r -P /d http://m/", "write local:/d"],
  ["wget -o /log -O - http://m", "write local:/log"],
  ["aria2c -d /d -o f http://m/x", "write local:/d/f"],
  ["http --download m/x", "write local"],
  ["curl -o /f file:///etc/x", "write local:/f"],
]);

judged("uploads and downloads by ssh and ftp", [
  ["curl -T /f sftp://u@m/etc/g", "write m:/etc/g"],
  ["curl -T /f sftp://u@m/etc/", "write m:/etc/f"],
  ["curl -T /f scp://m/~/", "write m:~/f"],
  ["curl --upload-file /f ftp://m/g", "write m:/g"],
  ["curl -Q 'rm /etc/x' sftp://m/", "write m"],
  ["curl -Q pwd sftp://m/etc/x", "read m"],
  ["curl sftp://m/etc/x", "read m"],
]);

judged("the container engine's own interface", [
  ["curl --unix-socket /var/run/docker.sock http://localhost/containers/json", "read local"],
  ["curl --unix-socket /var/run/docker.sock -X POST http://localhost/containers/x/restart", "container local"],
  ["curl -X DELETE http://m:2375/containers/x", "container m"],
  ["curl http://m:2375/containers/json", "read local"],
]);

judged("sockets", [
  ["nc -zv m 22", "read local"],
  ["nc m 6379 <<< PING", "read m"],
  ["nc m 6379 <<< 'CONFIG SET a b'", "service m (redis CONFIG SET)"],
  ["nc -l 80 -c 'rm /x'", "write local:/x"],
  ["ncat --sh-exec 'rm /x' m 80", "write local:/x"],
  ["nc m 11211 <<< stats", "read local"],
  ["nc m 11211 <<< flush_all", "service m (memcached)"],
  ["socat - TCP:m:80", "read local"],
  ["echo 'show stat; show info' | socat stdio /run/haproxy/admin.sock", "read local"],
  ["echo 'show stat; disable server a/b' | socat unix-connect:/run/haproxy.sock stdio", "service local (haproxy)"],
  ["nc -U /run/haproxy/admin.sock <<< 'set weight a/b 0'", "service local (haproxy)"],
  ["socat TCP-LISTEN:80 SYSTEM:'rm /x',pty", "write local:/x"],
  ["socat - CREATE:/x", "write local:/x"],
  ["telnet m 80", "read local"],
  ["telnet m", "session m"],
]);

judgedHere(
  "options from a file",
  [
    ["curl -K /c", "write local:/f"],
    ["curl -K /none", "unknown its options come from a file that cannot be read here"],
  ],
  { "/c": '# saved\nurl = "http://m/x"\noutput = "/f"\n' },
);
