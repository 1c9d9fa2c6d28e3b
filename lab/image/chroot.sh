#!/bin/sh
# Runs a command inside a root file system: chroot.sh ROOT RECIPE OUT COMMAND [ARGUMENT]...
# The command finds /proc, /dev, the recipe on /recipe and the directory that is being built on /out. The mounts live in
# a mount namespace of its own and end with it.
set -eu

[ -n "${KUBELAB_CHROOT-}" ] || KUBELAB_CHROOT=1 exec unshare --mount "$0" "$@"

root=$1 recipe=$2 out=$3
shift 3

mkdir -p "$root/recipe" "$root/out"
rm -f "$root/etc/resolv.conf"
: > "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$recipe" "$root/recipe"
mount --bind "$out" "$root/out"
[ ! -e /etc/resolv.conf ] || mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"

exec chroot "$root" /usr/bin/env -i \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  ${http_proxy+"http_proxy=$http_proxy"} ${https_proxy+"https_proxy=$https_proxy"} ${no_proxy+"no_proxy=$no_proxy"} \
  "$@"
