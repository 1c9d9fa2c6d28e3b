# Says what a machine is, for the preflight. Reads only: it writes no file and leaves no process. It needs nothing but a POSIX
# shell; a tool that is missing costs one fact, and is named. Each section of the output stands between the lines
# "$marker begin NAME" and "$marker end NAME BYTES", and the last line counts them; $marker is random, so that neither a banner nor
# a file on the machine can pass for one.
# Set before it: refused (the method that gave no privileges; may be unset), marker, ports (listening ports whose owner is asked
# for), modules, interpreter (of Python; may be empty), names (that are to be resolved), libc (whether its version is wanted).
# -ef is in POSIX since 2024, and has long been in dash, bash, ksh and busybox.
# shellcheck shell=sh disable=SC2154,SC3013

# A process costs a machine more than all else here, and be it a copy of the shell, so the shell itself reads what is short, and one
# grep the rest. All is said at once: what is written by itself costs a packet.
uptime_now() {
  read -r uptime_seconds _ < /proc/uptime || uptime_seconds=
}

say() {
  body="$body$1
"
}

# Ends the section before, and begins the next.
section() {
  [ -z "$name" ] || said="$said$body$marker end $name ${#body}
"
  name=$1
  [ -n "$name" ] || return
  body=
  sections=$((sections + 1))
  said="$said
$marker begin $name
"
}

# Called with the exit code of a tool: 127 is a shell's word for one that isn't there.
lacks() {
  [ "$1" != 127 ] || lacking="$lacking$2
"
}

# The sockets that listen. They come first in these two files (proc_net_tcp.rst of the kernel), which are made as they are read: to
# read on would have the kernel walk through its whole table of connections, at the cost of all the rest of the probe. A node that
# has no other sockets tells so by their number. 0A is LISTEN; up to Linux 4.3 those that connect (03) come between.
listening() {
  sockets=
  for version in '' 6; do
    file=/proc/net/tcp$version
    left=
    while read -r key _ left _; do
      [ "$key" = "TCP$version:" ] && break
    done < "/proc/net/sockstat$version"
    while [ "$left" != 0 ] && read -r line; do
      case $line in
        *' 0A '*)
          sockets="$sockets$file:$line
"
          left=$((left - 1))
          ;;
        *' 03 '* | *local_address*) ;;
        *) break ;;
      esac
    done < "$file" && sockets="$sockets$file:
"
  done
}

# Many small files, one process: each line comes as FILE:LINE. The user and the processors that grep itself has are the shell's.
# Of the IPv6 routes only the default ones are wanted, and of the mounts none that a container or the system itself made.
read_files() {
  set -- /proc/self/status /sys/devices/system/cpu/online /proc/locks /proc/meminfo /proc/swaps /proc/1/comm /proc/1/limits \
    /proc/sys/kernel/osrelease /proc/sys/kernel/hostname /proc/sys/kernel/arch /proc/net/route /proc/net/ipv6_route \
    /etc/os-release /etc/machine-id /etc/hostname /etc/resolv.conf /etc/ufw/ufw.conf \
    /run/systemd/container /run/systemd/resolve/resolv.conf /sys/fs/selinux/enforce /sys/class/dmi/id/product_uuid \
    /proc/self/mounts /proc/sys/fs/inotify/max_user_instances /proc/sys/fs/inotify/max_user_watches \
    /proc/sys/net/ipv6/conf/all/disable_ipv6
  for file in /sys/class/net/*/address /sys/class/net/*/mtu /etc/kubernetes/pki/ca.crt \
    /etc/kubernetes/ssl/ca.crt /etc/kubernetes/pki/etcd/ca.crt /etc/ssl/etcd/ssl/ca.pem; do
    [ -r "$file" ] && set -- "$@" "$file"
  done
  made='/((run|proc|sys|dev)[/ ]|var/lib/(kubelet|containerd|docker|containers)/)'
  files=$(grep -svE "^[0-9a-f]{32} (.[1-9a-f]|[1-9a-f].) |^[^ ]+ $made" /dev/null "$@")
  lacks $? grep
}

file_systems() {
  set -- /
  for directory in /var /var/lib /var/lib/kubelet /var/lib/containerd /var/lib/docker /var/lib/etcd /opt /tmp; do
    [ -d "$directory" ] && set -- "$@" "$directory"
  done
  systems=$(stat -f -c 'stat %i %S %b %a %c %d %n' "$@")
  code=$?
  if [ $code = 0 ]; then
    say "$systems"
    return
  fi
  lacks $code stat
  # A line each, in the order of the paths, whatever they are mounted on.
  say "$systems
paths $*"
  systems=$(df -Pk "$@")
  lacks $? df
  say "$systems"
}

# What the processor can, on the machines that have levels of it.
processor() {
  case $files$machine in
    *x86_64*) ;;
    *) return ;;
  esac
  while read -r key line; do
    case $key in
      flags*)
        say "$line"
        return
        ;;
    esac
  done < /proc/cpuinfo
}

# Whether the XFS file systems keep the type of each entry; no other kind leaves that open.
xfs() {
  case $files in
    *' xfs '*) ;;
    *) return ;;
  esac
  set -f
  IFS='
'
  for line in $files; do
    case $line in
      /proc/self/mounts:*' /boot'*' xfs '*) continue ;;
      /proc/self/mounts:*' xfs '*) ;;
      *) continue ;;
    esac
    line=${line#* }
    about=$(xfs_info "${line%% *}")
    lacks $? xfs_info
    case $about in
      *ftype=0*) say "0 ${line%% *}" ;;
      *ftype=1*) say "1 ${line%% *}" ;;
    esac
  done
  unset IFS
  set +f
}

# The paths that tell what runs here, or ran here before.
paths() {
  for path in /run/systemd/system /run/systemd/timesync/synchronized /sys/fs/cgroup/cgroup.controllers /.dockerenv \
    /run/.containerenv /dev/kmsg /run/ostree-booted /etc/kubernetes/admin.conf /etc/kubernetes/kubelet.conf \
    /etc/kubernetes/manifests/* /var/lib/kubelet/config.yaml /var/lib/etcd/member /var/lib/etcd/default/member \
    /etc/cni/net.d/* "/lib/modules/$kernel" /lib/modules/* /usr/libexec/platform-python; do
    [ -e "$path" ] && say "$path"
  done
}

# A service that runs has a control group; a one-shot that is done, or a service that only exists, has none.
services() {
  for slice in /sys/fs/cgroup/system.slice /sys/fs/cgroup/systemd/system.slice /sys/fs/cgroup/unified/system.slice; do
    for service in firewalld systemd-timesyncd chrony chronyd ntp ntpd ntpsec openntpd apt-daily apt-daily-upgrade \
      unattended-upgrades packagekit dnf-automatic kubelet etcd containerd docker crio; do
      [ -d "$slice/$service.service" ] || continue
      say "$service"
      case $service in
        chrony*) chrony=yes ;;
      esac
    done
  done
}

# Whether chrony follows a source. It is asked over its socket on loopback (port 323): for the other one chronyc makes a file.
time_source() {
  [ -n "$chrony" ] && grep -q ' 0100007F:0143 ' /proc/net/udp && say "$(chronyc -h 127.0.0.1 -c tracking)"
}

# LOADED is loaded or built in; PRESENT can be loaded.
kernel_modules() {
  wanted=
  for module in $modules; do
    if [ -d "/sys/module/$module" ]; then
      say "loaded $module"
    else
      wanted="$wanted|$module"
    fi
  done
  [ -n "$wanted" ] || return
  [ -e "/lib/modules/$kernel/modules.dep" ] || return
  say "$(grep -hoE "/(${wanted#|})\.ko(\.[a-z0-9]+)?(:|\$)" "/lib/modules/$kernel/modules.dep" "/lib/modules/$kernel/modules.builtin")"
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
  [ $# -gt 0 ] || return
  inodes=$(ls -i "$@")
  lacks $? ls
  say "$inodes"
}

# Sets found to the path of a program; fails where there is none.
find_program() {
  found=$1
  case $found in
    */*)
      [ -x "$found" ]
      return
      ;;
  esac
  IFS=:
  for directory in $PATH; do
    found=$directory/$1
    [ -f "$found" ] && [ -x "$found" ] && break
    found=
  done
  unset IFS
  [ -n "$found" ]
}

# The version stands in the name of the file that python3 is a link to; one that isn't such a link is asked.
python() {
  for candidate in $interpreter python3 /usr/bin/python3 /usr/libexec/platform-python; do
    find_program "$candidate" || continue
    minor=30
    while [ $minor -ge 0 ]; do
      if [ "$found" -ef "${found%/*}/python3.$minor" ]; then
        say "$candidate Python 3.$minor"
        return
      fi
      minor=$((minor - 1))
    done
    say "$candidate $("$candidate" -V 2>&1)"
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
  said=
  name=
  sections=0
  lacking=
  section user
  say "${refused:+refused by }${refused:-given}"
  section files
  listening
  read_files
  say "$sockets$files"
  section machine
  machine=
  [ -r /proc/sys/kernel/arch ] || {
    machine=$(uname -m)
    lacks $? uname
    say "$machine"
  }
  section processor
  processor
  section python
  python
  # Of the kubelet's configuration only the line that names the API server: the rest holds its key.
  section server
  [ -r /etc/kubernetes/kubelet.conf ] && say "$(grep -m 1 'server:' /etc/kubernetes/kubelet.conf)"
  section disks
  file_systems
  section xfs
  xfs
  section addresses
  addresses=$(ip -o addr show)
  lacks $? ip
  say "$addresses"
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
    case $sockets in
      *:"$port "*)
        holders=$(ss -Hltnp)
        lacks $? ss
        say "$holders"
        break
        ;;
    esac
  done
  section libc
  [ -z "$libc" ] || {
    version=$(getconf GNU_LIBC_VERSION)
    lacks $? getconf
    say "$version"
  }
  section names
  for name_asked in $names; do
    found=$(getent hosts "$name_asked")
    lacks $? getent
    say "$name_asked $found"
  done
  uptime_now
  now=$(date '+%s.%N')
  lacks $? date
  section lacking
  say "$lacking"
  section clock
  say "$now"
  say "$started $uptime_seconds"
  section ''
  printf '%s%s done %s\n' "$said" "$marker" "$sections"
}

probe < /dev/null 2> /dev/null
