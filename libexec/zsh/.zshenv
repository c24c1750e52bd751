# The first start-up file of a session's zsh, for which ZDOTDIR is this directory (docs/adr/0015). Who starts the shell sets
# autobot_session, autobot_parent, autobot_root, autobot_zdotdir and autobot_bare for it, as variables of the environment:
# none goes on to what it starts. src/launcher/terminal.c, src/session/inner-shell.ts.
unsetopt aliases
typeset +x autobot_session autobot_parent autobot_root
__autobot_had=${autobot_zdotdir+1} __autobot_zdotdir=$autobot_zdotdir __autobot_bare=$autobot_bare
unset autobot_zdotdir autobot_bare autobot_environment
. $autobot_root/libexec/gate.zsh
setopt aliases
autobot_file=.zshenv
. $__autobot_root/libexec/start.zsh
