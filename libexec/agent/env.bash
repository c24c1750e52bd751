# For an agent that starts `/bin/bash -c` whatever it is told (Codex): BASH_ENV names this file where the agent is started, and
# bash reads it first (bash(1), INVOCATION). The call as it was becomes one of autobot-bash. A convenience: whoever unsets
# BASH_ENV goes round it, and login shells, `sh` and scripts never come here.
if [[ -n ${BASH_EXECUTION_STRING-} ]]; then
  # The bash that it becomes must not come here again; what that starts is under the runtime layer.
  unset BASH_ENV
  # The words are not bound yet, and `$-` does not tell all options.
  mapfile -d '' -t autobot_words <"/proc/$$/cmdline"
  if ((${#autobot_words[@]} < 3)); then
    printf 'autobot-sh: cannot read how this shell was called; nothing was run\n  mount /proc\n' >&2
    exit 125
  fi
  exec -a "${autobot_words[0]}" "${BASH_SOURCE[0]%/*}/../../bin/autobot-bash" "${autobot_words[@]:1}"
fi
