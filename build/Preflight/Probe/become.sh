# Runs the probe with the privileges that the playbook will have, or says why that fails and runs it without them.
# Set before it: marker, probe (the probe's text), method, user (to become), password (may be empty).
# shellcheck shell=sh disable=SC2154,SC2034

refused=
# Said before all else (what follows until the first section is the escalation's own), so that a slow node is not taken for a
# dead one.
printf '\n%s hello\n' "$marker"
if [ "$user" = root ]; then
  uid=
  while read -r key uid _; do
    [ "$key" != Uid: ] || break
  done < /proc/self/status
  [ "${uid:-$(id -u)}" = 0 ] && method=none
else
  [ "$(id -un)" = "$user" ] && method=none
fi

# The probe comes on standard input: as an argument, sudo would write all of it into the node's log. -k: neither use nor
# leave a remembered password, so that what works here works for Ansible too.
without_password() {
  case $method in
    none) eval "$probe" ;;
    sudo) printf '%s\n' "$probe" | sudo -n -k -H -u "$user" /bin/sh -s 2>&1 ;;
    doas) printf '%s\n' "$probe" | doas -n -u "$user" /bin/sh -s 2>&1 ;;
    *) false ;;
  esac
}

# Standard input carries the password alone: after a wrong one, sudo would take the probe's lines for further tries.
with_password() {
  [ "$method" = sudo ] || return 1
  sudo -n -k -u "$user" true 2> /dev/null < /dev/null && return 1
  printf '%s\n' "$password" | sudo -S -k -H -p '' -u "$user" /bin/sh -c "$probe" 2>&1
}

if [ -n "$password" ] && with_password; then
  :
elif without_password; then
  :
else
  refused=$method
  eval "$probe"
fi
