# Behind remote.sh, in the person's bash on the other host. Reads the gate from the terminal, with echo and keys off, and
# hands it by a pipe to the shell that comes in its place: in POSIX mode an interactive bash reads the file that ENV names
# and no other, as login shell too (bash(1), INVOCATION). What was typed ahead goes along.
marker="autobot-sh:$1:" ahead= gate= settings=;
say() { printf "\033_%s.: k%s p0 t%q\033\134" "$marker" "$1" "$2"; };
plain() { [[ $settings ]] && command -p stty "$settings"; say unfit "$1"; SHLVL=0 exec -a -bash "$SHELL"; };
[[ -t 0 && -t 1 && -w /dev/tty ]] || plain "bash without a terminal";
((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || plain "bash ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}";
settings=$(command -p stty -g) && command -p stty raw -echo opost || plain "bash without stty";
printf -v newline "\n.";
say ready "";
while IFS= read -r -t 60 line; do
case $line in *"$marker"*) ahead+=${line%%"$marker"*} gate=${line#*"$marker"}; break;; esac;
ahead+=$line${newline%.};
done;
[[ $gate ]] || plain "bash that got no gate";
command -p stty "$settings";
printf -v gate %b "$gate";
exec 9< <(printf "autobot_ahead=%q\n%s" "$ahead" "$gate");
ENV=/dev/fd/9 SHLVL=0 exec -a -bash "$SHELL" --posix
