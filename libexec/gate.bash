# What the person's bash loads, by ENV and --posix, before its own start-up files (docs/adr/0015). Each line that bash has
# read goes to the session that started it, and bash runs it only with its answer. With autobot_session, autobot_parent,
# autobot_root and what start-up files are to be read, behind the way to the session: gate-pipes.bash, or on another host
# gate-terminal.bash.
#
# Every name in here stays in the person's shell, and begins with __autobot_. Utilities are called by `builtin`, because
# any of them may be a function of the person's.

# An older one has no PS0.
if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
  builtin printf '%s\0' '' '' klost "p$$" lversion . 9<>"$autobot_session/ask" >&9
  exec sleep 20
fi

set +o posix
# POSIX mode has set both, and leaves them so.
shopt -u inherit_errexit
[[ ${MAILCHECK@a} == *x* ]] || MAILCHECK=60

# PS0: expanded when bash is about to run what it has read. The key is what __autobot_ask prints; a missing one leads to an
# expansion error, of three kinds because a person may have changed what one rests on, and bash drops what it has read.
# Before it, the hook is put back into PROMPT_COMMAND. bash before 5.1 runs only the first of that: ours is its first line then,
# and a signal, which the process that asks sends, puts it back.
declare -r __autobot_single=$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 501))
__autobot_hold=
((__autobot_single)) || __autobot_hold='${__autobot_nil[x${__autobot_hooks[x${PROMPT_COMMAND[0]+${PROMPT_COMMAND[0]:0:18}}]-${PROMPT_COMMAND[7777]:=$__autobot_after}}]-}'
declare -r __autobot_gate='${__autobot_on:+'"$__autobot_hold"'${__autobot_pass[k$({ __autobot_ask; } 3>&1 >/dev/tty 2>/dev/null)]-${FUNCNAME:=x}${__autobot_ro:=x}${__autobot_p@P}${__autobot_a[1/0]}}}'
# PS1: an alarm where the gate is not in PS0 any more, and the number that the next line will have.
declare -r __autobot_watch='${__autobot_on:+${__autobot_kept[k${PS0+${PS0:0:28}}]-$(__autobot_lost gate)}${__autobot_nil[x$((__autobot_number=\!))]-}}'
# The first and the last of PROMPT_COMMAND. In braces, because `set -x` shows nothing of what is in them then; on lines of their own,
# because bash-preexec looks there for what a DEBUG trap is called for. Before 5.1 all is one line, and bash takes the second one of
# several for one that was typed.
if ((__autobot_single)); then
  declare -r __autobot_first=__autobot_prompt __autobot_after=__autobot_again __autobot_both='__autobot_prompt && __autobot_again; '
else
  declare -r __autobot_first=$'{\n__autobot_prompt\n} 2>/dev/null' __autobot_after=$'{\n__autobot_again\n} 2>/dev/null' __autobot_both=
fi
declare -rA __autobot_pass=([kyes]='') __autobot_nil=() __autobot_hooks=(["x${__autobot_first:0:18}"]='') __autobot_kept=(["k${__autobot_gate:0:28}"]='')
declare -ra __autobot_a=(1)
declare -r __autobot_on=1 __autobot_ro= __autobot_p=x __autobot_separator=$'\x1f' __autobot_last='\!'
unset __autobot_hold
declare -r __autobot_session=$autobot_session __autobot_parent=$autobot_parent __autobot_root=$autobot_root
__autobot_control= __autobot_ignore= __autobot_controlling= __autobot_ignoring= __autobot_number=0 __autobot_path= __autobot_small= __autobot_recalling=

# A record for the session: NUL NUL, fields that each begin with a letter, `.`.
__autobot_record() {
  builtin printf '%s\0' '' '' "$@" .
}

# The line just read. In a subshell, and so without effect on the person's shell. Prints `yes` to descriptor 3, or nothing.
__autobot_ask() {
  builtin set +aeEfuvxT
  builtin trap - DEBUG ERR RETURN EXIT
  # bash expands PS0 in no function. A line editor that has taken the place of bash's own does, and runs the line after all.
  ((${#FUNCNAME[@]} <= 1 && ${#BASH_SOURCE[@]} <= 1)) || __autobot_lost editor
  local __autobot_state=o __autobot_stamp=
  [[ -o history ]] && __autobot_state+=h
  builtin shopt -q cmdhist && __autobot_state+=c
  builtin shopt -q interactive_comments && __autobot_state+=i
  [[ $__autobot_root && -o hashall && ${BASH_CMDS[bash]-} == "$__autobot_root/"* ]] && __autobot_state+=n
  if [[ ${HISTTIMEFORMAT@a} == *r* ]]; then builtin printf -v __autobot_stamp "%($HISTTIMEFORMAT)T" -1; else HISTTIMEFORMAT=; fi
  if __autobot_begin; then
    __autobot_send __autobot_line "p$BASHPID" && __autobot_settle && builtin printf yes >&3
    __autobot_end
  else
    __autobot_unanswered
  fi
  # The hook asks too: not before this process has its answer, or one would take the other's.
  ((!__autobot_single)) || [[ ${PROMPT_COMMAND-} == "$__autobot_first"* ]] || builtin kill -s RTMAX "$$"
}

__autobot_line() {
  builtin printf '%s\0' '' '' kline "$1" "s$__autobot_state" "c${HISTCONTROL-}" "i${HISTIGNORE-}" "b$__autobot_number" "w${PATH-}" "g$PWD" "f$__autobot_stamp" "a${!BASH_ALIASES[*]}" &&
    builtin printf d && builtin declare -F && builtin printf '\0t' && builtin history 1 && builtin printf '\0.\0'
}

# Tells the session what it wants to know, until it has decided. Status 0: the line may run.
__autobot_settle() {
  local __autobot_verdict __autobot_directory __autobot_said __autobot_text
  while __autobot_receive; do
    [[ $__autobot_said ]] && builtin printf '%s' "$__autobot_said" >/dev/tty
    case $__autobot_verdict in
      yes) return 0 ;;
      tell) __autobot_tell || return ;;
      *) return 1 ;;
    esac
  done
  __autobot_unanswered
  return 1
}

__autobot_unanswered() {
  builtin printf 'autobot-sh: no answer from the session; nothing was run\n  leave this shell with ^D\n' >/dev/tty
}

# What the session has asked for by name: `alias NAME=TEXT`, `function NAME=` with the function as bash prints it, and
# `value NAME=VALUE` of plain variables.
__autobot_tell() {
  __autobot_send __autobot_definitions "p$BASHPID"
}

__autobot_definitions() {
  local IFS=' ' __autobot_name
  builtin printf '%s\0' '' '' ktold "$1"
  builtin printf l
  for __autobot_name in $__autobot_text; do
    [[ ${BASH_ALIASES[$__autobot_name]+set} ]] && builtin printf 'alias %s=%s\x1f' "$__autobot_name" "${BASH_ALIASES[$__autobot_name]}"
    if builtin declare -F -- "$__autobot_name" >/dev/null; then
      builtin printf 'function %s=' "$__autobot_name"
      builtin declare -f -- "$__autobot_name"
      builtin printf '\x1f'
    fi
  done
  for __autobot_name in $__autobot_directory; do
    [[ -v $__autobot_name ]] || continue
    local -n __autobot_value=$__autobot_name
    [[ ${__autobot_value@a} == *[aA]* ]] || builtin printf 'value %s=%s\x1f' "$__autobot_name" "$__autobot_value"
    unset -n __autobot_value
  done
  builtin printf '\0.\0'
}

# The gate is of no use: the session ends, and nothing goes on until then. $1: why, as the session calls it.
__autobot_lost() {
  { __autobot_exchange klost "l$1"; } 2>/dev/null
}

# Before each prompt: everything that the gate rests on is put back, and the session hears of it. $1: `line`, not before a prompt, but
# after a line was read; `late`, once more before the same prompt.
__autobot_prompt() {
  {
    local - __autobot_status=$? __autobot_flags=$-
    builtin set +aeEfuvxT
  } 2>/dev/null
  local IFS=$' \t\n' __autobot_verdict= __autobot_directory= __autobot_said= __autobot_text= __autobot_was= __autobot_fields
  [[ ${autobot_session+set} ]] && builtin unset autobot_session autobot_parent autobot_root autobot_environment autobot_env autobot_rcfile autobot_ahead
  builtin enable enable printf read history kill trap set shopt declare bind command mapfile 2>/dev/null
  # ble.sh, which can be told before it has run a line.
  [[ ${_ble_attached-} ]] && __autobot_lost editor
  if [[ ${PS0-} != "$__autobot_gate"* ]]; then
    [[ ${PS0@a} == *r* ]] && __autobot_lost gate
    __autobot_was=PS0
    PS0=$__autobot_gate${PS0+"${PS0//"$__autobot_gate"/}"}
  fi
  [[ ${PS0@a} == *x* ]] && builtin declare -g +x PS0
  [[ ${PS1-} == *"$__autobot_watch"* || ${PS1@a} == *r* ]] || PS1+=$__autobot_watch
  builtin shopt -s promptvars cmdhist
  [[ ${PROMPT_COMMAND[0]-} == "$__autobot_first"* || ${PROMPT_COMMAND@a} == *r* ]] || __autobot_come_first
  __autobot_take_expansion 2>/dev/null
  # The session has left word that the last lines are not to stay in history as they are.
  if __autobot_owed; then __autobot_exchange kowed; fi
  __autobot_take_history
  __autobot_fields=("n${__autobot_last@P}" "c$__autobot_control" "i$__autobot_ignore" "z$__autobot_small" "l$__autobot_was" "o${__autobot_single#0}" "q${1-}")
  __autobot_directory= __autobot_said=
  if [[ $__autobot_was ]] || [[ $__autobot_root && ${PATH-} != "$__autobot_path" ]]; then
    __autobot_exchange kchanged "${__autobot_fields[@]}" "w${PATH-}"
    [[ $__autobot_said ]] && builtin printf '%s' "$__autobot_said" >/dev/tty
  else
    __autobot_send __autobot_record kprompt "p$BASHPID" "${__autobot_fields[@]}" 2>/dev/null
  fi
  __autobot_take_path
  # After PATH: setting it empties the table. What is in there is a session when it is called.
  if [[ $__autobot_root && -o hashall && ${BASH_CMDS[bash]-} != "$__autobot_root"/* ]]; then
    BASH_CMDS[bash]=$__autobot_root/libexec/nested/bash BASH_CMDS[zsh]=$__autobot_root/libexec/nested/zsh
  fi
  # bash gives each element the status of the line. Others in the same element need it from here.
  [[ $__autobot_single$__autobot_flags == 0*e* || ${PROMPT_COMMAND[0]} == "$__autobot_first" ]] || return "$__autobot_status"
}

# The last of PROMPT_COMMAND, which stays where a person sets it to a string: that is its first element. In a bash before 5.1 on
# RTMAX, which the process that asks sends. A command of that list may set PS0 each time.
__autobot_again() {
  if [[ ${PROMPT_COMMAND[0]-} != "$__autobot_first"* ]]; then
    __autobot_prompt "$@"
  elif [[ ${PS0-} != "$__autobot_gate"* ]]; then
    __autobot_prompt late
  fi
}

# On a key that the session types where a line is about to be accepted and no prompt has been heard of. Changes nothing: bash has
# what it is going to expand for this line already.
__autobot_recall() {
  local - 2>/dev/null
  { builtin set +aeEfuvxT; } 2>/dev/null
  [[ ${PROMPT_COMMAND[0]-} == "$__autobot_first"* || ${PS0-} == "$__autobot_gate"* ]] || __autobot_lost gate
  __autobot_send __autobot_record kseen "p$BASHPID" 2>/dev/null
}

# A question at a prompt, and its answer.
__autobot_exchange() {
  __autobot_begin || return
  __autobot_send __autobot_record "$1" "p$BASHPID" "${@:2}" && __autobot_receive
  __autobot_end
} 2>/dev/null

# In place, because bash is walking over the array while this runs, and behind everything else: elements are added and
# changed, none is taken out.
__autobot_come_first() {
  local __autobot_others=() __autobot_each __autobot_index=1
  if ((__autobot_single)); then
    # `&&`: the status is for the person's own part, and not for `set -e` and an ERR trap.
    __autobot_each=${PROMPT_COMMAND//"$__autobot_both"/}
    __autobot_each=${__autobot_each//__autobot_prompt/:}
    PROMPT_COMMAND=$__autobot_first
    [[ $__autobot_each == ?(:) ]] || PROMPT_COMMAND=$__autobot_both$__autobot_each
    return
  fi
  for __autobot_each in "${PROMPT_COMMAND[@]}"; do
    __autobot_each=${__autobot_each//"$__autobot_first"/:}
    __autobot_each=${__autobot_each//__autobot_prompt/:}
    [[ $__autobot_each == @(:|"$__autobot_after"|) ]] || __autobot_others+=("$__autobot_each")
  done
  for __autobot_each in "${!PROMPT_COMMAND[@]}"; do PROMPT_COMMAND[__autobot_each]=; done
  PROMPT_COMMAND[0]=$__autobot_first
  for __autobot_each in "${__autobot_others[@]}"; do PROMPT_COMMAND[__autobot_index++]=$__autobot_each; done
  PROMPT_COMMAND[7777]=$__autobot_after
}

# M-^E runs the substitutions of a line that nobody has accepted. The key does something else then, because a macro of fzf's
# presses it, and an unbound one ends macros.
__autobot_take_expansion() {
  local __autobot_keys
  for __autobot_keys in emacs vi-insert vi-command; do
    [[ $__autobot_recalling || ! $__autobot_root ]] || builtin bind -m "$__autobot_keys" -x '"\e[7777~": __autobot_recall'
    builtin bind -m "$__autobot_keys" -q shell-expand-line >/dev/null || continue
    builtin bind -m "$__autobot_keys" -u shell-expand-line
    builtin bind -m "$__autobot_keys" '"\e\C-e": redraw-current-line'
  done
  __autobot_recalling=1
}

# Does what HISTCONTROL and HISTIGNORE would have done with the last lines, which they must not hide from the gate. In the
# variables their values stay to be seen, as words that mean nothing to bash.
__autobot_take_history() {
  local IFS=$' \t\n' __autobot_each __autobot_patterns
  case $__autobot_verdict in
    forget) for __autobot_each in $__autobot_text; do builtin history -d "$__autobot_each"; done ;;
    erase)
      builtin history -d "$__autobot_directory"
      HISTCONTROL=erasedups
      builtin history -s -- "$__autobot_text"
      HISTCONTROL=$__autobot_controlling
      ;;
    match)
      IFS=: builtin read -r -d '' -a __autobot_patterns <<<"$__autobot_ignore"
      for __autobot_each in "${__autobot_patterns[@]%$'\n'}"; do
        if [[ $__autobot_each && $__autobot_text == $__autobot_each ]]; then
          builtin history -d "$__autobot_directory"
          break
        fi
      done
      ;;
  esac 2>/dev/null
  if [[ ${HISTCONTROL-} != "$__autobot_controlling" && ${HISTCONTROL@a} != *r* ]]; then
    # A person may have added to what they saw.
    __autobot_control=${HISTCONTROL//"${__autobot_controlling:-autobot-sh}"/"$__autobot_control"}
    __autobot_controlling=${__autobot_control:+"autobot-sh(${__autobot_control//:/,})"} HISTCONTROL=$__autobot_controlling
  fi
  if [[ ${HISTIGNORE-} != "$__autobot_ignoring" && ${HISTIGNORE@a} != *r* ]]; then
    __autobot_ignore=${HISTIGNORE//"${__autobot_ignoring:-autobot-sh}"/"$__autobot_ignore"}
    __autobot_ignoring=${__autobot_ignore:+"autobot-sh(${__autobot_ignore//:/,})"} HISTIGNORE=$__autobot_ignoring
  fi
  [[ ${HISTSIZE-} == 0 && ${HISTSIZE@a} != *r* ]] && HISTSIZE=1 __autobot_small=1
  [[ $__autobot_small && ${HISTSIZE-} != 1 ]] && __autobot_small=
  return 0
}

# The shims come first in PATH, and bash scripts put them there again (docs/adr/0012).
__autobot_take_path() {
  if [[ ${__autobot_directory} ]]; then
    PATH=$__autobot_directory
    if [[ ${BASH_ENV-} != */autobot-sh/shims/*/.bash-env* ]]; then
      builtin unset AUTOBOT_SH_BASH_ENV
      [[ ${BASH_ENV-} ]] && builtin export AUTOBOT_SH_BASH_ENV=$BASH_ENV
    fi
    builtin export BASH_ENV=${PATH%%:*}/.bash-env
  fi
  __autobot_path=${PATH-}
}

# Lines that come from an editor or from history are judged as if they had been typed: `fc`, and ^X^E, which calls it.
fc() {
  local __autobot_option OPTIND=1 __autobot_editor= __autobot_again= __autobot_words=()
  while builtin getopts :e:lnrs __autobot_option; do
    case $__autobot_option in
      l | \? | :) builtin fc "$@"; return ;;
      e) __autobot_editor=$OPTARG ;;
      s) __autobot_again=1 ;;
      *) __autobot_words+=("-$__autobot_option") ;;
    esac
  done
  builtin shift $((OPTIND - 1))
  if [[ $__autobot_again || $__autobot_editor == - ]]; then __autobot_repeat "$@"; return; fi
  __autobot_editor=${__autobot_editor:-${FCEDIT:-${EDITOR:-vi}}} builtin fc -e __autobot_edit "${__autobot_words[@]}" "$@"
}

# fc runs what it finds in the file afterwards: nothing, where it is refused.
__autobot_edit() {
  builtin eval "$__autobot_editor \"\$1\"" || return
  __autobot_judge "$(<"$1")" || : >|"$1"
}

__autobot_repeat() {
  local __autobot_from= __autobot_to= __autobot_text
  if [[ ${1-} == *=* ]]; then
    __autobot_from=${1%%=*} __autobot_to=${1#*=}
    builtin shift
  fi
  __autobot_text=$(builtin fc -ln "${1:--1}" "${1:--1}") || return
  __autobot_text=${__autobot_text#$'\t'[ *]}
  [[ $__autobot_from ]] && __autobot_text=${__autobot_text//"$__autobot_from"/"$__autobot_to"}
  builtin printf '%s\n' "$__autobot_text" >&2
  builtin history -s -- "$__autobot_text"
  __autobot_judge "$__autobot_text" && builtin eval "$__autobot_text"
}

# Status 0: the text may run.
__autobot_judge() {
  local __autobot_status
  if ! __autobot_begin; then
    __autobot_unanswered
    return 1
  fi
  __autobot_send __autobot_record ktext "p$BASHPID" "w${PATH-}" "g$PWD" "t$1" && __autobot_settle
  __autobot_status=$?
  __autobot_end
  return "$__autobot_status"
}

declare -rf __autobot_{begin,send,receive,end,wait,owed,record,ask,line,settle,unanswered,tell,definitions,lost,prompt,again,recall,exchange,come_first,take_expansion,take_history,take_path,edit,repeat,judge}

# In place before the start-up files, because ^C in one of them ends them all. Not as the first of PROMPT_COMMAND, which
# some of them set where it is empty.
PS0=$__autobot_gate${PS0-}
if ((__autobot_single)); then builtin trap '{ __autobot_again line; } 2>/dev/null' RTMAX; else PROMPT_COMMAND[7777]=$__autobot_after; fi
__autobot_send __autobot_record khello "p$BASHPID" ${autobot_ahead:+"t$autobot_ahead"}
__autobot_wait

[[ $autobot_environment == *h* || $HISTFILE != "$HOME/.sh_history" ]] || HISTFILE=$HOME/.bash_history
if [[ ${autobot_env+set} ]]; then export ENV=$autobot_env; else unset ENV; fi
: "${autobot_rcfile:=$HOME/.bashrc}"
[[ $autobot_environment != *x* ]] || set -o posix

# Nothing comes after a start-up file, because it may set traps: the rest is left to the first prompt. A bash before 5.1 would not
# come to it there, if the file has set PROMPT_COMMAND.
case $__autobot_single in
  *)
    if [[ $autobot_environment == *l* ]]; then
      if [[ $autobot_environment != *[px]* ]]; then
        if [[ -r /etc/profile ]]; then . /etc/profile; fi
        if [[ -r ~/.bash_profile ]]; then . ~/.bash_profile; elif [[ -r ~/.bash_login ]]; then . ~/.bash_login; elif [[ -r ~/.profile ]]; then . ~/.profile; fi
      fi
    elif [[ $autobot_environment == *x* ]]; then
      if [[ ${ENV-} ]]; then . "$ENV"; fi
    elif [[ $autobot_environment != *r* ]]; then
      # Where bash was compiled with SYS_BASHRC, one of these is it.
      if [[ -r /etc/bash.bashrc ]]; then . /etc/bash.bashrc; elif [[ -r /etc/bash/bashrc ]]; then . /etc/bash/bashrc; fi
      if [[ -r $autobot_rcfile ]]; then . "$autobot_rcfile"; fi
    fi
    ;;&
  1) { __autobot_prompt; } 2>/dev/null ;;
esac
