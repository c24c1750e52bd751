# The way between the gate (gate.bash) and a session on this machine: two named pipes in a directory, opened by path for
# each question, so that nothing that the shell starts inherits them.

# Before and after a question: nothing has to be got ready.
__autobot_begin() {
  [[ -p $__autobot_session/ask && -p $__autobot_session/answer ]] && builtin kill -0 "$__autobot_parent"
}

__autobot_end() {
  :
}

# What the command given writes goes to the session.
__autobot_send() {
  __autobot_begin && "$@" 9<>"$__autobot_session/ask" >&9
}

# The answer to this process's question. Those to others, who were interrupted, are passed over.
__autobot_receive() {
  local IFS=$__autobot_separator __autobot_id
  while builtin read -r -d '' -t 20 __autobot_id __autobot_verdict __autobot_directory __autobot_said __autobot_text <>"$__autobot_session/answer"; do
    [[ $__autobot_id == "$BASHPID" ]] && return
  done
  return 1
}

# Whether the session has left word that the last lines are not to stay in history as they are.
__autobot_owed() {
  [[ -e $__autobot_session/owed ]]
}

# Until the session says that there may be a shell: nothing of the person's is read before.
__autobot_wait() {
  local __autobot_verdict __autobot_directory __autobot_said __autobot_text
  until __autobot_receive; do __autobot_begin || exit; done
}
