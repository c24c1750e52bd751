// Utilities that look, until an option, an operand or a subcommand has them change something.
import type { Clause, Grammar } from "../policy/descriptor.ts";
import { fromDescriptor } from "./descriptor.ts";
import { reads, withSubcommands } from "./subcommand.ts";
import type { Utility } from "./utility.ts";

/** An option of theirs names a file that they write. */
const writing: readonly (readonly [names: string, options: string, grammar?: Grammar])[] = [
  [
    "less zless bzless xzless lzless zstdless",
    "-o -O --log-file --LOG-FILE",
    { short: "o:O:b:h:j:k:p:P:t:T:x:y:z:", long: ["log-file=", "LOG-FILE=", "pattern=", "tag=", "prompt="] },
  ],
  ["tree", "-o", { short: "o:L:P:I:", long: ["filelimit=", "timefmt=", "sort="] }],
  ["info", "-o --output", { short: "o:f:n:d:", long: ["output=", "file=", "node="] }],
  ["iconv", "-o --output", { short: "f:t:o:", long: ["from-code=", "to-code=", "output="] }],
  ["shuf", "-o --output", { short: "e:i:n:o:", long: ["output=", "input-range=", "head-count=", "random-source="] }],
  ["cloc", "--out --report-file", { long: ["out=", "report-file=", "exclude-dir=", "include-lang="] }],
  ["scc", "-o --output", { short: "o:f:i:", long: ["output=", "format="] }],
  ["inxi", "--output-file", { long: ["output=", "output-file="] }],
  ["sdiff", "-o --output", { short: "o:w:I:", long: ["output=", "width="] }],
  ["xmllint", "-o --output", { short: "o:", long: ["output=", "xpath=", "schema=", "encode="], singleDash: true }],
  ["inotifywait", "-o --outfile", { short: "o:e:t:", long: ["outfile=", "event=", "timeout=", "format=", "timefmt=", "exclude=", "include=", "fromfile="] }],
  ["atop", "-w", { short: "w:r:b:e:L:P:" }],
  ["sar", "-o", { short: "o:f:n:s:e:i:P:", long: ["dev=", "iface="] }],
  ["dstat dool", "--output", { short: "C:D:N:I:S:", long: ["output="] }],
  ["nmon", "-F", { short: "F:s:c:m:" }],
  ["dmidecode", "--dump-bin", { short: "s:t:d:", long: ["dump-bin=", "string=", "type=", "from-dump="] }],
  ["lshw", "-dump", { singleDash: true, long: ["dump=", "class=", "C="] }],
  ["hwinfo", "--log", { long: ["log="] }],
  ["pv", "-o --output", { short: "o:s:i:L:N:w:H:B:P:", long: ["output=", "size=", "interval=", "rate-limit=", "name="] }],
  ["nmap", "-oN -oX -oG -oS -oA", { singleDash: true, long: ["oN=", "oX=", "oG=", "oS=", "oA=", "p=", "iL=", "e=", "script=", "script-args="] }],
  ["tcpdump tshark dumpcap", "-w", { short: "w:i:c:s:r:C:G:W:Z:z:f:Y:T:e:a:b:y:" }],
  ["flake8 pylint pycodestyle markdownlint jsonlint", "--output-file -o --output", { short: "o:", long: ["output-file=", "output="] }],
];

/** These options of theirs change something. */
const changing: readonly (readonly [names: string, options: string, action: "service" | "write" | "execute", grammar?: Grammar])[] = [
  [
    "rg",
    "--pre --hostname-bin",
    "execute",
    {
      short: "e:f:g:t:T:A:B:C:m:M:j:r:d:",
      long: [
        "pre=",
        "hostname-bin=",
        "regexp=",
        "file=",
        "glob=",
        "iglob=",
        "type=",
        "type-not=",
        "after-context=",
        "before-context=",
        "context=",
        "max-count=",
        "replace=",
        "threads=",
        "sort=",
      ],
    },
  ],
  ["man", "-P --pager -H --html", "execute", { short: "P:M:S:s:C:L:m:e:p:E:r:H::", long: ["pager=", "html=?", "manpath=", "config-file=", "sections=", "locale="] }],
  ["bat batcat", "--pager", "execute", { short: "l:H:r:", long: ["pager=", "language=", "line-range=", "style=", "theme=", "paging=", "color=", "wrap="] }],
  ["ack", "--pager", "execute", { long: ["pager=", "output="] }],
  ["pidstat", "-e", "execute"],
  ["file", "-C --compile", "write", { short: "e:f:F:m:P:", long: ["magic-file=", "files-from=", "exclude=", "separator="] }],
  ["ss", "-K --kill", "service", { short: "f:A:F:D:", long: ["family=", "query=", "filter=", "diag="] }],
  ["sensors", "-s --set", "service"],
  [
    "nvidia-smi",
    "-pm --persistence-mode -e --ecc-config -p --reset-ecc-errors -c --compute-mode -r --gpu-reset -ac --applications-clocks -rac --reset-applications-clocks -lgc --lock-gpu-clocks -rgc --reset-gpu-clocks -lmc --lock-memory-clocks -rmc -pl --power-limit -acp -caa -am --accounting-mode -mig --multi-instance-gpu -dm --driver-model -fdm -vm --cuda-clocks --gom -gtt --gpu-target-temp",
    "service",
    { singleDash: true, long: ["i=", "q=", "id=", "d=", "display=", "l=", "loop=", "f=", "filename="] },
  ],
  [
    "rocm-smi",
    "--setsclk --setmclk --setfan --setperflevel --resetclocks --resetfans --setpoweroverdrive --gpureset --setprofile --setmemoryoverdrive --setoverdrive --resetprofile --load",
    "service",
  ],
  ["mii-tool", "-F -A -R -r --force --advertise --reset --restart", "service"],
  ["zramctl", "-f -r -s --find --reset --size", "service", { short: "a:s:t:o:", long: ["algorithm=", "size=", "streams=", "output="] }],
  ["jmap", "-dump", "write", { singleDash: true }],
  ["jinfo", "-flag", "service", { singleDash: true }],
  ["systemd-tmpfiles", "--create --clean --remove --purge", "write"],
  ["arp", "-s -d -f --set --delete", "service"],
  ["hwclock", "-s -w -a --hctosys --systohc --set --adjust --systz --predict-hc", "service"],
  [
    "ethtool",
    "-s --change -K --features --offload -G --set-ring -A --pause -C --coalesce -L --set-channels -r --negotiate -p --identify -t --test -E --change-eeprom -f --flash -X --rxfh -N -U --config-nfc --reset --set-priv-flags --set-eee --set-fec",
    "service",
  ],
  [
    "smartctl",
    "-t --test -s --smart -o --offlineauto -S --saveauto -X --abort --set",
    "service",
    { short: "t:s:o:S:d:l:n:q:T:b:r:v:P:F:g:", long: ["test=", "smart=", "offlineauto=", "saveauto=", "set=", "device=", "log=", "get="] },
  ],
  ["iperf iperf3", "-s --server", "service", { short: "c:p:t:i:b:P:n:w:B:f:", long: ["client=", "port=", "time=", "interval=", "bitrate=", "parallel="] }],
  ["auditctl", "-a -A -d -D -e -f -w -W -R -b -r", "service"],
  ["tune2fs", "-c -C -e -E -f -g -i -I -j -J -L -m -M -o -O -p -r -s -T -u -U -Q", "write"],
];

/** Operands or other words say what to change. */
const byOperand: readonly { readonly names: string; readonly options?: Grammar; readonly clause: Clause }[] = [
  { names: "hostname domainname nisdomainname", options: { short: "F:", long: ["file="] }, clause: { when: { atLeast: 1 }, action: "service", note: "renames the host" } },
  {
    names: "logrotate",
    options: { short: "s:m:l:", long: ["state=", "mail=", "log="] },
    clause: { unless: { option: ["-d", "--debug"] }, action: "service", note: "rotates logs" },
  },
  { names: "uniq", options: { short: "f:s:w:", long: ["skip-fields=", "skip-chars=", "check-chars="] }, clause: { when: { atLeast: 2 }, action: "write", path: { operand: 1 } } },
  { names: "ifconfig iwconfig", clause: { when: { atLeast: 2 }, action: "service", name: { operand: 0 }, note: "changes a network interface" } },
  { names: "route", options: { short: "A:" }, clause: { when: { subcommand: ["add", "del", "delete", "flush", "change"] }, action: "service", note: "changes routes" } },
  { names: "ipcrm ipcmk dbus-send chcpu chmem loadkeys tcpkill", clause: { action: "service" } },
  { names: "run-parts", clause: { unless: { option: ["--list", "--test"] }, action: "execute", name: "script", note: "runs the scripts of a directory" } },
  { names: "ntpdate", options: { short: "p:t:o:a:e:k:" }, clause: { unless: { option: ["-q", "-d"] }, action: "service", note: "sets the clock" } },
  {
    names: "mdadm",
    clause: {
      unless: { option: ["-D", "--detail", "-E", "--examine", "-Q", "--query", "-V", "--version", "--detail-platform", "-X", "--examine-bitmap"] },
      action: "write",
      note: "changes a disk array",
    },
  },
  { names: "hdparm", clause: { when: { atLeast: 1 }, unless: { option: ["-I", "-i", "-t", "-T", "-g", "-C", "-H"] }, action: "service", note: "changes a disk's settings" } },
];

/** Their subcommands of these look; all others change something. */
const bySubcommand: readonly (readonly [names: string, looking: string, action: "service" | "write" | "execute"])[] = [
  ["zpool", "status list iostat get history events version", "write"],
  ["zfs", "list get holds diff version", "write"],
  ["nvme", "list list-subsys list-ns smart-log id-ctrl id-ns error-log fw-log get-feature version help show-regs", "write"],
  ["promtool", "check query test help", "write"],
  ["amtool", "check-config config help", "service"],
  ["fail2ban-client", "status ping get version", "service"],
  ["rfkill", "list help event", "service"],
  ["gdbus", "introspect monitor wait help", "service"],
  ["launchctl", "list print print-disabled blame managername help version", "service"],
  ["iw", "list dev phy reg event help", "service"],
];

export const utilities: readonly Utility[] = [
  ...writing.map(([names, options, grammar]) => {
    const option = options.split(" ");
    const unless = { argument: Object.fromEntries(option.map((name) => [name, ["-"]])) };
    return fromDescriptor({ names: names.split(" "), options: grammar, effects: [{ when: { option }, unless, action: "write", path: { option } }] });
  }),
  ...changing.map(([names, options, action, grammar]) =>
    fromDescriptor({ names: names.split(" "), options: grammar, effects: [{ when: { option: options.split(" ") }, action }] }),
  ),
  ...byOperand.map(({ names, options, clause }) => fromDescriptor({ names: names.split(" "), options, effects: [clause] })),
  ...bySubcommand.map(([names, looks, action]) =>
    withSubcommands({ names: names.split(" "), commands: [reads(looks)], otherwise: fromDescriptor({ names: ["*"], effects: [{ action }] }) }),
  ),
];
