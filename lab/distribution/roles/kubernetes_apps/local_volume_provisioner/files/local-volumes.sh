#!/bin/sh
# Makes the volumes of one node, and removes those that nobody claims any more.
#   NODE    this node
#   CLASS   the StorageClass that it serves
#   FOLDER  where the volumes are; the same path on the node and in here
# The scheduler notes on a claim which node its pod goes to; whoever runs there makes a folder and a volume that is bound to that
# node. A volume's size is a promise: the folder can grow as long as the node's disk has room.
set -eu
cd /run/volumes
# shellcheck source=/dev/null
. /etc/local-volumes/api.sh

# One volume a line, as JSON: what the API is sent, for each claim that waits for this node.
wanted() {
  jq --compact-output --arg node "$NODE" --arg class "$CLASS" --arg folder "$FOLDER" --slurpfile volumes persistentvolumes \
    --from-file /etc/local-volumes/volumes.jq persistentvolumeclaims
}

# The volumes of this node whose claim is gone.
released() {
  jq --raw-output --arg node "$NODE" --arg class "$CLASS" '.items[]
    | select(.spec.storageClassName == $class and .status.phase == "Released" and .metadata.deletionTimestamp == null)
    | select(.metadata.labels["kubernetes.io/hostname"] == $node)
    | .metadata.name' persistentvolumes
}

make_volume() {
  volume=$(printf '%s' "$1" | jq --raw-output .metadata.name)
  echo "Making $volume"
  mkdir -p "$FOLDER/$volume"
  # For whoever runs in the pod: its user is not known here.
  chmod 0777 "$FOLDER/$volume"
  # shellcheck disable=SC2154 # by api.sh
  printf '%s' "$1" | ask --output /dev/null --header 'Content-Type: application/json' --data-binary @- "$api/persistentvolumes"
}

remove_volume() {
  echo "Removing $1"
  rm -rf "${FOLDER:?}/$1"
  ask --output /dev/null --request DELETE "$api/persistentvolumes/$1"
}

reconcile() {
  wanted > to-make
  while read -r volume; do make_volume "$volume" || return 1; done < to-make
  released > to-remove
  while read -r volume; do remove_volume "$volume" || return 1; done < to-remove
}

trap 'exit 0' TERM INT
watch persistentvolumeclaims persistentvolumes
while :; do
  if read_lists persistentvolumeclaims persistentvolumes && reconcile; then
    wait_for_change
  else
    sleep 2
  fi
done
