#!/usr/bin/env bash
# How long a warm `./build.sh --help` takes, side by side with the pattern of NUKE's own script (`dotnet build`, then
# `dotnet run --no-build`: source/Nuke.GlobalTool/templates/build.sh in NUKE 10.1.0) for the same project in one copy of it.
#
#   tests/bench/startup.sh [rounds]     5 if not told otherwise; the two take turns, so that a busy machine slows both
#
# Fails if build.sh takes more than a sixth of the other.
set -euo pipefail

rounds=${1:-5}
wanted=6
repository=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# What `dotnet build` finds in a checkout, without anybody's output in it.
cd "$repository"
find build bundled .nuke build.sh global.json .editorconfig Directory.*.props \
  '(' -name bin -o -name obj -o -name temp ')' -prune -o -type f -print | tar -cf - -T - | tar -xf - -C "$copy"
cd "$copy"
# Neither side is to wait for a terminal, nor be stopped by one when this runs in the background.
exec </dev/null
export NUKE_TELEMETRY_OPTOUT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

ours() { ./build.sh --help; }

theirs() {
  dotnet build build/KubeLab.Build.csproj /nodeReuse:false /p:UseSharedCompilation=false -nologo -clp:NoSummary --verbosity quiet
  dotnet run --project build/KubeLab.Build.csproj --no-build -- --help
}

# seconds <function>: how long it takes; its output, if it fails.
seconds() {
  local TIMEFORMAT=%R
  { time "$1" >"$copy/log" 2>&1; } 2>&1 || { cat "$copy/log" >&2; return 1; }
}

median() { sort -n | awk '{ value[NR] = $1 } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'; }

echo "Compiling once for each."
seconds ours >/dev/null
seconds theirs >/dev/null

our_times=''
their_times=''
for ((round = 1; round <= rounds; round++)); do
  our_time=$(seconds ours)
  their_time=$(seconds theirs)
  printf 'round %s: build.sh %s s, dotnet build and run %s s\n' "$round" "$our_time" "$their_time"
  our_times+=$our_time$'\n'
  their_times+=$their_time$'\n'
done

our_median=$(printf '%s' "$our_times" | median)
their_median=$(printf '%s' "$their_times" | median)
awk -v ours="$our_median" -v theirs="$their_median" -v wanted="$wanted" 'BEGIN {
  printf "medians: build.sh %.2f s, dotnet build and run %.2f s: 1/%.1f (at most 1/%d is wanted)\n", ours, theirs, theirs / ours, wanted
  exit theirs < wanted * ours
}'
