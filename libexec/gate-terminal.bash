# The way between the gate (gate.bash) on another host and the session that judges its lines, in band: what the gate asks
# stands in its terminal's output as an APC sequence, which the session takes out; what the session answers is typed
# (docs/adr/0018). autobot_session is a key that both know. Sent over the connection, and never a file there.
exec 9<&-
# Before 5.1 there is no process substitution in POSIX mode.
set +o posix
__autobot_sane=$(builtin command -p stty -g </dev/tty)

# Sets the terminal so that an answer is neither shown nor acted on, and that keys wait: what was typed ahead is read
# with the answer, and given back by __autobot_end.
__autobot_begin() {
  __autobot_ahead= __autobot_settings=
  # ^C until the terminal is set ends this before anything is asked; from then on it is a key like others. One that was
  # noticed later would leave a question whose answer nobody reads.
  ((BASH_SUBSHELL == 0)) || builtin trap 'builtin command -p stty "$__autobot_settings" </dev/tty; builtin exit 130' INT
  __autobot_settings=$(builtin command -p stty -g </dev/tty) || return
  # ^C may have ended a shell's wait for this function in another process, and readline then takes our settings for the
  # person's: without ICANON and ISIG (2, 1; the fourth field) none of them can be.
  local __autobot_flags=${__autobot_settings#*:*:*:}
  __autobot_flags=${__autobot_flags%%:*}
  [[ $__autobot_flags == *[!0-9a-f]* ]] || ((0x$__autobot_flags & 3)) || __autobot_settings=$__autobot_sane
  builtin command -p stty raw -echo opost </dev/tty || return
  ((BASH_SUBSHELL == 0)) || builtin trap '' INT
}

__autobot_end() {
  ((BASH_SUBSHELL == 0)) || builtin trap - INT
  builtin command -p stty "$__autobot_settings" </dev/tty
  __autobot_send __autobot_record kahead "p$BASHPID" ${__autobot_ahead:+"t$__autobot_ahead"}
}

# What the command given writes goes to the session, as words that are quoted for a shell. In pieces that the terminal
# takes whole, so that no output of jobs comes between: 1024 bytes, of what a stream writes at once.
__autobot_send() {
  local LC_ALL=C __autobot_fields __autobot_words __autobot_more=+ IFS= 2>/dev/null
  if [[ $1 == __autobot_record ]]; then __autobot_fields=('' '' "${@:2}" .); else builtin mapfile -d '' __autobot_fields < <("$@"); fi
  builtin printf -v __autobot_words ' %q' "${__autobot_fields[@]:2}"
  while [[ $__autobot_more == + ]]; do
    ((${#__autobot_words} > 600)) || __autobot_more=.
    builtin printf '\e_autobot-sh:%s:%s:%s\e\\' "$__autobot_session" "$__autobot_more" "${__autobot_words:0:600}" >/dev/tty
    __autobot_words=${__autobot_words:600}
  done
}

# The answer to this process's question: one line behind the key, its fields divided by `|` and written for printf's %b.
__autobot_receive() {
  local IFS= __autobot_answer __autobot_id
  while builtin read -r -t 20 __autobot_answer </dev/tty; do
    if [[ $__autobot_answer != *"autobot-sh:$__autobot_session:"* ]]; then
      __autobot_ahead+=$__autobot_answer$'\n'
      continue
    fi
    __autobot_ahead+=${__autobot_answer%%"autobot-sh:$__autobot_session:"*}
    __autobot_answer=${__autobot_answer##*"autobot-sh:$__autobot_session:"}
    __autobot_id=${__autobot_answer%%|*} __autobot_answer=${__autobot_answer#*|}
    [[ $__autobot_id == "$BASHPID" ]] || continue
    __autobot_verdict=${__autobot_answer%%|*} __autobot_answer=${__autobot_answer#*|}
    builtin printf -v __autobot_directory %b "${__autobot_answer%%|*}"
    builtin printf -v __autobot_text %b "${__autobot_answer#*|}"
    return
  done
  __autobot_ahead+=$__autobot_answer
  return 1
}

# The session that has typed this wants it.
__autobot_wait() {
  :
}

# Whether a line since the last prompt may not stay in history as it is: the session knows. Before 5.1 the number is not a new one yet.
__autobot_owed() {
  [[ $__autobot_control$__autobot_ignore && ($__autobot_single == 1 || ${__autobot_last@P} != "$__autobot_seen") ]] && __autobot_seen=${__autobot_last@P}
}
