// What each Ansible module does to a host, as data: the ad hoc command is judged by its module and arguments.
// Source: the module index of ansible-core and of the community collections.
import type { Action } from "../policy/request.ts";

export interface Module {
  readonly action: Action;
  /** Arguments that name the file; the first one given counts. */
  readonly path?: readonly string[] | undefined;
  /** Arguments that name what else is touched. */
  readonly name?: readonly string[] | undefined;
  /** What is touched, where no argument says so. */
  readonly thing?: string | undefined;
  /** It only looks unless one of these arguments is given. */
  readonly onlyWith?: readonly string[] | undefined;
  /** It only looks when an argument has one of these values. */
  readonly looksWhen?: Readonly<Record<string, readonly string[]>> | undefined;
  /** With one of these it changes something whatever else is said. */
  readonly unless?: readonly string[] | undefined;
  readonly note?: string | undefined;
}

/** How a module is given its command: as words, as code, as it is, as a script's name, or as words behind `command=`. */
export type CommandForm = "argv" | "shell" | "raw" | "script" | "named";

/** Modules that hand text to a shell or to the system: how their free form is read. */
export const commandModules: ReadonlyMap<string, CommandForm> = new Map([
  ["command", "argv"],
  ["win_command", "argv"],
  ["expect", "named"],
  ["shell", "shell"],
  ["win_shell", "shell"],
  ["raw", "raw"],
  ["script", "script"],
]);

/** A module that is told the state of something brings it into that state, whatever that is. */
export const managing: Module = { action: "service", name: ["name"], note: "changes what the module manages" };

interface Row extends Module {
  readonly modules: string;
}

const rows: readonly Row[] = [
  {
    action: "read",
    modules:
      "ping win_ping setup gather_facts stat win_stat fetch debug assert fail pause meta set_fact set_stats add_host group_by include_vars slurp find win_find " +
      "getent wait_for wait_for_connection service_facts package_facts mount_facts listen_ports_facts validate_argument_spec async_status ansible_version " +
      "read_csv ohai facter vars which",
  },
  {
    action: "write",
    path: ["dest", "path", "name", "destfile", "dst"],
    modules:
      "copy template file lineinfile blockinfile replace ini_file xml assemble unarchive archive tempfile git subversion hg get_url acl patch iso_extract " +
      "htpasswd sefcontext synchronize xattr win_copy win_template win_file win_lineinfile win_get_url win_unzip s3_sync maven_artifact openssl_privatekey " +
      "openssl_csr x509_certificate openssl_dhparam java_cert java_keystore known_hosts mount pamd pam_limits sudoers json_patch toml_file docker_container_copy_into",
    looksWhen: { mode: ["pull"] },
    note: "changes a file there",
  },
  {
    action: "write",
    name: ["name", "user", "group"],
    modules: "user group authorized_key win_user win_group win_user_right openssh_keypair gpg_key",
    note: "changes users or their keys",
  },
  {
    action: "package",
    name: ["name", "pkg", "package", "packages", "deb", "repo", "requirements", "path", "id"],
    modules:
      "package apt yum dnf dnf5 apk pacman zypper pkgng portage opkg homebrew homebrew_cask pip pipx npm yarn pnpm bower gem bundler composer cpanm cargo go snap " +
      "snap_alias flatpak flatpak_remote apt_repository apt_key deb822_repository yum_repository rpm_key dpkg_selections apt_rpm easy_install sysupgrade " +
      "rhsm_repository redhat_subscription win_package win_chocolatey win_feature win_updates installp svr4pkg swupd xbps layman macports openbsd_pkg pkgutil slackpkg urpmi",
    looksWhen: { list: ["installed", "updates", "available", "repos"] },
    note: "changes packages",
  },
  {
    action: "service",
    name: ["name", "service", "unit"],
    modules: "service systemd systemd_service systemctl sysvinit runit openrc win_service launchd",
    onlyWith: ["state", "enabled", "daemon_reload", "daemon-reload", "daemon_reexec", "masked", "runlevel", "force"],
    note: "changes a service",
  },
  {
    action: "service",
    name: ["name", "app", "job", "zone", "rule", "port", "key"],
    modules:
      "supervisorctl pm2 monit svc cron cronvar at win_scheduled_task hostname timezone sysctl selinux seboolean firewalld ufw iptables " +
      "nftables modprobe kernel_blacklist lvol lvg filesystem parted alternatives locale_gen interfaces_file nmcli netplan capabilities ssh_config make redis " +
      "mysql_replication postgresql_set grub win_firewall_rule win_regedit dconf crypttab swap apache2_module a2enmod",
    note: "changes the host",
  },
  { action: "service", thing: "machine", modules: "reboot win_reboot shutdown", note: "stops or restarts the machine" },
  {
    action: "service",
    name: ["name", "db", "login_user"],
    modules: "mysql_* postgresql_* mongodb_* redis_data proxysql_* rabbitmq_* influxdb_* zabbix_* grafana_* keycloak_* haproxy ipa_* ldap_* samba_* consul* vault_*",
    onlyWith: ["state", "name", "db", "user", "dn"],
    looksWhen: { state: ["dump"] },
    note: "changes what the module manages",
  },
  {
    action: "container",
    name: ["name", "project_name", "project_src", "resource_definition", "src", "release_name", "image"],
    modules: "docker_* podman_* k8s k8s_* kubernetes kubectl helm helm_* lxc_container lxd_container nomad_job oc openshift_* buildah_* containers_*",
    note: "changes containers",
  },
  {
    action: "execute",
    path: ["dest"],
    name: ["url"],
    modules: "uri win_uri",
    looksWhen: { method: ["GET", "HEAD", "OPTIONS"] },
    onlyWith: ["method", "dest"],
    unless: ["dest"],
    note: "calls an interface over HTTP",
  },
];

const byName = new Map(rows.flatMap(({ modules, ...module }) => modules.split(" ").map((name) => [name, module] as const)));
const families = [...byName].filter(([name]) => name.endsWith("*"));

/** The module's own name (`ansible.builtin.copy` → `copy`); undefined: nobody knows what it does. */
export function moduleOf(name: string): Module | undefined {
  if (/_(info|facts|ping)$/.test(name)) return { action: "read" };
  return byName.get(name) ?? families.find(([family]) => name.startsWith(family.slice(0, -1)))?.[1];
}
