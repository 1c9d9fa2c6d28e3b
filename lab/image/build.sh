#!/bin/sh
# Builds the lab's node image: build.sh IMAGE (as root, on Debian or Ubuntu; IMAGE is a directory that is made).
# Afterwards it holds
#   rootfs/   a Debian 12 root file system, the read-only base of every node
#   mirror/   what the nodes see as /srv/mirror: apt/, bin/, images/, version
#   id        the image's identity, another one for each build
#
# IMAGE is there when it is whole: it is built as IMAGE.partial and moved. An interrupted build goes on where it stopped.
# Two at once build once: the second waits for the first.
set -eu

recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: $0 IMAGE" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "$0: making a root file system needs root" >&2; exit 2; }
umask 022
mkdir -p "$(dirname -- "$1")"
folder=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)
image=$folder/$(basename -- "$1")

# Every process of the build holds the lock, so it is held exactly as long as one of them lives.
exec 9> "$folder/build.lock"
flock --nonblock 9 || {
  echo "Another build of the node image is going on; waiting for it (for an hour at most)"
  flock --timeout 3600 9 || { echo "$0: $folder/build.lock is still held after an hour" >&2; exit 1; }
}
[ ! -e "$image/id" ] || { echo "The node image is there: $image"; exit 0; }
rm -rf "$image"

# What other recipes left unfinished will never be finished.
for partial in "$folder"/*.partial; do
  [ "$partial" = "$image.partial" ] || rm -rf "$partial"
done

# Mounts and processes of the build live in namespaces of their own: however it ends, even by SIGKILL, none of them is
# left on this machine.
unshare --mount --pid --fork --kill-child --mount-proc "$recipe/run-steps.sh" "$image.partial" &
build=$!
trap 'kill -KILL "$build"; wait "$build" || true; echo "$0: interrupted; the same command goes on where it stopped" >&2; exit 130' INT TERM HUP
wait "$build"
mv "$image.partial" "$image"
