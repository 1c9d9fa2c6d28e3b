# Says which certificates a machine has. Reads only. No private key is ever said: of a file with certificates only these, of a
# kubeconfig only its certificates, of a key only what kind it is, and of the service accounts' key its public half. Each file is
# a part by itself, with what it is and its path in the first line.
# Set before it: folders (that hold certificates), configs (folders that hold kubeconfigs), one a line; frame.sh stands before it.
# shellcheck shell=sh disable=SC2154,SC3013

# What stands between the marks of a certificate; a key that follows one without an end is none of it.
certificates() {
  blocks=
  inside=
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in
      '-----BEGIN CERTIFICATE-----'*) inside=yes ;;
      *-BEGIN* | *PRIVATE*) inside= ;;
    esac
    [ -z "$inside" ] || blocks="$blocks$line
"
    case $line in
      *-END*) inside= ;;
    esac
  done < "$1"
}

# The first two lines tell whether a key is encrypted (RFC 7468, RFC 1421); of these only the words that say so.
key() {
  {
    IFS= read -r first
    IFS= read -r second
  } < "$1"
  kind=plain
  case "$first $second" in
    *ENCRYPTED*) kind=encrypted ;;
  esac
  tell "key $1" "$kind"
}

file() {
  if [ ! -r "$1" ]; then
    tell "unreadable $1" ''
    return
  fi
  case $1 in
    *.key | *-key.pem) key "$1" ;;
    *.pub)
      public=$(cat "$1")
      case $public in
        # Somebody has put the wrong half there.
        *PRIVATE*) public= ;;
      esac
      tell "public $1" "$public"
      ;;
    *.crt | *.pem)
      certificates "$1"
      tell "certificates $1" "$blocks"
      ;;
  esac
  case $1 in
    */sa.key)
      public=$(openssl pkey -in "$1" -passin pass: -pubout) && tell "public $1" "$public"
      ;;
  esac
}

probe() {
  IFS='
'
  set -f
  # shellcheck disable=SC2086
  set -- $folders
  set +f
  for folder; do
    for other; do
      [ "$other" != "$folder" ] || break
      # Kubespray links kubeadm's folder to its own.
      [ ! "$other" -ef "$folder" ] || continue 2
    done
    for found in "$folder"/*.crt "$folder"/*.pem "$folder"/*.key "$folder"/*.pub; do
      case $found in
        # The one that is current is a link to the last of these.
        */kubelet-client-[0-9]* | */kubelet-server-[0-9]*) continue ;;
      esac
      [ -f "$found" ] && file "$found"
    done
  done
  set -f
  # shellcheck disable=SC2086
  set -- $configs
  set +f
  for folder; do
    for found in "$folder"/*.conf "$folder"/config; do
      [ -f "$found" ] || continue
      if [ -r "$found" ]; then
        tell "kubeconfig $found" "$(grep -E '^ *(server|client-certificate|(client-certificate|certificate-authority)-data):' "$found" | fold -w 1000)"
      else
        tell "unreadable $found" ''
      fi
    done
  done
  for found in /var/lib/kubelet/config.yaml /etc/kubernetes/kubelet-config.yaml; do
    [ -r "$found" ] && tell "kubelet $found" "$(grep -E '^(rotateCertificates|serverTLSBootstrap):' "$found")"
  done
  unset IFS
}

framed probe < /dev/null 2> /dev/null
