#!/usr/bin/env bash
# Installs byzfl for Debian's python3 into a folder of its own, where test/oracle looks for it, without
# the torch that it would bring: Debian's python3-torch, python3-numpy and python3-scipy are used.
set -euo pipefail
cd "$(dirname "$0")/.."

install=(/usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore
  --no-deps --only-binary=:all: --target dist/byzfl)

rm -rf dist/byzfl
"${install[@]}" byzfl==0.0.11
# The last release that goes with the numpy 1.24 of Debian 12.
/usr/bin/python3 -c 'import scipy' 2>/dev/null || "${install[@]}" scipy==1.12.0
