#!/bin/sh
# Makes a Debian 12 root file system with the packages of a list (one a line, # for comments): bootstrap.sh LIST ROOT
set -eu

packages=$1 root=$2
recipe=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
include=$(sed 's/#.*//' "$packages" | xargs | tr ' ' ',')
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# What this machine's apt needs to reach its sources (a proxy, an archive with an old date) the new root needs too.
apt-config dump --no-empty --format '%f "%v";%n' Acquire |
  grep -E '^Acquire::(https?::[^ ]*|Check-Valid-Until|Check-Date|Retries) ' > "$temporary/apt.conf" || true
"$recipe/sources.sh" "$temporary"

# A half-made root from an interrupted run can't be completed.
rm -rf "$root"
set -- --quiet --mode=root --variant=minbase --format=directory --include="$include" \
  --aptopt="$temporary/apt.conf" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  bookworm "$root"
for sources in "$temporary"/debian.*; do
  [ ! -e "$sources" ] || set -- "$@" "$sources"
done
mmdebstrap "$@"
