# What the person's zsh loads before its own start-up files (docs/adr/0015). Each line that zsh has read goes to the session
# that started it, and zsh runs it only with its answer. Sourced by libexec/zsh/.zshenv, with autobot_session (a directory),
# autobot_parent and autobot_root.
#
# Every name in here stays in the person's shell, and begins with __autobot_. Aliases are off while it is read.

typeset -gr __autobot_session=$autobot_session __autobot_parent=$autobot_parent __autobot_root=$autobot_root
typeset -g __autobot_path= __autobot_verdict= __autobot_directory= __autobot_said= __autobot_text= __autobot_names=
typeset -ga __autobot_words=()
typeset -gi __autobot_count=0
unset autobot_session autobot_parent autobot_root

__autobot_reachable() {
  [[ -p $__autobot_session/ask && -p $__autobot_session/answer ]] && builtin kill -0 $__autobot_parent
}

# A record to the session: NUL NUL, fields that each begin with a letter, `.`.
__autobot_send() {
  __autobot_reachable && builtin printf '%s\0' '' '' "$@" . 9<>$__autobot_session/ask >&9
}

# The answer to question $1. Those to others, who were interrupted, are passed over.
__autobot_receive() {
  local IFS=$'\x1f' __autobot_id
  while builtin read -r -d '' -t 20 __autobot_id __autobot_verdict __autobot_directory __autobot_said __autobot_text <>$__autobot_session/answer; do
    [[ $__autobot_id == $1 ]] && return 0
  done
  return 1
}

# Tells the session what it wants to know, until it has decided. Status 0: the line may run.
__autobot_settle() {
  while __autobot_receive $1; do
    [[ -n $__autobot_said ]] && builtin printf '%s' $__autobot_said >/dev/tty
    case $__autobot_verdict in
      (yes) return 0 ;;
      (tell) __autobot_tell $1 || return 1 ;;
      (*) return 1 ;;
    esac
  done
  __autobot_unanswered
}

__autobot_unanswered() {
  builtin printf 'autobot-sh: no answer from the session; nothing was run\n  leave this shell with ^D\n' >/dev/tty
  return 1
}

# What the session has asked for by name: `alias NAME=TEXT`, `function NAME=` with its code, `value NAME=VALUE` of plain
# variables.
__autobot_tell() {
  local __autobot_name __autobot_list=
  for __autobot_name in ${(s: :)__autobot_text}; do
    (( $+aliases[$__autobot_name] )) && __autobot_list+="alias $__autobot_name=$aliases[$__autobot_name]"$'\x1f'
    (( $+functions[$__autobot_name] )) && __autobot_list+="function $__autobot_name=$__autobot_name () {"$'\n'"$functions[$__autobot_name]"$'\n}\x1f'
  done
  for __autobot_name in ${(s: :)__autobot_directory}; do
    [[ ${(tP)__autobot_name} == (scalar|integer)* ]] && __autobot_list+="value $__autobot_name=${(P)__autobot_name}"$'\x1f'
  done
  __autobot_send ktold p$1 "l$__autobot_list"
}

# zsh does not run what it has read while an interrupt is pending, whatever the person has made of signals: so it is with
# every way out of here but one (zshmisc(1), TRY_BLOCK_INTERRUPT).
__autobot_preexec() {
  { builtin emulate -L zsh; builtin setopt no_xtrace no_verbose; builtin trap - DEBUG ZERR } 2>/dev/null
  local __autobot_ok=0
  {
    __autobot_ask "$1" "$3" 2>/dev/null && __autobot_ok=1
  } always {
    (( __autobot_ok )) || TRY_BLOCK_INTERRUPT=1
  }
}

# $1: the line as typed, history expanded; $2: as zsh has understood it, aliases expanded.
__autobot_ask() {
  local __autobot_id=$$${(l:6::0:)$(( ++__autobot_count ))}
  __autobot_verdict=
  __autobot_keep
  # Without it an interrupt cannot be left pending.
  [[ ${(t)TRY_BLOCK_INTERRUPT} == *readonly* ]] && __autobot_lost
  __autobot_take_names "$1 $2"
  if (( $__autobot_words[(Ie)fc] || $__autobot_words[(Ie)r] )); then
    # What `fc -pa` does ends with the function that it stands in.
    (( $+functions[fc] || $__autobot_words[(I)-*p*a*|-*a*p*] )) || functions[fc]='__autobot_fc "$@"'
    (( $+functions[r] )) || functions[r]='__autobot_fc -e - "$@"'
  fi
  __autobot_send ktyped p$__autobot_id sn "t$1" "x$2" "w$PATH" "d$__autobot_names" || __autobot_unanswered || return 1
  __autobot_settle $__autobot_id
}

# The words of a text, and those of them that are aliases or functions.
__autobot_take_names() {
  local __autobot_name
  __autobot_words=(${(us: :)1//[^A-Za-z0-9_@%+:,.!?-]/ }) __autobot_names=
  for __autobot_name in $__autobot_words; do
    (( $+aliases[$__autobot_name] || $+functions[$__autobot_name] )) && __autobot_names+=" $__autobot_name"
  done
}

# The gate is of no use: the session ends, and nothing goes on until then.
__autobot_lost() {
  __autobot_send klost p$$ lgate && __autobot_receive 0
  builtin kill -KILL $$
}

# `fc` and `r`, while a line runs that has such a word: what they repeat, or an editor has written, is judged as if it had been
# typed. No option is set in here, because the commands that are repeated run in here.
__autobot_fc() {
  local __autobot_editor=${FCEDIT:-${EDITOR:-vi}} __autobot_letters
  local -a __autobot_given __autobot_options
  __autobot_given=("$@") __autobot_options=()
  while [[ ${1-} == -[A-Za-z]* ]]; do
    __autobot_letters=${1#-}
    shift
    while [[ -n $__autobot_letters ]]; do
      case $__autobot_letters in
        ([lpPRWA]*) builtin fc "${__autobot_given[@]}"; return ;;
        (s*) __autobot_editor=- __autobot_letters=${__autobot_letters#s} ;;
        (e?*) __autobot_editor=${__autobot_letters#e} __autobot_letters= ;;
        (e) __autobot_editor=${1-} __autobot_letters=; shift ;;
        ([mt]) __autobot_options+=("-$__autobot_letters" "${1-}") __autobot_letters=; shift ;;
        ([mt]*) __autobot_options+=("-$__autobot_letters") __autobot_letters= ;;
        (*) __autobot_options+=("-${__autobot_letters%"${__autobot_letters#?}"}") __autobot_letters=${__autobot_letters#?} ;;
      esac
    done
  done
  builtin fc -e __autobot_edit "${__autobot_options[@]}" "$@"
}

# fc runs what is in the file afterwards, unless this fails.
__autobot_edit() {
  [[ $__autobot_editor == - ]] || builtin eval "$__autobot_editor \"\$1\"" || return
  __autobot_judge "$(<"$1")"
}

# Status 0: the text may run.
__autobot_judge() {
  { builtin emulate -L zsh; builtin setopt no_xtrace no_verbose } 2>/dev/null
  local __autobot_id=$$${(l:6::0:)$(( ++__autobot_count ))}
  __autobot_take_names "$1"
  __autobot_send ktext p$__autobot_id sn "t$1" "w$PATH" "d$__autobot_names" || __autobot_unanswered || return 1
  __autobot_settle $__autobot_id
}

# Before each prompt: everything that the gate rests on is put back, and the session hears of it.
__autobot_precmd() {
  { builtin emulate -L zsh; builtin setopt no_xtrace no_verbose; builtin trap - DEBUG ZERR } 2>/dev/null
  local __autobot_id=$$${(l:6::0:)$(( ++__autobot_count ))}
  builtin enable printf read kill 2>/dev/null
  [[ $functions[fc] == *__autobot_fc* ]] && builtin unfunction fc
  [[ $functions[r] == *__autobot_fc* ]] && builtin unfunction r
  __autobot_keep
  __autobot_directory= __autobot_said=
  if [[ -n $__autobot_was || $PATH != $__autobot_path ]]; then
    __autobot_send kchanged p$__autobot_id "l$__autobot_was" "w$PATH" 2>/dev/null && __autobot_receive $__autobot_id 2>/dev/null
    [[ -n $__autobot_said ]] && builtin printf '%s' $__autobot_said >/dev/tty
  else
    __autobot_send kprompt p$__autobot_id 2>/dev/null
  fi
  __autobot_was=
  # The shims come first in PATH, and bash scripts put them there again (docs/adr/0012).
  if [[ -n $__autobot_directory ]]; then
    PATH=$__autobot_directory
    if [[ $BASH_ENV != */autobot-sh/shims/*/.bash-env* ]]; then
      builtin unset AUTOBOT_SH_BASH_ENV
      [[ -n $BASH_ENV ]] && builtin export AUTOBOT_SH_BASH_ENV=$BASH_ENV
    fi
    builtin export BASH_ENV=${PATH%%:*}/.bash-env
  fi
  __autobot_path=$PATH
  if [[ -z $__autobot_bound ]]; then
    local __autobot_keys
    __autobot_bound=1
    builtin zle -N __autobot_recall
    for __autobot_keys in emacs viins vicmd; do builtin bindkey -M $__autobot_keys '\e[7777~' __autobot_recall; done
  fi 2>/dev/null
  # After PATH: setting it empties the table. What is in there is a session when it is called.
  builtin hash bash=$__autobot_root/libexec/nested/bash zsh=$__autobot_root/libexec/nested/zsh
}

# Called for each line before anything is made of it: a third place to find out that the others were emptied.
__autobot_addhistory() {
  { builtin emulate -L zsh; builtin setopt no_xtrace no_verbose; builtin trap - DEBUG ZERR } 2>/dev/null
  __autobot_keep
  return 0
}

# On a key that the session types where a line is about to be accepted and no prompt has been heard of: the other places are gone.
__autobot_recall() {
  { builtin emulate -L zsh; builtin setopt no_xtrace no_verbose } 2>/dev/null
  __autobot_keep
  __autobot_send kseen p$$ 2>/dev/null
}

# The functions as they are in here, and their places.
__autobot_keep() {
  local __autobot_name
  for __autobot_name in ${(k)__autobot_code}; do
    [[ $functions[$__autobot_name] == $__autobot_code[$__autobot_name] ]] && continue
    __autobot_was=$__autobot_name
    functions[$__autobot_name]=$__autobot_code[$__autobot_name]
  done
  [[ $preexec_functions[1] == __autobot_preexec ]] || __autobot_was+=${${preexec_functions[(r)__autobot_preexec]}:-preexec_functions} preexec_functions=(__autobot_preexec ${preexec_functions:#__autobot_preexec})
  [[ $precmd_functions[1] == __autobot_precmd ]] || precmd_functions=(__autobot_precmd ${precmd_functions:#__autobot_precmd})
  [[ $zshaddhistory_functions[1] == __autobot_addhistory ]] || zshaddhistory_functions=(__autobot_addhistory ${zshaddhistory_functions:#__autobot_addhistory})
}

zmodload zsh/parameter
typeset -g __autobot_was= __autobot_bound=
typeset -gA __autobot_code=()
() {
  local name
  for name in reachable send receive settle unanswered tell preexec ask take_names lost fc edit judge precmd addhistory recall keep; do __autobot_code[__autobot_$name]=$functions[__autobot_$name]; done
}
typeset -gr __autobot_code
__autobot_keep
__autobot_was=
__autobot_send khello p$$
# Until the session says that there may be a shell: nothing of the person's is read before.
until __autobot_receive $$; do __autobot_reachable || exit 1; done
