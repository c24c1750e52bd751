#!/bin/bash
# Only reads, wherever it runs.
hostname
sha256sum /home/autobot/app.py
