#!/usr/bin/env bash
# Kills deployments of the lab at moments of chance, ten times each, and goes on with each until it ends: a hundred kills.
# Takes about an hour, as root, with nothing else on the lab. What was done is in artifacts/tests/long/kills.tsv (seed, kill,
# seconds), so that it goes on where it was stopped.
#
#   tests/long/kills.sh [how many]
set -euo pipefail

wanted=${1:-100}
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
log=$root/artifacts/tests/long/kills.tsv
mkdir -p "${log%/*}"
touch "$log"

# Only of deployments that came to a good end.
survived() {
  awk -F '\t' '$2 == "green" { sum += kills[$1]; next } { kills[$1]++ } END { print sum + 0 }' "$log"
}

while (($(survived) < wanted)); do
  echo "$(survived) of $wanted kills so far."
  KUBELAB_KILLS_LOG=$log "$root/build.sh" TestLab --test-filter KilledStory
done
echo "$(survived) kills, each gone on with to a good end: $log"
