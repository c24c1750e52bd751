# What ssh is given to run where a session on another host is to be guarded (docs/adr/0018): sh's words $1, the text of
# remote.bash, and $2, a key. Sent as one line behind `sh -c`, in words that every login shell divides alike, csh and fish
# too: each line of these two files ends where a blank may follow, and neither has a quote of the single kind or a bang.
#
# A login shell that is no bash is started as itself, and that is said.
case $SHELL in */bash) exec "$SHELL" -p -c "$1" bash "$2";; esac;
printf "\033_autobot-sh:%s:.: kunfit p0 t%s\033\134" "$2" "${SHELL##*/}";
case $SHELL in */dash | */ash | */zsh | */ksh | */mksh | */fish | */csh | */tcsh) exec "$SHELL" -l;; esac;
exec "$SHELL"
