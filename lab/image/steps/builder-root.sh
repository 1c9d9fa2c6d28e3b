#!/bin/sh
# A root file system with a compiler, the same on every machine.
set -eu

recipe=$1 out=$2
"$recipe/bootstrap.sh" "$recipe/packages/builder.txt" "$out/builder"
