# The first start-up file of a session's bash: ENV names it, which bash reads with --posix (docs/adr/0015). Who starts the shell
# sets autobot_session, autobot_parent, autobot_root, autobot_environment, autobot_env and autobot_rcfile for it, as variables
# of the environment: none goes on to what it starts. src/launcher/terminal.c, src/session/inner-shell.ts.
export -n autobot_session autobot_parent autobot_root autobot_environment autobot_env autobot_rcfile
. "$autobot_root/libexec/gate-pipes.bash"
. "$autobot_root/libexec/gate.bash"
