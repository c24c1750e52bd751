#!/bin/bash
# CHECKOUT → a machine of its own for logins: this one's root under a layer that takes every write, accounts, autobot-sh in
# /opt, and an sshd on 127.0.0.1. machine.ts starts this as the first process of fresh namespaces: when it ends, the kernel
# ends everything in them, and the real machine's accounts, /etc/shells and policies have never been touched.
set -euo pipefail
checkout=$1
exec 2>&1

# /proc is still the machine's: 1 in it is its own first process.
if [[ /proc/self/ns/net -ef /proc/1/ns/net || /proc/self/ns/mnt -ef /proc/1/ns/mnt ]]; then
  echo "the machine's own namespaces are no place for this"
  exit 1
fi
read -r pid _ </proc/self/stat
echo "$pid"

hostname frontend
# The loopback interface is the only one: nothing leads out of here. The fleet's address makes it one of the fleet.
ip link set lo up
ip address add 172.16.168.21/32 dev lo

mount -t tmpfs -o mode=755 tmpfs /mnt
cd /mnt
mkdir upper work root home tmp
mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root
mount -t proc proc root/proc
mount -t sysfs -o ro sysfs root/sys
mount -t tmpfs -o mode=755 tmpfs root/run
# Its own, for /dev/log.
mount -t tmpfs -o mode=755 tmpfs root/dev
for device in null zero full random urandom tty; do
  touch "root/dev/$device"
  mount --bind "/dev/$device" "root/dev/$device"
done
ln -s /proc/self/fd root/dev/fd
ln -s /proc/self/fd/0 root/dev/stdin
ln -s /proc/self/fd/1 root/dev/stdout
ln -s /proc/self/fd/2 root/dev/stderr
ln -s pts/ptmx root/dev/ptmx
mkdir root/dev/pts root/dev/shm
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts root/dev/pts
mount -t tmpfs -o mode=1777 tmpfs root/dev/shm
chmod 1777 tmp
mount --bind home root/home
mount --bind tmp root/tmp
rm -rf root/etc/autobot-sh root/var/cache/autobot-sh root/root/{.config/autobot-sh,.local/state/autobot-sh,.bashrc,.profile,.bash_profile}

mkdir -p root/opt/autobot-sh/node_modules
cp -R "$checkout/"{bin,libexec,dist,package.json} root/opt/autobot-sh
cp -R "$checkout/node_modules/@lydell" root/opt/autobot-sh/node_modules
chown -R 0:0 root/opt/autobot-sh
chmod -R go-w root/opt/autobot-sh
echo /usr/bin/node >root/opt/autobot-sh/dist/node-path
# The same by way of bash, for machines that nothing was compiled for: root's first command would put that in its place.
cp -R root/opt/autobot-sh root/opt/autobot-in-bash
rm -f root/opt/autobot-in-bash/dist/launcher-*
cp root/opt/autobot-in-bash/libexec/autobot-sh root/opt/autobot-in-bash/bin/autobot-sh

ssh-keygen -q -t ed25519 -N '' -f key
ssh-keygen -q -t ed25519 -N '' -f host_key
mkdir -p root/root/.ssh
install -m 600 key root/root/.ssh/key
echo "127.0.0.1 $(<host_key.pub)" >root/root/.ssh/known_hosts
printf '%s\n' 'Host 127.0.0.1' '  IdentityFile /root/.ssh/key' '  BatchMode yes' '  LogLevel ERROR' >root/root/.ssh/config
chmod 600 root/root/.ssh/*
chroot root groupadd watch
# pat works there, autobot is what deployments log in to, pia has the launcher in bash, bo has bash.
for user in pat autobot pia bo; do
  shell=/opt/autobot-sh/bin/autobot-sh
  [[ $user == pia ]] && shell=/opt/autobot-in-bash/bin/autobot-sh
  [[ $user == bo ]] && shell=/bin/bash
  chroot root useradd --create-home --password '*' --shell "$shell" "$user"
  mkdir "root/home/$user/.ssh"
  install -m 600 key.pub "root/home/$user/.ssh/authorized_keys"
  chroot root chown -R "$user:" "/home/$user"
done

mkdir -p root/run/sshd
install -m 600 host_key root/run/host_key
cat >root/run/sshd_config <<'EOF'
ListenAddress 127.0.0.1
HostKey /run/host_key
Subsystem sftp /usr/lib/openssh/sftp-server
PidFile none
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
PrintMotd no
PrintLastLog no
MaxStartups 100
EOF

cd root
pivot_root . mnt
umount --lazy /mnt
cd /
echo ready
exec >/dev/null 2>&1
exec env --default-signal /usr/sbin/sshd -D -f /run/sshd_config
