#!/bin/sh
# Writes apt sources of Debian 12 as this machine's own apt has them (the same mirror, the same Signed-By):
#   sources.sh DIRECTORY
# makes debian.list, debian.sources or both; nothing on a machine whose sources are of another release: mmdebstrap
# then takes its own default.
set -eu

# apt fills in the $(...) itself. Sourcesentry is "file:number".
# shellcheck disable=SC2016
format='$(ORIGIN) $(RELEASE) $(COMPONENT) $(REPO_URI) $(SOURCESENTRY)'

apt-get indextargets --format "$format" 'Created-By: Packages' |
  sed -n 's/^Debian bookworm[^ ]* main \([^ ]*\) \(.*\):[0-9]*$/\1 \2/p' |
  sort -u |
  while read -r uri file; do
    case $file in
      *.sources) paragraph=1 kind=sources ;; # deb822: an entry is a paragraph
      *) paragraph=0 kind=list ;;            # an entry is a line
    esac
    awk -v uri="${uri%/}" -v paragraph="$paragraph" '
      BEGIN { if (paragraph) { RS = ""; ORS = "\n\n" } }
      !paragraph && ($1 != "deb" || !/bookworm/) { next }
      { for (i = 1; i <= NF; i++) if ($i == uri || $i == uri "/") { print; next } }
    ' "$file" >> "$1/debian.$kind"
  done
