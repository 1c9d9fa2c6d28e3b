#!/usr/bin/env bash
# Deploys the lab and runs its smoke test again and again while busy loops take the processors: no run may be lost, and no check
# may fail. Takes about an hour, as root, with nothing else on the lab. What was done is in artifacts/tests/long/load.tsv (round,
# target, exit code, seconds), so that it goes on where it was stopped.
#
#   tests/long/load.sh [rounds] [busy loops]
set -euo pipefail

rounds=${1:-10}
loops=${2:-4}
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
log=$root/artifacts/tests/long/load.tsv
mkdir -p "${log%/*}"
touch "$log"

busy=()
for _ in $(seq "$loops"); do
  (while :; do :; done) &
  busy+=($!)
done
trap 'kill "${busy[@]}" 2>/dev/null' EXIT

measured() {
  local round=$1 target=$2 code=0 started=$SECONDS
  shift 2
  "$root/build.sh" "$target" --inventory lab "$@" >"${log%/*}/load-$round-$target.log" 2>&1 || code=$?
  printf '%s\t%s\t%s\t%s\n' "$round" "$target" "$code" "$((SECONDS - started))" | tee -a "$log"
}

done_so_far=$(awk -F '\t' '$2 == "SmokeTest"' "$log" | wc -l)
for round in $(seq "$((done_so_far + 1))" "$rounds"); do
  "$root/build.sh" LabDown --inventory lab >/dev/null
  measured "$round" Deploy
  measured "$round" SmokeTest --wait 3m
done

failed=$(awk -F '\t' '$3 != 0' "$log" | wc -l)
echo "$rounds rounds with $loops busy loops: $failed of $((2 * rounds)) runs failed: $log"
((failed == 0))
