#!/bin/bash
# What KubeLab costs, or brings, in whole runs of Kubespray's cluster.yml on the lab's machines: against plain ansible-playbook with
# the checkout's own ansible.cfg, one after the other, machines new each time, each pair in the other order. Fails where a bound is
# missed, or where one task's result differs. Takes some twelve minutes a pair, as root; ends with LabDown.
#
#   plain    KubeLab as it is
#   mitogen  with ansible.accelerator: mitogen (where ansible-mitogen is installed)
#
# It needs what TestKubespray needs (docs/lab-kubespray.md), an inventory with the release's variables, and a bundle for it:
#   BENCH_INVENTORY=<folder> KUBELAB_BUNDLE=<bundle> KUBESPRAY_CHECKOUT=<tree> KUBELAB_ANSIBLE=<folder> tests/bench/kubespray.sh
# BENCH_ROUNDS=3 measures more pairs. On a machine that has something else to do the seconds say nothing, and those of processor time
# beside them still tell the sides apart: what the whole command took of it on this machine, not only KubeLab's playbook.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
for part in BENCH_INVENTORY KUBELAB_BUNDLE KUBESPRAY_CHECKOUT KUBELAB_ANSIBLE; do
  [ -n "${!part:-}" ] || { echo "skipped: $part isn't set"; exit 0; }
done
[ "$(id -un)" = root ] || { echo 'skipped: the lab needs root'; exit 0; }
export PATH=$KUBELAB_ANSIBLE:$PATH
work=$(mktemp -d)
options=(--kubespray-path "$KUBESPRAY_CHECKOUT" --bundle "$KUBELAB_BUNDLE")
finish() {
  lab LabDown || true
  rm -rf "$work"
}
trap finish EXIT

quietly() { # runs a command whose output is only shown when it fails
  "$@" >"$work/out" 2>&1 </dev/null || { tail -n 30 "$work/out" >&2; return 1; }
}

lab() { # target, more: on the plain inventory
  quietly "$root/build.sh" "$@" --inventory "$work/plain" "${options[@]}"
}

# An inventory of its own for each side, as what is left of a run is known by the inventory.
for side in plain mitogen; do cp -r "$BENCH_INVENTORY" "$work/$side"; done
printf 'ansible: { accelerator: mitogen }\n' >>"$work/mitogen/kubelab.yml"

anew() { # machines that are new, and led to the bundle
  lab LabDown
  lab LabUp UseBundle
}

# Each task's result on each host, in order, by what Ansible's own output says.
results() { # file
  sed -nE 's/^(TASK \[.*\]).*/\1/p; s/^(ok|changed|skipping|fatal): (\[[^]]*\]).*/\1 \2/p' "$1" |
    awk '/^TASK/ { task = $0; next } { print task, $2, $1 }' | sort
}

processor() { # seconds of processor time of all that this subshell has waited for
  times >"$work/times"
  awk -F '[ms ]+' 'END { printf "%.1f\n", $1 * 60 + $2 + $3 * 60 + $4 }' "$work/times"
}

kubelab() { # side: seconds of InstallCluster, as the run's record says, and of processor time; its output goes to results
  quietly "$root/build.sh" InstallCluster --skip --inventory "$work/$1" "${options[@]}"
  local run
  run=$(find "$root"/artifacts/"$1"-*/runs -mindepth 1 -maxdepth 1 | sort | tail -n 1)
  results "$run/ansible.log" >"$work/$1.results"
  python3 -c '
import json, sys
report = json.load(open(sys.argv[1] + "/report.json"))
print(next(target["seconds"] for target in report["targets"] if target["name"] == "InstallCluster"))' "$run"
  processor
}

plainly() { # seconds of ansible-playbook in the checkout, as its documentation says to run it, and of processor time
  local began=$EPOCHREALTIME
  (cd "$KUBESPRAY_CHECKOUT" && ANSIBLE_HOST_KEY_CHECKING=False quietly ansible-playbook -i "$work/plain/inventory.ini" --become \
    --user kubelab --private-key /var/lib/kubelab/lab/id_ed25519 --extra-vars "@$KUBELAB_BUNDLE/offline.yml" cluster.yml)
  awk -v from="$began" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", to - from }'
  results "$work/out" >"$work/ansible.results"
  processor
}

ratio() { # one number, another
  awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

missed=0
judge() { # side, bound, rounds
  local ratios=() mine others mine_cpu others_cpu
  for round in $(seq "$3"); do
    if ((round % 2)); then
      anew; others=$(plainly)
      anew; mine=$(kubelab "$1")
    else
      anew; mine=$(kubelab "$1")
      anew; others=$(plainly)
    fi
    read -r mine mine_cpu <<<"${mine/$'\n'/ }"
    read -r others others_cpu <<<"${others/$'\n'/ }"
    ratios+=("$(ratio "$mine" "$others")")
    echo "$1: KubeLab $mine s, ansible-playbook $others s: ${ratios[-1]};" \
      "of processor time $mine_cpu s and $others_cpu s: $(ratio "$mine_cpu" "$others_cpu")"
    diff "$work/ansible.results" "$work/$1.results" >"$work/different" || {
      echo "$1: these results differ:"
      cat "$work/different"
      missed=1
    }
  done
  python3 -c '
import statistics, sys
median, limit = statistics.median(map(float, sys.argv[3:])), float(sys.argv[2])
print("%s: the median is %.3f, at most %.2f: %s" % (sys.argv[1], median, limit, "holds" if median <= limit else "MISSED"))
sys.exit(median > limit)' "$1" "$2" "${ratios[@]}" || missed=1
}

judge plain 1.02 "${BENCH_ROUNDS:-1}"
if [ -e /usr/lib/python3/dist-packages/ansible_mitogen ]; then
  judge mitogen 0.75 "${BENCH_ROUNDS:-1}"
else
  echo 'mitogen: skipped: ansible-mitogen is not installed here'
fi
[ "$missed" = 0 ]
