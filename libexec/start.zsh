# One of the person's own start-up files, $autobot_file, read where zsh would have looked for it. Sourced by the file of that
# name in libexec/zsh, which is ZDOTDIR until the last of them has been read.
if [[ -n $__autobot_had ]]; then ZDOTDIR=$__autobot_zdotdir; else unset ZDOTDIR; fi
[[ -z $__autobot_bare && -r ${ZDOTDIR:-$HOME}/$autobot_file ]] && . ${ZDOTDIR:-$HOME}/$autobot_file
# Lines from here on are the person's.
__autobot_keep
if [[ $autobot_file == .zlogin || ( $autobot_file == .zshrc && ! -o login ) ]]; then
  unset autobot_file __autobot_had __autobot_zdotdir __autobot_bare
else
  typeset -g __autobot_had=$+ZDOTDIR __autobot_zdotdir=$ZDOTDIR
  [[ $__autobot_had == 0 ]] && __autobot_had=
  ZDOTDIR=$__autobot_root/libexec/zsh
  [[ -n $__autobot_bare ]] && setopt no_rcs
fi
