import { describe, expect, it } from "vitest";
import { requestsOf } from "../requests.ts";

const files = { "/w/script.sh": "vim q\n", "/w/batch": "put x\nrm y\n", "/w/hosts": "h1\nu@h2:22 # spare\n" };

const cases: readonly (readonly [line: string, ...requests: string[]])[] = [
  // Looking
  ["ansible all -m ping", "read all"],
  ["ansible all -m setup -a \"filter=ansible_default_ipv4\"", "read all"],
  ["ansible all -m shell -a \"df -h\"", "read all"],
  ["ansible all -m shell -a \"systemctl status $unit\"", "read all"],
  ["ansible web -m systemd -a \"name=x\"", "read web"],
  ["ansible web -m stat -a \"path=/etc/x\"", "read web"],
  ["ansible web -m fetch -a \"src=/x dest=y\"", "read web"],
  ["ansible web -m uri -a \"url=http://x\"", "read web"],
  ["ansible web -m community.docker.docker_container_info -a \"name=x\"", "read web"],
  ["ansible web -m copy -a \"src=a dest=/b\" --check", "read web"],
  ["ansible web -m shell -a \"rm x\" -C", "read web"],
  ["ansible all --list-hosts", "read local"],
  ["ansible all -a \"df -h | tee x\"", "read all"],
  ["ansible web -m synchronize -a \"mode=pull src=/x dest=y\"", "read web"],
  ["ansible web -m slurp -a \"src=/etc/x\"", "read web"],
  ["ansible web -m command -a \"sudo id\"", "read web"],
  // Code
  ["ansible web -a \"rm -rf /x\"", "write web:/x"],
  ["ansible web:db -a \"rm -rf /x\"", "write web:/x", "write db:/x"],
  ["ansible 'all:!db' -a \"rm /x\"", "write all:/x"],
  ["ansible web[0] -a \"rm /x\"", "write web:/x"],
  ["ansible all -m shell -a \"df -h | tee x\"", "write all:~/x"],
  ["ansible web -m shell -a \"chdir=/srv rm x\"", "write web:/srv/x"],
  ["ansible web -m shell -a \"rm x chdir=/srv creates=/y\"", "write web:/srv/x"],
  ["ansible web -m shell -a \"echo 'a b' > \\\"/etc/a b\\\"\"", "write web:/etc/a b"],
  ["ansible web -m command -a \"cmd='rm x' chdir=/srv\"", "write web:~/x"],
  ["ansible web -m raw -a \"vim f\"", "edit web:~/f"],
  ["ansible web -m script -a \"script.sh a\"", "edit web:~/q"],
  ["ansible web -m script -a \"absent\"", "unknown it runs there what `absent` holds"],
  ["ansible all -m shell -a \"$CMD\"", "unknown the command is `$CMD`"],
  ["ansible web -m ansible.builtin.shell -a \"systemctl restart nginx\" -b", "service web (nginx)"],
  // Modules
  ["ansible web -m systemd -a \"name=x state=restarted\"", "service web (x)"],
  ["ansible web -m systemd -a \"daemon_reload=yes\"", "service web (systemd)"],
  ["ansible web -m service -a \"name=x enabled=yes\"", "service web (x)"],
  ["ansible web -m reboot", "service web (reboot)"],
  ["ansible web -m copy -a \"src=a dest=/b\"", "write web:/b"],
  ["ansible web -m ansible.builtin.copy -a '{\"src\":\"a\",\"dest\":\"/b c\"}'", "write web:/b c"],
  ["ansible web -m lineinfile -a \"path=/etc/hosts line='a b'\"", "write web:/etc/hosts"],
  ["ansible web -m file -a \"path=/etc/x state=absent\"", "write web:/etc/x"],
  ["ansible web -m git -a \"repo=https://x dest=/srv/app\"", "write web:/srv/app"],
  ["ansible web -b -m apt -a \"name=nginx state=present\"", "package web (nginx)"],
  ["ansible web -m apt -a \"update_cache=yes upgrade=dist\"", "package web (apt)"],
  ["ansible web -m pip -a \"name=x\"", "package web (x)"],
  ["ansible web -m user -a \"name=bob\"", "write web (bob)"],
  ["ansible web -m cron -a \"name=x job=y\"", "service web (x)"],
  ["ansible web -m docker_container -a \"name=x state=started\"", "container web (x)"],
  ["ansible web -m kubernetes.core.k8s -a \"state=present src=x.yml\"", "container web (x.yml)"],
  ["ansible web -m uri -a \"url=http://x method=POST\"", "execute web (http://x)"],
  ["ansible web -m uri -a \"url=http://x dest=/etc/y\"", "write web:/etc/y"],
  ["ansible web -m weird_mod -a \"x=1\"", "execute web (unclassified)"],
  ["ansible web -m \"$M\"", "unknown the module is `$M`"],
  // Hosts
  ["ansible all -i 10.0.0.1,10.0.0.2, -a reboot", "service 10.0.0.1", "service 10.0.0.2"],
  ["ansible 10.0.0.1 -i inv -a \"rm /x\"", "write 10.0.0.1:/x"],
  ["ansible all -i inv --limit web -a 'rm /x'", "write web:/x"],
  ["ansible all -l '!db' -a 'rm /x'", "write all:/x"],
  ["ansible '~web\\d+' -a \"rm /x\"", "write ~web\\d+:/x"],
  ["ansible $G -a 'rm /x'", "write $G:/x"],
  ["ansible $OPTS web -a 'rm /x'", "write web:/x"],
  ["ansible localhost -m copy -a \"src=a dest=/b\"", "write local:/b"],
  ["ansible web -m copy -a \"src=a dest=/b\" -c local", "write local:/b"],
  ["ansible web -m copy -a \"src=a dest=/b\" -e ansible_connection=local", "write local:/b"],
  // Connections
  ["ansible all -m ping --ask-pass", "authenticate all (password)"],
  ["ansible all -m ping -k", "authenticate all (password)"],
  ["ansible all -m ping -K", "read all"],
  ["ansible all -m ping -e ansible_password=x", "authenticate all (password)"],
  ["ansible all -m ping -e '{\"ansible_ssh_pass\": \"x\"}'", "authenticate all (password)"],
  ["ansible all -m ping --ssh-common-args='-o ProxyCommand=\"rm x\"'", "write local:/w/x"],
  // Playbooks and the rest
  ["ansible-playbook -i inv site.yml", "execute local:/w/site.yml (playbook)"],
  ["ansible-playbook -i inv a.yml b.yml --limit web", "execute local:/w/a.yml (playbook)", "execute local:/w/b.yml (playbook)"],
  ["ansible-playbook site.yml --check", "read local"],
  ["ansible-playbook --syntax-check site.yml", "read local"],
  ["ansible-playbook site.yml --list-tasks", "read local"],
  ["ansible-playbook site.yml -k", "authenticate an unknown host (password)", "execute local:/w/site.yml (playbook)"],
  ["ansible-playbook $P", "execute local:$P (playbook)"],
  ["ansible-pull -U https://x", "execute local (playbook)"],
  ["ansible-console web", "session web"],
  ["ansible-vault edit s.yml", "edit local:/w/s.yml"],
  ["ansible-vault view s.yml", "read local"],
  ["ansible-vault encrypt s.yml", "write local:/w/s.yml"],
  ["ansible-inventory -i inv --list", "read local"],
  ["ansible-lint site.yml", "read local"],
];

describe("Ansible", () => {
  it.each(cases)("%s", (line, ...expected) => {
    expect(requestsOf(line, { cwd: "/w", files })).toEqual(expected);
  });
});
