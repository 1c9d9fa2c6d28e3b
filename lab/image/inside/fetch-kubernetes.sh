#!/bin/sh
# Fetches and unpacks Debian's source package of Kubernetes: fetch-kubernetes.sh DIRECTORY
# It is the whole tree with its vendored dependencies; 34 MB.
set -eu

directory=$1

# The sources of packages come from where the packages come from.
for sources in /etc/apt/sources.list.d/*.sources; do
  [ ! -e "$sources" ] || sed -i 's/^Types:.*/Types: deb deb-src/' "$sources"
done
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ ! -e "$list" ] || sed -i -e '/^deb-src/d' -e 's/^deb\( .*\)/&\ndeb-src\1/' "$list"
done
apt-get -qq update

rm -rf "$directory"
mkdir "$directory"
cd "$directory"
# apt has checked the files against the archive's signed index; dpkg-source would look for the maintainer's key.
# apt downloads as a user of its own unless that can't write here; root can.
apt-get -qq -o APT::Sandbox::User=root source --download-only kubernetes
dpkg-source --no-check -x ./*.dsc kubernetes > /dev/null
