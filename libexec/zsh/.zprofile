autobot_file=.zprofile
. $__autobot_root/libexec/start.zsh
