# Finds node, and asks the judge. Sourced by libexec/autobot-sh, libexec/autobotctl and the shims, which set autobot_root.

# The path recorded when the package was built comes first, so that an environment variable alone cannot put another
# program in the judge's place; PATH, which every project can change, comes last.
autobot_find_node() {
  local candidate
  if [[ -r $autobot_root/dist/node-path ]]; then
    IFS= read -r candidate <"$autobot_root/dist/node-path"
    autobot_is_node "$candidate" && return
  fi
  autobot_is_node "$AUTOBOT_NODE" && return
  # A global installation stands in PREFIX/lib/node_modules beside PREFIX/bin/node, under nvm and the like too.
  for candidate in "$autobot_root/../../../bin/node" "$autobot_root/../../../../bin/node" \
    /usr/local/bin/node /usr/bin/node /opt/homebrew/bin/node /snap/bin/node; do
    autobot_is_node "$candidate" && return
  done
  candidate=$(type -P node) && [[ $candidate == /* ]] && autobot_is_node "$candidate"
}

autobot_is_node() {
  [[ $1 == /* || $1 == "$autobot_root"/* ]] && [[ -f $1 && -x $1 ]] && autobot_node=$1
}

autobot_limit=()

# In a subshell: what NODE_* says is for the user's own node programs and must not reach the judge, which it could
# replace (NODE_OPTIONS=--require) or slow down (NODE_EXTRA_CA_CERTS). autobot_limit: what puts an end to it, if anything.
autobot_run_node() {
  unset "${!NODE_@}" OPENSSL_CONF
  exec "${autobot_limit[@]}" "$autobot_node" "$@"
}

# For a node in this process's place: src/terminal.ts gives what is kept from it to the command that it runs.
autobot_keep_node() {
  local autobot_name
  for autobot_name in "${!NODE_@}" OPENSSL_CONF; do
    [[ -z ${!autobot_name+set} ]] || export "AUTOBOT_KEPT_$autobot_name=${!autobot_name}"
    unset "$autobot_name"
  done
}

# What ends within milliseconds needs no threads, no collection of garbage, no faster code and no seed of its own. A code cache (docs/adr/0014)
# is for the options that it was made with: the build takes these.
autobot_judge_options=(--v8-pool-size=0 --min-semi-space-size=4 --no-sparkplug --preserve-symlinks-main --verify-snapshot-checksum --no-rehash-snapshot)

# The judge's answer in autobot_answer, its status in autobot_status.
autobot_judge() {
  local judge=$autobot_root/dist/judge.cjs
  autobot_answer=$(autobot_run_node "${autobot_judge_options[@]}" "$judge" "$@")
  autobot_status=$?
  case $autobot_status in
    # An option that this node does not know, or a crash, over a code cache perhaps: none fits without options.
    9 | 132 | 133 | 134 | 135 | 139)
      autobot_answer=$(autobot_run_node "$judge" "$@")
      autobot_status=$?
      ;;
  esac
}
