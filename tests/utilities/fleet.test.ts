import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/script.sh": "vim q\n", "/w/batch": "put x\nrm y\n", "/w/hosts": "h1\nu@h2:22 # spare\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // pdsh
  ["pdsh -w web[1-3],db 'rm f'", "write web1:~/f", "write web2:~/f", "write web3:~/f", "write db:~/f"],
  ["pdsh -w web[01-02]x rm f", "write web01x:~/f", "write web02x:~/f"],
  ["pdsh -w ssh:u@h rm f", "write h:~/f"],
  ["pdsh -w a,b -x b -R ssh uptime", "read a", "read b"],
  ["pdsh -g web uptime", "read web"],
  ["pdsh -a rm f", "write all:~/f"],
  ["pdsh -w ^hosts rm f", "write h1:~/f", "write h2:~/f"],
  ["pdsh -w ^absent rm f", "write an unknown host:~/f"],
  ["pdsh -w $HOSTS rm f", "write $HOSTS:~/f"],
  ["pdsh -w a", "session a"],
  ["pdcp -w h1 f /etc/f", "write h1:/etc/f"],
  ["rpdcp -w h1 /etc/f d", "write local:/w/d"],
  // pssh
  ['pssh -h hosts -i "rm f"', "write h1:~/f", "write h2:~/f"],
  ["pssh -h hosts -i uptime", "read h1", "read h2"],
  ['pssh -H "h1 h2" -A ls', "authenticate h1 (password)", "authenticate h2 (password)"],
  ['pssh -H h1 -x "-i k -o PasswordAuthentication=no" ls', "read h1"],
  ["pssh -H h1 -I bash < script.sh", "edit h1:~/q"],
  ["pssh -H h1 bash < script.sh", "read h1"],
  ["pssh -h hosts -I < script.sh", "edit h1:~/q", "edit h2:~/q"],
  ["pssh -h hosts", "read local"],
  ["parallel-ssh -H h1 sudo systemctl restart nginx", "service h1 (nginx)"],
  ["parallel-scp -h hosts f /etc/", "write h1:/etc/", "write h2:/etc/"],
  ["prsync -H h1 -a d /srv", "write h1:/srv"],
  ["pslurp -H h -L out /var/log/x x", "write local:/w/out/x"],
  ["pnuke -H h nginx", "service h (nginx)"],
  ["pscp -H h f /x", "write h:/x"],
  // clush
  ["clush -w h[1-2] rm f", "write h1:~/f", "write h2:~/f"],
  ["clush -w h -c f --dest /etc/f", "write h:/etc/f"],
  ["clush -w h --copy f", "write h:~/f"],
  ["clush -a -b uptime", "read all"],
  ["clush -w @web -c a b", "write web:~/a", "write web:~/b"],
  ["clush -w h --rcopy /etc/hosts --dest d", "write local:/w/d"],
  // Others
  ["dsh -m h1 -c -- rm f", "write h1:~/f"],
  ["dsh -g web uptime", "read web"],
  ["cssh a b", "session a", "session b"],
  ["cssh -a 'rm f' a", "write a:~/f"],
  ["mussh -h a b -c 'rm f'", "write a:~/f", "write b:~/f"],
  ["mussh -H hosts -C script.sh", "edit h1:~/q", "edit h2:~/q"],
  ["fab -H h1,h2 -- rm f", "write h1:~/f", "write h2:~/f"],
  ["fab -H h1 deploy", "execute h1 (unclassified)"],
  ["fab deploy", "execute local (unclassified)"],
  ["fab -l", "read local"],
];

describe("parallel shells", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w", files })).toEqual(expected);
  });
});
