# How a script says what it has found: part by part, each framed as probe.sh frames its sections, with what it is in the first line.
# All is said at once.
# Set before it: refused (the method that gave no privileges; may be unset), marker.
# shellcheck shell=sh disable=SC2154

tell() {
  body="$1
$2
"
  count=$((count + 1))
  said="$said
$marker begin $count
$body$marker end $count ${#body}
"
}

# framed COMMAND: what it tells, between who asked and how many parts there are.
framed() {
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  LC_ALL=C
  export PATH LC_ALL
  count=0
  said=
  tell "user ${refused:+refused by }${refused:-given}" ''
  "$@"
  printf '%s%s done %s\n' "$said" "$marker" "$count"
}
