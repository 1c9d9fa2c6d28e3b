#!/bin/sh
# How the cluster's own services ask the API: sourced by their scripts, which run in a folder of their own.
set -eu

account=/var/run/secrets/kubernetes.io/serviceaccount
api=https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1
umask 077

# ask OPTIONS URL: the token stands in a file, as arguments can be seen by others.
ask() {
  printf 'silent\nshow-error\nfail\ncacert = "%s/ca.crt"\nheader = "Authorization: Bearer %s"\n' \
    "$account" "$(cat "$account/token")" > api.conf.new
  mv api.conf.new api.conf
  curl --config api.conf --max-time 10 "$@"
}

# read_lists KIND...: each into a file of that name.
read_lists() {
  for kind; do
    ask "$api/$kind" > "$kind" || return 1
  done
}

# watch KIND...: makes the file "changed" whenever one of them has changed, for as long as the script runs. Each watch begins with
# what is there, so that nothing is missed between two; the API ends it after a minute, and where the API itself falls silent, curl
# does soon after. Nothing is shared but the file, and nobody waits for a watch to end.
watch() {
  for kind; do
    while :; do
      curl --config api.conf --no-buffer --max-time 70 "$api/$kind?watch=true&timeoutSeconds=60" 2> /dev/null |
        while read -r _; do : > changed; done
      sleep 1
    done &
  done
}

# Waits for a change, and takes the notice of it away: what changes from then on leaves a new one.
wait_for_change() {
  until [ -e changed ]; do sleep 0.2; done
  rm changed
  # Changes come in bunches: one read for all of them.
  sleep 0.2
}
