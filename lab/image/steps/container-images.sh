#!/bin/sh
# The container images that the nodes import from the mirror. They need no registry.
set -eu

recipe=$1 out=$2
"$recipe/chroot.sh" "$out/builder" "$recipe" "$out" sh /recipe/inside/pack-images.sh \
  "$(cat "$out/mirror/version")" /src/kubernetes /out/kubernetes /out/mirror/images
rm -r "$out/kubernetes"
