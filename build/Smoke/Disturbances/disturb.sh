# Disturbs this node, or says how it is. What is done goes on as a unit of its own, so that it comes to its end whatever becomes
# of who asked: a network that was cut is let in again, and what was stopped is started.
# Set before it: mode (state, reboot, restart-runtime, kill-etcd, stop-control-plane or cut-network), seconds (how long it lasts),
# peers (the addresses of the other nodes), run (the folder where it lies meanwhile).
# shellcheck shell=sh disable=SC2154

PATH=/usr/local/bin:/usr/local/sbin:$PATH:/usr/sbin:/sbin
LC_ALL=C
export PATH LC_ALL
umask 077
unit=kubelab-disturbance
file=$run/$unit

say() {
  printf 'kubelab %s\n' "$*"
}

fail() {
  say failed "$*"
  say 'done'
  exit 1
}

# The processes of a program; the kernel keeps 15 characters of its name.
running() {
  wanted=$(printf '%.15s' "$1")
  for process in /proc/[0-9]*; do
    read -r name < "$process/comm" && [ "$name" = "$wanted" ] && echo "${process#/proc/}"
  done 2> /dev/null
  return 0
}

active() {
  for each in "$@"; do
    if systemctl is-active --quiet "$each"; then echo "$each"; fi
  done
}

# Where docker is the runtime, there is a containerd too.
runtime() {
  active docker crio cri-o containerd | head -n 1
}

cut_off() {
  nft list table inet kubelab > /dev/null 2>&1 || iptables -w -S INPUT 2> /dev/null | grep -q 'kubelab'
}

# What is read on standard input runs as a unit, a moment after this has been answered.
begin() {
  command -v systemd-run > /dev/null || fail "there is no systemd-run, by which it would end by itself"
  [ -z "$(active "$unit")" ] || fail "an earlier disturbance is not over there: systemctl status $unit"
  {
    printf "PATH='%s'\nsleep 1\n" "$PATH"
    cat
  } > "$file"
  systemctl reset-failed "$unit" 2> /dev/null
  said=$(systemd-run --quiet --unit "$unit" /bin/sh "$file" 2>&1 < /dev/null) || fail "systemd-run does not start it: $said"
}

state() {
  say boot "$(cat /proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 /proc/1/stat)"
  say kubelet "$(systemctl is-active kubelet)"
  runtime=$(runtime)
  if [ -n "$runtime" ]; then say runtime "$runtime $(systemctl show -p MainPID "$runtime")"; fi
  etcd=$(running etcd | tr '\n' ' ')
  if [ -n "$etcd" ]; then say etcd "$etcd"; fi
  left=$(active "$unit")
  if [ -n "$left" ]; then say left "the unit $left"; fi
  if cut_off; then say left 'rules of its packet filter that cut it off'; fi
}

stop_control_plane() {
  stopped=$(active kubelet etcd etcd-events | tr '\n' ' ')
  processes=$(for each in kube-apiserver kube-controller-manager kube-scheduler etcd; do running "$each"; done | tr '\n' ' ')
  begin << END
trap 'systemctl start $stopped' EXIT
trap 'exit 143' TERM INT HUP
systemctl stop $stopped
kill -KILL $processes 2> /dev/null
sleep $seconds & wait
END
}

cut_network() {
  devices=$(for peer in $peers; do ip -o route get "$peer"; done 2> /dev/null |
    sed -n 's/.* dev \([^ ]*\) .*/\1/p' | sort -u | grep -vx lo)
  [ -n "$devices" ] || fail "it is not known by which device the other nodes are reached"
  if command -v nft > /dev/null && nft list tables > /dev/null 2>&1; then
    in=$(echo "$devices" | sed 's/.*/iifname "&" drop;/' | tr '\n' ' ')
    out=$(echo "$devices" | sed 's/.*/oifname "&" drop;/' | tr '\n' ' ')
    begin << END
trap 'nft delete table inet kubelab' EXIT
trap 'exit 143' TERM INT HUP
nft -f - << RULES
table inet kubelab {
  chain in { type filter hook prerouting priority -500; $in }
  chain out { type filter hook postrouting priority 500; $out }
}
RULES
sleep $seconds & wait
END
  elif command -v iptables > /dev/null; then
    begin << END
rules() {
  for device in $(echo "$devices" | tr '\n' ' '); do
    for table in iptables ip6tables; do
      \$table -w \$1 INPUT -i \$device -m comment --comment kubelab -j DROP
      \$table -w \$1 FORWARD -i \$device -m comment --comment kubelab -j DROP
      \$table -w \$1 FORWARD -o \$device -m comment --comment kubelab -j DROP
      \$table -w \$1 OUTPUT -o \$device -m comment --comment kubelab -j DROP
    done
  done 2> /dev/null
}
trap 'rules -D' EXIT
trap 'exit 143' TERM INT HUP
rules -I
sleep $seconds & wait
END
  else
    fail "there is neither nft nor iptables to cut it off with"
  fi
}

# The script itself comes on standard input, which no program may read.
main() {
  case $mode in
    state)
      state
      ;;
    reboot)
      echo 'systemctl reboot' | begin
      ;;
    restart-runtime)
      runtime=$(runtime)
      [ -n "$runtime" ] || fail "no container runtime is active there (docker, crio, containerd)"
      echo "systemctl restart $runtime" | begin
      ;;
    kill-etcd)
      processes=$(running etcd | tr '\n' ' ')
      [ -n "$processes" ] || fail "no etcd runs there"
      echo "kill -KILL $processes" | begin
      ;;
    stop-control-plane) stop_control_plane ;;
    cut-network) cut_network ;;
  esac
  say 'done'
}

main < /dev/null
