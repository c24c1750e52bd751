#!/bin/bash -p
# Starts the session, whose terminal is the person's, and waits for it: should it be killed, somebody has to put the
# terminal right. The launcher becomes it, with node, the session's program, and the launcher's own name and words.
shopt -u checkwinsize
settings=$(command -p stty -g)

# In the background, so that signals to this process can be passed on at once, but with the terminal as standard input.
# bash does not take this shell out of SHLVL where it has forked.
(SHLVL=$((SHLVL - 1)); exec "$@") <&0 &
child=$!
for signal in HUP INT QUIT TERM USR1 USR2; do
  trap "kill -$signal $child" "$signal"
done
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" || break
done 2>/dev/null

if ((status > 128)); then
  {
    command -p stty "$settings"
    # What a program on a screen of its own, or a line editor, could not take back: bracketed paste, application keys,
    # mouse and focus reports, a hidden cursor, the alternate screen, colours (xterm's control sequences).
    printf '\e[?2004l\e[?1l\e>\e[?1000l\e[?1002l\e[?1003l\e[?1004l\e[?1006l\e[?25h\e[?1047l\e[0m\r' >/dev/tty
  } 2>/dev/null
fi
((status != 137)) || printf 'autobot-sh: the shell was killed, or the session that judges its lines\n' >&2
exit "$status"
