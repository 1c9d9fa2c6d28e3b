#!/bin/sh
# How the cluster's own services ask the API: sourced by their scripts, which run in a folder of their own.
set -eu

account=/var/run/secrets/kubernetes.io/serviceaccount
api=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1
umask 077
mkfifo events

# ask OPTIONS URL: the token stands in a file, as arguments can be seen by others.
ask() {
  printf 'silent\nshow-error\nfail\ncacert = "%s/ca.crt"\nheader = "Authorization: Bearer %s"\n' \
    "$account" "$(cat "$account/token")" > api.conf
  curl --config api.conf --max-time 10 "$@"
}

# read_lists KIND...: each into a file of that name.
read_lists() {
  for kind; do
    ask "$api/$kind" > "$kind" || return 1
  done
}

# wait_for_change KIND...: waits for the next change after what was read last. The API ends a watch after a minute, so that none is
# missed for long; where the API itself falls silent, curl ends it soon after.
wait_for_change() {
  watches=
  for kind; do
    version=$(jq --raw-output .metadata.resourceVersion "$kind")
    curl --config api.conf --no-buffer --max-time 70 "$api/$kind?watch=true&timeoutSeconds=60&resourceVersion=$version" > events 2> /dev/null &
    watches="$watches $!"
  done
  read -r _ < events || true
  for watch in $watches; do
    kill "$watch" 2> /dev/null || true
    wait "$watch" 2> /dev/null || true
  done
  # Changes come in bunches: one read for all of them.
  sleep 0.2
}
