#!/bin/bash -p
# Becomes a program in a mount namespace where shims stand over the real utilities (docs/adr/0013). bwrap makes the
# namespace and is gone before the program starts: this process enters it, and stays the one that the caller started.
#   strict.bash DIRECTORY NAME PROGRAM [WORD…] -- [WORD…]
# DIRECTORY is src/run/strict.ts's; PROGRAM sees NAME as its own, and all words but the `--`.
shopt -u checkwinsize
# Called with standard error closed, bash leaves this file open in its place.
[[ /dev/fd/2 -ef $0 ]] && exec 2>&-
# None of these may come from the environment.
autobot_root=${0%/*}/.. autobot_options=() autobot_users= autobot_closed=

autobot_fail() {
  printf 'autobot-sh: %s; nothing was run\n  %s\n' "$1" "$2" >&2
  exit 125
}

# bash -p has ignored the caller's, and would export its own. Those that would act on this script become autobot_options.
autobot_keep_options() {
  [[ ${SHELLOPTS@a}${BASHOPTS@a} == *x* ]] && . "$autobot_root/libexec/shellopts.bash"
}

# Not by PATH: another bwrap could make no namespace, and say that it had.
autobot_find_program() {
  local directory
  for directory in /usr/bin /bin /usr/local/bin /run/current-system/sw/bin; do
    autobot_program=$directory/$1
    [[ -f $autobot_program && -x $autobot_program ]] && return
  done
  autobot_fail "the policy wants \`runtime: strict\`, and \`$1\` is not installed" "install $2, or have \`runtime: on\`"
}

autobot_make_namespace() {
  local place target pid
  { IFS= read -r place && IFS= read -r target; } <"$1/place" || autobot_fail "cannot read \`$1/place\`" 'remove its directory: it is made again'
  [[ -e $place || -L $place ]] || command -p mkdir -m 700 -- "$place" 2>/dev/null || autobot_fail "\`$place\` cannot be made" 'see that `/dev/shm` is there and can be written'
  [[ -O $place && -d $place && ! -L $place ]] || autobot_fail "\`$place\` is not a directory of yours" 'remove it'
  autobot_find_program bwrap bubblewrap
  # Its words come by a descriptor. What it says instead of a process's number is why it cannot.
  coproc autobot_holder { cd / && exec "$autobot_program" --args 9 -- /bin/sh -c 'echo $$; read -r line' 9<"$1/mounts" 2>&1; }
  IFS= read -r pid <&"${autobot_holder[0]}"
  [[ $pid == [1-9]* && $pid != *[!0-9]* ]] ||
    autobot_fail "\`bwrap\` cannot make what \`runtime: strict\` needs: ${pid:-it says nothing}" 'allow user namespaces here, with bubblewrap 0.5 or newer, or have `runtime: on`'
  exec {autobot_mounts}<"/proc/$pid/ns/mnt" || autobot_fail 'cannot open the namespace of `runtime: strict`' 'see that /proc is mounted'
  if ! [[ /proc/$pid/ns/user -ef /proc/self/ns/user ]]; then
    exec {autobot_users}<"/proc/$pid/ns/user" || autobot_fail 'cannot open the namespace of `runtime: strict`' 'see that /proc is mounted'
  fi
  # The namespaces last as long as they are open here; of their makers nothing is left to be seen.
  eval "exec ${autobot_holder[1]}>&- ${autobot_holder[0]}<&-"
  wait "$autobot_holder_PID"
}

# The files behind the current directory's name are other mounts now.
autobot_return_to() {
  local before=${OLDPWD-} had=${OLDPWD+set}
  cd -L -- "$1" 2>/dev/null || autobot_fail "\`$1\` cannot be reached behind \`runtime: strict\`" 'start from a directory that is there, and that you may enter by its name'
  if [[ $had ]]; then OLDPWD=$before; else unset OLDPWD; fi
}

if [[ $1 == --entered ]]; then
  eval "exec $2<&- ${3:+$3<&-}"
  { IFS= read -r autobot_line && IFS= read -r autobot_line; } <"$6/place"
  [[ -z $autobot_line || $autobot_line -ef $6/0 ]] || autobot_fail '`runtime: strict` is not in force behind `bwrap`' 'see that bubblewrap is what is installed as `bwrap`'
  autobot_return_to "$4"
  autobot_options=($5) autobot_called=$7 autobot_program=()
  shift 7
  while [[ $1 != -- ]]; do
    autobot_program+=("$1")
    shift
  done
  autobot_keep_options
  exec -a "$autobot_called" "${autobot_program[@]}" "${autobot_options[@]}" "${@:2}"
fi

# bash would leave a pipe of its own where standard error was closed.
[[ -e /dev/fd/2 ]] || autobot_closed=1
autobot_make_namespace "$1"
[[ -n $autobot_closed ]] && exec 2>&-
autobot_find_program nsenter util-linux
autobot_enter=("$autobot_program" "--mount=/proc/self/fd/$autobot_mounts")
[[ -n $autobot_users ]] && autobot_enter+=("--user=/proc/self/fd/$autobot_users" --preserve-credentials)
# Tried first: once it has this process's place, its failure would be taken for the command's.
autobot_said=$("${autobot_enter[@]}" -- /bin/bash -p -c : 2>&1) || autobot_fail "\`nsenter\` cannot enter what \`runtime: strict\` needs: $autobot_said" 'allow setns(2) here, or have `runtime: on`'
autobot_keep_options
exec "${autobot_enter[@]}" -- /bin/bash -p "$0" --entered "$autobot_mounts" "$autobot_users" "$PWD" "${autobot_options[*]}" "$@"
