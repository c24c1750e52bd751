# Gives an exported SHELLOPTS or BASHOPTS back to the bash that takes the launcher's place. bash -p ignored the
# caller's value and exports its own instead, `privileged` included, which would make every shell below privileged.

autobot_restore_options() {
  local entry option options=() shoptions=() IFS=:
  while IFS= read -r -d '' entry; do
    case $entry in
      SHELLOPTS=*) IFS=: read -r -a options <<<"${entry#*=}" ;;
      BASHOPTS=*) IFS=: read -r -a shoptions <<<"${entry#*=}" ;;
    esac
  done <"/proc/$$/environ"
  ((${#shoptions[@]} > 0)) && shopt -s "${shoptions[@]}"
  set +o privileged
  # Each of these would act on the launcher itself; as an option of the new shell it ends up in SHELLOPTS as well.
  for option in "${options[@]}"; do
    case $option in
      xtrace | verbose | noexec | errexit | onecmd | posix) autobot_options+=(-o "$option") ;;
      privileged) ;;
      *) set -o "$option" ;;
    esac
  done
} 2>/dev/null

autobot_restore_options
