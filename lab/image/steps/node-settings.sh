#!/bin/sh
# What makes the root file system a node's: its user, sshd, the one package source, no services that a node doesn't need.
set -eu

recipe=$1 out=$2
"$recipe/chroot.sh" "$out/rootfs" "$recipe" "$out" sh /recipe/inside/prepare-node.sh
rmdir "$out/rootfs/recipe" "$out/rootfs/out"
# While the chroot ran, this machine's own was mounted there. The lab has no name server and asks none outside.
echo '# The lab asks no name server outside.' > "$out/rootfs/etc/resolv.conf"
