#!/bin/sh
# The root file system that all nodes share, read-only, below their own changes.
set -eu

recipe=$1 out=$2
"$recipe/bootstrap.sh" "$recipe/packages/node.txt" "$out/rootfs"
