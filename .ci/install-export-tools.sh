#!/usr/bin/env bash
# Installs the tools that open the exports into an environment of their own, where test/exports looks for
# it: about 1 GB from PyPI, beside Debian's python3-torch. Needs: Debian's python3-venv and python3-torch.
set -euo pipefail
cd "$(dirname "$0")/.."

rm -rf dist/export-tools
/usr/bin/python3 -m venv --system-site-packages dist/export-tools
dist/export-tools/bin/pip install --quiet --disable-pip-version-check --only-binary=:all: \
  --requirement .ci/export-tools.txt
