// The catalogue of utilities that only look, or touch nothing but the shell that runs them. What stands here without a
// clause is trusted where a policy permits only reading: list nothing there of which an option could change something.
import { reads } from "./subcommand.ts";
import type { Utility } from "./utility.ts";

/** By what they look at. */
const looking: Readonly<Record<string, string>> = {
  // POSIX XCU 2.14 and bash(1), then zsh's own: they change nothing but the shell itself.
  shell:
    ": true false test [ echo printf pwd cd pushd popd dirs read readarray mapfile shift return exit break continue let local declare typeset readonly export unset set getopts trap bind shopt complete compgen compopt times fg bg disown jobs wait ulimit umask alias unalias logout type caller help history suspend",
  zsh: "print whence where integer float functions setopt unsetopt autoload zle bindkey zstyle vared rehash unhash limit unlimit compinit compdef promptinit",
  text: "cat tac head tail grep egrep fgrep pcregrep pcre2grep zegrep zfgrep zgrep bzgrep xzgrep zstdgrep zcat bzcat xzcat lzcat zstdcat lz4cat zcmp zdiff bzcmp bzdiff bzegrep bzfgrep xzcmp xzegrep xzfgrep lzgrep lzegrep lzfgrep lzcmp lzdiff rgrep json_pp readtags ag ugrep wc cut tr nl rev paste join column fold fmt expand unexpand comm cmp diff diff3 colordiff wdiff look tsort pr strings od hexdump hd col colrm colcrt ul multitail ccze jless csvlook csvcut csvgrep csvstat csvsort gron envsubst gettext ngettext base32 basenc ansi2txt",
  pagers: "more most pg zmore bzmore lv moar glow pager sensible-pager xzmore lzmore lesspipe lessecho",
  files:
    "sync fincore filefrag findfs dircolors basename dirname readlink realpath pathchk getfacl getfattr getcap lsattr ls dir vdir exa eza lsd stat namei du df dust duf findmnt mountpoint md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum b3sum shasum md5 cksum sum xxhsum xxh64sum xxh128sum crc32 locate plocate mlocate which whereis quota repquota inotifywatch fswatch isutf8 mimetype",
  users: "id whoami who w users groups last lastb lastlog logname finger pinky lslogins getent tty",
  processes:
    "ps pgrep pidof pstree pwdx pmap lsof uptime free vmstat iostat mpstat sadf nproc lsipc ipcs slabtop top htop btop bpytop gtop iotop iftop nethogs bmon nload tload nvtop gpustat rocminfo runlevel vm_stat pidwait pslog prtstat jps jstack jstat",
  hardware:
    "lscpu lsblk lspci lsusb lsmod lsmem lsscsi lsns lslocks lsirq lsfd modinfo biosdecode acpi cpuid blkid pvs vgs lvs pvdisplay vgdisplay lvdisplay numastat vainfo glxinfo clinfo dumpe2fs xdpyinfo xprop xwininfo xlsclients",
  system:
    "uname arch lsb_release hostid getconf locale dnsdomainname uuidgen mcookie neofetch fastfetch screenfetch virt-what systemd-cgls systemd-cgtop systemd-detect-virt systemd-path systemd-delta systemd-escape systemd-id128 sw_vers system_profiler sestatus getenforce getsebool aa-status aa-enabled ausearch aureport mailq ipcalc sipcalc lsinitrd lsinitramfs tzselect zdump ischroot getopt getpcaps pkaction pkcheck pkg-config pkgconf fc-list fc-match fc-query a2query dbus-monitor manpath",
  network:
    "ping ping4 ping6 fping traceroute tracepath mtr whois arping traceroute6 tracepath6 tcptraceroute dig kdig delv drill doggo nslookup host netstat routel iwlist ntpq ntpstat nstat rtstat lnstat",
  calculation: "seq sleep yes expr bc cal ncal factor numfmt",
  terminal: "tput clear reset stty tset infocmp toe tabs cowsay figlet lolcat fortune banner notify-send dialog whiptail",
  documentation: "apropos whatis tldr ri",
  programs: "readelf objdump nm ldd size addr2line c++filt tokei shellcheck yamllint",
  // What somebody is told, on the host's terminals or in its log, is no change to it.
  messages: "logger",
};

export const utilities: readonly Utility[] = Object.values(looking).map((names) => reads(names));
