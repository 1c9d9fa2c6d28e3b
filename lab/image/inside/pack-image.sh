#!/bin/sh
# Packs a directory as a container image of one layer: pack-image.sh NAME:TAG ROOT TAR CONFIG
# The tar is in the format of `docker save` (manifest.json, a config, a layer), which `ctr images import` reads.
# CONFIG is the image's configuration as a JSON object: Entrypoint, Cmd, User. The same input gives the same bytes.
set -eu

name=$1 root=$2 tar=$3 config=$4
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

digest() { sha256sum "$1" | cut -d ' ' -f 1; }
pack() { tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --directory="$1" --file="$2" .; }

pack "$root" "$parts/layer.tar"
jq --null-input --compact-output --arg layer "sha256:$(digest "$parts/layer.tar")" \
  --arg architecture "$(dpkg --print-architecture)" --argjson config "$config" '
  {
    architecture: $architecture,
    os: "linux",
    created: "1970-01-01T00:00:00Z",
    config: ({Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], WorkingDir: "/"} + $config),
    rootfs: {type: "layers", diff_ids: [$layer]},
    history: [{created: "1970-01-01T00:00:00Z"}]
  }' > "$parts/config.json"
config_file=$(digest "$parts/config.json").json
mv "$parts/config.json" "$parts/$config_file"
jq --null-input --compact-output --arg name "$name" --arg config "$config_file" \
  '[{Config: $config, RepoTags: [$name], Layers: ["layer.tar"]}]' > "$parts/manifest.json"
pack "$parts" "$tar"
