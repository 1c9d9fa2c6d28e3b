#!/bin/sh
# Lets a public key log in as the user who runs this; behind assignments of key ("type base64 comment") and dry (yes or no).
# What it has to say for KubeLab begins with "kubelab: ".
set -u
umask 077
: "${key:?}" "${dry:?}"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
user=$(id -un)
file=$HOME/.ssh/authorized_keys
aside=$file.kubelab.$$

say() { printf 'kubelab: %s\n' "$(printf '%s' "$1" | tr '\n' ' ')"; }

stop() {
  say "failed $1"
  exit 1
}

# Options before a key and a comment behind it are no part of it.
has_key() { grep -v '^[[:space:]]*#' "$file" 2> /dev/null | grep -qF -- "$(printf '%s\n' "$key" | cut -d ' ' -f 1,2)"; }

# The file's own attributes, as chattr(1) sets them.
attributes() { lsattr -d "$1" 2> /dev/null | cut -d ' ' -f 1; }

# sshd (StrictModes of sshd_config(5)) passes over a file that others may write, or that lies in a folder that they may.
tighten() {
  case $(ls -ld "$1" 2> /dev/null) in
    ?????w* | ????????w*) ;;
    *) return ;;
  esac
  if [ "$dry" = yes ]; then
    say "mode $1"
  elif chmod go-w "$1" 2> /dev/null; then
    say "mode $1"
  else
    stop "others may write $1, so sshd passes over the keys in it, and $user may not change that"
  fi
}

add_key() {
  [ -e "$HOME/.ssh" ] || made=yes
  if [ -n "${made:-}" ]; then
    why=$(mkdir "$HOME/.ssh" 2>&1) || stop "$HOME/.ssh can't be made: $why"
  fi
  trap 'rm -f "$aside"; if [ -n "${made:-}" ]; then rmdir "$HOME/.ssh" 2> /dev/null; fi' EXIT
  trap 'exit 1' HUP INT TERM
  before=0
  if [ -f "$file" ]; then before=$(wc -c < "$file"); fi
  why=$(
    {
      {
        if [ -f "$file" ]; then
          cat "$file"
          # A last line without its end would take the key for its comment.
          if [ -n "$(tail -c 1 "$file")" ]; then echo; fi
        fi
        printf '%s\n' "$key"
      } | cat > "$aside"
    } 2>&1
  ) || stop "$file can't be written: $why"
  if [ "$(tail -n 1 "$aside")" != "$key" ] || [ "$(wc -c < "$aside")" -le "$before" ]; then
    stop "$file can't be written: what was written is not all there"
  fi
  sync "$aside" 2> /dev/null || :
  # In one step: whoever logs in meanwhile finds the old file or the new one.
  why=$(mv -f "$aside" "$file" 2>&1) || stop "$file can't be replaced: $why"
  made=
  if command -v restorecon > /dev/null; then restorecon -R "$HOME/.ssh" 2> /dev/null || :; fi
  say 'key added'
}

[ -d "$HOME" ] || stop "$user has no home folder: $HOME is not there"
if has_key; then
  say 'key there'
else
  for each in "$HOME/.ssh" "$file"; do
    if [ -L "$each" ]; then
      stop "$each is a link to $(readlink "$each"), which may be others' too: add the key there by hand"
    fi
    case $(attributes "$each") in
      *[ia]*) stop "$each is immutable: chattr -i -a $each" ;;
    esac
    if [ -e "$each" ] && [ ! -w "$each" ]; then stop "$user may not write $each: see who owns it, and its mode"; fi
  done
  if [ -e "$file" ] && [ ! -f "$file" ]; then stop "$file is no file"; fi
  if [ -e "$HOME/.ssh" ] && [ ! -d "$HOME/.ssh" ]; then stop "$HOME/.ssh is no folder"; fi
  if [ "$dry" = yes ]; then say 'key missing'; else add_key; fi
fi
for each in "$HOME" "$HOME/.ssh" "$file"; do tighten "$each"; done

python=missing
for each in python3 /usr/libexec/platform-python; do
  if command -v "$each" > /dev/null; then python=there; fi
done
say "python $python"
if [ "$(id -u)" = 0 ]; then
  say 'sudo unneeded'
elif ! command -v sudo > /dev/null; then
  say 'sudo missing'
elif sudo -n true 2> /dev/null < /dev/null; then
  say 'sudo free'
else
  say 'sudo password'
fi
say end
