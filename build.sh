#!/usr/bin/env bash
# Starts KubeLab: finds the .NET SDK, compiles the build if something it is made of changed, and runs it.
#
#   ./build.sh [targets] [options]     ./build.sh --help lists both
#   ./build.sh Ssh --node <name> -- <command>
#
#   PACKAGE_SOURCE=nuget|bundled       where Nuke.Common comes from; otherwise it is found out once
#   DOTNET_INSTALL_DIR=<folder>        where to look for an SDK, or install one, if the dotnet on the PATH does not fit
#
# As long as nothing changed, the only dotnet process is the build itself: what a build spends on `dotnet build` and
# `dotnet run` before its first target is replaced by a checksum of the sources. Runs under macOS' bash 3.2 as well.
set -euo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
temp=$root/.nuke/temp
project=build/KubeLab.Build.csproj
dll=KubeLab.Build.dll
stamp=$temp/build.stamp
sdk_stamp=$temp/sdk.stamp
package_source_file=$temp/package-source.props
no_native_code_file=$temp/no-native-code
lock=$temp/build.lock

# Seconds. The longest wait is for somebody else's first restore and compilation.
lock_limit=${KUBELAB_BUILD_LOCK_LIMIT:-600}
restore_limit=300
compile_limit=1800
waiting="Waiting for another build.sh that is compiling (at most $lock_limit s)."

# A folder of its own, as editors and `dotnet test` compile the same project, perhaps now. Neither audit nor analyzers: a
# vulnerability made known today or a matter of style must not keep anybody from running the build; Lint and CI ask for them.
artifacts=$temp/compile
msbuild_options=(-nologo -verbosity:quiet -tl:off -nodeReuse:false -p:UseSharedCompilation=false -p:NuGetAudit=false
  -p:RunAnalyzers=false -p:UseArtifactsOutput=true "-p:ArtifactsPath=$artifacts")

# Machine code made once spares every start a third of its time. Its compiler is a package too, which a feed may lack, and
# it knows some platforms only: without it, the runtime compiles what it runs, as it would anyway.
native_code=(-p:PublishReadyToRun=true --use-current-runtime --no-self-contained)

own_link=''
unfinished=''

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 NUKE_TELEMETRY_OPTOUT=1
# Else the SDK does not start on a machine without libicu. The build itself is culture-invariant anyway.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}
# NUKE looks for its root upwards of the working directory, which may be anywhere, even in another NUKE project.
# An option `--root` still wins over the variable.
export NUKE_ROOT=$root

say() { printf 'build.sh: %s\n' "$*" >&2; }

die() {
  say "$@"
  exit 1
}

# MSBuild reads these as the end of a value, an escape or a pattern, wherever they stand (MSBuild special characters).
case $root in
  *[\;%*?]* | *$'\n'*) die "KubeLab can't be compiled in a folder whose path holds ; % * ? or a line break: move it out of $root" ;;
esac

# One line for each file, if it exists, that the compiled build depends on: checksum, size, name. Contents count, not times,
# because an older file may come back (git, a backup, an undone rename) and has to be compiled all the same.
fingerprint() (
  cd "$root"
  shopt -s nullglob
  find build bundled build.sh global.json .editorconfig .nuke/temp/package-source.props \
    Directory.*.props Directory.*.targets [Nn]u[Gg]et.[Cc]onfig \
    '(' -name bin -o -name obj ')' -prune -o -type f -exec cksum {} + 2>/dev/null | LC_ALL=C sort || true
  printf 'PACKAGE_SOURCE=%s\n' "${PACKAGE_SOURCE:-}"
)

# Reads the stamp of the last compilation: the folder of the dll (within the root, which may be moved or copied) and the
# fingerprint of then. Fails unless both still hold.
is_up_to_date() {
  [[ -f $stamp ]] || return 1
  local text
  text=$(<"$stamp")
  output=$root/${text%%$'\n'*}
  [[ -f $output/$dll && ${text#*$'\n'} == "$(fingerprint)" ]]
}

# --- The SDK ---------------------------------------------------------------------------------------------------------

fits_global_json() { (cd "$root" && "$1" --version) >/dev/null 2>&1; }

# run_sdk <log> <seconds> <arguments>: in the root, where global.json is; without the lock, which a left-over compiler
# server would keep; limited where there is a `timeout` (macOS has none).
run_sdk() (
  log=$1
  limit=$2
  status=0
  shift 2
  set -- "$dotnet" "$@"
  if [[ -n $(type -P timeout) ]]; then set -- timeout --foreground "$limit" "$@"; fi
  cd "$root"
  "$@" >"$log" 2>&1 9>&- || status=$?
  if ((status == 124)); then echo "error: stopped after $limit s." >>"$log"; fi
  return "$status"
)

# Reads which dotnet was chosen, for which dotnet on the PATH and which global.json. Fails unless all of it still holds.
knows_dotnet() {
  [[ -f $sdk_stamp ]] || return 1
  local text seen on_path
  text=$(<"$sdk_stamp")
  seen=${text%%$'\n'*}
  text=${text#*$'\n'}
  dotnet=${text%%$'\n'*}
  on_path=$(type -P dotnet || true)
  [[ $on_path == "$seen" || $on_path == "$dotnet" ]] || return 1
  [[ -x $dotnet && ${text#*$'\n'} == "$(<"$root/global.json")" ]]
}

choose_dotnet() {
  find_dotnet
  printf '%s\n' "$(type -P dotnet || true)" "$dotnet" "$(<"$root/global.json")" >"$sdk_stamp.$$"
  mv -f "$sdk_stamp.$$" "$sdk_stamp"
}

find_dotnet() {
  local folder=${DOTNET_INSTALL_DIR:-$temp/dotnet}
  dotnet=$(type -P dotnet || true)
  if [[ -n $dotnet ]] && fits_global_json "$dotnet"; then return; fi
  dotnet=$folder/dotnet
  if [[ -x $dotnet ]] && fits_global_json "$dotnet"; then return; fi
  install_sdk "$folder"
  fits_global_json "$dotnet" || die "The SDK installed into $folder does not satisfy global.json."
}

# Microsoft's installer, from its public address (https://learn.microsoft.com/dotnet/core/tools/dotnet-install-script).
# The tests replace the download: that the real installer still takes these options can only be seen online.
install_sdk() {
  local installer=$temp/dotnet-install.sh
  say "No .NET SDK here satisfies global.json: installing one into $1."
  download https://dot.net/v1/dotnet-install.sh "$installer" \
    || die "Cannot download the .NET installer. Install the SDK that global.json names, or set DOTNET_INSTALL_DIR."
  bash "$installer" --jsonfile "$root/global.json" --install-dir "$1" --no-path >&2 \
    || die "The .NET installer failed. Install the SDK that global.json names, or set DOTNET_INSTALL_DIR."
}

download() {
  if [[ -n $(type -P curl) ]]; then
    curl --fail --silent --show-error --location --connect-timeout 20 --max-time 120 --output "$2" "$1"
  elif [[ -n $(type -P wget) ]]; then
    wget --quiet --timeout=20 --tries=2 --output-document="$2" "$1"
  else
    say "Neither curl nor wget is installed."
    return 1
  fi
}

# --- The source of the packages --------------------------------------------------------------------------------------

# Leaves the choice in a file that Directory.Build.props imports, so that dotnet and editors agree with this script.
# A choice holds for one content of Directory.Packages.props; one made by PACKAGE_SOURCE only while that is set.
choose_package_source() {
  local versions source reason
  versions=$(cd "$root" && cksum Directory.Packages.props)
  if [[ -n ${PACKAGE_SOURCE:-} ]]; then
    remember_package_source "$PACKAGE_SOURCE" "Set by PACKAGE_SOURCE."
    return
  fi
  if [[ -f $package_source_file && $(<"$package_source_file") == *"Found out for $versions."* ]]; then return; fi

  source=nuget
  reason="the feed serves the real packages"
  if ! restore nuget; then
    source=bundled
    reason=$(why_not_restored) || fail_with "$temp/restore.log" "The restore failed."
  fi
  remember_package_source "$source" "Found out for $versions."
  say "Package source: $source ($reason); remembered in .nuke/temp, PACKAGE_SOURCE=nuget|bundled overrides."
}

restore() {
  run_sdk "$temp/restore.log" "$restore_limit" restore "$project" "-p:PackageSource=$1" "${msbuild_options[@]}"
}

# https://learn.microsoft.com/nuget/reference/errors-and-warnings: no such package, no such version, another version
# instead, no answer. Anything else is not for the bundled packages to hide.
why_not_restored() {
  local log=$temp/restore.log names
  names=$(sed -nE 's/.*NU110[123]: [^.]*package ([A-Za-z0-9]+(\.[A-Za-z0-9]+)*).*/\1/p
    s/.*NU1603: .* but ([^ ]+) ([^ ]+) was not found.*/\1 \2/p' "$log" | sort -u | tr '\n' ',' | sed 's/,$//; s/,/, /g')
  if grep -qE 'NU1301|error: stopped after' "$log"; then
    printf 'the feed does not answer'
  elif [[ -n $names ]]; then
    printf 'the feed does not serve %s' "$names"
  else
    return 1
  fi
}

remember_package_source() {
  local text="<Project>
  <!-- Written by build.sh. $2 -->
  <PropertyGroup>
    <PackageSource>$1</PackageSource>
  </PropertyGroup>
</Project>"
  if [[ -f $package_source_file && $(<"$package_source_file") == "$text" ]]; then return; fi
  printf '%s\n' "$text" >"$package_source_file.$$"
  mv -f "$package_source_file.$$" "$package_source_file"
}

# --- Compiling -------------------------------------------------------------------------------------------------------

compile() {
  local log=$temp/compile.log
  unfinished=$root/build/bin/run-$(date +%Y%m%d%H%M%S)-$$
  say "Compiling the build: something it is made of changed."
  publish "$log" || fail_with "$log" "The build does not compile; nothing was run."
  output=$unfinished
  unfinished=''
}

publish() {
  local log=$1
  if has_native_code; then
    if publish_with "$log" "${native_code[@]}"; then return; fi
    lacks_native_code "$log" || return 1
  fi
  publish_with "$log"
}

# publish_with <log> <further options>
publish_with() {
  local log=$1
  shift
  # MSBuild compares times, the fingerprint contents: without old intermediate files the two cannot disagree.
  rm -rf "${artifacts:?}"/obj/*/release* "${artifacts:?}/bin" "$unfinished"
  run_sdk "$log" "$compile_limit" publish "$project" --configuration Release --output "$unfinished" \
    "${msbuild_options[@]}" "$@"
}

# That a feed lacks the compiler holds for one content of the files that say which versions are wanted.
has_native_code() { [[ ! -f $no_native_code_file || $(<"$no_native_code_file") != "$(wanted_versions)" ]]; }

wanted_versions() { (cd "$root" && cksum Directory.Packages.props global.json); }

# No such package or version, or no such platform; or no answer, which may be another one next time. Anything else is an
# error of the sources.
lacks_native_code() {
  if grep -qE "NU110[123].*Microsoft\.NETCore\.App\.|NETSDK10(82|83|84|94)" "$1"; then
    wanted_versions >"$no_native_code_file"
  else
    grep -qE 'NU1301|error: stopped after' "$1"
  fi
}

write_stamp() {
  printf '%s\n' "${output#"$root"/}" "$1" >"$stamp.$$"
  mv -f "$stamp.$$" "$stamp"
}

# Shows each error once, without the restore's and MSBuild's own lines; all of the log if it names none.
fail_with() {
  local errors
  errors=$(grep -E '(^|[ :])error( [A-Z]+[0-9]+)?:' "$1" | sed -E 's/^[[:space:]]+//' | awk '!seen[$0]++' || true)
  if [[ -n $errors ]]; then printf '%s\n' "$errors" >&2; else cat "$1" >&2; fi
  die "$2 The whole log: $1"
}

# Removes the folders of earlier compilations, except the last one, which somebody may be about to start, and those
# that a running build still loads its assemblies from.
remove_old_outputs() {
  local keep=$1 folder running
  running=$(ps -A -ww -o args= 2>/dev/null) || return 0
  for folder in "$root"/build/bin/run-*; do
    if [[ $folder == "$output" || $folder == "$keep" || $running == *"$folder/"* ]]; then continue; fi
    rm -rf "$folder"
  done
}

# A run with sudo leaves nothing that the checkout's owner cannot replace in a run without.
give_back() {
  local owner
  owner=$(stat -c %u:%g "$root" 2>/dev/null || stat -f %u:%g "$root")
  if ((EUID == 0)) && [[ $owner != 0:* ]]; then chown -R "$owner" "$temp" "$root/build/bin"; fi
}

# --- One compilation at a time ---------------------------------------------------------------------------------------

take_lock() {
  if [[ -n $(type -P flock) ]]; then
    exec 9>>"$lock"
    if flock -n 9; then return; fi
    say "$waiting"
    flock -w "$lock_limit" 9 || die "Another build.sh has been compiling for over $lock_limit s; it holds $lock."
  else
    take_lock_link
  fi
}

# Where there is no flock (macOS): a symbolic link can be made by one alone, and names its owner from the start.
take_lock_link() {
  local owner told='' waited=0
  until ln -s "build.sh-$$" "$lock.link" 2>/dev/null; do
    owner=$(readlink "$lock.link" || true)
    owner=${owner#build.sh-}
    if [[ -n $owner ]] && is_gone "$owner"; then
      break_lock_of "$owner"
      continue
    fi
    if [[ -z $told ]]; then
      say "$waiting"
      told=yes
    fi
    if ((waited >= lock_limit)); then die "build.sh ($owner) has been compiling for over $lock_limit s."; fi
    sleep 1
    waited=$((waited + 1))
  done
  own_link=yes
}

is_gone() { ! kill -0 "$1" 2>/dev/null && ! ps -p "$1" >/dev/null 2>&1; }

# Only one at a time removes a lock left behind, or a second one would remove the lock that the first took meanwhile.
break_lock_of() {
  if mkdir "$lock.break" 2>/dev/null; then
    if [[ $(readlink "$lock.link" || true) == "build.sh-$1" ]]; then
      say "Removing the lock of a build.sh ($1) that is gone."
      rm -f "$lock.link"
    fi
    rmdir "$lock.break"
  else
    sleep 1
  fi
}

release_lock() {
  exec 9>&-
  if [[ -n $own_link ]]; then rm -f "$lock.link"; fi
  own_link=''
}

# Also runs when the compilation is interrupted: no half-made output and no lock stay behind.
clean_up() {
  if [[ -n $unfinished ]]; then rm -rf "$unfinished"; fi
  release_lock
}

# --- All of it -------------------------------------------------------------------------------------------------------

case ${PACKAGE_SOURCE:-} in
  '' | nuget | bundled) ;;
  *) die "PACKAGE_SOURCE is '$PACKAGE_SOURCE'; it may be nuget or bundled." ;;
esac

if ! knows_dotnet || ! is_up_to_date; then
  mkdir -p "$temp"
  [[ -w $temp && (! -e $lock || -w $lock) ]] \
    || die "$temp is not writable for $(id -un): another user made it. Remove it, or run this as that user."
  trap clean_up EXIT
  take_lock
  # Another build.sh may have done it meanwhile. An SDK that changed in place is no reason to compile, but one to ask it.
  if ! is_up_to_date; then
    previous=${output:-}
    choose_dotnet
    choose_package_source
    made_of=$(fingerprint)
    compile
    write_stamp "$made_of"
    remove_old_outputs "$previous"
  elif ! knows_dotnet; then
    choose_dotnet
  fi
  give_back
  release_lock
  trap - EXIT
fi

if [[ $dotnet != "$(type -P dotnet || true)" ]]; then
  # What the build starts must find the same SDK.
  export DOTNET_ROOT=${dotnet%/*} PATH=${dotnet%/*}:$PATH
fi

# What stands behind -- is another command's (Ssh): the build gets it word by word in variables, as it would take -la or --help
# for its own.
unset KUBELAB_COMMAND
arguments=()
while (($# > 0)) && [[ $1 != -- ]]; do
  arguments+=("$1")
  shift
done
if (($# > 0)); then
  shift
  export KUBELAB_COMMAND=$#
  for ((i = 1; i <= KUBELAB_COMMAND; i++)); do
    export "KUBELAB_COMMAND_$i=$1"
    shift
  done
fi
# bash 3.2 takes an empty list for one that was never set.
exec "$dotnet" "$output/$dll" ${arguments[@]+"${arguments[@]}"}
