autobot_file=.zlogin
. $__autobot_root/libexec/start.zsh
