// Administration of a host: disks and mounts, users, names and clocks, kernel settings, firewall and network. Listing
// reads; what changes is named, for most of it stands in files that the utilities do not name.
import type { Descriptor, Grammar } from "../policy/descriptor.ts";
import type { Action } from "../policy/request.ts";
import { known, prefix, textWord } from "../syntax/word.ts";
import { fromDescriptor, holds } from "./descriptor.ts";
import { request, write } from "./effect.ts";
import type { Effect, Invocation, Utility } from "./utility.ts";

/** A utility that changes the host, except with options or subcommands that look, or without any operand. */
interface Row {
  readonly names: string;
  readonly name: string;
  readonly note: string;
  readonly action?: Action;
  readonly options?: Grammar;
  /** Options with which it looks. */
  readonly looks?: string;
  /** First operands with which it looks. */
  readonly verbs?: string;
  /** Without an operand it looks. */
  readonly bare?: "looks";
  /** It looks unless one of these options is given. */
  readonly only?: string;
}

const disks = { name: "disks", note: "changes disks or mounts" };
const users = { name: "user database", note: "changes users or groups" };
const firewall = { name: "firewall", note: "changes the firewall", action: "service" } as const;
const network = { name: "network", note: "changes the network", action: "service" } as const;
const security = { name: "security policy", note: "changes the security policy" };

const rows: readonly Row[] = [
  { ...disks, names: "mount", looks: "-l --show-labels", bare: "looks", options: { short: "o:t:L:U:O:T:N:", long: ["options=", "types=", "source=", "target=", "fstab="] } },
  { ...disks, names: "umount mount.nfs mount.cifs fusermount fusermount3 guestmount e2label xfs_admin swaplabel", options: { short: "t:O:N:" } },
  {
    ...disks,
    names:
      "mkfs mkfs.exfat mkfs.minix mkfs.bcachefs mkfs.cramfs mkfs.erofs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mkfs.f2fs mke2fs mkswap mkdosfs",
    looks: "-n -V",
  },
  {
    ...disks,
    names: "fdisk sfdisk cfdisk gdisk sgdisk cgdisk",
    looks: "-l --list -p --print -d --dump -J --json -s --getsz -V --verify -x --list-details",
    options: { short: "o:b:t:L:C:H:S:" },
  },
  {
    ...disks,
    names:
      "lvcreate lvextend lvremove lvresize lvreduce lvrename lvchange lvconvert vgcreate vgextend vgremove vgreduce vgchange vgrename vgimport vgexport pvcreate pvremove pvresize pvmove pvchange",
    looks: "-t --test",
  },
  { ...disks, names: "resize2fs xfs_growfs growpart partprobe partx blkdiscard fstrim e4defrag xfs_repair", looks: "-P -n --no-act -l --list -s -d -N --dry-run" },
  { ...disks, names: "fsck fsck.ext2 fsck.ext3 fsck.ext4 fsck.xfs fsck.vfat fsck.minix fsck.btrfs e2fsck", looks: "-n -N" },
  { ...disks, names: "wipefs", only: "-a --all -o --offset" },
  { ...disks, names: "badblocks", only: "-n -w" },
  {
    ...disks,
    names: "iscsiadm",
    only: "-l --login -u --logout -R --rescan -o --op -s --stats -k",
    options: { short: "m:p:T:t:o:n:v:I:d:r:", long: ["mode=", "portal=", "targetname=", "type=", "op="] },
  },
  { ...disks, names: "blockdev", only: "--setro --setrw --setra --setfra --setbsz --flushbufs --rereadpt" },
  { ...disks, names: "debugfs", only: "-w", options: { short: "b:s:d:R:f:z:" } },
  { ...disks, names: "addpart delpart resizepart fsfreeze e2undo pivot_root switch_root systemd-mount systemd-umount systemd-repart", looks: "--list" },
  { ...disks, names: "losetup", looks: "-a --all -l --list -j", bare: "looks", options: { short: "o:j:O:", long: ["offset=", "sizelimit=", "associated="] } },
  {
    ...disks,
    names: "cryptsetup",
    verbs: "status luksDump isLuks luksUUID benchmark tcryptDump bitlkDump",
    options: { short: "c:h:s:d:o:p:S:i:", long: ["cipher=", "key-size=", "key-file=", "hash=", "type="] },
  },
  { ...disks, names: "quotaon quotaoff setquota edquota quotacheck" },
  { ...disks, names: "multipath dmsetup", looks: "-l -ll -d", verbs: "ls info status table deps version targets" },
  { ...users, names: "useradd adduser addgroup groupadd newusers" },
  { ...users, names: "add-shell remove-shell update-passwd update-shells shadowconfig mkhomedir_helper systemd-sysusers" },
  { ...users, names: "userdel deluser delgroup groupdel usermod groupmod groupmems chfn gpasswd chpasswd chgpasswd pwconv pwunconv grpconv grpunconv lchage luseradd" },
  { ...users, names: "chsh", looks: "-l --list-shells" },
  { ...users, names: "passwd", looks: "-S --status" },
  { ...users, names: "chage", looks: "-l --list", options: { short: "d:E:I:m:M:W:R:" } },
  { ...users, names: "faillock pam_tally2", only: "--reset -r" },
  { ...users, names: "pwck grpck", looks: "-r --read-only" },
  { names: "systemd-machine-id-setup systemd-firstboot update-locale update-mime-database update-catalog", name: "configuration", note: "changes the host's configuration" },
  {
    names: "gsettings dconf gconftool-2 xfconf-query",
    name: "desktop settings",
    note: "changes desktop settings",
    verbs: "get list-schemas list-keys list-recursively list-children range describe monitor writable read list dump help",
    bare: "looks",
  },
  {
    names: "localectl",
    name: "locale",
    note: "changes the locale",
    verbs: "status list-locales list-keymaps list-x11-keymap-models list-x11-keymap-layouts list-x11-keymap-variants list-x11-keymap-options",
    bare: "looks",
  },
  { names: "rdate sntp", name: "clock", note: "sets the clock" },
  { names: "updatedb mandb", name: "database of names", note: "rebuilds the database" },
  {
    ...firewall,
    names: "iptables ip6tables arptables ebtables",
    only: "-A -D -I -R -F -X -P -N -E -Z --append --delete --insert --replace --flush --delete-chain --policy --new-chain --new --rename-chain --zero",
    options: { singleDash: true, long: "t= table= A= D= I= R= F P= N= X E= p= s= d= j= g= i= o= m= w= match= jump= protocol= source= destination= dport= sport=".split(" ") },
  },
  { ...firewall, names: "iptables-restore ip6tables-restore iptables-apply", looks: "-t --test" },
  { ...firewall, names: "nft", verbs: "list describe monitor export", looks: "-c --check", options: { short: "f:I:D:", long: ["file=", "includepath=", "define="] } },
  { ...firewall, names: "ufw", verbs: "status show version app help", looks: "--dry-run" },
  { ...firewall, names: "ipset", verbs: "list save test version help -L -S" },
  { ...firewall, names: "conntrack", only: "-D -F -I -U --delete --flush --create --update" },
  { ...firewall, names: "csf shorewall ferm", looks: "-l -g -v", verbs: "status show version check list" },
  { ...network, names: "ifup ifdown dhclient dhcpcd wpa_supplicant ifenslave vconfig iptunnel slattach nameif" },
  { ...network, names: "wg", verbs: "show showconf genkey genpsk pubkey", bare: "looks" },
  { ...network, names: "openvpn3 wpa_cli", verbs: "status sessions-list configs-list scan_results list_networks" },
  { ...security, names: "setenforce setsebool semodule audit2allow aa-enforce aa-complain aa-disable apparmor_parser fixfiles authselect pam-auth-update", looks: "-l --list" },
  { ...security, names: "restorecon", looks: "-n" },
  { ...security, names: "semanage", looks: "-l --list -E --extract" },
];

function fromRow(row: Row): Utility {
  const looks = wordsIn(row.looks);
  const only = wordsIn(row.only);
  const verbs = new Set(wordsIn(row.verbs));
  return {
    names: wordsIn(row.names),
    grammar: row.options ?? {},
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const [verb] = given.candidates;
      if (looks.length > 0 && holds({ option: looks }, invocation)) return [];
      if (only.length > 0 && !holds({ option: only }, invocation)) return [];
      if (verb === undefined && row.bare === "looks" && !given.has("-a", "--all", "-D")) return [];
      if (verb !== undefined && verbs.has(known(verb) ?? "")) return [];
      return [request(row.action ?? "write", undefined, { name: row.name, note: row.note })];
    },
  };
}

function wordsIn(list: string | undefined): string[] {
  return (list ?? "").split(" ").filter((word) => word !== "");
}

/** `object verb …` with abbreviations: what its verbs change, by their beginnings. */
interface Objects {
  readonly names: readonly string[];
  readonly options: Grammar;
  readonly changing: readonly string[];
}

const objects: readonly Objects[] = [
  {
    names: ["ip", "bridge", "tc", "devlink", "rdma"],
    options: { permute: false, short: "f:b:B:n:l:", long: ["family=", "batch=", "netns=", "loops="], singleDash: true },
    changing: ["add", "append", "change", "chg", "delete", "del", "flush", "move", "prepend", "replace", "restore", "set", "attach", "detach", "up", "down"],
  },
  {
    names: ["nmcli"],
    options: { permute: false, short: "f:g:m:w:e:c:", long: ["fields=", "get-values=", "mode=", "wait=", "escape=", "colors="] },
    changing: [
      "up",
      "down",
      "add",
      "modify",
      "clone",
      "edit",
      "delete",
      "reload",
      "load",
      "import",
      "migrate",
      "set",
      "connect",
      "disconnect",
      "reapply",
      "reconnect",
      "on",
      "off",
      "hotspot",
      "hostname",
    ],
  },
  { names: ["brctl"], options: {}, changing: ["addbr", "delbr", "addif", "delif", "set", "stp", "hairpin"] },
];

/** ip(8), nmcli(1): the second operand says what is done to the first; `ip netns exec` runs a command. */
function fromObjects({ names, options, changing }: Objects): Utility {
  return {
    names,
    grammar: options,
    effects: (invocation) => {
      const { arguments: given } = invocation;
      const [object, verb, , command] = given.operands;
      if (known(object) === "netns" && known(verb) === "exec" && command !== undefined) return [{ does: "run", words: given.operands.slice(3) }];
      if (given.has("-b", "-batch", "--batch", "-B")) return [changesNetwork];
      const name = known(names[0] === "brctl" ? object : verb) ?? "";
      const listing = /^(?:s|sh|sho|show|l|li|ls|lis|list|get|g|help|monitor|mon|m|status|device)$/.test(name);
      return name !== "" && !listing && changing.some((each) => each.startsWith(name) || (names[0] === "brctl" && name.startsWith(each))) ? [changesNetwork] : [];
    },
  };
}

const changesNetwork: Effect = request("service", undefined, { name: network.name, note: network.note });

/** hostnamectl(1), timedatectl(1): `set-…` changes, and so does `hostname NAME`. */
const named: Utility = {
  names: ["hostnamectl", "timedatectl"],
  grammar: { short: "H:M:p:", long: ["host=", "machine=", "property="] },
  effects: ({ arguments: given, name }) => {
    const [verb, value] = given.operands;
    const text = known(verb) ?? "";
    const changes =
      /^set-|^ntp-servers$|^revert$/.test(text) || (name === "hostnamectl" && /^(?:hostname|icon-name|chassis|deployment|location)$/.test(text) && value !== undefined);
    const server = given.argument("-H", "--host");
    const hops = server === undefined ? undefined : [{ kind: "host" as const, destination: server }];
    if (!changes) return hops === undefined ? [] : [request("read", undefined, { hops })];
    return [
      request("write", undefined, {
        hops,
        name: name === "hostnamectl" ? "host name" : "clock",
        note: name === "hostnamectl" ? "renames the host" : "changes the clock or its time zone",
      }),
    ];
  },
};

/** date(1) prints, unless `-s` or an operand without `+` sets the clock. */
const date: Utility = {
  names: ["date", "gdate"],
  grammar: { short: "d:f:I::r:s:", long: ["date=", "file=", "iso-8601=?", "reference=", "set=", "rfc-3339="] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const operand = given.operands.some((word) => /^\d/.test(prefix(word)));
    return operand || holds({ option: ["-s", "--set"] }, invocation) ? [request("write", undefined, { name: "clock", note: "sets the clock" })] : [];
  },
};

/** sysctl(8): `-w`, `-p`, `--system` and `key=value` set. */
const sysctl: Utility = {
  names: ["sysctl"],
  grammar: { short: "r:p::", long: ["pattern=", "load=?"] },
  effects: (invocation) => {
    const { arguments: given } = invocation;
    const sets = holds({ option: ["-w", "--write", "-p", "-f", "--load", "--system"] }, invocation) || given.candidates.some((word) => /^[\w./*-]+=/.test(prefix(word)));
    return sets ? [request("write", undefined, { name: "kernel settings", note: "changes kernel settings" })] : [];
  },
};

/** firewall-cmd(1): options that ask begin with a few words; all others change. */
const firewallCmd: Utility = {
  names: ["firewall-cmd", "firewall-offline-cmd"],
  grammar: { long: ["zone=", "permanent"] },
  effects: ({ arguments: given }) => {
    const asks = /^--(?:list|get|query|info|path|state|check-config|version|help|permanent|zone|ipset|service|quiet|timeout|policy|helper|icmptype)(?:-|$)/;
    return given.options.some(({ name }) => !asks.test(name) && name.startsWith("--")) ? [request("service", undefined, { name: firewall.name, note: firewall.note })] : [];
  },
};

/** iptables-save(8) prints, or writes `-f`. */
const saves = fromDescriptor({
  names: ["iptables-save", "ip6tables-save"],
  options: { short: "f:M:t:", long: ["file=", "table="] },
  effects: [{ when: { option: ["-f", "--file"] }, action: "write", path: { option: ["-f", "--file"] } }],
} satisfies Descriptor);

/** parted(8) `device command`, btrfs(8) `group command`: the second operand says whether it looks. */
const second: Utility = {
  names: ["parted", "btrfs"],
  grammar: { short: "a:", long: ["align="] },
  effects: (invocation) => {
    const [, verb] = invocation.arguments.operands;
    // btrfs(8) takes its words' beginnings too: `fi us`. No other word that changes something begins so.
    const name = known(verb) ?? "";
    const looks = looking.some((word) => word === name || (name.length > 1 && word.startsWith(name)));
    return looks || verb === undefined || holds({ option: ["-l", "--list"] }, invocation) ? [] : [request("write", undefined, { name: disks.name, note: disks.note })];
  },
};

const looking = "print unit help show list df du usage status get get-default dump-super dump-tree stats show-super version".split(" ");

const bootLoader: Utility = {
  names: ["efibootmgr", "grub-reboot", "grub-set-default", "grub-editenv", "kernelstub"],
  grammar: { short: "b:o:n:t:d:p:l:L:" },
  effects: ({ arguments: given, name }: Invocation) => {
    const asks = name === "efibootmgr" ? given.options.every((option) => option.name === "-v") : known(given.operands.at(-1)) === "list";
    return asks ? [] : write(textWord("/boot"), { name: "boot loader", note: "changes how the host boots" });
  },
};

export const utilities: readonly Utility[] = [...rows.map(fromRow), ...objects.map(fromObjects), named, date, sysctl, firewallCmd, saves, second, bootLoader];
