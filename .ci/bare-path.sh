#!/bin/sh
# Fills the folder DIR with links to what every machine with Node.js has, and nothing else: Node.js with npm,
# a POSIX shell, and coreutils. With PATH=DIR no program is found that a test may ask for.
# Usage: .ci/bare-path.sh DIR
set -eu
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
rm -rf "$1"
mkdir -p "$1"
for file in $(dpkg -L coreutils); do
  case $file in
    */bin/?*) ln -s "$file" "$1/" ;;
  esac
done
for program in node npm npx sh; do
  ln -s "$(readlink -f "$(command -v $program)")" "$1/$program"
done
