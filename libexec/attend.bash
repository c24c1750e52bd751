# Runs a person's session, and ends as it ends: src/launcher/session.c in bash. Sourced by libexec/autobot-sh, and by a
# shim of ssh that guards what it opens; does not return.
autobot_settings=$(command -p stty -g)
# A pipe, both of whose ends are this one descriptor.
exec {autobot_ready}<> <(:)

# In the background, so that signals to this process can be passed on at once, but with the terminal as standard input.
# bash does not take this shell out of SHLVL where it has forked.
(
  SHLVL=$((SHLVL - 1))
  unset AUTOBOT_SH_CHANNEL AUTOBOT_SH_SHELL
  export AUTOBOT_SH_READY=$autobot_ready AUTOBOT_SH_SETTINGS=$autobot_settings
  exec "${autobot_start[@]}" "${autobot_options[@]}" "${autobot_words[@]}"
) <&0 &
autobot_child=$!
for autobot_signal in HUP INT QUIT TERM USR1 USR2; do
  trap "kill -$autobot_signal $autobot_child" "$autobot_signal"
done
while :; do
  wait "$autobot_child"
  autobot_status=$?
  kill -0 "$autobot_child" || break
done 2>/dev/null
trap - HUP INT QUIT TERM USR1 USR2

autobot_started=
read -r -t 0 -u "$autobot_ready" && autobot_started=1
if ((autobot_status > 128)) || [[ -z $autobot_started ]]; then
  {
    command -p stty "$autobot_settings"
    printf '\e[?2004l\e[?1l\e>\e[?1000l\e[?1002l\e[?1003l\e[?1004l\e[?1006l\e[?25h\e[?1047l\e[0m\r' >/dev/tty
  } 2>/dev/null
fi
exec {autobot_ready}>&-

# Somebody wanted it to end, and no other shell: HUP, INT, QUIT, TERM.
if [[ -z $autobot_started && $autobot_status != @(129|130|131|143) ]]; then
  autobot_fail 'the session has not started' 'see what stands above'
fi
((autobot_status != 137)) || printf 'autobot-sh: the shell was killed, or the session that judges its lines\n' >&2
exit "$autobot_status"
