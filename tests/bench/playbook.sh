#!/bin/bash
# What KubeLab costs around a playbook, and what its connection settings bring: each pair runs one after the other, and the
# faster of two runs counts, as another program's load only ever adds.
#
#   around   a playbook of 300 short tasks on three local nodes: InstallCluster against the very command that it prints
#   settings a playbook over SSH on twelve nodes (a loopback sshd): KubeLab's settings against Kubespray's defaults
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
sshd_id=
finish() {
  [ -z "$sshd_id" ] || kill "$sshd_id" 2>/dev/null || true
  rm -rf "$work" "$root"/artifacts/bench-{around,settings}-*
}
trap finish EXIT
for program in ansible-playbook ssh-keygen python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed here"; exit 0; }
done

seconds() { # the duration of a command, its output kept for a failure
  local from to
  from=$(date +%s%N)
  "$@" >"$work/out" 2>&1 || { tail -n 30 "$work/out" >&2; return 1; }
  to=$(date +%s%N)
  awk -v ns=$((to - from)) 'BEGIN { printf "%.2f\n", ns / 1e9 }'
}

faster() { printf '%s\n' "$@" | sort -n | head -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }

cluster() { # name, nodes' lines, tasks
  mkdir -p "$work/$1/bench-$1" "$work/$1/distribution"
  {
    echo '[all]'
    echo "$2"
    printf '[kube_control_plane]\nn1\n[etcd]\nn1\n[kube_node]\n'
    echo "$2" | awk 'NF && $1 != "n1" { print $1 }'
  } >"$work/$1/bench-$1/inventory.ini"
  { printf -- '- hosts: all\n  gather_facts: false\n  tasks:\n'; echo "$3"; } >"$work/$1/distribution/cluster.yml"
}

kubelab() { # name: how long InstallCluster took, as the run's record says
  local build=("$root/build.sh" InstallCluster --skip --inventory "$work/$1/bench-$1" --distribution kubespray
    --kubespray-path "$work/$1/distribution")
  "${build[@]}" >"$work/out" 2>&1 </dev/null || { tail -n 30 "$work/out" >&2; return 1; }
  python3 - "$root/artifacts/bench-$1-"*/runs <<'PY'
import json, pathlib, sys
runs = sorted(pathlib.Path(sys.argv[1]).iterdir())
report = json.loads((runs[-1] / "report.json").read_text())
print("%.2f" % next(target["seconds"] for target in report["targets"] if target["name"] == "InstallCluster"))
PY
}

printed() { # name: the command that KubeLab printed last
  tail -n 1 "$(find "$root/artifacts/bench-$1-"*/runs -name commands.txt | sort | tail -n 1)"
}

tasks=$(for number in $(seq 300); do
  printf '    - name: Task %s\n      ansible.builtin.%s\n      changed_when: false\n' "$number" \
    "$( ((number % 6)) && echo 'debug: { msg: here }' || echo 'command: /bin/true')"
done)
cluster around "$(printf 'n%s ansible_connection=local\n' 1 2 3)" "$tasks"
kubelab around >/dev/null
plain=$(printed around)
with=() without=()
for _ in 1 2; do
  without+=("$(seconds bash -c "$plain")")
  with+=("$(kubelab around)")
done
a=$(faster "${with[@]}") b=$(faster "${without[@]}")
echo "around:   300 tasks, KubeLab $a s, ansible-playbook $b s: ratio $(ratio "$a" "$b") (at most 1.03)"

if [ "$(id -un)" != root ] || [ ! -x /usr/sbin/sshd ]; then
  echo "settings: skipped: the measurement's sshd lets root log in, and needs to be run as root"
  exit 0
fi
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
cp "$work/key.pub" "$work/authorized_keys"
printf '%s\n' "ListenAddress 0.0.0.0:$port" "HostKey $work/host" "AuthorizedKeysFile $work/authorized_keys" 'PidFile none' \
  'StrictModes no' 'PermitRootLogin prohibit-password' 'PasswordAuthentication no' 'UsePAM no' 'MaxStartups 200' >"$work/sshd_config"
sed -i "s/0\.0\.0\.0/127.0.0.1/" "$work/sshd_config"
for number in $(seq 2 12); do echo "ListenAddress 127.0.0.$number:$port"; done >>"$work/sshd_config"
mkdir -p /run/sshd
/usr/sbin/sshd -D -f "$work/sshd_config" 2>/dev/null &
sshd_id=$!
nodes=$(for number in $(seq 12); do echo "n$number ansible_host=127.0.0.$number ansible_port=$port ansible_user=root"; done)
cluster settings "$nodes" "$(for number in $(seq 20); do
  printf '    - name: Task %s\n      ansible.builtin.command: /bin/true\n      changed_when: false\n' "$number"
done)"
for number in $(seq 12); do echo "[127.0.0.$number]:$port $(cut -d' ' -f1,2 "$work/host.pub")"; done >"$work/known_hosts"
printf 'ssh:\n  private_key: %s\n  known_hosts: %s\n' "$work/key" "$work/known_hosts" >"$work/settings/bench-settings/kubelab.yml"
# What Kubespray's ansible.cfg says of connections (v2.23.3); forks is unset there, so 5.
cat >"$work/kubespray.cfg" <<'CFG'
[defaults]
host_key_checking = False
[ssh_connection]
pipelining = True
ssh_args = -o ControlMaster=auto -o ControlPersist=30m -o ConnectionAttempts=100 -o UserKnownHostsFile=/dev/null
CFG
kubelab settings >/dev/null
with=() without=()
for _ in 1 2; do
  without+=("$(seconds env ANSIBLE_CONFIG="$work/kubespray.cfg" ANSIBLE_SSH_CONTROL_PATH_DIR="$work/cp" \
    ansible-playbook -i "$work/settings/bench-settings/inventory.ini" --private-key "$work/key" "$work/settings/distribution/cluster.yml")")
  with+=("$(kubelab settings)")
done
a=$(faster "${with[@]}") b=$(faster "${without[@]}")
echo "settings: 12 nodes, 20 tasks, KubeLab's $a s, Kubespray's defaults $b s: ratio $(ratio "$a" "$b") (at most 1)"
for socket in "$work"/cp/*; do [ ! -S "$socket" ] || ssh -o ControlPath="$socket" -O exit kubelab 2>/dev/null || true; done
