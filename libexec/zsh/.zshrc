autobot_file=.zshrc
. $__autobot_root/libexec/start.zsh
