#!/bin/bash
# Copies app.py at once, and once more from a process that outlives this one; leaves its variables to be copied.
copy() {
  rsync -a -e "ssh -i $HOME/.ssh/autobot_key" app.py "autobot@172.16.168.24:/home/autobot/$1"
}

export -p >/tmp/variables
copy during.py
(
  sleep 1
  copy after.py
) &
