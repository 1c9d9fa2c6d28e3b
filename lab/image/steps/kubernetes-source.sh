#!/bin/sh
# Debian's source package of Kubernetes, unpacked in the builder.
set -eu

recipe=$1 out=$2
"$recipe/chroot.sh" "$out/builder" "$recipe" "$out" sh /recipe/inside/fetch-kubernetes.sh /src
