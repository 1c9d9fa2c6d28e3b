#!/usr/bin/env bash
# How long the preflight takes to ask 100 nodes, side by side with a bare parallel ssh that reads one file of each and with
# `ansible -m setup` for the memory fact alone, all with the same options of ssh and each over new connections; then 1000 nodes.
#
#   tests/bench/preflight.sh [rounds]   3 if not told otherwise; the sides take turns, so that a busy machine slows all of them
#
# The nodes are addresses of loopback with one sshd behind them, in namespaces of their own: nothing outside is reachable, the login
# reads no profile, and every process is gone at the end. Needs root, sshd and ansible.
#
# Fails if the preflight takes more than 1.3 times as long as the bare ssh, with OpenSSH's own key exchange or with curve25519, if it
# isn't 2.5 and 8 times as fast as Ansible, if a node of the 1000 is missing, or if KubeLab needs more than 200 MB for them.
set -euo pipefail

repository=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
if [ -z "${KUBELAB_BENCH_INSIDE:-}" ]; then
  for program in unshare ansible xargs python3 /usr/sbin/sshd; do
    command -v "$program" >/dev/null || { echo "Left out: $program is not installed here."; exit 0; }
  done
  [ "$(id -u)" = 0 ] || { echo "Left out: sshd for the nodes needs root."; exit 0; }
  folder=$(mktemp -d /tmp/klb.XXXXXX)
  trap 'rm -rf "$folder" "$repository/artifacts/${folder##*/}-"*' EXIT
  KUBELAB_BENCH_INSIDE=$folder unshare --net --mount --pid --fork --kill-child --mount-proc bash "${BASH_SOURCE[0]}" "$@"
  exit
fi

folder=$KUBELAB_BENCH_INSIDE
rounds=${1:-3}
port=2222
concurrency=32
export XDG_RUNTIME_DIR=$folder/run
# The runs that are measured are no part of the build that measures them.
unset NUKE_ROOT MSBuildSDKsPath MSBUILD_EXE_PATH MSBuildExtensionsPath DOTNET_HOST_PATH
kubelab=("$repository/build.sh")
[ -z "${KUBELAB_DLL:-}" ] || kubelab=(dotnet "$KUBELAB_DLL")

start_nodes() {
  mkdir -p "$XDG_RUNTIME_DIR" "$folder/home" "$folder/cp" /run/sshd
  chmod 700 "$XDG_RUNTIME_DIR" "$folder/home"
  ip link set lo up
  sed "s,^root:.*,root:x:0:0:root:$folder/home:/bin/sh," /etc/passwd >"$folder/passwd"
  mount --bind "$folder/passwd" /etc/passwd
  ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
  ssh-keygen -q -t ed25519 -N '' -f "$folder/id"
  printf '[127.*]:%s %s\n' "$port" "$(cut -d ' ' -f 1,2 "$folder/host.pub")" >"$folder/known_hosts"
  cat >"$folder/sshd_config" <<EOF
ListenAddress 0.0.0.0:$port
HostKey $folder/host
AuthorizedKeysFile $folder/id.pub
PidFile none
StrictModes no
PermitRootLogin prohibit-password
UsePAM no
MaxStartups 500
EOF
  /usr/sbin/sshd -D -E "$folder/sshd.log" -f "$folder/sshd_config" &
  sshd=$!
}

# What all processes of both sides have taken of the processors so far, those that are gone and the nodes' included: other work on
# the machine makes it wait, and takes nothing of it.
processor_seconds() {
  awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); for (i = 12; i <= 15; i++) ticks += $i } END { print ticks / hertz }' \
    /proc/1/stat "/proc/$sshd/stat"
}

address() { echo "127.$((1 + $1 / 60000)).$((($1 / 250) % 240)).$((1 + $1 % 250))"; }

# inventory <nodes> <key exchange>
inventory() {
  local number
  {
    echo '[all]'
    for ((number = 0; number < $1; number++)); do
      echo "node-$number ansible_host=$(address "$number") ansible_port=$port"
    done
    printf '[kube_control_plane]\nnode-0\n[etcd]\nnode-0\n[kube_node]\n'
    for ((number = 1; number < $1; number++)); do echo "node-$number"; done
  } >"$folder/inventory.ini"
  {
    echo 'distribution: lab'
    echo 'ssh:'
    echo '  user: root'
    echo "  private_key: $folder/id"
    echo "  known_hosts: $folder/known_hosts"
    [ "$2" = default ] || echo "  kex_algorithms: $2"
  } >"$folder/kubelab.yml"
  common=(-o ControlMaster=auto -o ControlPersist=10m -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -o StrictHostKeyChecking=yes
    -o "UserKnownHostsFile=$folder/known_hosts" -o GlobalKnownHostsFile=/dev/null)
  [ "$2" = default ] || common+=(-o "KexAlgorithms=$2")
}

close_connections() {
  # shellcheck disable=SC2016 # the inner shell expands it
  find "$XDG_RUNTIME_DIR" "$folder/cp" -type s -print0 |
    xargs -0 -r -n 1 -P 8 sh -c 'ssh -o ControlPath="$1" -O exit node 2>/dev/null || :' sh
}

seconds() {
  local TIMEFORMAT=%R
  { time "$@" >"$folder/log" 2>&1; } 2>&1 || { tail -n 20 "$folder/log" >&2; return 1; }
}

bare() {
  cut -s -d = -f 2 "$folder/inventory.ini" | cut -d ' ' -f 1 | xargs -P "$concurrency" -I '{}' ssh "${common[@]}" -o BatchMode=yes -o ConnectTimeout=10 \
    -o "Port=$port" -o "IdentityFile=$folder/id" -o User=root -o "ControlPath=$folder/cp/%C" '{}' cat /proc/meminfo
  [ "$(grep -c '^MemTotal:' "$folder/log")" = "$nodes" ]
}

ansible_setup() {
  ANSIBLE_FORKS=50 ANSIBLE_PIPELINING=True ANSIBLE_SSH_ARGS="${common[*]}" ANSIBLE_SSH_CONTROL_PATH="$folder/cp/%%C" ANSIBLE_NOCOWS=1 \
    ansible -i "$folder/inventory.ini" all --user root --private-key "$folder/id" -e ansible_python_interpreter=/usr/bin/python3 \
    -m setup -a 'gather_subset=!all,!min,hardware filter=ansible_memtotal_mb'
  [ "$(grep -c ansible_memtotal_mb "$folder/log")" = "$nodes" ]
}

# The nodes are one machine under many names, so that checks fail, as they should; but every node has to answer.
preflight() {
  "${kubelab[@]}" ValidateNodes --skip --inventory "$folder" || :
  record=$(find "$repository/artifacts/${folder##*/}-"*/runs -name preflight.json | sort | tail -n 1)
  python3 - "$record" "$nodes" <<'EOF'
import json, sys
report = json.load(open(sys.argv[1]))
answered = sum(each["check"] == "reachable" and each["status"] == "passed" for each in report["findings"])
sys.exit(0 if answered == int(sys.argv[2]) else f"{answered} of {sys.argv[2]} nodes answered")
EOF
}

# How long the target itself took, without the start and the reading of the inventory: from its record.
target_seconds() {
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["seconds"])' \
    "$(find "$repository/artifacts/${folder##*/}-"*/runs -name preflight.json | sort | tail -n 1)"
}

median() { sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }

# compare <key exchange> <how many times as fast as Ansible>
compare() {
  local round ssh_times='' our_times='' whole_times='' ansible_times='' ssh_time our_time whole_time ansible_time
  local begun ssh_taken our_taken ansible_taken our_parts='' ansible_parts=''
  inventory "$nodes" "$1"
  for ((round = 1; round <= rounds; round++)); do
    begun=$(processor_seconds)
    ssh_time=$(seconds bare)
    close_connections
    ssh_taken=$(processor_seconds)
    whole_time=$(seconds preflight)
    our_time=$(target_seconds)
    close_connections
    our_taken=$(processor_seconds)
    ansible_time=$(seconds ansible_setup)
    close_connections
    ansible_taken=$(processor_seconds)
    printf 'round %s, key exchange %s: ssh %s s, ValidateNodes %s s (%s s with the start of KubeLab), ansible %s s\n' \
      "$round" "$1" "$ssh_time" "$our_time" "$whole_time" "$ansible_time"
    our_parts+=$(awk "BEGIN { print ($our_taken - $ssh_taken) / ($ssh_taken - $begun) }")$'\n'
    ansible_parts+=$(awk "BEGIN { print ($ansible_taken - $our_taken) / ($our_taken - $ssh_taken) }")$'\n'
    ssh_times+=$ssh_time$'\n' our_times+=$our_time$'\n' whole_times+=$whole_time$'\n' ansible_times+=$ansible_time$'\n'
  done
  awk -v key="$1" -v ssh="$(printf %s "$ssh_times" | median)" -v ours="$(printf %s "$our_times" | median)" \
    -v whole="$(printf %s "$whole_times" | median)" -v ansible="$(printf %s "$ansible_times" | median)" -v wanted="$2" 'BEGIN {
    printf "medians, key exchange %s: ValidateNodes takes %.2f times as long as the bare ssh (at most 1.3 is wanted)\n", key, ours / ssh
    printf "  and is %.1f times as fast as ansible -m setup (at least %s is wanted); with the start of KubeLab %.1f times\n",
      ansible / ours, wanted, ansible / whole
    exit ours > 1.3 * ssh || ansible < wanted * ours
  }' || missed=1
  printf '  of the processors: KubeLab from its start to its end takes %.2f times as much as the bare ssh, and ansible %.1f times as much as KubeLab\n' \
    "$(printf %s "$our_parts" | median)" "$(printf %s "$ansible_parts" | median)"
}

# The most memory that any of the processes took, in MB; what they say goes to the log.
peak_memory() {
  python3 - "$folder/log" "${kubelab[@]}" ValidateNodes --skip --inventory "$folder" <<'EOF'
import resource, subprocess, sys
with open(sys.argv[1], "w") as log:
    subprocess.run(sys.argv[2:], stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
EOF
}

missed=''
start_nodes
nodes=100
echo "100 nodes on loopback, $concurrency at a time:"
compare default 2.5
compare curve25519-sha256 8
inventory "$nodes" curve25519-sha256
seconds preflight >"$folder/seconds"
hundred=$(target_seconds)
close_connections
nodes=1000
inventory "$nodes" curve25519-sha256
megabytes=$(peak_memory)
record=$(find "$repository/artifacts/${folder##*/}-"*/runs -name preflight.json | sort | tail -n 1)
answered=$(grep -A 3 '"check": "reachable"' "$record" | grep -c '"status": "passed"')
awk -v hundred="$hundred" -v thousand="$(target_seconds)" -v megabytes="$megabytes" -v answered="$answered" 'BEGIN {
  printf "1000 nodes, key exchange curve25519-sha256: %s answered; %.1f s, %.1f times those for 100 (at most 13 is wanted); %s MB at most (200 is wanted)\n",
    answered, thousand, thousand / hundred, megabytes
  exit answered != 1000 || thousand > 13 * hundred || megabytes >= 200
}' || missed=1
close_connections
[ -z "$missed" ]
