#!/bin/sh
# Builds the lab's node image into a directory: build.sh DIRECTORY (as root, on Debian or Ubuntu).
#
# The steps run in the order written below. A step that has succeeded leaves a stamp, so that an interrupted build
# goes on where it stopped when it is started again on the same directory. Afterwards the directory holds
#   rootfs/   a Debian 12 root file system, the read-only base of every node
#   mirror/   what the nodes see as /srv/mirror: apt/, bin/, images/, version
set -eu

recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "$0: making a root file system needs root" >&2; exit 2; }
umask 022
mkdir -p "$1"
out=$(CDPATH='' cd -- "$1" && pwd)
started=$(date +%s)

step() {
  name=$1 title=$2
  [ ! -e "$out/.done/$name" ] || { echo "$title: done before"; return 0; }
  echo "$title"
  before=$(date +%s)
  "$recipe/steps/$name.sh" "$recipe" "$out" || {
    status=$?
    echo "$0: the step $name failed (exit code $status); its own message stands above" >&2
    exit "$status"
  }
  mkdir -p "$out/.done"
  : > "$out/.done/$name"
  echo "$title: $(($(date +%s) - before)) s"
}

step builder-root "A Debian 12 with a compiler"
step node-root "The nodes' Debian 12"
step apt-mirror "The nodes' package repository"
step node-settings "The nodes' settings"
step kubernetes-source "The source of Kubernetes"
step kubernetes-binaries "Kubernetes, compiled"
step container-images "Container images"

rm -rf "$out/builder" "$out/.done"
echo "Node image built in $(($(date +%s) - started)) s"
