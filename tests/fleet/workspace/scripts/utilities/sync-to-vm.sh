#!/bin/bash
# Makes REMOTE on VM what LOCAL is here: VM LOCAL REMOTE. What is no longer here is deleted there.
set -euo pipefail
if (($# != 3)); then
  echo "usage: ${0##*/} VM LOCAL REMOTE" >&2
  exit 2
fi

case $1 in
  frontend) address=172.16.168.21 ;;
  npu-worker) address=172.16.168.22 ;;
  redis) address=172.16.168.23 ;;
  ai-stack) address=172.16.168.24 ;;
  browser) address=172.16.168.25 ;;
  *)
    echo "unknown VM: $1" >&2
    exit 2
    ;;
esac
vm=autobot@$address
key=~/.ssh/autobot_key

ssh -i "$key" -o ConnectTimeout=5 "$vm" "echo 'connected to $1'"
ssh -i "$key" "$vm" "mkdir -p '$(dirname "$3")'"
rsync -avz --info=stats0 --delete -e "ssh -i $key" "$2" "$vm:$3"
