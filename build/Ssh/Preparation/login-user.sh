#!/bin/sh
# Makes a user who may do everything by sudo, and lets a key log in as them; run by root, behind assignments of user, dry (yes or
# no), and authorize, which is the script for the key. What it has to say for KubeLab begins with "kubelab: ".
set -u
umask 077
: "${user:?}" "${dry:?}" "${authorize:?}"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
folder=/etc/sudoers.d
rule="$user ALL=(ALL:ALL) NOPASSWD: ALL"
# sudo passes over a file with a dot in its name (sudoers(5), @includedir).
drop_in=$folder/kubelab-$user
aside=$drop_in.new

say() { printf 'kubelab: %s\n' "$(printf '%s' "$1" | tr '\n' ' ')"; }

stop() {
  rm -f "$aside"
  say "failed $1"
  exit 1
}

check_sudo() {
  if ! command -v sudo > /dev/null || ! command -v visudo > /dev/null; then
    stop 'sudo is not installed here: install it, or log in as root'
  fi
  [ -d "$folder" ] || stop "there is no $folder"
  why=$(visudo -cf /etc/sudoers 2>&1) || stop "sudo's configuration is broken already: $why"
}

# Before anything is changed: the rule is held against visudo.
try_rule() {
  why=$({ printf '%s\n' "$rule" > "$aside" && chmod 440 "$aside"; } 2>&1) || stop "$aside can't be written: $why"
  why=$(visudo -cf "$aside" 2>&1) || stop "visudo refuses the rule: $why"
}

make_user() {
  shell=/bin/sh
  if [ -x /bin/bash ]; then shell=/bin/bash; fi
  if command -v useradd > /dev/null; then
    # sshd without PAM refuses an account whose password is locked ("!"), also to a key; "*" is none, and no lock.
    why=$(useradd --create-home --shell "$shell" --password '*' "$user" 2>&1) || stop "$user can't be made: $why"
  else
    why=$(adduser -D -s "$shell" "$user" 2>&1 && echo "$user:*" | chpasswd -e 2>&1) || stop "$user can't be made: $why"
  fi
  say 'user made'
}

check_sudo
ruled=
if [ "$(cat "$drop_in" 2> /dev/null)" = "$rule" ]; then ruled=yes; fi
if [ "$dry" = no ] && [ -z "$ruled" ]; then try_rule; fi

if id "$user" > /dev/null 2>&1; then
  say 'user there'
elif [ "$dry" = yes ]; then
  say 'user missing'
  say 'key missing'
  say end
  exit 0
else
  make_user
fi

if [ -z "$ruled" ] && [ "$dry" = no ]; then
  if [ -e "$drop_in" ]; then stop "$drop_in is there and says something else: see to it by hand"; fi
  mv "$aside" "$drop_in" || stop "$drop_in can't be made"
  why=$(visudo -cf /etc/sudoers 2>&1) || {
    rm -f "$drop_in"
    stop "visudo refuses the rule among the others: $why"
  }
  say 'rule made'
elif [ -n "$ruled" ]; then
  say 'rule there'
else
  say 'rule missing'
fi
exec su -s /bin/sh -c "$authorize" "$user" < /dev/null
