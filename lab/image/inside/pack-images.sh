#!/bin/sh
# Makes the container images: pack-images.sh VERSION SOURCE BINARIES DIRECTORY (in the builder)
# SOURCE is the source of Kubernetes, BINARIES has what was compiled from it; DIRECTORY gets one tar an image.
set -eu

version=$1 source=$2 binaries=$3 images=$4
roots=$(mktemp -d)
trap 'rm -rf "$roots"' EXIT
rm -rf "$images"
mkdir -p "$images"

# What every image has, so that a process finds its user and a place for temporary files.
new_root() {
  root=$roots/$1
  mkdir -p "$root/etc" "$root/bin" "$root/usr/local/bin" "$root/tmp"
  chmod 1777 "$root/tmp"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/tmp:/bin/sh' > "$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' > "$root/etc/group"
  echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
}

pack() {
  echo "  $1"
  sh /recipe/inside/pack-image.sh "$1" "$root" "$images/$2.tar" "$3"
}

# --- what holds a pod's namespaces: the sandbox image that the kubelet and containerd 1.6 expect ---
new_root pause
gcc -Os -Wall -static -DVERSION=3.2 -o "$root/pause" "$source/build/pause/linux/pause.c"
strip "$root/pause"
pack k8s.gcr.io/pause:3.2 pause '{"Entrypoint": ["/pause"], "User": "65534:65534"}'

# --- the control plane: the names that kubeadm 1.20 gives its static pods ---
for component in kube-apiserver kube-controller-manager kube-scheduler; do
  new_root "$component"
  cp "$binaries/$component" "$root/usr/local/bin/"
  pack "k8s.gcr.io/$component:$version" "$component" '{}'
done

# --- the smoke test's workload: a shell, a server, clients ---
# busybox is the dynamic one: the static one's name lookup needs the C library's own plugins, which an image lacks.
new_root busybox
mkdir -p "$root/usr/bin" "$root/lib" "$root/root"
cp /bin/busybox "$root/bin/busybox"
cp /usr/bin/curl "$root/usr/bin/curl"
for library in $(ldd /bin/busybox /usr/bin/curl | grep -o '/[^ :]*\.so[^ :]*' | sort -u); do
  mkdir -p "$root/${library%/*}"
  cp -L "$library" "$root/$library"
done
for applet in $(busybox --list); do
  [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
done
cp /etc/services /etc/protocols "$root/etc/" 2> /dev/null || true
chroot "$root" /bin/sh -c 'curl --version' > /dev/null
pack kubelab.invalid/busybox:1.35 busybox '{"Cmd": ["sh"]}'
