# Renews the certificates of one control plane that kubeadm has made, and has the components that use them start anew, one after the
# other, each stopped as gently as the kubelet stops a pod. Private keys stay on the machine; the service accounts' keys are never
# touched. What was there before is set aside.
# Set before it: mode (judge, ready or renew), root (put before each path; empty but in tests), etcd (yes, where etcd's are meant
# too), components (static pods, in the order in which they are started anew), stamp (the name of the folder set aside), server
# (the API server of this machine, as kubectl takes it; may be empty), seconds (how long one may take to stop or start).
# shellcheck shell=sh disable=SC2154

PATH=$root/usr/local/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
umask 077
kubernetes=$root/etc/kubernetes
manifests=$kubernetes/manifests
aside=$kubernetes/kubelab-stopped
admin=$kubernetes/admin.conf
pki=$kubernetes/ssl
[ -f "$pki/ca.crt" ] || pki=$kubernetes/pki

say() {
  printf 'kubelab %s\n' "$*"
}

fail() {
  say failed "$*"
  exit 1
}

# Of what an earlier run was killed in the middle of: a component without its manifest is none.
put_back() {
  for manifest in "$aside"/*.yaml; do
    [ -f "$manifest" ] && mv "$manifest" "$manifests/"
  done
  rmdir "$aside" 2> /dev/null
  return 0
}

# The kernel keeps 15 characters of a name.
running() {
  wanted=$(printf '%.15s' "$1")
  for process in /proc/[0-9]*; do
    read -r name < "$process/comm" && [ "$name" = "$wanted" ] && {
      echo "${process#/proc/}"
      return 0
    }
  done 2> /dev/null
  return 1
}

ready() {
  kubectl --kubeconfig "$admin" ${server:+--server "$server"} --request-timeout 5s get --raw /readyz > /dev/null 2>&1
}

# wait_until SECONDS COMMAND...
wait_until() {
  left=$1
  shift
  until "$@"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 1
  done
}

gone() {
  ! running "$1" > /dev/null
}

start_anew() {
  manifest=$manifests/$1.yaml
  [ -f "$manifest" ] || return 0
  mkdir -p "$aside"
  mv "$manifest" "$aside/"
  wait_until "$seconds" gone "$1" || fail "$1 has not stopped within $seconds s; its manifest is back"
  put_back
  wait_until "$seconds" running "$1" > /dev/null || fail "$1 has not started again within $seconds s: journalctl -u kubelet says why"
  [ "$1" != kube-apiserver ] || wait_until "$seconds" ready || fail "the API server is not ready again after $seconds s"
  say started "$1"
}

fingerprint() {
  cat "$pki"/sa.key "$pki"/sa.pub 2> /dev/null | sha256sum | cut -d' ' -f1
}

judge() {
  [ -d "$manifests" ] || fail "there is no $manifests: it is no control plane of kubeadm's"
  command -v kubeadm > /dev/null || fail "there is no kubeadm"
  command -v kubectl > /dev/null || fail "there is no kubectl"
  [ -f "$pki/ca.crt" ] || fail "there is no $pki/ca.crt"
  [ -f "$pki/ca.key" ] || fail "there is no $pki/ca.key: certificates are signed elsewhere, and have to be renewed there"
  if [ -n "$etcd" ] && [ ! -f "$pki/etcd/server.crt" ]; then
    fail "etcd's certificates there are not kubeadm's: move them and their keys away on the first member, and run ./build.sh InstallCluster, which makes what is missing"
  fi
}

names() {
  echo apiserver apiserver-kubelet-client front-proxy-client admin.conf controller-manager.conf scheduler.conf
  [ ! -f "$pki/apiserver-etcd-client.crt" ] || echo apiserver-etcd-client
  [ ! -f "$kubernetes/super-admin.conf" ] || echo super-admin.conf
  [ -z "$etcd" ] || echo etcd-server etcd-peer etcd-healthcheck-client
}

# Whoever is cut off or asked to stop puts back what it has taken away.
trap put_back EXIT
trap 'exit 130' HUP INT TERM

# The script itself comes on standard input, which no program may read.
main() {
  put_back
  judge
  case $mode in
    ready)
      ready || fail "its API server is not ready"
      ;;
    renew)
      before=$(fingerprint)
      mkdir -p "$kubernetes/$stamp"
      cp -a "$pki" "$kubernetes/$stamp/" || fail "what is there could not be set aside in $kubernetes/$stamp"
      cp -a "$kubernetes"/*.conf "$kubernetes/$stamp/" || fail "what is there could not be set aside in $kubernetes/$stamp"
      say aside "$kubernetes/$stamp"
      own=
      if [ -f "$root/root/.kube/config" ] && cmp -s "$admin" "$root/root/.kube/config"; then own=yes; fi
      for name in $(names); do
        case $name in
          *.conf) [ -f "$kubernetes/$name" ] || continue ;;
        esac
        said=$(kubeadm certs renew "$name" --cert-dir "$pki" 2>&1) || fail "kubeadm certs renew $name: $(echo "$said" | tail -n 1); what was there is in $kubernetes/$stamp"
        say renewed "$name"
      done
      [ "$(fingerprint)" = "$before" ] || fail "the service accounts' keys have changed: put them back from $kubernetes/$stamp"
      [ -z "$own" ] || cp "$admin" "$root/root/.kube/config"
      for component in $components; do
        [ "$component" = etcd ] && [ -z "$etcd" ] && continue
        start_anew "$component"
      done
      ;;
  esac
  say 'done'
}

main < /dev/null
