# The runtime layer's directory for this PATH, where the judge has made it and nothing has changed since. Sourced by
# autobot_harmless; status 1 where the judge has to make one. src/shell/shims.ts has the same conditions.

. "$autobot_root/libexec/path.bash"
local autobot_path autobot_name autobot_shims root made
autobot_plain_path
autobot_directory_name "$autobot_path"
[[ $XDG_CACHE_HOME == /* ]] && autobot_shims=$XDG_CACHE_HOME || autobot_shims=$HOME/.cache
autobot_shims+=/autobot-sh/shims/$autobot_name
made=$autobot_shims/.autobot-sh
[[ -n $autobot_path && -O $autobot_shims && -f $made && -O $made ]] || return 1
{ IFS= read -r root && IFS= read -r rest; } <"$made" && [[ $root -ef $autobot_root && $rest == "$autobot_path" ]] || return 1
IFS=:
for row in $autobot_path "$autobot_root/libexec" "$autobot_root/dist"; do
  [[ $row == /* && $row -nt $made ]] && return 1
done
autobot_layer="0 $autobot_shims"
return 0
