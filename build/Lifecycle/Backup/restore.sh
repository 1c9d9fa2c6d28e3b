# One step of a restore of etcd on one node, as root. Set before: step, stamp (the restore's name), data (etcd's folder), config
# (Kubernetes' folder); etcdctl's settings are in the environment. Each step may run again after one that was killed at any
# moment: what is moved is moved within one file system, and nothing of what was there is deleted.
# shellcheck shell=sh
set -eu
umask 077
fail() {
  echo "kubelab: $*" >&2
  exit 1
}
staged=${data:?}/kubelab-restore-${stamp:?}
before=$data/kubelab-before-$stamp
aside=${config:?}/kubelab-restore-$stamp
components='kube-apiserver kube-controller-manager kube-scheduler'

# Seconds, what is waited for, and a command that tells.
await() {
  end=$(($(date +%s) + $1))
  what=$2
  shift 2
  while ! "$@" > /dev/null 2>&1 < /dev/null; do
    [ "$(date +%s)" -lt "$end" ] || fail "not in time: $what"
    sleep 0.2
  done
}
digest() { sha256sum "$1" | cut -d ' ' -f 1; }
opener() {
  if command -v etcdutl > /dev/null; then echo etcdutl
  elif etcdctl snapshot restore --help < /dev/null 2>&1 | grep -q -e --data-dir; then echo etcdctl
  fi
}
bumps() { "$1" snapshot restore --help < /dev/null 2>&1 | grep -q -e --bump-revision; }
runs_none() { for component in $components; do ! pgrep -x "$(printf %.15s "$component")" || return 1; done; }
is_stopped() { ! systemctl is-active --quiet etcd; }
# Answered by this member alone, whether there is a quorum or not.
own() { etcdctl "$@" --consistency=s --dial-timeout=5s --command-timeout=10s < /dev/null 2> /dev/null; }

case ${step:?} in
  survey)
    echo "data=$data"
    echo "name=${ETCD_NAME:-}"
    echo "peers=${ETCD_INITIAL_ADVERTISE_PEER_URLS:-}"
    echo "token=${ETCD_INITIAL_CLUSTER_TOKEN:-}"
    echo "etcd=$(etcdctl version 2> /dev/null < /dev/null | sed -n 's/^etcdctl version: *//p')"
    tool=$(opener)
    echo "tool=$tool"
    if [ -n "$tool" ] && bumps "$tool"; then echo bumps=yes; fi
    place=$data
    while [ ! -d "$place" ]; do place=$(dirname "$place"); done
    echo "free=$(df -Pk "$place" | awk 'NR == 2 { print $4 }')"
    echo "room=$(df -Pk /var/tmp | awk 'NR == 2 { print $4 }')"
    echo "uid=$(own get /registry/namespaces/kube-system --print-value-only \
      | grep -aoE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | head -n 1)"
    echo "revision=$(own get / --limit=1 -w json | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')"
    for authority in "$config/ssl/ca.crt" "$config/pki/ca.crt" /etc/kubernetes/pki/ca.crt; do
      if [ -r "$authority" ]; then
        echo "authority=$(digest "$authority")"
        break
      fi
    done
    for manifest in "$config/manifests/kube-apiserver.yaml" "$config"/kubelab-restore-*/kube-apiserver.yaml; do
      if [ -r "$manifest" ]; then
        provider=$(sed -n 's/.*--\(experimental-\)\{0,1\}encryption-provider-config=\([^" ]*\).*/\2/p' "$manifest" | head -n 1)
        if [ -n "$provider" ]; then echo "encryption=$(digest "$provider")"; fi
        break
      fi
    done
    echo end=1
    ;;
  list)
    own get /registry --prefix --keys-only | sed '/^$/d'
    echo end=1
    ;;
  stage)
    if [ ! -d "$staged/member" ] && [ ! -d "$before" ] && [ ! -e "$data/kubelab-done-$stamp" ]; then
      [ "$(digest "${upload:?}")" = "${sha256:?}" ] || fail "the snapshot did not arrive as it was sent (is /var/tmp full?)"
      tool=$(opener)
      mkdir -p "$data"
      rm -rf "$data/kubelab-staging"
      set -- "$upload" --data-dir "$data/kubelab-staging" --name "${ETCD_NAME:?}" --initial-cluster "${members:?}" \
        --initial-advertise-peer-urls "${ETCD_INITIAL_ADVERTISE_PEER_URLS:?}" --initial-cluster-token "k8s_etcd_$stamp"
      # Who watches would otherwise go on from revisions that are no longer true (etcd 3.5.10 and later).
      if [ "${bump:?}" = yes ]; then set -- "$@" --bump-revision 1000000000 --mark-compacted; fi
      "$tool" snapshot restore "$@" > /var/tmp/kubelab-restore.log 2>&1 < /dev/null \
        || { said=$(tail -n 1 /var/tmp/kubelab-restore.log); rm -rf "$data/kubelab-staging"; fail "$tool could not open the snapshot: $said"; }
      owner=$(systemctl show --property=User --value etcd 2> /dev/null) || true
      chown -R "${owner:-root}" "$data/kubelab-staging"
      if [ -n "$owner" ]; then chown "$owner" "$data"; fi
      sync
      mv "$data/kubelab-staging" "$staged"
    fi
    rm -rf /var/tmp/kubelab-restore.*
    ;;
  stop-api)
    mkdir -p "$aside"
    for component in $components; do
      if [ -e "$config/manifests/$component.yaml" ]; then mv "$config/manifests/$component.yaml" "$aside/"; fi
    done
    await 180 "the kubelet stops $components (journalctl -u kubelet)" runs_none
    ;;
  stop-etcd)
    systemctl stop etcd || true
    await 60 "etcd stops (systemctl status etcd)" is_stopped
    ;;
  swap)
    if [ -d "$staged/member" ]; then
      if [ -d "$data/member" ]; then
        mkdir -p "$before"
        mv "$data/member" "$before/member"
      fi
      mv "$staged/member" "$data/member"
      : > "$data/kubelab-done-$stamp"
    fi
    rm -rf "$staged"
    [ -d "$data/member" ] || fail "$data/member is not there"
    ;;
  swap-back)
    if [ -d "$before/member" ]; then
      if [ -d "$data/member" ]; then
        mkdir -p "$data/kubelab-undone-$stamp"
        mv "$data/member" "$data/kubelab-undone-$stamp/member"
      fi
      mv "$before/member" "$data/member"
      rmdir "$before"
    fi
    rm -rf "$staged" "$data/kubelab-staging" "$data/kubelab-done-$stamp" /var/tmp/kubelab-restore.*
    ;;
  start-etcd) systemctl --no-block start etcd || fail "systemd doesn't start etcd" ;;
  await-etcd) await 120 "its member of etcd is healthy (journalctl -u etcd)" etcdctl endpoint health ;;
  start-api)
    for component in $components; do
      if [ -e "$aside/$component.yaml" ]; then mv "$aside/$component.yaml" "$config/manifests/"; fi
    done
    if [ -d "$aside" ]; then rmdir "$aside"; fi
    ;;
  await-api)
    await 240 "its API server is ready (journalctl -u kubelet)" kubectl --kubeconfig "$config/admin.conf" get --raw /readyz
    ;;
  restart)
    for service in kubelet kube-proxy; do systemctl try-restart "$service" || true; done
    rm -f "$data/kubelab-done-$stamp"
    ;;
esac
