#!/usr/bin/env bash
# How long ValidateInventory takes with the rehearsal of a release's asserts in it, side by side with what says the same without
# KubeLab: `cluster.yml --tags asserts`, which ends at the first that fails. Three nodes, which are this machine under three names.
#
#   KUBESPRAY_CHECKOUT=folder tests/bench/rehearsal.sh [rounds]   3 if not told otherwise; the sides take turns
#
# Each release runs with an Ansible of its window: of the PATH, or of a folder that KUBELAB_BENCH_ANSIBLES names (with colons between
# them); a release without one is left out, and said so. The playbook runs as a user without privileges, in namespaces of its own, and
# without the part of it that sets up machines (bootstrap-os), so that it changes nothing here and reaches nothing. Needs root.
#
# Fails if the rehearsal isn't 4 times as fast.
set -euo pipefail

repository=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
if [ -z "${KUBELAB_BENCH_INSIDE:-}" ]; then
  [ -n "${KUBESPRAY_CHECKOUT:-}" ] || { echo "Left out: KUBESPRAY_CHECKOUT names no clone of Kubespray."; exit 0; }
  for program in unshare setpriv git python3 ansible-playbook; do
    command -v "$program" >/dev/null || { echo "Left out: $program is not installed here."; exit 0; }
  done
  [ "$(id -u)" = 0 ] || { echo "Left out: only root can give the playbook less than it has."; exit 0; }
  folder=$(mktemp -d /tmp/klb.XXXXXX)
  chmod 755 "$folder"
  trap 'rm -rf "$folder" "$repository/artifacts/${folder##*/}-"*' EXIT
  KUBELAB_BENCH_INSIDE=$folder unshare --net --uts --mount --pid --fork --kill-child --mount-proc bash "${BASH_SOURCE[0]}" "$@"
  exit
fi

folder=$KUBELAB_BENCH_INSIDE
cluster=$folder/${folder##*/}
rounds=${1:-3}
nobody=65534
# The runs that are measured are no part of the build that measures them.
unset NUKE_ROOT MSBuildSDKsPath MSBUILD_EXE_PATH MSBuildExtensionsPath DOTNET_HOST_PATH
kubelab=("$repository/build.sh")
[ -z "${KUBELAB_DLL:-}" ] || kubelab=(dotnet "$KUBELAB_DLL")

# The first folder with an Ansible whose version matches.
ansible_of() {
  local directory
  while read -r -d : directory; do
    if [ -x "$directory/ansible-playbook" ] && [[ $("$directory/ansible-playbook" --version 2>/dev/null) =~ $1 ]]; then
      echo "$directory"
      return
    fi
  done <<<"${KUBELAB_BENCH_ANSIBLES:+$KUBELAB_BENCH_ANSIBLES:}$PATH:"
}

prepare() {
  rm -rf "${folder:?}/tree" "$cluster" "${folder:?}/home"
  mkdir -p "$folder/tree" "$cluster" "$folder/home"
  git -C "$KUBESPRAY_CHECKOUT" archive "$1" | tar -x -C "$folder/tree"
  cat >"$cluster/inventory.ini" <<'INVENTORY'
[all]
m1 ansible_connection=local
w1 ansible_connection=local
w2 ansible_connection=local

[kube_control_plane]
m1

[etcd]
m1

[kube_node]
w1
w2

[k8s_cluster:children]
kube_control_plane
kube_node
INVENTORY
  chown -R "$nobody:$nobody" "$folder/home"
}

seconds() {
  local TIMEFORMAT=%R
  { time "$@" >"$folder/log" 2>&1; } 2>&1
}

# shellcheck disable=SC2317 # it is measured
# On a machine that lacks something an assert fails, and the playbook ends there: it is faster than where all hold.
playbook() {
  (cd "$folder/tree" && HOME=$folder/home ANSIBLE_LOCAL_TEMP=$folder/home ANSIBLE_REMOTE_TEMP=$folder/home ANSIBLE_CACHE_PLUGIN=memory \
    PYTHONDONTWRITEBYTECODE=1 setpriv --reuid "$nobody" --regid "$nobody" --clear-groups --no-new-privs \
    "$ansible/ansible-playbook" -i "$cluster/inventory.ini" cluster.yml --tags asserts --skip-tags bootstrap-os) || :
}

# shellcheck disable=SC2317 # it is measured too
rehearse() {
  rm -rf "$repository/artifacts/${folder##*/}-"*
  PATH=$ansible:$PATH "${kubelab[@]}" ValidateInventory --inventory "$cluster" --kubespray-path "$folder/tree" || :
}

# How long the target itself took, and that the asserts were judged, from its record.
target_seconds() {
  python3 - "$(find "$repository/artifacts/${folder##*/}-"*/runs -name preflight.json | sort | tail -n 1)" <<'EOF'
import json, sys
report = json.load(open(sys.argv[1]))
judged = [each for each in report["findings"] if each["check"] == "release-asserts"]
if not judged or any("not rehearsed to their end" in each["message"] for each in judged):
    sys.exit(f"the asserts were not rehearsed: {judged}")
print(report["seconds"])
EOF
}

median() { sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }

missed=0
# compare <tag> <versions of Ansible, as a pattern>
compare() {
  local round our_times='' their_times='' our_time their_time
  git -C "$KUBESPRAY_CHECKOUT" cat-file -e "$1^{commit}" 2>/dev/null || { echo "$1 left out: the clone has no such tag."; return; }
  ansible=$(ansible_of "$2")
  [ -n "$ansible" ] || { echo "$1 left out: no Ansible of its window is here."; return; }
  prepare "$1"
  for ((round = 1; round <= rounds; round++)); do
    their_time=$(seconds playbook)
    grep -q 'PLAY RECAP' "$folder/log" || { tail -n 20 "$folder/log"; missed=1; return; }
    seconds rehearse >/dev/null
    our_time=$(target_seconds)
    printf 'round %s, %s: cluster.yml --tags asserts %s s, ValidateInventory with the rehearsal %s s\n' "$round" "$1" "$their_time" "$our_time"
    our_times+=$our_time$'\n' their_times+=$their_time$'\n'
  done
  awk -v tag="$1" -v ours="$(printf %s "$our_times" | median)" -v theirs="$(printf %s "$their_times" | median)" 'BEGIN {
    printf "medians, %s: the rehearsal is %.1f times as fast as cluster.yml --tags asserts (at least 4 is wanted)\n", tag, theirs / ours
    exit theirs < 4 * ours
  }' || missed=1
}

compare v2.18.2 'core 2\.11|ansible-playbook 2\.(9|10)'
compare v2.23.3 'core 2\.14'
exit "$missed"
