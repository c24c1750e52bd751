# Puts the shims first in PATH. Sourced by files of a directory of shims, which set autobot_root, autobot_variant and
# autobot_shims, their own directory. src/run/shims.ts makes such directories and names them likewise.

# PATH without directories of shims, in autobot_path; an empty entry, the current directory, stays one.
autobot_plain_path() {
  local entry rest=${PATH-}:
  autobot_path=
  if [[ ${PATH-} != */autobot-sh/shims/* ]]; then
    autobot_path=${PATH-}
    return
  fi
  while [[ -n $rest ]]; do
    entry=${rest%%:*}
    rest=${rest#*:}
    [[ $entry == */autobot-sh/shims/+([!/]) ]] || autobot_path+=:$entry
  done
  autobot_path=${autobot_path:1}
}

# Length and a hash of it: ten characters at a time, as numbers of base 64, in 64 bits.
autobot_directory_name() {
  local LC_ALL=C text start hash=0
  text=${1//[^0-9a-zA-Z]/_}
  for ((start = 0; start < ${#text}; start += 10)); do
    ((hash = hash * 33 ^ 64#${text:start:10}, 1))
  done
  printf -v autobot_name '%d-%x' "${#text}" "$hash"
}

# The directory under $1 that was made for autobot_path, in autobot_name, as long as no program in it, nor autobot-sh, is newer.
autobot_fresh_directory() {
  local entry rest=$autobot_path:$autobot_root/libexec:$autobot_root/dist: made root path
  autobot_directory_name "$autobot_path"
  autobot_name=$1/$autobot_name${autobot_variant-}
  made=$autobot_name/.autobot-sh
  [[ -O $autobot_name && -f $made ]] || return
  { IFS= read -r root && IFS= read -r path; } <"$made" && [[ $root -ef $autobot_root && $path == "$autobot_path" ]] || return
  while [[ -n $rest ]]; do
    entry=${rest%%:*}
    rest=${rest#*:}
    [[ $entry == /* && $entry -nt $made ]] && return 1
  done
  return 0
}

autobot_set_path() {
  local autobot_path autobot_name
  autobot_plain_path
  if ! autobot_fresh_directory "${autobot_shims%/*}"; then
    # Ours lacks what only the new directories hold; it is better than none where no other can be made.
    . "$autobot_root/libexec/node.bash"
    autobot_name=$(autobot_find_node && PATH=$autobot_path autobot_judge shims && printf %s "$autobot_answer")
    [[ $autobot_name == /* ]] || autobot_name=$autobot_shims
  fi
  PATH=$autobot_name:$autobot_path
}
