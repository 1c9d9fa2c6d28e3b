# Says what a machine is, for the preflight. Reads only: it writes no file and leaves no process. It needs nothing but a POSIX
# shell; a tool that is missing costs one fact. Each section of the output starts with a line "$marker section NAME", where
# $marker is random, so that neither a banner nor a file on the machine can pass for one.
# Set before it: marker, ports (listening ports whose owner is asked for), modules, interpreter (of Python; may be empty).
# -ef is in POSIX since 2024, and has long been in dash, bash, ksh and busybox.
# shellcheck shell=sh disable=SC2154,SC3013

# A process costs a machine more than all else here, so the shell itself reads what is short, and one grep the rest.
uptime_now() {
  read -r uptime_seconds _ < /proc/uptime || uptime_seconds=
}

section() {
  printf '\n%s section %s\n' "$marker" "$1"
}

# Many small files, one process: each line comes as FILE:LINE. The user and the processors that grep itself has are the shell's.
# Of the sockets all that don't listen are left out (0A is LISTEN, proc(5)), and of the IPv6 routes all but the default ones.
files() {
  set -- /proc/self/status /sys/devices/system/cpu/online /proc/locks /proc/meminfo /proc/swaps /proc/1/comm \
    /proc/sys/kernel/osrelease /proc/sys/kernel/hostname /proc/sys/kernel/arch /proc/net/route /proc/net/ipv6_route \
    /proc/net/tcp /proc/net/tcp6 /etc/os-release /etc/machine-id /etc/hostname /etc/resolv.conf /etc/ufw/ufw.conf \
    /run/systemd/container /run/systemd/resolve/resolv.conf /sys/fs/selinux/enforce /sys/class/dmi/id/product_uuid
  for file in /sys/class/net/*/address /sys/class/net/*/mtu /etc/kubernetes/pki/ca.crt \
    /etc/kubernetes/ssl/ca.crt /etc/kubernetes/pki/etcd/ca.crt /etc/ssl/etcd/ssl/ca.pem; do
    [ -r "$file" ] && set -- "$@" "$file"
  done
  grep -svE '^ *[0-9]+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} 0[0-9B-F] |^[0-9a-f]{32} (.[1-9a-f]|[1-9a-f].) ' /dev/null "$@"
}

file_systems() {
  set -- /
  for directory in /var /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/docker /var/lib/etcd /opt /tmp; do
    [ -d "$directory" ] && set -- "$@" "$directory"
  done
  stat -f -c 'stat %i %S %b %a %c %d %n' "$@" && return
  # A line each, in the order of the paths, whatever they are mounted on.
  printf 'paths %s\n' "$*"
  df -Pk "$@"
}

# The paths that tell what runs here, or ran here before.
paths() {
  for path in /run/systemd/system /run/systemd/timesync/synchronized /sys/fs/cgroup/cgroup.controllers /.dockerenv \
    /run/.containerenv /run/ostree-booted /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf \
    /etc/kubernetes/manifests/* /var/lib/kubelet/config.yaml /var/lib/etcd/member /var/lib/etcd/default/member \
    /etc/cni/net.d/* "/lib/modules/$kernel" /lib/modules/* /usr/libexec/platform-python; do
    [ -e "$path" ] && printf '%s\n' "$path"
  done
}

# A service that runs has a control group; a one-shot that is done, or a service that only exists, has none.
services() {
  for slice in /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice /sys/fs/cgroup/unified/system.slice; do
    for service in firewalld systemd-timesyncd chrony chronyd ntp ntpd ntpsec openntpd apt-daily apt-daily-upgrade \
      unattended-upgrades packagekit dnf-automatic kubelet etcd containerd docker crio; do
      [ -d "$slice/$service.service" ] || continue
      printf '%s\n' "$service"
      case $service in
        chrony*) chrony=yes ;;
      esac
    done
  done
}

# Whether chrony follows a source. It is asked over its socket on loopback (port 323): for the other one chronyc makes a file.
time_source() {
  [ -n "$chrony" ] && grep -q ' 0100007F:0143 ' /proc/net/udp && chronyc -h 127.0.0.1 -c tracking
}

# LOADED is loaded or built in; PRESENT can be loaded.
kernel_modules() {
  wanted=
  for module in $modules; do
    if [ -d "/sys/module/$module" ]; then
      printf 'loaded %s\n' "$module"
    else
      wanted="$wanted|$module"
    fi
  done
  [ -n "$wanted" ] || return
  [ -e "/lib/modules/$kernel/modules.dep" ] || return
  grep -hoE "/(${wanted#|})\.ko(\.[a-z0-9]+)?(:|\$)" "/lib/modules/$kernel/modules.dep" "/lib/modules/$kernel/modules.builtin"
}

# Locks of package managers that somebody holds: the inode numbers of the lock files, to be found in /proc/locks. They
# lock as POSIX does, which on most machines nobody else does.
package_locks() {
  case $files in
    *POSIX*) set -- ;;
    *) return ;;
  esac
  for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/lib/rpm/.rpm.lock \
    /usr/lib/sysimage/rpm/.rpm.lock; do
    [ -e "$lock" ] && set -- "$@" "$lock"
  done
  [ $# -gt 0 ] && ls -i "$@"
}

# The version stands in the name of the file that python3 is a link to; one that isn't such a link is asked.
python() {
  for candidate in $interpreter python3 /usr/bin/python3 /usr/libexec/platform-python; do
    found=$(command -v "$candidate") || continue
    for named in "${found%"${found##*/}"}"python[23].[0-9] "${found%"${found##*/}"}"python[23].[0-9][0-9]; do
      if [ "$found" -ef "$named" ]; then
        printf '%s Python %s\n' "$candidate" "${named##*/python}"
        return
      fi
    done
    printf '%s %s\n' "$candidate" "$("$candidate" -V 2>&1)"
    return
  done
}

probe() {
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
  LC_ALL=C
  export PATH LC_ALL
  uptime_now
  started=$uptime_seconds
  read -r kernel < /proc/sys/kernel/osrelease || kernel=$(uname -r)
  section user
  section files
  files=$(files)
  printf '%s\n' "$files"
  [ -r /proc/sys/kernel/arch ] || {
    section machine
    uname -m
  }
  section python
  python
  # Of the kubelet's configuration only the line that names the API server: the rest holds its key.
  section server
  [ -r /etc/kubernetes/kubelet.conf ] && grep -m 1 'server:' /etc/kubernetes/kubelet.conf
  section disks
  file_systems
  section addresses
  ip -o addr show
  section paths
  paths
  section services
  chrony=
  services
  section time
  time_source
  section modules
  kernel_modules
  section locks
  package_locks
  section owners
  for port in $ports; do
    case $files in
      *:"$port "*)
        ss -Hltnp
        break
        ;;
    esac
  done
  section clock
  uptime_now
  date '+%s.%N'
  printf '%s %s\n' "$started" "$uptime_seconds"
  printf '\n%s end\n' "$marker"
}

probe < /dev/null 2> /dev/null
