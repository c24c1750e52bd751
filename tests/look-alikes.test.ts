// Ordinary local work that only looks like a change on a server. Refusing any of it is as bad as missing a change.
import { describe, expect, it } from "vitest";
import { createEngine, decide, emptyContext } from "../src/decide.ts";
import { defaultPolicies } from "./policy/default-policies.ts";

const engine = createEngine(defaultPolicies);

const lookAlikes: Readonly<Record<string, readonly string[]>> = {
  "text that is written": [
    "git commit -m 'stop running ssh autobot@172.16.168.21 \"vim /etc/redis/redis.conf\" by hand'",
    "git commit -m \"docs: never ssh vm 'sed -i s/a/b/ f'; use the sync scripts\"",
    "git commit -F - <<'E'\nRefuse remote edits\n\nssh autobot@172.16.168.21 'docker compose up -d' is no longer done.\nE",
    "cat > notes.md <<'E'\n# Deploying\n    ssh autobot@172.16.168.21 \"systemctl restart nginx\"\nE",
    "cat >> docs/runbook.md <<EOF\nNever run: ssh vm 'rm -rf /srv/app'\nEOF",
    "cat <<-'E' > docs/editing.md\n\tssh autobot@172.16.168.23 vim /etc/redis/redis.conf\n\tE",
    "tee docs/policy.md <<'E'\nscp app.py autobot@172.16.168.24:/home/autobot/\nE",
    "echo 'ssh autobot@172.16.168.21 vim f' >> notes.txt",
    "printf '%s\\n' 'rsync -a . autobot@172.16.168.21:/srv/' >> notes.txt",
    "printf 'ssh %s \"vim %s\"\\n' 172.16.168.21 /etc/motd",
    "gh issue create --title 'Guard' --body \"ssh vm 'vim f' must be refused\"",
    "gh pr create --body \"$(cat <<'E'\nRefuses `ssh vm 'sed -i …'` and `docker -H ssh://vm compose up`.\nE\n)\"",
    "python3 - <<'E'\nprint('ssh autobot@172.16.168.21 \"vim f\"')\nE",
    "git tag -a v1 -m 'scp f vm:/etc/f is refused'",
    "sed -i 's/ssh vm vim/ssh vm cat/' docs/runbook.md",
    "jq -n --arg c \"ssh vm 'docker restart x'\" '{command: $c}'",
    'curl -d \'{"text": "ssh vm vim"}\' http://127.0.0.1:8000/api/notes',
    "logger 'ssh autobot@172.16.168.21 reboot refused'",
    "wall 'do not ssh 172.16.168.21 reboot'",
    "notify-send 'ssh vm' 'systemctl restart done'",
  ],
  "text that is looked for": [
    "grep -rn 'ssh vm vim' docs/",
    "grep -E 'ssh .*(vim|nano|sed -i)' ~/.bash_history",
    'rg "scp .* autobot@172\\.16\\.168\\." scripts/',
    "git log --grep='ssh autobot@172.16.168.21 vim'",
    "git log -S 'docker-compose up -d' --oneline",
    "awk '/ssh .* reboot/ {print FILENAME\": \"$0}' logs/*.txt",
    "sed -n '/^ssh /,/^$/p' docs/runbook.md",
    "find . -name '*.sh' -exec grep -l 'ssh .*systemctl restart' {} +",
    "history | grep 'ssh vm'",
    "man ssh | grep -A3 'vim'",
    "type ssh scp rsync",
    "which -a ssh",
    "command -v ssh && ssh -V",
    "apropos 'remote login'",
    "[[ $line == *'ssh vm vim'* ]]",
    "case $command in 'ssh '*) echo remote ;; esac",
    "pgrep -fa 'ssh .*172.16.168.21'",
    "test \"$1\" = 'ssh vm rm -rf /'",
  ],
  "text that is a comment, a name or a value": [
    "ls # ssh autobot@172.16.168.21 'vim f'",
    "true # then: scp f vm:/etc/f\necho done",
    ": 'ssh vm vim f'",
    'HELP=\'ssh vm "systemctl restart x"\'; echo "$HELP"',
    "usage() { echo 'usage: ssh vm vim FILE'; }; usage",
    "export PS1='ssh vm vim> '",
    "./ssh-vim.sh --help",
    "touch 'ssh vm vim.txt'",
    "mkdir -p ssh/172.16.168.21/vim",
    "cp docs/ssh-vm-vim.md /tmp/vim-ssh.md",
    "make -n deploy",
    "node -e \"console.log('ssh vm docker restart x')\"",
    "python3 -c \"print('scp f 172.16.168.21:/etc/f')\"",
    "perl -ne 'print if /ssh .* vim/' docs/runbook.md",
  ],
  "set-up of a shell": [
    'eval "$(ssh-agent -s)"',
    'eval "$(ssh-agent -s)" && ssh-add ~/.ssh/autobot_key',
    "source <(kubectl completion bash)",
    "kubectl completion zsh > ~/.zfunc/_kubectl",
    'eval "$(direnv hook bash)"',
    'eval "$(dircolors -b)"',
    'tmp=$(mktemp -d) && trap \'rm -rf "$tmp"\' EXIT && cp f "$tmp"/',
    "trap 'echo interrupted; exit 130' INT TERM",
    "ssh-keygen -t ed25519 -f ~/.ssh/autobot_key -N ''",
    "ssh-keygen -R 172.16.168.21",
    "ssh-keygen -lf ~/.ssh/autobot_key.pub",
    "ssh-keyscan 172.16.168.21 >> ~/.ssh/known_hosts",
    "cat ~/.ssh/config | grep -A4 'Host frontend'",
    "vim ~/.ssh/config",
    "chmod 600 ~/.ssh/autobot_key",
    "alias ll='ls -l'",
    ". ~/.nvm/nvm.sh && nvm use 20",
  ],
  "the same work, on this machine": [
    "vim autobot-vue/src/components/Chat.vue",
    "sed -i 's/a/b/' config/redis.conf",
    "docker compose up -d",
    "docker exec -it web bash",
    "docker build -t app . && docker run --rm app",
    "sudo systemctl restart nginx",
    "sudo apt-get install -y ripgrep",
    "npm ci && npm run build",
    "pip install -r requirements.txt",
    "rm -rf node_modules dist",
    "find ~/.cache -name '*.tmp' -mtime +7 -delete",
    "rsync -a src/ /mnt/backup/src/",
    "scp notes.txt localhost:/tmp/",
    "ssh localhost uptime",
    "tar xzf release.tgz -C /opt/app",
    "curl -fsSL https://example.com/install.sh -o install.sh",
    "git pull --rebase && git push origin main",
    "kubectl --context kind-local get pods",
    "crontab -l | grep backup",
    "tmux new-session -d -s work 'npm run dev'",
    "nohup python3 app.py > /tmp/app.out 2>&1 &",
    "xargs -n1 echo < hosts.txt",
    "parallel echo ::: ssh scp rsync",
    "watch -n5 'df -h'",
    "bash -c 'vim notes.txt'",
    "for f in *.conf; do sed -i 's/a/b/' \"$f\"; done",
  ],
  "a program by a pattern": ["./scripts/s*.sh", "/usr/bin/python3* --version", "/bin/l? -l", "/opt/venv*/bin/python app.py", "x=[; $x -f f ]"],
  "looking at a server": [
    "ssh -i ~/.ssh/autobot_key autobot@172.16.168.21 'cat /etc/nginx/nginx.conf' > /tmp/nginx.conf",
    "ssh autobot@172.16.168.21 \"grep -rn 'sed -i' /home/autobot/scripts\"",
    "ssh autobot@172.16.168.23 'systemctl status redis; journalctl -u redis -n 50 --no-pager'",
    "ssh autobot@172.16.168.24 'docker ps; docker logs --tail 20 api 2>&1'",
    "ssh autobot@172.16.168.21 uptime | tee uptime.txt",
    "diff <(ssh autobot@172.16.168.21 cat /etc/hosts) /etc/hosts",
    "ssh autobot@172.16.168.21 'echo vim > /dev/null'",
    "ssh autobot@172.16.168.21 \"awk '{print \\$1}' /var/log/nginx/access.log | sort | uniq -c\"",
    "scp -i ~/.ssh/autobot_key autobot@172.16.168.21:/var/log/syslog /tmp/syslog",
    "rsync -an --delete -e 'ssh -i ~/.ssh/autobot_key' src/ autobot@172.16.168.21:/home/autobot/src/",
  ],
};

describe.each(Object.entries(lookAlikes))("%s", (_title, lines) => {
  it.each(lines)("permits %s", (line) => {
    const { effective, denials, unknowns } = decide(line, engine, { ...emptyContext, cwd: "/home/dev/project" });
    expect({ effective, rules: denials.map(({ rule }) => rule.id), unknowns: unknowns.map(({ message }) => message) }).toMatchObject({ effective: "permit", rules: [] });
  });
});

describe("what passes here for something else", () => {
  it.each(["/usr/bin/s[s]h autobot@172.16.168.21 reboot", "/usr/bin/@(ssh) autobot@172.16.168.21 reboot", "/bin/r?ync -a app.py autobot@172.16.168.21:/opt/"])(
    "is refused, also where shims judge what they see: %s",
    (line) => {
      expect(decide(line, engine, { ...emptyContext, runtime: true }).effective).toBe("deny");
    },
  );
});

describe("what only run time tells of a command on a server, where shims judge what they see", () => {
  const effective = (line: string) => decide(line, engine, { ...emptyContext, runtime: true }).effective;

  // The transport's own arguments have all of it by then, whatever it leaves on the other side.
  it.each(['ssh web1 "sudo systemctl $2 nginx"', 'ssh 172.16.168.21 "sudo systemctl $2 nginx"', 'ssh 172.16.168.21 "env -i $2"', 'ssh 172.16.168.22 sudo ssh 172.16.168.21 "$X"'])(
    "waits until then: %s",
    (line) => expect(effective(line)).toBe("permit"),
  );

  it.each([
    'sudo ssh 172.16.168.21 "sudo systemctl $2 nginx"',
    '/usr/bin/ssh 172.16.168.21 "sudo systemctl $2 nginx"',
    'env -i ssh 172.16.168.21 "$2"',
    'ssh 172.16.168.21 "sudo reboot $2"',
  ])("does not wait where no shim sees it, or where enough is told: %s", (line) => expect(effective(line)).toBe("deny"));
});
