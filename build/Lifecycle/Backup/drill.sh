# A drill of a backup on a control plane, as root: etcd and an API server from it in a folder and a network of their own, where
# nobody else is heard. Set before: step, config (Kubernetes' folder), programs (that of etcd's) and kilobytes (the snapshot's
# size); of run and gone: folder (what was brought there) and sha256 (the snapshot's). Nothing is left, however it ends: what is
# started ends by itself, and the folder of a drill that was killed is removed by the next one.
# shellcheck shell=sh
set -eu
umask 077
exec 3>&1 1>&2
PATH=${programs:?}:$PATH:/usr/local/bin
export ETCDCTL_API=3
# Before etcd 3.5 it starts there only if told to.
if [ "$(uname -m)" = aarch64 ]; then export ETCD_UNSUPPORTED_ARCH=arm64; fi
fail() {
  echo "kubelab: $*" >&2
  exit 1
}
number() { sed -n "s/.*\"$1\":\\([0-9]*\\).*/\\1/p" | head -n 1; }
uid() { grep -oE '"uid": *"[0-9a-f-]{36}"' | head -n 1 | cut -d '"' -f 4; }
# The processes of a drill are told by the folder that they work in.
working() { find /proc/[0-9]*/cwd -maxdepth 0 -lname "$1*" 2> /dev/null | cut -d / -f 3; }
remove() {
  tries=100
  while living=$(working "$1/run") && [ -n "$living" ] && [ "$tries" -gt 0 ]; do
    # shellcheck disable=SC2086 # numbers
    kill -9 $living 2> /dev/null || true
    tries=$((tries - 1))
    sleep 0.1
  done
  rm -rf "$1"
}
exe() { pid=$(pgrep -o -x "$1") && echo "/proc/$pid/exe"; }
opener() {
  if command -v etcdutl > /dev/null; then echo etcdutl
  elif etcdctl snapshot restore --help < /dev/null 2>&1 | grep -q -e --data-dir; then echo etcdctl
  fi
}
root=$(cd /var/tmp && pwd -P)
for program in unshare nsenter ip timeout etcdctl kubectl; do
  command -v "$program" > /dev/null || fail "there is no $program"
done
tool=$(opener)
[ -n "$tool" ] || fail "there is neither etcdutl nor an etcdctl that restores snapshots (etcd 3.6 only has it in etcdutl)"
# Executed as they run: no copy is needed, and it matters neither in which image they lie, nor whether /var/tmp takes programs.
apiserver=$(exe kube-apiserver) || fail "no kube-apiserver runs, whose program a drill needs"
etcd=$(command -v etcd || exe etcd) || fail "there is no etcd"

look() {
  for old in "$root"/kubelab-drill.*; do
    if [ ! -d "$old" ]; then continue; fi
    owner=$(cat "$old/pid" 2> /dev/null) || owner=
    if [ -n "$owner" ] && working "$old" | grep -q -x "$owner"; then fail "another drill is running (process $owner)"; fi
    # One without a process may be on its way here.
    if [ -n "$owner" ] || [ -z "$(find "$old" -mmin -2)" ]; then remove "$old"; fi
  done
  # What was brought, what is unpacked of it, what is restored, and etcd's and the API server's logs.
  need=$((3 * ${kilobytes:?} + 262144))
  free=$(df -Pk "$root" | awk 'NR == 2 { print $4 }')
  [ "${free:-0}" -ge "$need" ] || fail "/var/tmp has $((free / 1024)) MB free, and a drill needs $((need / 1024)) MB for a moment"
  # An API server of an empty cluster has 320 MB, its etcd 50 MB; both keep what they read.
  need=$((4 * kilobytes + 524288))
  free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  [ "${free:-0}" -ge "$need" ] || fail "$((${free:-0} / 1024)) MB of memory are available, and a drill needs $((need / 1024)) MB"
  {
    echo "now=$(date +%s)"
    echo "apiserver=$("$apiserver" --version 2> /dev/null < /dev/null | sed -n 's/^Kubernetes v//p')"
    echo "etcd=$("$etcd" --version 2> /dev/null < /dev/null | sed -n 's/^etcd Version: *//p')"
    echo end=1
  } >&3
}

# A program of the drill, which ends with its time even where nobody ends it; what it writes is in its log.
begin() {
  log=$1
  shift
  (
    cd run
    # The first that has to go where memory is short.
    echo 1000 > /proc/self/oom_score_adj || true
    exec nice -n 10 timeout -s KILL 600 "$@" > "$log.log" 2>&1 < /dev/null 3>&-
  ) &
}
inside() { (cd run && exec nsenter --net="/proc/$holder/ns/net" timeout -s KILL 120 "$@" < /dev/null 3>&-); }
as_admin() { inside kubectl --kubeconfig ../kubeconfig "$@"; }
# The last of what a program says, errors before all else.
said() {
  { grep -E '^[EF][0-9]{4} |rror|panic' "run/$1.log" || cat "run/$1.log"; } | tail -n 3 | cut -c 1-150 \
    | sed -e ':a' -e '$!{N;ba' -e '}' -e 's/\n/ | /g'
}
# Seconds, a process that has to live meanwhile, its log, and a command that tells.
await() {
  end=$(($(date +%s) + $1)) process=$2 name=$3
  shift 3
  until "$@" > /dev/null 2>&1; do
    kill -0 "$process" 2> /dev/null || fail "the drill's $name has ended: $(said "$name")"
    [ "$(date +%s)" -lt "$end" ] || fail "the drill's $name doesn't answer in time: $(said "$name")"
    sleep 1
  done
}

run() {
  folder=$(cd "${folder:?}" && pwd -P)
  trap 'cd /; remove "$folder"' EXIT
  trap 'exit 1' HUP INT TERM PIPE
  cd "$folder"
  chown -R 0:0 .
  echo $$ > pid
  mkdir run tree
  tar -x -f backup.tar -C tree || fail "what was brought can't be unpacked"
  rm backup.tar
  [ "$(sha256sum tree/snapshot.db | cut -d ' ' -f 1)" = "${sha256:?}" ] \
    || fail "the snapshot did not arrive as it was sent (is /var/tmp full?)"
  manifest=tree${config:?}/manifests/kube-apiserver.yaml
  [ -r "$manifest" ] || fail "the backup has no manifest of an API server ($config/manifests/kube-apiserver.yaml)"
  # Links are in no backup that is read: kubeadm's name for the folder that Kubespray calls ssl.
  if [ -d "tree$config/ssl" ] && [ ! -e "tree$config/pki" ]; then ln -s ssl "tree$config/pki"; fi

  peer=http://127.0.0.1:2380
  client=http://127.0.0.1:2379
  "$tool" snapshot restore tree/snapshot.db --data-dir run/data --name drill --initial-cluster "drill=$peer" \
    --initial-advertise-peer-urls "$peer" > run/restore.log 2>&1 < /dev/null \
    || fail "$tool could not open the snapshot: $(said restore)"
  rm tree/snapshot.db

  # shellcheck disable=SC2016 # expanded there
  begin network unshare --net sh -c 'echo $$ > holder; exec sleep 600'
  await 10 $! network test -s run/holder
  holder=$(cat run/holder)
  inside ip link set lo up || fail "the loopback of a network of its own can't be set up"

  begin etcd nsenter --net="/proc/$holder/ns/net" "$etcd" --name drill --data-dir data --listen-client-urls "$client" \
    --advertise-client-urls "$client" --listen-peer-urls "$peer" --quota-backend-bytes 8589934592
  await 40 $! etcd inside etcdctl --endpoints "$client" endpoint health --dial-timeout=2s --command-timeout=5s
  # An alarm is in the snapshot too, and would stop the API server's first writes.
  inside etcdctl --endpoints "$client" alarm disarm > run/alarm.log 2>&1 || true
  inside etcdctl --endpoints "$client" get /registry --prefix --keys-only | sed '/^$/d' > run/keys
  sed 's/^/key=/' run/keys >&3
  echo "revision=$(inside etcdctl --endpoints "$client" endpoint status -w json | number revision)" >&3
  # How a Secret lies in etcd; the first that is encrypted, if one is, is the one that the API server is to read.
  secret='' form=''
  sed -n 's|^/registry/secrets/||p' run/keys | head -n 20 > run/secrets
  while read -r key; do
    form=$(inside etcdctl --endpoints "$client" get "/registry/secrets/$key" --print-value-only | head -c 100 \
      | LC_ALL=C grep -aoE '^k8s:enc:[a-z0-9]+:' | head -n 1) || form=
    if [ -z "$secret" ] || [ -n "$form" ]; then secret=$key; fi
    if [ -n "$form" ]; then break; fi
  done < run/secrets
  echo "secret=$secret" >&3
  echo "form=$form" >&3

  token=$(od -An -N 32 -tx1 /dev/urandom | tr -d ' \n')
  echo "$token,drill,drill,\"system:masters\"" > tokens
  cat > kubeconfig << EOF
{apiVersion: v1, kind: Config, current-context: drill, contexts: [{name: drill, context: {cluster: drill, user: drill}}],
 clusters: [{name: drill, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}],
 users: [{name: drill, user: {token: $token}}]}
EOF
  export HOME="$folder/run"
  # What it reads objects by, as in the backup's manifest, its files from the backup; nothing else of that: no webhook, no audit,
  # no address of the cluster's.
  set -- --etcd-servers "$client" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port 6443 \
    --cert-dir certificates --endpoint-reconciler-type none --authorization-mode RBAC --token-auth-file ../tokens
  sed -n "s/^ *- *[\"']\\{0,1\\}\\(--[a-z-]*=[^\"']*\\)[\"']\\{0,1\\} *\$/\\1/p" "$manifest" > run/flags
  while read -r flag; do
    case ${flag%%=*} in
      --client-ca-file | --service-account-key-file | --service-account-signing-key-file \
        | --encryption-provider-config | --experimental-encryption-provider-config)
        [ -r "tree${flag#*=}" ] || fail "the backup lacks ${flag#*=}, which its API server has in ${flag%%=*}"
        # Its name of before Kubernetes 1.13.
        name=$(echo "${flag%%=*}" | sed 's/^--experimental-/--/')
        set -- "$@" "$name=$folder/tree${flag#*=}"
        ;;
      --service-account-issuer | --service-cluster-ip-range | --etcd-prefix | --feature-gates | --runtime-config)
        set -- "$@" "$flag"
        ;;
    esac
  done < run/flags
  begin kube-apiserver nsenter --net="/proc/$holder/ns/net" "$apiserver" "$@"
  await 90 $! kube-apiserver as_admin --request-timeout 5s get --raw /api/v1/namespaces/kube-system
  echo "uid=$(as_admin get --raw /api/v1/namespaces/kube-system | uid)" >&3

  if [ -n "$secret" ]; then
    path=/api/v1/namespaces/${secret%%/*}/secrets/${secret#*/}
    if as_admin get --raw "$path" 2> run/refusal | grep -q '"kind": *"Secret"'; then
      echo decrypted=yes >&3
    else
      echo "refusal=$(tail -n 1 run/refusal)" >&3
    fi
  fi
  # All of them are read, and counted.
  as_admin get namespaces,configmaps,secrets,serviceaccounts,pods,deployments.apps --all-namespaces -o name \
    > run/objects 2> run/unread || echo "unread=$(grep -v '^Warning' run/unread | tail -n 1)" >&3
  cut -d / -f 1 run/objects | cut -d . -f 1 | sort | uniq -c \
    | while read -r count kind; do echo "read.${kind}s=$count"; done >&3
  if [ -r "tree$config/admin.conf" ]; then
    echo "admin=$(inside kubectl --kubeconfig "$folder/tree$config/admin.conf" --server https://127.0.0.1:6443 \
      --insecure-skip-tls-verify get --raw /api/v1/namespaces/kube-system 2> run/admin.log | uid)" >&3
    echo "stranger=$(tail -n 1 run/admin.log)" >&3
  fi
  echo end=1 >&3
}
gone() {
  if [ ! -e "${folder:?}" ] && [ -z "$(working "$root/${folder##*/}")" ]; then echo gone=yes >&3; fi
  echo end=1 >&3
}
case ${step:?} in
  look | run | gone) "$step" ;;
esac
