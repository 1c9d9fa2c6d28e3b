#!/bin/sh
# The packages that the roles install on the nodes, as a repository.
set -eu

recipe=$1 out=$2
"$recipe/chroot.sh" "$out/builder" "$recipe" "$out" sh /recipe/inside/mirror-packages.sh \
  /recipe/packages/mirror.txt /out/rootfs /out/mirror/apt
