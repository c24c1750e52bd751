// Services and processes: what starts, stops and reconfigures them, from systemctl(1) and kill(1) to
// reboot(8). A server's own program counts too: run by hand, it starts a server process.
import type { Clause, Grammar } from "../policy/descriptor.ts";
import { known, prefix, show, slice, type Word } from "../syntax/word.ts";
import type { Arguments } from "./arguments.ts";
import { fromDescriptor } from "./descriptor.ts";
import { request, unknown } from "./effect.ts";
import { flat } from "./path-word.ts";
import { changes, reads, withSubcommands } from "./subcommand.ts";
import { readUrl } from "./url.ts";
import type { Hop, Utility } from "./utility.ts";

/** `-H [user@]host` is ssh; `-M machine` a container of this one, where `.host` is the machine itself. */
function systemdHops(given: readonly Arguments[]): readonly Hop[] {
  const last = (...names: readonly string[]) => given.flatMap((each) => each.all(...names)).at(-1);
  const host = last("-H", "--host");
  if (host !== undefined) return [hostHop(host)];
  const machine = last("-M", "--machine");
  return machine === undefined || (known(machine) ?? "").endsWith(".host") ? [] : [{ kind: "container", destination: machine }];
}

/** The machine that an option names: a URL (`http://host:9001`), `rabbit@host`, or a host; none where it has none. */
export function hopTo(...options: readonly string[]): (given: readonly Arguments[]) => readonly Hop[] {
  return (given) => {
    const word = given.flatMap((each) => each.all(...options)).at(-1);
    if (word === undefined || prefix(word).startsWith("/")) return [];
    const url = readUrl(word);
    if (url === undefined) return [{ kind: "host", destination: slice(word, flat(word).indexOf("@") + 1) }];
    return url.host === undefined ? [] : [{ kind: "host", destination: url.host, user: url.user }];
  };
}

/** systemctl(1): `[user@]host[:port][/container]`. */
function hostHop(word: Word): Hop {
  const end = flat(word).search(/[:/]/);
  return { kind: "host", destination: end < 0 ? word : slice(word, 0, end) };
}

interface Control {
  readonly names: string;
  readonly options?: Grammar;
  /** Subcommands that look; all others change. */
  readonly reads: string;
  /** Subcommands described apart. */
  readonly commands?: readonly Utility[];
  readonly inert?: readonly string[];
  /** What no subcommand does; default: it reads. */
  readonly bare?: Utility;
  /** Where its options say that it acts on another machine. */
  readonly hops?: (given: readonly Arguments[]) => readonly Hop[];
}

/** A program that controls a manager of services: `supervisorctl restart web`. */
function control({ names, options = {}, reads: looking, commands = [], inert, bare, hops }: Control): Utility {
  return withSubcommands({
    names: names.split(" "),
    options: hops === systemdHops ? { short: `H:M:${options.short ?? ""}`, long: ["host=", "machine=", ...(options.long ?? [])] } : options,
    commands: [...commands, reads(looking)],
    otherwise: changes("service", "*"),
    ...(inert === undefined ? {} : { inert }),
    ...(bare === undefined ? {} : { bare }),
    ...(hops === undefined ? {} : { transport: "optional", hops }),
  });
}

const first = (names: string, note?: string): Utility => fromDescriptor({ names: names.split(" "), effects: [{ action: "service", name: { operand: 0 }, note }] });

const controls: readonly Control[] = [
  {
    names: "systemctl",
    hops: systemdHops,
    options: {
      short: "t:p:P:n:o:s:",
      long: [
        ..."type state property lines output signal kill-whom kill-who kill-value root image image-policy job-mode preset-mode what when".split(" "),
        ..."message check-inhibitors boot-loader-menu boot-loader-entry reboot-argument timestamp drop-in".split(" "),
      ].map((name) => `${name}=`),
    },
    reads:
      "status is-active is-enabled is-failed is-system-running show list-units list-unit-files list-sockets list-timers list-jobs list-dependencies list-machines list-automounts list-paths cat get-default help show-environment whoami",
    commands: [
      changes("service", "start", undefined, "starts it"),
      changes("service", "stop", undefined, "stops it"),
      changes("service", "restart try-restart reload-or-restart try-reload-or-restart", undefined, "restarts it"),
      changes("service", "reload", undefined, "reloads it"),
      first("set-property", "changes a unit's properties"),
      // Without a value they show it.
      fromDescriptor({ names: ["log-level", "log-target", "service-watchdogs"], effects: [{ when: { atLeast: 1 }, action: "service" }] }),
      fromDescriptor({ names: ["service-log-level", "service-log-target"], effects: [{ when: { atLeast: 2 }, action: "service", name: { operand: 0 } }] }),
      fromDescriptor({ names: ["edit"], effects: [{ action: "edit", name: { from: 0 }, note: "opens an editor on a unit" }] }),
      fromDescriptor({
        names: "reboot poweroff halt kexec soft-reboot suspend hibernate hybrid-sleep suspend-then-hibernate sleep exit rescue emergency switch-root".split(" "),
        effects: [{ action: "service", name: "machine", note: "stops or restarts the machine" }],
      }),
    ],
    inert: ["--dry-run"],
  },
  {
    names: "loginctl",
    hops: systemdHops,
    options: { short: "p:n:o:s:", long: ["property=", "lines=", "output=", "signal=", "kill-whom="] },
    reads: "list-sessions session-status show-session list-users user-status show-user list-seats seat-status show-seat",
  },
  { names: "busctl", hops: systemdHops, reads: "list status monitor capture tree introspect get-property wait" },
  { names: "resolvectl", reads: "status statistics query service openpgp tlsa show-cache monitor" },
  { names: "networkctl", reads: "list status lldp cat label" },
  { names: "bootctl", reads: "status list is-installed systemd-efi-options reboot-to-firmware-status" },
  { names: "udevadm", reads: "info monitor test test-builtin settle verify wait lock-status" },
  { names: "portablectl", hops: systemdHops, reads: "list inspect is-attached" },
  {
    names: "supervisorctl",
    hops: hopTo("-s", "--serverurl"),
    options: { short: "c:s:u:p:", long: ["configuration=", "serverurl=", "username=", "password=", "history-file="] },
    reads: "status tail maintail pid avail help version",
  },
  {
    names: "pm2",
    options: { short: "n:i:l:o:e:p:c:", long: ["name=", "instances=", "log=", "lines=", "interpreter=", "node-args=", "namespace=", "cwd=", "user=", "env="] },
    reads: "list ls l status logs log show describe info desc monit imonit dash jlist prettylist env pid report id ping conf",
  },
  { names: "forever", reads: "list logs columns config" },
  { names: "monit", options: { short: "c:d:g:l:p:s:" }, reads: "status summary report procmatch validate-config" },
  {
    names: "circusctl",
    options: { long: ["endpoint=", "timeout="] },
    reads: "status list stats options globaloptions numprocesses numwatchers dstats listen listpids get ipython help version",
  },
  { names: "god", options: { short: "c:p:" }, reads: "status log check" },
  { names: "initctl", reads: "list status version show-config check-config usage log-priority-show" },
  {
    names: "rabbitmqctl rabbitmq-diagnostics rabbitmq-queues rabbitmqadmin",
    options: { short: "n:t:p:", long: ["node=", "timeout=", "vhost="] },
    hops: hopTo("-n", "--node"),
    reads:
      "list list_queues list_exchanges list_bindings list_connections list_channels list_consumers list_users list_vhosts list_permissions list_user_permissions list_policies list_parameters list_topic_permissions list_feature_flags list_hashes status cluster_status environment report ping certificates log_tail log_tail_stream log_location observer os_env quorum_status check_running check_local_alarms check_port_connectivity node_health_check alarms listeners memory_breakdown server_version version help show get directories is_enabled",
  },
  {
    names: "celery",
    options: { short: "A:b:", long: ["app=", "broker=", "result-backend=", "loader=", "config=", "workdir="] },
    reads: "inspect status report result list help events",
  },
  { names: "caddy", reads: "version validate adapt list-modules environ hash-password build-info help manpage" },
  { names: "netplan", reads: "get info status ip help" },
  {
    names: "certbot",
    options: { short: "d:m:w:", long: ["domain=", "domains=", "email=", "webroot-path=", "cert-name=", "deploy-hook="] },
    reads: "certificates plugins show_account help",
    inert: ["--dry-run"],
    bare: changes("service", "*"),
  },
  {
    names: "chronyc",
    hops: hopTo("-h"),
    options: { short: "h:p:f:" },
    reads: "tracking sources sourcestats activity clients ntpdata serverstats rtcdata smoothing waitsync authdata selectdata manual-list help",
  },
  {
    names: "virsh",
    hops: hopTo("-c", "--connect"),
    options: { short: "c:d:l:e:k:K:", long: ["connect=", "debug=", "log="] },
    reads:
      "list dominfo domstate domstats domblklist domiflist domifaddr dumpxml nodeinfo net-list net-info net-dhcp-leases pool-list pool-info vol-list vol-info version uri capabilities vcpuinfo snapshot-list sysinfo help",
  },
  { names: "qm pct", reads: "list status config pending showcmd listsnapshot df help" },
  { names: "VBoxManage vboxmanage", reads: "list showvminfo showhdinfo showmediuminfo metrics getextradata" },
  { names: "traefik", reads: "version healthcheck" },
  { names: "pg_ctl", options: { short: "D:l:m:o:p:s:t:", long: ["pgdata=", "log=", "mode=", "options=", "timeout="] }, reads: "status" },
  { names: "wg-quick", reads: "strip" },
];

/** Programs of server processes: started, they serve; with one of these options or operands they only report. */
const servers: readonly (readonly [names: string, options?: string, operands?: string])[] = [
  ["nginx openresty", "-t -T -v -V -h -?"],
  ["apachectl apache2ctl httpd apache2", "-t -v -V -S -M -l -L -h", "configtest status fullstatus"],
  ["redis-server redis-sentinel redis-stack-server valkey-server keydb-server", "-v --version -h --help --check-system --test-memory"],
  ["postgres postmaster", "-V --version -C --describe-config"],
  ["mongod mongos", "--version -h"],
  ["mysqld mysqld_safe mariadbd mariadbd-safe", "-V --version --validate-config --print-defaults"],
  ["memcached", "-V -h --version"],
  ["rabbitmq-server elasticsearch opensearch logstash kibana zookeeper-server-start.sh kafka-server-start.sh", "-V --version -t --configtest --config.test_and_exit"],
  ["etcd", "--version"],
  [
    "prometheus alertmanager node_exporter blackbox_exporter pushgateway loki promtail alloy tempo mimir cadvisor jaeger jaeger-all-in-one otelcol",
    "--version -version -h --verify-config --check-syntax -verify-config -check-syntax",
  ],
  ["grafana-server grafana", "-v -version --version"],
  ["influxd telegraf fluentd fluent-bit vector statsd collectd", "--version -V --dry-run --test --config-test", "version config validate"],
  ["rsyslogd syslog-ng", "-N -N1 -N2 -N3 -v -V --version --syntax-only"],
  ["haproxy", "-c -v -vv"],
  ["envoy", "--version"],
  ["varnishd", "-V -C"],
  ["squid", "-v"],
  ["sshd dropbear", "-t -T -V -G"],
  ["dnsmasq", "--test -v --version"],
  ["named", "-v -V"],
  ["unbound", "-V -h"],
  ["smbd nmbd", "-b -V --version"],
  ["dhcpd", "-t -T --version"],
  ["vsftpd proftpd", "-v --version"],
  ["pure-ftpd nfsd rpc.nfsd ntpd chronyd cron crond atd rpcbind inetd xinetd snmpd", "--version"],
  ["dockerd containerd kubelet kube-apiserver kube-proxy", "--version -v --validate", "config"],
  ["php-fpm", "-t -tt -v -i -m"],
  ["uvicorn hypercorn daphne waitress-serve granian", "--version"],
  ["gunicorn", "--check-config --print-config -v --version"],
  ["uwsgi", "--version"],
  ["streamlit gradio chainlit", "--version", "version help hello docs"],
  ["jupyter jupyter-lab jupyter-notebook jupyterhub", "--version --paths", "list kernelspec troubleshoot"],
  ["puma unicorn thin passenger", "--version"],
  ["http-server live-server serve browser-sync json-server", "-v --version"],
  ["webpack-dev-server", "--version"],
  ["Xvfb Xvnc Xtigervnc x11vnc websockify novnc_proxy x0vncserver vncserver tigervncserver", "-version -V -help -list"],
  ["startx xinit startxfce4 xfce4-session fluxbox openbox", "-version --version -V"],
  ["chromium chromium-browser google-chrome google-chrome-stable firefox firefox-esr", "--version -version --product-version -v --dump-dom"],
  ["minio keepalived", "-v --version"],
  ["llama-server vllm-server text-generation-launcher localai tabby", "--version"],
  ["mosquitto turnserver coturn", "-h --version"],
  ["cloudflared ngrok frps frpc", "-v --version", "version help verify completion"],
  ["chromedriver geckodriver selenium-server msedgedriver", "-v -V --version"],
  ["supervisord runsvdir s6-svscan", "-v --version"],
  ["tailscaled zerotier-one openvpn", "--version"],
  ["tor", "--version --verify-config"],
];

function server(names: string, options = "", operands = ""): Utility {
  const isOne = (text: string | undefined, list: string) => text !== undefined && text !== "" && list.split(" ").includes(text);
  return {
    names: names.split(" "),
    grammar: { singleDash: true },
    effects: ({ words, name }) => {
      const texts = words.map((word) => known(word) ?? "");
      if (texts.some((text) => isOne(text.split("=")[0], `--help ${options}`)) || isOne(texts[0], operands)) return [];
      return [request("service", undefined, { name, note: note(texts) })];
    },
  };
}

function note(texts: readonly string[]): string {
  const signals = texts.some((text) => ["-s", "-k", "stop", "restart", "reload", "graceful", "graceful-stop"].includes(text));
  return signals ? "signals a server process" : "starts a server process";
}

const verbsThatLook = new Set(["status", "configtest", "config-test", "check-config", "checkconfig", "status_all", "info", "version", "describe", "help", "usage", "list"]);
const verbNotes: Readonly<Record<string, string>> = { start: "starts it", stop: "stops it", restart: "restarts it", reload: "reloads it" };

/** `service nginx restart`, `rc-service nginx restart`, `/etc/init.d/nginx restart`: the verb follows the unit. */
function unitFirst(names: string, looking: readonly string[]): Utility {
  return {
    names: names.split(" "),
    grammar: { permute: false },
    effects: ({ arguments: given }) => {
      const [unit] = given.candidates;
      if (unit === undefined || given.has(...looking)) return [];
      const verb = given.candidates[1] ?? unit;
      if (verb === unit && known(unit) !== undefined) return [];
      if (known(verb) === undefined) return [unknown(`what it does to the service is \`${show(verb)}\``, verb)];
      return verbsThatLook.has(known(verb) ?? "") ? [] : [request("service", undefined, { name: show(unit), word: verb, note: verbNotes[known(verb) ?? ""] })];
    },
  };
}

/** kill(1), pkill(1) and the like: signal 0 and the lists of signals only look; a job (`%1`) is what the same shell has started. */
function signals(names: string, what: "process" | "pattern", looking: readonly string[]): Utility {
  return {
    names: names.split(" "),
    grammar: { short: "s:n:u:U:g:G:P:t:F:o:y:", long: ["signal=", "queue=", "uid=", "euid=", "group=", "pgroup=", "parent=", "session=", "terminal=", "pidfile=", "user=", "ns="] },
    effects: ({ words, arguments: given }) => {
      if (words.length === 0 || words.some((word) => looking.includes(known(word) ?? ""))) return [];
      if (known(words[0]) === "-0" || known(given.argument("-s", "--signal", "-n")) === "0") return [];
      const targets = given.operands.filter((word) => !(known(word) ?? "x").startsWith("-"));
      if (what === "process" && targets.length > 0 && targets.every((word) => known(word)?.startsWith("%") === true)) return [];
      const name = what === "pattern" ? words.findLast((word) => !(known(word) ?? "x").startsWith("-")) : undefined;
      return [request("service", undefined, { name: name && show(name), note: "signals a process" })];
    },
  };
}

/** The rows that say: it changes services, unless one of these options is given. */
function always(names: string, unless: readonly string[] = [], more: Partial<Clause> = {}, options: Grammar = {}): Utility {
  return fromDescriptor({ names: names.split(" "), options, effects: [{ ...(unless.length > 0 ? { unless: { option: [...unless] } } : {}), action: "service", ...more }] });
}

/** The rows that say: it looks, unless one of these options is given. */
function onlyWith(names: string, when: readonly string[], options: Grammar = {}): Utility {
  return fromDescriptor({ names: names.split(" "), options, effects: [{ when: { option: [...when] }, action: "service" }] });
}

const machine: Partial<Clause> = { name: "machine", note: "stops or restarts the machine" };

const swapon = fromDescriptor({
  names: ["swapon"],
  options: { short: "o:p:L:U:d::", long: ["show=?", "options=", "priority="] },
  effects: [
    { when: { atLeast: 1 }, unless: { option: ["--show"] }, action: "service", name: { from: 0 } },
    { when: { option: ["-a", "--all", "-L", "-U"] }, action: "service" },
  ],
});

const journalctl = fromDescriptor({
  names: ["journalctl"],
  options: {
    short: "u:n:S:U:p:o:t:T:g:D:i:F:b::M:c:",
    long: [
      "unit=",
      "user-unit=",
      "lines=?",
      "since=",
      "until=",
      "priority=",
      "output=",
      "identifier=",
      "grep=",
      "directory=",
      "file=",
      "field=",
      "boot=?",
      "machine=",
      "root=",
      "namespace=",
      "facility=",
      "vacuum-size=",
      "vacuum-time=",
      "vacuum-files=",
      "cursor=",
      "after-cursor=",
      "output-fields=",
    ],
  },
  effects: [
    {
      when: {
        option: ["--vacuum-size", "--vacuum-time", "--vacuum-files", "--rotate", "--flush", "--relinquish-var", "--smart-relinquish-var", "--setup-keys", "--update-catalog"],
      },
      action: "service",
      name: "journal",
      note: "discards or moves logs",
    },
  ],
});

const coredumpctl = withSubcommands({
  names: ["coredumpctl"],
  options: { short: "n:o:F:D:S:U:A:", long: ["output=", "field=", "directory=", "since=", "until=", "debugger="] },
  commands: [
    reads("list info"),
    fromDescriptor({ names: ["dump"], effects: [{ when: { option: ["-o", "--output"] }, action: "write", path: { option: ["-o", "--output"] } }] }),
    fromDescriptor({ names: ["debug", "gdb"], effects: [{ action: "execute", name: "unclassified", note: "runs a debugger" }] }),
  ],
  otherwise: reads("*"),
});

interface WebProject {
  readonly names: string;
  readonly serves: string;
  readonly builds: string;
  readonly reads: string;
  /** What no subcommand does; default: it reads. */
  readonly bare?: "serves" | "builds";
}

/** Development servers and builders of web projects: `vite`, `next build`. */
const webProjects: readonly WebProject[] = [
  { names: "vite", serves: "dev serve preview", builds: "build optimize", reads: "help", bare: "serves" },
  { names: "next", serves: "dev start", builds: "build export lint telemetry", reads: "info", bare: "serves" },
  {
    names: "nuxt nuxi astro remix gatsby ng react-scripts vue-cli-service",
    serves: "dev start serve develop preview",
    builds: "build generate test lint",
    reads: "info telemetry help version inspect",
  },
  { names: "webpack", serves: "serve s server watch w", builds: "build b bundle", reads: "info i version v help h", bare: "builds" },
  { names: "rails", serves: "server s", builds: "test", reads: "routes about stats notes middleware initializers db:migrate:status db:version" },
  { names: "flask", serves: "run", builds: "shell", reads: "routes" },
];

function webProject(project: WebProject): Utility {
  const serving = fromDescriptor({ names: project.serves.split(" "), effects: [{ action: "service", note: "starts a server process" }] });
  const building = fromDescriptor({ names: project.builds.split(" "), effects: [{ action: "execute", name: "build", note: "runs the project's build" }] });
  return withSubcommands({
    names: project.names.split(" "),
    options: { short: "c:p:m:l:", long: ["config=", "port=", "mode=", "host=?", "base=", "logLevel="] },
    commands: [serving, building, reads(project.reads)],
    // `vite web/` serves that directory; an unlisted subcommand runs what the project defines.
    otherwise: project.bare === "serves" ? serving : building,
    ...(project.bare === undefined ? {} : { bare: project.bare === "serves" ? serving : building }),
  });
}

export const utilities: readonly Utility[] = [
  ...controls.map(control),
  ...servers.map((row) => server(...row)),
  unitFirst("service", ["--status-all"]),
  unitFirst("rc-service", ["-l", "--list", "-r", "--resolve", "-e", "--exists"]),
  unitFirst("invoke-rc.d", ["--query"]),
  signals("kill", "process", ["-l", "-L", "--list", "--table"]),
  signals("pkill killall killall5 skill snice xkill", "pattern", ["-l", "-L", "-V", "--list", "--version", "--table"]),
  swapon,
  journalctl,
  coredumpctl,
  withSubcommands({
    names: ["systemd-analyze"],
    options: { short: "H:M:", long: ["host=", "machine="] },
    commands: [changes("service", "set-log-level set-log-target log-level-set")],
    otherwise: reads("*"),
  }),
  withSubcommands({ names: ["sv"], options: { short: "w:" }, commands: [reads("status s check")], otherwise: changes("service", "*") }),
  always("s6-svc s6-svscanctl s6-rc update-rc.d"),
  fromDescriptor({ names: ["rc-update"], effects: [{ when: { atLeast: 1 }, unless: { subcommand: ["show"] }, action: "service", name: { operand: 1 } }] }),
  always("chkconfig", ["--list"], { when: { atLeast: 2 }, name: { operand: 0 } }),
  always("a2ensite a2dissite a2enmod a2dismod a2enconf a2disconf nginx_ensite nginx_dissite phpenmod phpdismod", ["-l"], { name: { from: 0 } }),
  always("reboot poweroff halt telinit init pm-suspend pm-hibernate rtcwake shutdown", ["--show"], machine),
  onlyWith("fuser", ["-k", "--kill"], { short: "n:", long: ["namespace="] }),
  onlyWith("dmesg", ["-c", "-C", "-D", "-E", "-n", "--clear", "--read-clear", "--console-off", "--console-on", "--console-level"], {
    short: "f:l:n:s:F:",
    long: ["facility=", "level=", "file=", "since=", "until=", "time-format=", "console-level=", "buffer-size=", "color=?"],
  }),
  always("swapoff"),
  always(
    "modprobe",
    ["-n", "--dry-run", "--show", "-c", "--showconfig", "--show-depends", "-D", "-V", "--show-config"],
    { name: { operand: 0 }, note: "changes kernel modules" },
    { short: "C:d:S:", long: ["config=", "dirname=", "set-version="] },
  ),
  always("insmod rmmod depmod kexec", ["-n", "--dry-run", "--show"], { note: "changes kernel modules" }),
  always("wall renice"),
  always("runsv", [], { note: "starts a server process" }),
  fromDescriptor({ names: ["pg_ctlcluster"], effects: [{ unless: { operand: ["status"] }, action: "service", name: { operand: 1 } }] }),
  ...webProjects.map(webProject),
];
