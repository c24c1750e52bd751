// Programs that control one daemon, store or cluster, from mail and names to routes, backups and sites: which of their
// subcommands look. All others change it.
import type { Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import { show } from "../syntax/word.ts";
import { holds } from "./descriptor.ts";
import { request } from "./effect.ts";
import { hopTo } from "./service.ts";
import { reached } from "./subcommand.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

interface Daemon {
  readonly names: string;
  readonly options?: Grammar;
  /** Subcommands that look: the first operands, each word a glob, divided by `, `. */
  readonly looks: string;
  /** Options with which it looks. */
  readonly asks?: string;
  /** It changes something only with one of these options. */
  readonly only?: string;
  /** Without a subcommand it changes something too; default: it looks. */
  readonly bare?: "changes";
  /** Options that name the machine it reaches. */
  readonly server?: string;
  readonly action?: Action;
}

const daemons: readonly Daemon[] = [
  { names: "postfix", looks: "status, check", options: { short: "c:D:" } },
  { names: "postmap postalias", looks: "", asks: "-q -s", options: { short: "c:q:d:" } },
  { names: "newaliases", looks: "", asks: "-v", bare: "changes" },
  { names: "postconf", looks: "", only: "-e -# -X -M# -P# -MX -PX", options: { short: "c:" } },
  { names: "postsuper", looks: "", only: "-d -h -H -r -s", options: { short: "c:d:h:H:r:" } },
  { names: "postqueue sendmail.postfix", looks: "", only: "-f -i -s -q", options: { short: "c:i:s:" } },
  { names: "exim exim4", looks: "", only: "-M -Mrm -Mg -Mf -Mt -Mes -Mar -Mset -q -qf -qff -R -Rf -S -Sf -bd -bdf", options: { singleDash: true } },
  { names: "doveadm", looks: "who, log {find,errors}, user, config, mailbox list, help, quota get, search, fetch, stats dump", options: { short: "c:o:u:" } },
  { names: "rndc", looks: "status, zonestatus, stats, recursing, nta -dump", options: { short: "b:c:k:p:s:V:y:" } },
  { names: "unbound-control", looks: "status, stats, stats_noreset, list_*, lookup, dump_cache, dump_requestlist, get_option", options: { short: "c:s:" } },
  { names: "pdnsutil", looks: "list-*, show-*, check-*, test-*, zone {list,show,check}", options: { long: ["config-name=", "config-dir="] } },
  { names: "pdns_control rec_control", looks: "list-zones, current-config, get*, ping, rping, show, status, uptime, version, dump*, top-*, help" },
  { names: "knotc", looks: "status, zone-status, zone-read, zone-check, conf-check, conf-read, conf-list, conf-get, stats", options: { short: "c:C:m:s:t:" } },
  { names: "birdc birdcl birdc6", looks: "show, dump, help", options: { short: "s:" } },
  { names: "ipsec", looks: "status, statusall, listall, list*, version, verify, look, barf, leases, --status, --version" },
  { names: "pcs", looks: "status, config, {resource,stonith,constraint,property,cluster,quorum,alert} {status,config,list,show,describe,agents,providers}, cluster verify" },
  {
    names: "crm",
    looks: "status, verify, report, history, help, configure {show,verify,graph}, {resource,node,cluster} {status,show,list,health,constraints}, ra {list,info,meta,classes}",
  },
  {
    names: "crm_resource crm_attribute crm_node",
    looks: "",
    only: "-C --cleanup -R --refresh -M --move -B --ban -U --clear -D --delete -d --delete-parameter -v --parameter-value --attr-value -F --fail -S --set-parameter --restart -p",
    options: { short: "r:n:N:v:t:l:", long: ["resource=", "name=", "node=", "attr-value=", "parameter-value="] },
  },
  {
    names: "ceph",
    looks:
      "status, health, df, -s, versions, version, features, report, log last, fsid, quorum_status, time-sync-status, {mon,mgr,mds,osd,fs,pg,auth,config,orch,crash,device,balancer,telemetry,config-key} {stat,status,dump,ls,tree,df,perf,get,show,ps,info,query,list,find,metadata,versions,blocked-by,services,ls-by-*,count-metadata,print-key,get-key,dump_*}, pg * query, osd pool {ls,get,stats,autoscale-status}, mgr module ls, orch host ls",
    asks: "-s --status -w --watch",
    options: { short: "c:n:f:i:o:", long: ["conf=", "name=", "cluster=", "format=", "id=", "keyring="] },
  },
  {
    names: "rbd rados",
    looks:
      "ls, list, info, du, df, status, showmapped, diff, snap ls, lspools, stat, {trash,group,pool} {status,ls,list,stats,info}, mirror {pool,image} {info,status}, device list",
    options: { short: "p:c:n:", long: ["pool=", "conf=", "cluster=", "format=", "image="] },
  },
  { names: "gluster", looks: "peer status, pool list, volume {info,status,list,get,top,profile}, volume heal * info, volume quota * list, snapshot {list,info,status}, help" },
  { names: "drbdadm drbdsetup", looks: "status, cstate, dstate, role, dump, dump-xml, sh-*, show, show-gi, get-gi, events2", options: { short: "c:d:" }, asks: "-d --dry-run" },
  {
    names: "varnishadm",
    looks: "status, ping, vcl.list, vcl.show, ban.list, param.show, backend.list, panic.show, storage.list, pid, banner, help",
    options: { short: "n:S:T:t:" },
  },
  {
    names: "nodetool",
    looks:
      "status, info, ring, describe*, tpstats, *stats, *histograms, gossipinfo, get*, version, list*, viewbuildstatus, statusgossip, statusbinary, statusbackup, datapaths, help",
    options: { short: "h:p:u:", long: ["host=", "port=", "username=", "password="] },
    server: "-h --host",
  },
  { names: "patronictl", looks: "list, topology, show-config, history, query, dsn, version", options: { short: "c:d:k:", long: ["config-file=", "dcs-url="] } },
  {
    names: "repmgr",
    looks: "{node,cluster} {status,check,show,matrix,crosscheck,event}, daemon status",
    asks: "--dry-run",
    options: { short: "f:h:d:U:", long: ["config-file="] },
  },
  {
    names: "vault bao",
    looks:
      "status, read, list, version, kv {get,list,metadata}, {auth,secrets,policy,audit,plugin,namespace} {list,read,info}, token lookup, lease lookup, path-help, print, operator {members,key-status,diagnose}, operator raft list-peers, login",
    server: "-address --address",
    options: { singleDash: true, long: ["address=", "token=", "format=", "field=", "mount=", "namespace="] },
  },
  { names: "kubeadm", looks: "version, token list, config {view,print,images}, certs check-expiration, upgrade {plan,diff}", asks: "--dry-run", action: "container" },
  { names: "gitlab-ctl", looks: "status, tail, show-config, service-list, diff-config, get-*, check-config, help, pg-upgrade --help, repmgr cluster show, consul health" },
  { names: "gitlab-runner", looks: "list, verify, status, help", asks: "-v --version", options: { short: "c:n:", long: ["config=", "name="] } },
  { names: "gitlab-backup", looks: "help", action: "write" },
  { names: "asterisk", looks: "", only: "-x -rx", options: { short: "C:U:G:" } },
  {
    names: "wp",
    looks:
      "* {list,get,status,version,path,search,describe,pluck,exists,is-installed,check-update,verify-checksums,size,tables,columns,prefix,has,type,info,logs,test}, cli {info,version,check-update}, core {version,is-installed,check-update,verify-checksums}, help, option get, config {get,list,path,has}, cron event list, db {size,tables,prefix,check,search}",
    asks: "--info --version",
    options: { long: ["path=", "url=", "ssh=", "user="] },
  },
  {
    names: "drush",
    looks:
      "status, st, core:status, core-status, pm:list, pml, pm:security, watchdog:show, ws, config:get, cget, config:status, cst, updatedb:status, updbst, user:information, uinf, state:get, sget, php:conf, version, list, help",
    options: { short: "r:l:", long: ["root=", "uri="] },
  },
  { names: "occ", looks: "status, list, check, help, *:list*, *:info, *:get, *:status, config:*:get, integrity:check-*, log:tail, user:lastseen" },
  { names: "pihole", looks: "status, version, -v, -q, query, -c, chronometer, -t, tail, help", asks: "-v -q -c -t -h" },
  { names: "tuned-adm powerprofilesctl", looks: "active, list, verify, recommend, profile_info, get, query-battery-aware" },
  { names: "cpupower", looks: "frequency-info, idle-info, info, monitor, powercap-info", options: { permute: false, short: "c:", long: ["cpu="] } },
  { names: "cgset cgdelete cgcreate cgclassify", looks: "", bare: "changes" },
  { names: "dkms", looks: "status, match", action: "package", options: { short: "m:v:k:a:c:" } },
  {
    names: "virt-install virt-clone virt-xml",
    looks: "",
    bare: "changes",
    asks: "--print-xml --dry-run --print-diff --osinfo --version",
    server: "-c --connect",
    options: { short: "c:n:r:o:f:", long: ["connect=", "name=", "original=", "file=", "memory=", "vcpus=", "disk=", "location=", "cdrom=", "network="] },
  },
  { names: "snapper", looks: "list, list-configs, status, diff, xadiff, get-config", options: { short: "c:r:", long: ["config=", "root="] } },
  { names: "udisksctl", looks: "status, info, dump, monitor, help" },
  { names: "netfilter-persistent", looks: "" },
  {
    names: "swanctl",
    looks: "",
    only: "-q -r -c -s -b -a -i -t -R -p -d --load-all --load-creds --load-conns --load-pools --load-authorities --initiate --terminate --rekey --redirect --install --uninstall --reload-settings",
    options: { short: "i:c:" },
  },
  { names: "exportfs", looks: "", only: "-a -r -u -f -o -i", options: { short: "o:" } },
  { names: "smbpasswd pdbedit", looks: "", asks: "-L --list -h", bare: "changes", options: { short: "U:r:u:" } },
  { names: "smbcontrol", looks: "* ping, * pool-usage, * num-children, * debuglevel" },
  {
    names: "samba-tool",
    looks: "* list, * show, * info, * getpassword, testparm, drs showrepl, dbcheck, domain level show, fsmo show, dns query, time, processes",
    asks: "-V --version",
  },
  { names: "ldapadd ldapmodify ldapdelete ldapmodrdn ldappasswd slapadd slapmodify", looks: "", asks: "-n", bare: "changes", options: { short: "H:h:p:D:w:y:f:b:s:S:a:F:" } },
  { names: "cloud-init", looks: "status, query, analyze, schema, features, devel", asks: "--version" },
  { names: "etckeeper", looks: "list-installed, vcs, unclean", action: "write" },
  { names: "mysql_secure_installation mysql_upgrade mariadb-upgrade mysql_install_db mariadb-install-db mysql_tzinfo_to_sql", looks: "", bare: "changes", asks: "--version" },
  {
    // A backup goes elsewhere, and changes nothing here.
    names: "restic kopia",
    looks: "snapshots, snapshot {list,verify}, ls, list, stats, check, diff, find, cat, dump, show, version, backup, snapshot create, repository status, policy {list,show}",
    asks: "--dry-run -n",
    action: "write",
    options: { short: "r:o:p:", long: ["repo=", "password-file=", "target=", "tag=", "host="] },
  },
  {
    names: "borg",
    looks: "list, info, check, diff, create, version, key export, config --list",
    asks: "--dry-run -n --version",
    action: "write",
    options: { short: "P:a:C:", long: ["prefix=", "glob-archives=", "compression=", "exclude=", "rsh=", "repo="] },
  },
];

function wordsIn(text: string | undefined): string[] {
  return (text ?? "").split(" ").filter((word) => word !== "");
}

function fromDaemon(daemon: Daemon): Utility {
  const { names, options = {}, server, action = "service" } = daemon;
  const looks = daemon.looks.split(", ").filter((each) => each !== "");
  const asks = ["--help", ...wordsIn(daemon.asks)];
  const hops = server === undefined ? undefined : hopTo(...wordsIn(server));
  return {
    names: wordsIn(names),
    grammar: options,
    ...(hops === undefined ? {} : { transport: "optional" }),
    effects: (invocation) => reached(hops?.([invocation.arguments]) ?? [], changing(daemon, looks, asks, invocation) ? [change(invocation, action)] : []),
  };
}

function changing({ only, bare }: Daemon, looks: string[], asks: string[], invocation: Invocation): boolean {
  if (holds({ option: asks }, invocation) || (looks.length > 0 && holds({ subcommand: looks }, invocation))) return false;
  return only === undefined ? bare === "changes" || holds({ atLeast: 1 }, invocation) : holds({ option: wordsIn(only) }, invocation);
}

function change({ arguments: given, name }: Invocation, action: Action): Effect {
  const [verb] = given.operands;
  return request(action, undefined, { name: verb === undefined ? name : `${name} ${show(verb)}`, word: verb, note: `changes what \`${name}\` controls` });
}

export const utilities: readonly Utility[] = daemons.map(fromDaemon);
