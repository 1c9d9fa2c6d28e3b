# Says what a machine has of what a release writes there. Reads only. Files come in Base64.
# Set before it: files (whose text is wanted), one a line; frame.sh stands before it.
# shellcheck shell=sh disable=SC2154

status() {
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
}

framed status < /dev/null 2> /dev/null
