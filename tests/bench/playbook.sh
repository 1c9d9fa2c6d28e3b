#!/bin/bash
# What KubeLab costs around a playbook, and what its connection settings bring. Both sides of a pair run one after the other, each
# pair in the other order, and the median of the pairs' ratios counts. Fails where a bound is missed. Takes about five minutes.
#
#   around   a playbook of 300 short tasks on three local nodes: InstallCluster against the very command that it prints
#   settings a playbook over SSH on twelve nodes (a loopback sshd): KubeLab's settings against Kubespray's defaults
#   mitogen  120 module tasks on three of them, with ansible.accelerator: mitogen, against Kubespray's defaults; every node's recap
#            has to be the same
#
# BENCH_ROUNDS=8 tests/bench/playbook.sh measures more pairs. On a machine that has something else to do the figures say nothing.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
sshd_id=
# What is measured shares its connections here, so that none of them is left.
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 "$XDG_RUNTIME_DIR"
finish() {
  for socket in "$work"/cp/* "$work"/run/*/*; do
    [ ! -S "$socket" ] || ssh -o ControlPath="$socket" -O exit kubelab 2>/dev/null || true
  done
  [ -z "$sshd_id" ] || kill "$sshd_id" 2>/dev/null || true
  rm -rf "$work" "$root/artifacts/bench-around-"* "$root/artifacts/bench-settings-"* \
    "$root/artifacts/bench-mitogen-"*
}
trap finish EXIT
for program in ansible-playbook ssh-keygen python3; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed here"; exit 0; }
done

quietly() { # runs a command whose output is only shown when it fails
  "$@" >"$work/out" 2>&1 </dev/null || { tail -n 30 "$work/out" >&2; return 1; }
}

took() { # how long a command takes, and its processor time with that of all that it starts: "12.34 10.20 1.70"
  local TIMEFORMAT='%R %U %S'
  { time quietly "$@" 2>&3; } 3>&2 2>&1
}

# The median ratio, all of them, and whether the bound holds.
judge() { # name, bound, how many pairs there have to be < pairs, as the function below writes them
  python3 -c '
import statistics, sys
name, limit, count = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
pairs = [[float(word) for word in line.split()] for line in sys.stdin]
if len(pairs) != count:
    sys.exit("%s: a run failed, so there is no figure" % name)
ratios = [pair[0] / pair[1] for pair in pairs]
median = statistics.median(ratios)
print("%-9s the median of %d pairs is %.3f (%s), at most %.2f: %s" % (
    name + ":", len(pairs), median, " ".join("%.3f" % ratio for ratio in ratios), limit, "holds" if median <= limit else "MISSED"))
print("          KubeLab %.2f s, the other %.2f s; processor time, with all of ./build.sh, %.1f s and %.1f s" % tuple(
    statistics.median(column) for column in zip(*pairs)))
sys.exit(0 if median <= limit else 1)' "$1" "$2" "$3" || missed+=("$1")
}

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

build() { # name, targets: KubeLab on that cluster
  local name=$1
  shift
  "$root/build.sh" "$@" --inventory "$work/$name/bench-$name" --distribution kubespray --kubespray-path "$work/$name/distribution"
}

# How long InstallCluster takes as the run's record says, its inventory read before by another target, as in a Deploy; and the
# processor time of the whole of ./build.sh: "12.34 11.90".
kubelab() { # name
  local user system
  read -r _ user system < <(took build "$1" ValidateInventory InstallCluster --skip)
  python3 - "$root/artifacts/bench-$1-"*/runs "$user" "$system" <<'PY'
import json, pathlib, sys
runs = sorted(pathlib.Path(sys.argv[1]).iterdir())
report = json.loads((runs[-1] / "report.json").read_text())
seconds = next(target["seconds"] for target in report["targets"] if target["name"] == "InstallCluster" and target["status"] == "succeeded")
print("%.2f %.2f" % (seconds, float(sys.argv[2]) + float(sys.argv[3])))
PY
}

plainly() { # command: how long it takes and its processor time
  local real user system
  read -r real user system < <(took bash -c "$1")
  awk -v real="$real" -v user="$user" -v system_="$system" 'BEGIN { printf "%.2f %.2f\n", real, user + system_ }'
}

# As many pairs as asked for, the one side first and then the other: "KubeLab's seconds, the other's, and the processor times".
pairs() { # count, name, the other command
  local round mine others
  for round in $(seq "$1"); do
    if ((round % 2)); then
      others=$(plainly "$3") mine=$(kubelab "$2")
    else
      mine=$(kubelab "$2") others=$(plainly "$3")
    fi
    echo "${mine% *} ${others% *} ${mine#* } ${others#* }"
  done
}

tasks=$(for number in $(seq 300); do
  printf '    - name: Task %s\n      ansible.builtin.%s\n      changed_when: false\n' "$number" \
    "$( ((number % 6)) && echo 'debug: { msg: here }' || echo 'command: /bin/true')"
done)
missed=()
rounds=${BENCH_ROUNDS:-4}
cluster around "$(printf 'n%s ansible_connection=local\n' 1 2 3)" "$tasks"
quietly build around Preview
plain=$(sed -n 's/^\$ //p' "$work/out" | tail -n 1)
[ -n "$plain" ] || { echo 'Preview printed no command' >&2; exit 1; }
judge around 1.03 "$rounds" < <(pairs "$rounds" around "$plain")

if [ "$(id -un)" != root ] || [ ! -x /usr/sbin/sshd ]; then
  echo "settings: skipped: the measurement's sshd lets root log in, and needs to be run as root"
  exit "$((${#missed[@]} > 0))"
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
# Half of the tasks take a while: what nodes do takes their own time, not the control machine's.
cluster settings "$nodes" "$(for number in $(seq 8); do
  printf '    - name: Task %s\n      ansible.builtin.command: %s\n      changed_when: false\n' "$number" \
    "$( ((number % 2)) && echo /bin/true || echo 'sleep 0.5')"
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
defaults() { # name: the same playbook with what Kubespray says
  echo "ANSIBLE_CONFIG=$work/kubespray.cfg ANSIBLE_SSH_CONTROL_PATH_DIR=$work/cp exec ansible-playbook" \
    "-i $work/$1/bench-$1/inventory.ini --private-key $work/key $work/$1/distribution/cluster.yml"
}
judge settings 1 3 < <(pairs 3 settings "$(defaults settings)")

if [ ! -e /usr/lib/python3/dist-packages/ansible_mitogen ]; then
  echo 'mitogen:  skipped: ansible-mitogen is not installed here'
  exit "$((${#missed[@]} > 0))"
fi
cluster mitogen "$(head -n 3 <<<"$nodes")" "$(for number in $(seq 24); do
  printf '    - name: %s\n      ansible.builtin.%s\n' \
    "Stat $number" 'stat: { path: /etc/hosts }' \
    "Run $number" 'command: /bin/true' \
    "Copy $number" "copy: { content: '$number', dest: '$work/{{ inventory_hostname }}-$number', mode: '0644' }" \
    "Line $number" "lineinfile: { path: '$work/{{ inventory_hostname }}-$number', line: more }" \
    "Remove $number" "file: { path: '$work/{{ inventory_hostname }}-$number', state: absent }"
done)"
{
  cat "$work/settings/bench-settings/kubelab.yml"
  printf 'ansible:\n  accelerator: mitogen\n'
} >"$work/mitogen/bench-mitogen/kubelab.yml"
recap() { sed -n 's/^\(n[0-9]* *: ok=.*\)$/\1/p' | tr -s ' ' | sort; } # of Ansible's output
bash -c "$(defaults mitogen)" </dev/null 2>&1 | recap >"$work/plain-recap"
judge mitogen 0.75 3 < <(pairs 3 mitogen "$(defaults mitogen)")
recap <"$(find "$root"/artifacts/bench-mitogen-*/runs -name ansible.log | sort | tail -n 1)" | diff "$work/plain-recap" - || {
  echo 'mitogen:  the recaps of the nodes differ'
  missed+=(mitogen-recap)
}
[ "${#missed[@]}" = 0 ]
