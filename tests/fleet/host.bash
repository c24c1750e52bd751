#!/bin/bash
# CHECKOUT NAME ADDRESS → one host, as the first process of its own namespaces: the machine's root under a layer that
# takes every write, an account, and an sshd that records what it is asked to run. On the workstation also the checkout.
set -euo pipefail
[[ /proc/self/ns/net -ef /proc/1/ns/net ]] && exit 1
checkout=$1 name=$2 address=$3
here=$checkout/tests/fleet
cd "/mnt/$name"
read -r pid _ </proc/self/stat
echo "$name $pid"
exec >&2

hostname "$name"
ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up

mkdir upper work root home tmp superuser
mount -t overlay overlay -o "lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work" root
mount -t proc proc root/proc
mount -t sysfs -o ro sysfs root/sys
mount -t tmpfs -o mode=755 tmpfs root/run
mount --bind -o ro /dev root/dev
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts root/dev/pts
mount -t tmpfs -o mode=1777 tmpfs root/dev/shm
# Nothing of what the machine's people keep is seen by a host.
chmod 1777 tmp
mount --bind home root/home
mount --bind tmp root/tmp
chmod 700 superuser
mount --bind superuser root/root

user=autobot workspace=home/autobot
[[ $name == workstation ]] && user=kali workspace=home/kali/Desktop/AutoBot
chroot root id "$user" >/dev/null 2>&1 || chroot root useradd --no-create-home --password '*' --shell /bin/bash "$user"
mkdir -p "root/$workspace" "root/home/$user/.ssh"
cp -R "$here/workspace/." "root/$workspace"
install -m 600 ../autobot_key.pub "root/home/$user/.ssh/authorized_keys"
# As root only playbooks log in, which put things there that no ordinary user may.
mkdir -m 700 root/root/.ssh
install -m 600 ../autobot_key.pub root/root/.ssh/authorized_keys
case $name in
  workstation)
    install -m 600 ../autobot_key ../known_hosts "root/home/$user/.ssh"
    install -m 600 "$here/ssh_config" "root/home/$user/.ssh/config"
    mkdir -p "root$checkout"
    mount --bind -o ro "$checkout" "root$checkout"
    ;;
  redis)
    mkdir -p root/etc/redis
    cp "$here/workspace/config/redis.conf" root/etc/redis
    chroot root chown -R "$user" /etc/redis
    ;;
esac
chroot root chown -R "$user:" "/home/$user"

mkdir root/run/sshd root/run/fleet
install -m 600 host_key root/run/fleet
install "$here/sshd_config" "$here/record" root/run/fleet
install -m 666 /dev/null commands
touch root/run/fleet/commands
mount --bind commands root/run/fleet/commands

cd root
pivot_root . mnt
umount --lazy /mnt
exec env --default-signal /usr/sbin/sshd -D -e -f /run/fleet/sshd_config
