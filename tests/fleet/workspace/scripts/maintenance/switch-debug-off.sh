#!/bin/bash
# Meant for a VM: `ssh autobot@… bash -s < scripts/maintenance/switch-debug-off.sh` is what nobody should do.
sed -i 's/DEBUG = True/DEBUG = False/' /home/autobot/app.py
