#!/bin/bash
# The sync script's own rsync, typed by hand.
rsync -avz --delete -e "ssh -i $HOME/.ssh/autobot_key" app.py autobot@172.16.168.24:/home/autobot/app.py
