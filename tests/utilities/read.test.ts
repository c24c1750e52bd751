import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const looking = [
  "ls -la /opt",
  "stat /etc/hosts",
  "head -5 /etc/hosts",
  "tail -f /var/log/syslog",
  "grep -rn autobot /etc",
  "rg -n autobot /etc",
  "wc -l /etc/hosts",
  "cut -d: -f1 /etc/passwd",
  "diff /etc/a /etc/b",
  "sha256sum /opt/a",
  "file /bin/ls",
  "which python3",
  "id",
  "whoami",
  "hostname",
  "hostname -I",
  "uptime",
  "uname -a",
  "df -h",
  "du -sh /opt",
  "free -m",
  "ps aux",
  "top -b -n 1",
  "htop",
  "ss -tlnp",
  "netstat -tlnp",
  "lsof -i :80",
  "dig example.org",
  "getent hosts x",
  "echo hi",
  "true",
  "test -f /etc/hosts",
  "sleep 1",
  "tree -L 2 /opt",
  "nvidia-smi -q -d MEMORY",
  "nvidia-smi",
  "lsblk",
  "uniq -c /tmp/a",
  "cd /opt",
  "export A=b",
  "ethtool eth0",
  "smartctl -a /dev/sda",
  "mdadm --detail /dev/md0",
  "ntpdate -q pool.ntp.org",
  "ifconfig eth0",
  "route -n",
  "zpool status",
  "fail2ban-client status sshd",
  "man ls",
  "tcpdump -i eth0 -c 5",
  "logger hello",
  "less /var/log/syslog",
  "logrotate -d /etc/logrotate.conf",
  "cat /etc/hosts",
];

describe("utilities that only look", () => {
  it.each(looking)("%s", (line) => {
    expect(requestsOf(line)).toEqual(["read local"]);
    expect(requestsOf(`ssh h '${line}'`)).toEqual(["read h"]);
  });
});

const changing: readonly (readonly [line: string, ...requests: string[]])[] = [
  ["hostname web1", "service h"],
  ["tree -o /etc/x /opt", "write h:/etc/x"],
  ["uniq /etc/a /etc/b", "write h:/etc/b"],
  ["rg --pre ./x y", "execute h"],
  ["run-parts /etc/cron.daily", "execute h (script)"],
  ["sudo logrotate -f /etc/logrotate.conf", "service h"],
  ["ss -K dst 10.0.0.1", "service h"],
  ["nvidia-smi -pm 1", "service h"],
  ["nvidia-smi --gpu-reset", "service h"],
  ["sudo tcpdump -i eth0 -w /var/x.pcap", "write h:/var/x.pcap"],
  ["sudo ethtool -K eth0 tso off", "service h"],
  ["sudo smartctl -t short /dev/sda", "service h"],
  ["sudo mdadm --create /dev/md0 --level=1 /dev/sda /dev/sdb", "write h"],
  ["sudo ntpdate pool.ntp.org", "service h"],
  ["sudo ifconfig eth0 down", "service h (eth0)"],
  ["sudo route add default gw 10.0.0.1", "service h"],
  ["sudo zpool scrub tank", "write h"],
  ["sudo hwclock -w", "service h"],
  ["sudo fail2ban-client unban 10.0.0.1", "service h"],
  ["iperf3 -s", "service h"],
  ["man -P ./x ls", "execute h"],
  ["echo x > /etc/x", "write h:/etc/x"],
];

describe("options with which they change something", () => {
  it.each(changing)("%s", (line, ...expected) => {
    expect(requestsOf(`ssh h '${line}'`)).toEqual(expected);
  });
});
