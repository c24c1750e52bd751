import os
import subprocess

key = os.path.expanduser("~/.ssh/autobot_key")
subprocess.run(["rsync", "-a", "-e", f"ssh -i {key}", "app.py", "autobot@172.16.168.24:/home/autobot/app.py"], check=True)
