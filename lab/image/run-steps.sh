#!/bin/sh
# Runs the steps of the build in a directory: run-steps.sh DIRECTORY. Started by build.sh.
# A step that has succeeded leaves a stamp and is not run again.
set -eu

recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=$1
mkdir -p "$out"
started=$(date +%s)

step() {
  name=$1 title=$2
  [ ! -e "$out/.done/$name" ] || { echo "$title: done before"; return 0; }
  echo "$title"
  before=$(date +%s)
  "$recipe/steps/$name.sh" "$recipe" "$out" || {
    status=$?
    echo "The step $recipe/steps/$name.sh failed (exit code $status); its own message stands above" >&2
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

cat /proc/sys/kernel/random/uuid > "$out/id"
rm -rf "$out/builder" "$out/.done"
echo "The node image took $(($(date +%s) - started)) s"
