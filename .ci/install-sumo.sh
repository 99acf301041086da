#!/usr/bin/env bash
# Installs PyPI's eclipse-sumo, which is newer than Debian's and writes tables, into a folder of its own,
# where test/mobility/fixtures-made.test.ts looks for it. Needs: Debian's python3-venv.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist/eclipse-sumo dist/eclipse-sumo-environment
/usr/bin/python3 -m venv dist/eclipse-sumo-environment
dist/eclipse-sumo-environment/bin/pip install --quiet --disable-pip-version-check --only-binary=:all: \
  eclipse-sumo==1.28.0
ln -s "$(echo "$PWD"/dist/eclipse-sumo-environment/lib/python3.*/site-packages/sumo)" dist/eclipse-sumo
