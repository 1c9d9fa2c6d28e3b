#!/bin/sh
# Turns a Debian root file system into a node's: prepare-node.sh, run inside it.
set -eu

# --- the login ---
id kubelab > /dev/null 2>&1 || useradd --create-home --shell /bin/bash kubelab
install -m 0440 /dev/stdin /etc/sudoers.d/kubelab <<'SUDOERS'
kubelab ALL=(ALL:ALL) NOPASSWD: ALL
SUDOERS

# Host keys and the authorised key belong to a node, not to the image.
rm -f /etc/ssh/ssh_host_*
mkdir -p /etc/ssh/authorized_keys.d
cat > /etc/ssh/sshd_config.d/kubelab.conf <<'SSHD'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
PasswordAuthentication no
PermitRootLogin no
# A preflight opens many connections at once; the default starts to drop them at 10.
MaxStartups 100
SSHD
rm -rf /etc/update-motd.d /etc/motd

# --- identity: a node's own, so none here ---
: > /etc/machine-id
rm -f /etc/hostname /var/lib/dbus/machine-id
echo '127.0.0.1 localhost' > /etc/hosts

# --- services ---
mkdir -p /var/log/journal /etc/systemd/journald.conf.d
cat > /etc/systemd/journald.conf.d/kubelab.conf <<'JOURNALD'
[Journal]
SystemMaxUse=64M
JOURNALD
systemctl --quiet set-default multi-user.target
# No console, no seats, no downloads behind the node's back.
systemctl --quiet mask getty.target console-getty.service systemd-logind.service systemd-remount-fs.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer

# --- packages come from the mirror alone ---
rm -rf /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/99mmdebstrap
echo 'deb [trusted=yes] file:/srv/mirror/apt ./' > /etc/apt/sources.list
# The node reads the same files, mounted, so its package index can be made now.
mkdir -p /srv/mirror
mount --bind /out/mirror /srv/mirror
apt-get -qq update
umount /srv/mirror
