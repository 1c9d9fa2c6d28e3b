# What a backup holds of a node, as a tar on standard output: first "told", what the node says in lines, then etcd's snapshot
# where it is wanted, then files. Set before: snapshot (yes or no) and paths; etcdctl's settings are in the environment.
# Nothing is left on the node, however it ends.
# shellcheck shell=sh
set -eu
umask 077
exec 3>&1 1>&2
fail() {
  echo "kubelab: $*" >&2
  exit 1
}
# What one left behind that was killed.
for old in /var/tmp/kubelab-etcd.*; do
  if [ -d "$old" ] && ! kill -0 "$(cat "$old/pid" 2> /dev/null)" 2> /dev/null; then rm -rf "$old"; fi
done
folder=$(mktemp -d /var/tmp/kubelab-etcd.XXXXXX) || fail "no folder can be made in /var/tmp (df -h /var/tmp shows its space)"
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM PIPE
echo $$ > "$folder/pid"
told=$folder/told

digest() { sha256sum "$1" | cut -d ' ' -f 1; }
number() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" | head -n 1; }

if [ "${snapshot:?}" = yes ]; then
  command -v etcdctl > /dev/null || fail "there is no etcdctl"
  # A read that needs a quorum: a member that lives alone answers other questions.
  etcdctl endpoint health --dial-timeout=5s --command-timeout=10s < /dev/null > "$folder/health" 2>&1 \
    || fail "its member of etcd is not healthy: $(grep -v '^{' "$folder/health" | head -n 1)"
  status=$(etcdctl endpoint status -w json < /dev/null 2> /dev/null)
  size=$(printf %s "$status" | number dbSize)
  # The snapshot, and what is opened of it, with its log.
  need=$((${size:-0} / 512 + 131072))
  free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
  [ "${free:-0}" -ge "$need" ] || fail "/var/tmp has $((free / 1024)) MB free, and a snapshot of etcd needs $((need / 1024 + 1)) MB for a moment"
  tool=
  if command -v etcdutl > /dev/null; then tool=etcdutl
  elif etcdctl snapshot restore --help < /dev/null 2>&1 | grep -q -e --data-dir; then tool=etcdctl
  else fail "etcdctl here only takes snapshots, and etcdutl, which opens them (etcd 3.6), is not there"
  fi
  etcdctl snapshot save "$folder/snapshot.db" --command-timeout=20m < /dev/null > "$folder/log" 2>&1 \
    || fail "etcdctl could not take a snapshot: $(tail -n 1 "$folder/log")"
  state=$($tool snapshot status "$folder/snapshot.db" -w json < /dev/null 2> "$folder/log") \
    || fail "the snapshot can't be read: $(tail -n 1 "$folder/log")"
  # Only this compares the sum that etcd wrote at its end.
  $tool snapshot restore "$folder/snapshot.db" --data-dir "$folder/opened" < /dev/null > "$folder/log" 2>&1 \
    || fail "the snapshot can't be opened: $(tail -n 1 "$folder/log")"
  rm -rf "$folder/opened" "$folder/log"
  # Namespaces are kept as they are, whatever is encrypted; the first such text in one is its own UID.
  uid=$(etcdctl get /registry/namespaces/kube-system --print-value-only < /dev/null 2> /dev/null \
    | grep -aoE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | head -n 1) || true
  {
    echo "uid=$uid"
    echo "etcd=$(printf %s "$status" | sed -n 's/.*"version":"\([0-9.]*\)".*/\1/p')"
    echo "hash=$(printf %s "$state" | number hash)"
    echo "revision=$(printf %s "$state" | number revision)"
    echo "keys=$(printf %s "$state" | number totalKey)"
    echo "size=$(wc -c < "$folder/snapshot.db")"
    echo "sha256=$(digest "$folder/snapshot.db")"
    echo "tool=$tool"
  } >> "$told"
fi

# Where the API server finds the keys by which it encrypts.
manifest=${config:?}/manifests/kube-apiserver.yaml
provider=
if [ -r "$manifest" ]; then
  provider=$(sed -n 's/.*--\(experimental-\)\{0,1\}encryption-provider-config=\([^" ]*\).*/\2/p' "$manifest" | head -n 1)
fi
for authority in "$config/ssl/ca.crt" "$config/pki/ca.crt" /etc/kubernetes/pki/ca.crt; do
  if [ -r "$authority" ]; then
    echo "authority=$(digest "$authority")" >> "$told"
    break
  fi
done
if [ -n "$provider" ] && [ -r "$provider" ]; then echo "encryption=$(digest "$provider")" >> "$told"
elif [ -n "$provider" ]; then fail "its API server's encryption configuration $provider can't be read"
fi
echo end=1 >> "$told"

set -- told
if [ "$snapshot" = yes ]; then set -- "$@" snapshot.db; fi
set -- "$@" -C /
for path in ${paths:?} "$provider"; do
  if [ -n "$path" ] && [ -e "$path" ]; then set -- "$@" "${path#/}"; fi
done
tar -c -f - --warning=no-file-changed -C "$folder" "$@" >&3 2> "$folder/log" || {
  # 1: a file changed while it was read; the snapshot does not.
  [ $? -eq 1 ] || fail "tar could not read all of it: $(tail -n 1 "$folder/log")"
}
