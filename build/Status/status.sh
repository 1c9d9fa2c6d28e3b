# Says what a machine has of what a release writes there. Reads only. Each part is framed as probe.sh frames its sections, with what
# it is in the first line; files come in Base64.
# Set before it: refused (the method that gave no privileges; may be unset), marker, files (whose text is wanted), one a line.
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

status() {
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  LC_ALL=C
  export PATH LC_ALL
  count=0
  said=
  tell "user ${refused:+refused by }${refused:-given}" ''
  IFS='
'
  set -f
  # shellcheck disable=SC2086
  set -- $files
  set +f
  unset IFS
  for file; do
    if [ ! -e "$file" ]; then
      tell "absent $file" ''
    elif [ -f "$file" ] && [ -r "$file" ]; then
      tell "file $file" "$(base64 "$file")"
    else
      tell "unreadable $file" ''
    fi
  done
  if command -v dpkg-query > /dev/null; then
    # shellcheck disable=SC2016
    tell 'packages dpkg' "$(dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' | tr -s ' ')"
  elif command -v rpm > /dev/null; then
    tell 'packages rpm' "$(rpm -qa --qf 'ii %{NAME} %{VERSION}-%{RELEASE}\n')"
  fi
  tell memory "$(grep -E '^Mem(Total|Available):' /proc/meminfo)"
  printf '%s%s done %s\n' "$said" "$marker" "$count"
}

status < /dev/null 2> /dev/null
