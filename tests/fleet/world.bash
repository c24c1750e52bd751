#!/bin/bash
# CHECKOUT NAME=ADDRESS… → those hosts on a bridge that nothing leads out of. fleet.ts starts this as the first process
# of fresh network, mount and PID namespaces: when it ends, the kernel ends all of them and nothing has to be cleaned up.
set -euo pipefail
exec 2>&1
checkout=$1
here=$checkout/tests/fleet
shift

# /proc is still the machine's: PIDs in it are those that the machine knows, and 1 is its own first process.
if [[ /proc/self/ns/net -ef /proc/1/ns/net ]]; then
  echo "the machine's own network is no place for a fleet"
  exit 1
fi
read -r pid _ </proc/self/stat
echo "world $pid"

# An overlay's upper layer may not lie inside its lower one, which is the machine's root. ip keeps names in /run.
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=755 tmpfs /mnt
cd /mnt

ip link add name bridge type bridge
ip link set bridge up

ssh-keygen -q -t ed25519 -N '' -C autobot -f autobot_key
for host; do
  name=${host%=*} address=${host#*=}
  mkdir "$name"
  ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$name/host_key"
  echo "$address $(<"$name/host_key.pub")" >>known_hosts
done

for host; do
  name=${host%=*} address=${host#*=}
  ip netns add "$name"
  ip link add name "$name" type veth peer name eth0 netns "$name"
  ip link set "$name" master bridge up
  ip netns exec "$name" unshare --mount --uts --ipc --pid --fork --kill-child \
    bash "$here/host.bash" "$checkout" "$name" "$address" </dev/null 2>"$name/log" &
done

for host; do
  name=${host%=*}
  for ((tries = 0; tries < 400; tries++)); do
    grep -qs 'Server listening' "$name/log" && continue 2
    sleep 0.05
  done
  cat "$name/log"
  exit 1
done

echo ready
exec >/dev/null 2>&1
wait
