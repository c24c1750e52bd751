#!/bin/bash
# Syncs a path below autobot-vue/src/ to the frontend: PATH.
set -euo pipefail
path=autobot-vue/src/${1:?the path below autobot-vue/src/}
exec "${0%/*}/sync-to-vm.sh" frontend "$path" "/home/autobot/$path"
