# What every shim does: has this call judged with its real arguments and variables, then becomes the utility. Sourced by
# the .shim file of a directory of shims, which sets autobot_root, autobot_usual, autobot_confined, autobot_shims and an
# empty autobot_target; and by those that stand over the utility autobot_target (docs/adr/0013), which set autobot_names,
# autobot_real and autobot_links as well. All are set: none may come from the environment.
shopt -u checkwinsize
# Called with standard error closed, bash leaves the shim open in its place.
[[ /dev/fd/2 -ef $0 ]] && exec 2>&-
autobot_name=${0##*/} autobot_called=${0##*/}

# The first in PATH behind the last directory of shims, ours or another installation's; where there is none, the first.
autobot_find_utility() {
  local entry file first= rest=${PATH-}:
  autobot_utility=
  while [[ -n $rest ]]; do
    entry=${rest%%:*}
    rest=${rest#*:}
    file=${entry:-.}/$autobot_name
    [[ -f $file && -x $file ]] || continue
    if [[ -e ${entry:-.}/.autobot-sh || $file -ef $0 ]]; then
      first=${first:-$autobot_utility}
      autobot_utility=
    else
      autobot_utility=${autobot_utility:-$file}
    fi
  done
  autobot_utility=${autobot_utility:-$first}
  [[ -n $autobot_utility ]]
}

# The real file behind a shim that stands over it: by the path it was called by, because what it is a script or a link to
# may go by that; else by its name. Any other name, of a link or a copy of the shim, means the file itself.
autobot_find_real() {
  local path=$0
  [[ $path == /* ]] || path=$PWD/$path
  [[ $autobot_names == *" $autobot_called "* ]] || autobot_name=${autobot_target##*/}
  for autobot_utility in "$autobot_real$path" "$autobot_links/$autobot_called" "$autobot_real$autobot_target"; do
    [[ $autobot_utility -ef $autobot_real$autobot_target ]] && return
  done
  autobot_fail "the real \`$autobot_called\` is not where \`runtime: strict\` has put it" 'start autobot-sh again'
}

# Whether the file is a shim that stands over a utility: it has the call judged itself.
autobot_stands_over() {
  local first second
  { IFS= read -r -n 80 first && IFS= read -r -n 80 second; } <"$1" && [[ $first == '#!/bin/bash -p' && $second == '# autobot-sh stands over'* ]]
} 2>/dev/null

# True of words that hold no remote name (`host:path`, a URL).
autobot_without_colon() {
  local IFS=' '
  [[ $* != *:* ]]
}

autobot_none_match() {
  local pattern=$1 word
  shift
  for word; do
    [[ $word == $pattern ]] && return 1
  done
  return 0
}

# True of a call that stays on this machine for certain. Whatever is not understood here is judged: a wrong "no" costs
# the start of node, a wrong "yes" would be a way round.
autobot_is_local() {
  case $autobot_name in
    git)
      while [[ ${1-} == --no-pager || ${1-} == -[pP] || (${1-} == -C && $# -gt 1) ]]; do
        [[ $1 == -C ]] && shift
        shift
      done
      [[ ${1-} == @(help|version|--version) || ${1-} == +([a-z-]) && $autobot_confined == *" $1 "* ]]
      ;;
    docker | podman)
      [[ -z ${DOCKER_HOST-}${DOCKER_CONTEXT-}${DOCKER_CONFIG-}${CONTAINER_HOST-}${CONTAINER_CONNECTION-}${CONTAINERS_CONF-} ]] || return 1
      autobot_none_match '-@(H|-host|-context|-config|-url|-connection|-remote)*' "$@" || return 1
      case ${1-} in
        diff | events | history | images | info | inspect | kill | logs | pause | port | ps | rename | restart | rm | rmi | start | stats | stop | tag | \
          top | unpause | version | wait | --version) ;;
        *) return 1 ;;
      esac
      autobot_reaches_here
      ;;
    docker-compose)
      [[ -z ${DOCKER_HOST-}${DOCKER_CONTEXT-}${DOCKER_CONFIG-} ]] || return 1
      autobot_none_match '-@(H|c|-host|-context|-config)*' "$@" || return 1
      case ${1-} in
        config | images | logs | ps | restart | start | stop | top | version | --version) ;;
        *) return 1 ;;
      esac
      autobot_reaches_here
      ;;
    rsync | scp | hpnscp) autobot_without_colon "$@" ;;
    ssh) [[ $# -eq 1 && $1 == -V ]] ;;
    systemctl | loginctl | busctl | portablectl) autobot_none_match '-@(H|M|-host|-machine|[!-]*[HM])*' "$@" ;;
    vim | vi | nvim | ex | view | gvim | vimdiff | rvim | rview | vim.* | emacs | emacsclient) autobot_without_colon "$@" && autobot_none_match '[-+]*' "$@" ;;
    code | codium | cursor) autobot_without_colon "$@" && autobot_none_match '*remote*' "$@" ;;
    redis-cli | valkey-cli | keydb-cli | psql | mysql | mariadb) [[ ${1-} == --version ]] ;;
    sudo | doas | pkexec | runuser | chroot | nsenter | unshare | systemd-run) autobot_runs_nothing_else "$@" ;;
    curl) autobot_none_match '@(*@(ftp|scp|FTP|SCP|:237)*|-@([!-]*[TKQ]|[TKQ]|-upload-file|-config|-quote)*)' "$@" ;;
    *) [[ $# -eq 1 && $1 == --version ]] ;;
  esac
}

# True of words that are plain, and among which is no shim's name, nor a program that runs others.
autobot_runs_nothing_else() {
  local word
  for word; do
    [[ $word == *[!A-Za-z0-9_@%+=:,./-]* || -e $autobot_shims/${word##*/} ]] && return 1
    case ${word##*/} in
      *.* | -i | -s | *[iks]sh | bash | dash | sh | zsh | env | xargs | find | make | python* | perl* | ruby* | node | php* | awk | expect | timeout | nohup | '') return 1 ;;
    esac
  done
  return 0
}

# docker's own configuration names no other engine. https://docs.docker.com/engine/manage-resources/contexts/
autobot_reaches_here() {
  local text=
  [[ -r ${HOME-}/.docker/config.json ]] && IFS= read -r -d '' text <"$HOME/.docker/config.json"
  [[ $text != *currentContext* ]] || return 1
  [[ $autobot_name != podman || ! -e ${XDG_CONFIG_HOME:-${HOME-}/.config}/containers/podman-connections.json && ! -e ${XDG_CONFIG_HOME:-${HOME-}/.config}/containers/containers.conf ]]
}

autobot_fail() {
  printf 'autobot-sh: %s; nothing was run\n  %s\n' "$1" "$2" >&2
  exit 125
}

# bash sets PWD, OLDPWD and SHLVL where the caller did not, and gives away its own SHELLOPTS and BASHOPTS.
autobot_restore_environment() {
  local entry name
  local -A given=()
  autobot_prefix=()
  while IFS= read -r -d '' entry; do
    name=${entry%%=*}
    case $name in
      SHELLOPTS | BASHOPTS | SHLVL) autobot_prefix+=("$entry") ;;
      PWD | OLDPWD) given[$name]=1 ;;
    esac
  done <"/proc/$$/environ"
  [[ ${given[PWD]-} ]] || export -n PWD
  [[ ${given[OLDPWD]-} ]] || export -n OLDPWD
  if [[ ${autobot_prefix[*]} != *SHLVL=* ]]; then export -n SHLVL; fi
}

autobot_become() {
  [[ -n $autobot_target && -u $autobot_utility && $EUID != 0 ]] &&
    autobot_fail "\`$autobot_called\` cannot work here: \`runtime: strict\` lets no program become another user" 'run it outside, or have `runtime: on`'
  if [[ $SHLVL == 1 || ${SHELLOPTS@a}${BASHOPTS@a} == *x* ]]; then
    autobot_restore_environment
    # Both are read-only in this shell.
    if [[ ${autobot_prefix[*]} == *OPTS=* ]]; then
      exec /usr/bin/env -u SHELLOPTS -u BASHOPTS "${autobot_prefix[@]}" "$autobot_utility" "$@"
    fi
  fi
  exec -a "$autobot_called" "$autobot_utility" "$@"
}

# A session on another host whose lines are judged: its program stands between the terminal and the utility.
autobot_guard() {
  if [[ ! -t 1 ]]; then
    printf 'autobot-sh: notice: the lines of this shell are not judged, because its output is not a terminal\n' >&2
    autobot_become "$@"
  fi
  autobot_keep_node
  autobot_start=("$autobot_node" --v8-pool-size=0 --preserve-symlinks-main "$autobot_root/dist/session.cjs" remote "$autobot_utility" "$autobot_called") autobot_options=() autobot_words=("$@")
  . "$autobot_root/libexec/attend.bash"
}

if [[ -n $autobot_target ]]; then
  autobot_find_real
elif ! autobot_find_utility; then
  printf 'autobot-sh: %s: command not found\n' "$autobot_name" >&2
  exit 127
fi
[[ -z $autobot_target ]] && autobot_stands_over "$autobot_utility" && autobot_become "$@"
[[ -n $autobot_usual ]] && autobot_is_local "$@" && autobot_become "$@"

[[ -r $autobot_root/libexec/node.bash ]] || autobot_fail "cannot read \`$autobot_root/libexec/node.bash\`" 'install autobot-sh again'
. "$autobot_root/libexec/node.bash"
autobot_find_node || autobot_fail 'cannot find node, which judges the command' 'set AUTOBOT_NODE to its absolute path'
autobot_judge call "$autobot_name" "$@"
case $autobot_status:$autobot_answer in
  0:permit) autobot_become "$@" ;;
  0:guard) autobot_guard "$@" ;;
  12[56]:*) exit "$autobot_status" ;;
  *) autobot_fail "the judge failed with status $autobot_status" 'install autobot-sh again' ;;
esac
