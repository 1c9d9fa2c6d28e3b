#!/bin/sh
# Makes a flat apt repository: mirror-packages.sh LIST ROOT REPOSITORY
# It gets the packages of LIST (one a line, # for comments) and whatever they depend on that ROOT does not have.
set -eu

list=$1 root=$2 repository=$3
rm -rf "$repository"
mkdir -p "$repository/partial"

apt-get -qq update
# ROOT's own list of installed packages decides what is missing there.
# shellcheck disable=SC2046
apt-get -qq -o APT::Sandbox::User=root -o "Dir::State::status=$root/var/lib/dpkg/status" \
  -o "Dir::Cache::archives=$repository" -o APT::Keep-Downloaded-Packages=true \
  install --download-only --no-install-recommends --yes $(sed 's/#.*//' "$list") > /dev/null

cd "$repository"
rm -rf partial lock
apt-ftparchive packages . > Packages
apt-ftparchive release . > Release.new
mv Release.new Release
echo "  $(grep -c '^Package:' Packages) packages"
