#!/usr/bin/env bash
# Installs pfl-research for Debian's python3 into a folder of its own, where bench/pfl.ts looks for it,
# without the torch and numpy that it would bring: Debian's python3-torch, python3-numpy and
# python3-scipy are used. The other packages are those that it loads with itself.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist/pfl
/usr/bin/python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --only-binary=:all: --target dist/pfl \
  pfl==0.6.0 multiprocess==0.70.18 dill==0.4.1 dp-accounting==0.5.0 prv-accountant==0.2.0 \
  absl-py==2.5.1 packaging==25.0
