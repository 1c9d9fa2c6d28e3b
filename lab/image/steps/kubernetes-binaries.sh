#!/bin/sh
# Kubernetes, compiled in the builder, and the binaries that the nodes take from the mirror.
set -eu

recipe=$1 out=$2
version=v1.20.2
"$recipe/chroot.sh" "$out/builder" "$recipe" "$out" sh /recipe/inside/compile-kubernetes.sh \
  "$version" /src/kubernetes /out/kubernetes

mkdir -p "$out/mirror/bin"
for binary in kubeadm kubelet kubectl kube-proxy; do
  mv "$out/kubernetes/$binary" "$out/mirror/bin/$binary"
done
echo "$version" > "$out/mirror/version"
